#include "guest/relying_party/services.h"

#include "guest/relying_party/place.h"
#include "guest/relying_party/service_rules.h"
#include "platform/base/check.h"

namespace relying_party {

namespace {

base::Bytes refused(trust::Refusal refusal) {
  Refused message{.defence = base::bytes_of(refusal.by->id)};
  message.defence_size = static_cast<std::uint32_t>(message.defence.size());
  return wire::encode(message);
}

std::optional<Question> question_of(base::View plain) {
  if (plain.size() > kServiceTextMax) return std::nullopt;
  auto read = wire::decode<Question>(plain);
  if (!read || read->call < ServiceCall::kConfig || read->call > ServiceCall::kCommit) return std::nullopt;
  return *read;
}

}  // namespace

Services::Services(base::View owner_secret, std::vector<Published> published, Random random, trust::Defences& defences)
    : key_(service_key(owner_secret)), published_(std::move(published)), random_(std::move(random)), defences_(defences) {
  base::check(!published_.empty() && published_.front().from == 0, "an owner has a configuration from the start");
}

const std::string& Services::config(Picoseconds at) const {
  const Published* now = &published_.front();
  for (const auto& next : published_)
    if (next.from <= at) now = &next;
  return now->text;
}

base::Bytes Services::receive(base::View message, const Arrival& arrival) {
  const auto opened = open_service(key_, Way::kQuestion, message);
  QuestionCase c;
  std::optional<Question> question;
  if (opened && opened->tag_fits) {
    c.sealed = true;
    question = question_of(opened->plain);
    c.well_formed = question.has_value();
  }
  if (auto no = defences_.first_refusal<QuestionCase>(kQuestionRules, c, kPlace)) return refused(*no);
  Answer said = answer(*question, arrival);
  said.question = question->id;
  said.body_size = static_cast<std::uint32_t>(said.body.size());
  return seal_service(key_, Way::kAnswer, random_(12), wire::encode(said));
}

Answer Services::answer(const Question& question, const Arrival& arrival) {
  Answer out;
  switch (question.call) {
    case ServiceCall::kConfig: out.body = base::bytes_of(config(arrival.at)); break;
    case ServiceCall::kTime: base::append_le(out.body, static_cast<std::uint64_t>(arrival.calendar)); break;
    case ServiceCall::kRoot: {
      const auto store = stores_.find(base::text_of(question.name));
      if (store == stores_.end()) out.status = ServiceStatus::kNoSuch;
      else out.body = wire::encode(store->second);
      break;
    }
    case ServiceCall::kCommit: return commit(question);
  }
  return out;
}

Answer Services::commit(const Question& question) {
  const auto next = wire::decode<StoreRoot>(question.body);
  const std::string name = base::text_of(question.name);
  const auto store = stores_.find(name);
  if (!next || (store == stores_.end() && stores_.size() == kStoresMax)) return {.status = ServiceStatus::kRefused, .body = {}};
  const CommitCase c{.current = store == stores_.end() ? 0 : store->second.generation, .next = next->generation};
  if (defences_.first_refusal<CommitCase>(kCommitRules, c, kPlace)) return {.status = ServiceStatus::kRefused, .body = {}};
  stores_[name] = *next;
  return {};
}

void collect_service_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<QuestionCase>(into, kQuestionRules);
  trust::collect<CommitCase>(into, kCommitRules);
}

}  // namespace relying_party
