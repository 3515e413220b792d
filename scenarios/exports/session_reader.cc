#include "scenarios/exports/session_reader.h"

#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/version.h"

namespace exports {

namespace {

using spdm::Code;

// The object's content and type, where it is one of PCI-SIG's.
struct Content {
  doe::ObjectType type{};
  base::Bytes bytes;
};
std::optional<Content> content_of(base::View raw) {
  auto object = doe::decode_object(raw);
  if (!object || object->header.vendor_id != doe::kVendorPciSig) return std::nullopt;
  return Content{object->header.type, std::move(object->content)};
}

// The message's own bytes, without what fills up a dword.
template <wire::Message M>
std::optional<doe::Padded<M>> read(base::View content, M form = M{}) {
  auto read = doe::decode_padded<M>(content, std::move(form));
  if (!read) return std::nullopt;
  return *std::move(read);
}

// As a stream is now, or after an update of its keys. The stream goes on behind what opened.
std::optional<base::Bytes> open(spdm::RecordStream& stream, const spdm::Algorithms& algorithms, const spdm::SecuredRecord& record) {
  if (stream.secret.empty()) return std::nullopt;
  if (auto plain = stream.open(record)) return plain;
  auto next = stream.updated(algorithms);
  auto plain = next.open(record);
  if (plain) stream = next;
  return plain;
}

}  // namespace

std::optional<base::Bytes> SessionReader::hear(base::View raw, bool reply) {
  const auto content = content_of(raw);
  if (!content) return std::nullopt;
  if (content->type == doe::ObjectType::kSpdm) return hear_clear(content->bytes, reply), std::nullopt;
  if (content->type != doe::ObjectType::kSecuredSpdm) return std::nullopt;
  const auto record = read<spdm::SecuredRecord>(content->bytes);
  if (!record) return std::nullopt;
  const auto found = sessions_.find(record->message.session_id);
  if (found == sessions_.end()) return std::nullopt;
  Session& session = found->second;
  auto plain = open(reply ? session.responder : session.requester, session.algorithms, record->message);
  if (plain) hear_inside(session, *plain, reply);
  return plain;
}

std::optional<base::Bytes> SessionReader::peek(base::View raw, bool reply) const {
  const auto content = content_of(raw);
  if (!content || content->type != doe::ObjectType::kSecuredSpdm) return std::nullopt;
  const auto record = read<spdm::SecuredRecord>(content->bytes);
  if (!record) return std::nullopt;
  const auto found = sessions_.find(record->message.session_id);
  if (found == sessions_.end()) return std::nullopt;
  auto stream = reply ? found->second.responder : found->second.requester;
  return open(stream, found->second.algorithms, record->message);
}

void SessionReader::hear_clear(base::View message, bool reply) {
  const auto header = spdm::header_of(message);
  if (!header || spdm::is_request(header->code) == reply) return;
  const auto keep = [&]<class M>(const std::optional<doe::Padded<M>>& read, base::Bytes& to) {
    if (read) base::append(to, read->raw);
    return read.has_value();
  };
  switch (header->code) {
    case Code::kGetVersion:
      vca_.clear(), digests_.clear(), chains_.clear(), shape_ = {}, algorithms_ = {};
      keep(read<spdm::GetVersion>(message), vca_);
      return;
    case Code::kVersion: keep(read<spdm::VersionResponse>(message), vca_); return;
    case Code::kGetCapabilities: {
      const auto asked = read<spdm::GetCapabilities>(message);
      if (keep(asked, vca_)) flags_[0] = asked->message.flags;
      return;
    }
    case Code::kCapabilities: {
      const auto answer = read<spdm::Capabilities>(message);
      if (keep(answer, vca_)) flags_[1] = answer->message.flags;
      return;
    }
    case Code::kNegotiateAlgorithms: keep(read<spdm::NegotiateAlgorithms>(message), vca_); return;
    case Code::kAlgorithms: {
      const auto answer = read<spdm::AlgorithmsResponse>(message);
      if (!keep(answer, vca_)) return;
      algorithms_ = spdm::algorithms_of(answer->message);
      shape_ = spdm::shape_of(algorithms_);
      shape_.handshake_in_the_clear = (flags_[0] & flags_[1] & spdm::kCapHandshakeInTheClear) != 0;
      return;
    }
    case Code::kGetCertificate:
      if (const auto asked = read<spdm::GetCertificate>(message)) {
        chain_slot_ = header->param1 & spdm::kSlotMask;
        if (asked->message.offset == 0) chains_[chain_slot_].clear();
      }
      return;
    case Code::kCertificate:
      if (const auto answer = read<spdm::CertificateResponse>(message)) base::append(chains_[chain_slot_], answer->message.portion);
      return;
    case Code::kKeyExchange:
      key_exchange_.clear();
      keep(read<spdm::KeyExchange>(message, {.shape = shape_}), key_exchange_);
      return;
    case Code::kKeyExchangeRsp: start(message); return;
    case Code::kFinish:
    case Code::kFinishRsp: {  // of a handshake in the clear
      const auto found = sessions_.find(last_session_);
      if (found != sessions_.end()) hear_inside(found->second, message, reply);
      return;
    }
    default: return;
  }
}

void SessionReader::start(base::View response) {
  const std::size_t exchange = exchanges_++;
  const auto asked = wire::decode<spdm::KeyExchange>(key_exchange_, {.shape = shape_});
  if (!asked || exchange >= secrets_.size() || !spdm::digest_of(algorithms_.base_hash) || !spdm::aead_of(algorithms_.aead)) return;
  Session session;
  session.algorithms = algorithms_;
  session.shape = shape_;
  session.shape.measurement_summary = asked->header.param1 != spdm::kSummaryNone;
  const auto read_rsp = read<spdm::KeyExchangeResponse>(response, {.shape = session.shape});
  if (!read_rsp) return;
  const auto& answer = read_rsp->message;
  auto& said = session.transcript;
  said.digest = spdm::hash_of(algorithms_);
  said.vca = vca_;
  said.certificate_chain = chains_[asked->header.param2 & spdm::kSlotMask];
  said.key_exchange = key_exchange_;
  const std::size_t tail = answer.signature.size() + answer.verify_data.size();
  said.response = base::bytes_of(base::View(read_rsp->raw).first(read_rsp->raw.size() - tail));
  said.response_signature = answer.signature;
  said.response_verify_data = answer.verify_data;
  const auto secrets = spdm::handshake_secrets(algorithms_, secrets_[exchange], said.th1());
  session.handshake = secrets.handshake;
  session.requester = spdm::RecordStream::start(algorithms_, secrets.request);
  session.responder = spdm::RecordStream::start(algorithms_, secrets.response);
  last_session_ = spdm::session_id_of(asked->req_session_id, answer.rsp_session_id);
  sessions_.insert_or_assign(last_session_, std::move(session));
}

void SessionReader::hear_inside(Session& session, base::View message, bool reply) {
  const auto header = spdm::header_of(message);
  if (!header) return;
  if (!reply && header->code == Code::kFinish) finish(session, message);
  if (reply && header->code == Code::kFinishRsp) finished(session, message);
}

void SessionReader::finish(Session& session, base::View message) {
  const auto asked = read<spdm::Finish>(message, {.shape = session.shape});
  if (!asked) return;
  const auto& finish = asked->message;
  auto& said = session.transcript;
  said.finish = base::bytes_of(base::View(asked->raw).first(asked->raw.size() - finish.signature.size() - finish.verify_data.size()));
  said.finish_signature = finish.signature;
  said.finish_verify_data = finish.verify_data;
}

void SessionReader::finished(Session& session, base::View message) {
  const auto answer = read<spdm::FinishResponse>(message, {.shape = session.shape});
  if (!answer) return;
  auto& said = session.transcript;
  said.finish_response = base::bytes_of(base::View(answer->raw).first(answer->raw.size() - answer->message.verify_data.size()));
  said.finish_response_verify_data = answer->message.verify_data;
  const auto secrets = spdm::data_secrets(session.algorithms, session.handshake, said.th2());
  session.requester = spdm::RecordStream::start(session.algorithms, secrets.request);
  session.responder = spdm::RecordStream::start(session.algorithms, secrets.response);
}

}  // namespace exports
