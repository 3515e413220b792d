#include "guest/net/owner_stream.h"

#include <algorithm>

#include "guest/net/rules.h"

namespace net {

namespace rp = relying_party;

namespace {
constexpr std::string_view kPlace = "guest";
}

OwnerStream::OwnerStream(abi::Guest& guest, trust::Defences& defences, bool over_tls, crypto::Certificate root, crypto::CalendarTime now)
    : guest_(guest), defences_(defences), over_tls_(over_tls), root_(std::move(root)), now_(now),
      library_(base::load_le<std::uint64_t>(guest.random(8))) {
  const auto name = guest.random(name_.size());
  std::copy(name.begin(), name.end(), name_.begin());
}

std::optional<base::Bytes> OwnerStream::carry(base::Bytes bytes) {
  const auto type = over_tls_ ? rp::MessageType::kTls : rp::MessageType::kPlain;
  if (guest_.send("owner0", rp::stream_message(type, name_, std::move(bytes))) != GLACIS_OK) return std::nullopt;
  const auto message = guest_.receive("owner0");
  const auto answer = message ? rp::stream_message_of(*message) : std::nullopt;
  if (!answer || answer->header.type != type || answer->connection != name_) return std::nullopt;
  return answer->bytes;
}

bool OwnerStream::connect() {
  if (!over_tls_) return true;
  end_.emplace(crypto::TlsEnd::client(library_, "guest"));
  const auto answer = carry(end_->to_send());
  if (!answer) return false;
  const RecordCase c{.in_order = end_->receive(*answer) && end_->established()};
  if (defences_.first_refusal<RecordCase>(kRecordRules, c, kPlace)) return false;
  return judge_server();
}

// Before the guest has said anything: its Finished waits as well.
bool OwnerStream::judge_server() {
  const auto chain = end_->peer();
  ServerCase c;
  if (!chain.empty()) {
    c.pinned = chain.front().names_as_issuer(root_) && chain.front().signed_by(root_.public_key());
    c.valid_now = chain.front().valid_at(now_);
  }
  return !defences_.first_refusal<ServerCase>(kServerRules, c, kPlace);
}

std::optional<base::Bytes> OwnerStream::ask(base::View question) {
  if (!over_tls_) return carry(base::bytes_of(question));
  if (!end_ || !end_->write(question)) return std::nullopt;
  const auto answer = carry(end_->to_send());
  if (!answer) return std::nullopt;
  const RecordCase c{.in_order = end_->receive(*answer)};
  if (defences_.first_refusal<RecordCase>(kRecordRules, c, kPlace)) return std::nullopt;
  auto text = end_->read();
  if (text.empty()) return std::nullopt;
  return text;
}

void collect_stream_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<ServerCase>(into, kServerRules);
  trust::collect<RecordCase>(into, kRecordRules);
}

}  // namespace net
