#include "guest/net/owner_client.h"

#include <algorithm>

#include "guest/relying_party/service_rules.h"

namespace net {

namespace rp = relying_party;

namespace {
constexpr std::string_view kPlace = "guest";
}

std::optional<rp::Answer> OwnerClient::ask(rp::ServiceCall call, const std::string& name, base::View body) {
  rp::Question question{.call = call, .name = base::bytes_of(name), .body = base::bytes_of(body)};
  const auto id = guest_.random(question.id.size()), nonce = guest_.random(12);
  std::copy(id.begin(), id.end(), question.id.begin());
  question.name_size = static_cast<std::uint32_t>(question.name.size());
  question.body_size = static_cast<std::uint32_t>(question.body.size());
  if (guest_.send("owner0", rp::seal_service(key_, rp::Way::kQuestion, nonce, wire::encode(question))) != GLACIS_OK) return std::nullopt;
  const auto message = guest_.receive("owner0");
  if (!message) return std::nullopt;
  const auto opened = rp::open_service(key_, rp::Way::kAnswer, *message);
  rp::AnswerCase c;
  std::optional<rp::Answer> answer;
  if (opened) {
    c.sealed = opened->tag_fits;
    if (const auto read = wire::decode<rp::Answer>(opened->plain); read && read->status <= rp::ServiceStatus::kRefused) answer = *read;
    c.well_formed = answer.has_value();
    c.to_this_question = answer && answer->question == question.id;
  }
  if (defences_.first_refusal<rp::AnswerCase>(rp::kAnswerRules, c, kPlace)) return std::nullopt;
  return answer;
}

std::optional<std::string> OwnerClient::config() {
  const auto answer = ask(rp::ServiceCall::kConfig, "", {});
  if (!answer || answer->status != rp::ServiceStatus::kDone) return std::nullopt;
  return base::text_of(answer->body);
}

std::optional<std::uint64_t> OwnerClient::seconds() {
  const auto answer = ask(rp::ServiceCall::kTime, "", {});
  if (!answer || answer->status != rp::ServiceStatus::kDone || answer->body.size() != 8) return std::nullopt;
  return base::load_le<std::uint64_t>(answer->body);
}

std::optional<rp::StoreRoot> OwnerClient::root(const std::string& store) {
  const auto answer = ask(rp::ServiceCall::kRoot, store, {});
  if (!answer || answer->status == rp::ServiceStatus::kRefused) return std::nullopt;
  if (answer->status == rp::ServiceStatus::kNoSuch) return rp::StoreRoot{};
  const auto root = wire::decode<rp::StoreRoot>(answer->body);
  if (!root) return std::nullopt;
  return *root;
}

bool OwnerClient::commit(const std::string& store, const rp::StoreRoot& next) {
  const auto answer = ask(rp::ServiceCall::kCommit, store, wire::encode(next));
  return answer && answer->status == rp::ServiceStatus::kDone;
}

void collect_client_defences(std::vector<const trust::Defence*>& into) { trust::collect<rp::AnswerCase>(into, rp::kAnswerRules); }

}  // namespace net
