#include "guest/relying_party/server.h"

#include <algorithm>

#include "guest/relying_party/server_rules.h"
#include "guest/relying_party/place.h"
#include "platform/base/check.h"

namespace relying_party {

namespace {

base::Bytes refused(const Nonce& nonce, trust::Refusal refusal) {
  Refused message{.nonce = nonce, .defence = base::bytes_of(refusal.by->id)};
  message.defence_size = static_cast<std::uint32_t>(message.defence.size());
  return wire::encode(message);
}

template <wire::Message M>
std::optional<M> read(base::View raw) {
  auto message = wire::decode<M>(raw);
  if (!message || message->header.type != M{}.header.type || message->header.version != kMessageVersion)
    return std::nullopt;
  return *message;
}

}  // namespace

RelyingParty::RelyingParty(Appraiser appraiser, base::Bytes secret, Random random, trust::Defences& defences)
    : appraiser_(std::move(appraiser)), secret_(std::move(secret)), random_(std::move(random)), defences_(defences) {}

base::Bytes RelyingParty::receive(base::View message, const Arrival& arrival) {
  if (message.size() <= kMessageSizeMax) {
    if (read<Hello>(message)) return challenge(arrival);
    if (auto evidence = read<Evidence>(message)) return answer(*evidence, arrival);
  }
  MessageCase c{.well_formed = false};
  auto no = defences_.first_refusal<MessageCase>(kMessageRules, c, kPlace);
  base::check(no.has_value(), "a conformance row is not lifted");
  return refused({}, *no);
}

base::Bytes RelyingParty::challenge(const Arrival& arrival) {
  base::Bytes fresh = random_(Nonce{}.size());
  base::check(fresh.size() == Nonce{}.size(), "a random stream gives as many bytes as it is asked for");
  Session session{.issued = arrival.at};
  std::copy(fresh.begin(), fresh.end(), session.nonce.begin());
  if (sessions_.size() == kSessionsMax) sessions_.pop_front();
  sessions_.push_back(session);
  return wire::encode(Challenge{.nonce = session.nonce});
}

base::Bytes RelyingParty::answer(const Evidence& evidence, const Arrival& arrival) {
  auto appraisal = appraise_answer(evidence, arrival);
  // Accepted or not, an answer uses the nonce up: nobody gets a second guess at one challenge.
  if (Session* session = find_session(evidence.nonce)) session->answered = true;
  if (!appraisal) return refused(evidence.nonce, appraisal.refusal());

  auto sealed = seal_secret(make_channel_key(random_), evidence.channel_key, evidence.nonce, secret_);
  ChannelCase channel{.is_point = sealed.has_value()};
  if (auto no = defences_.first_refusal<ChannelCase>(kChannelRules, channel, kPlace))
    return refused(evidence.nonce, *no);

  releases_.push_back({arrival.at, evidence.nonce, evidence.channel_key});
  Secret message{.nonce = evidence.nonce, .ephemeral = sealed->ephemeral, .sealed = std::move(sealed->sealed)};
  message.sealed_size = static_cast<std::uint32_t>(message.sealed.size());
  return wire::encode(message);
}

trust::Result<> RelyingParty::appraise_answer(const Evidence& evidence, const Arrival& arrival) {
  MessageCase message{.well_formed = true, .known_kind = evidence.kind == appraiser_.kind};
  if (auto no = defences_.first_refusal<MessageCase>(kMessageRules, message, kPlace)) return *no;

  const Session* session = find_session(evidence.nonce);
  SessionCase c{.known = session != nullptr, .age_max = appraiser_.session_age_max};
  if (session) {
    base::check(arrival.at >= session->issued, "time does not run backwards");
    c.answered = session->answered;
    c.age = arrival.at - session->issued;
  }
  if (auto no = defences_.first_refusal<SessionCase>(kSessionRules, c, kPlace)) return *no;

  return appraiser_.appraise(evidence, report_data_for(evidence.nonce, evidence.channel_key), arrival.calendar);
}

RelyingParty::Session* RelyingParty::find_session(const Nonce& nonce) {
  auto at = std::find_if(sessions_.begin(), sessions_.end(), [&](const Session& s) { return s.nonce == nonce; });
  return at == sessions_.end() ? nullptr : &*at;
}

void collect_server_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<MessageCase>(into, kMessageRules);
  trust::collect<SessionCase>(into, kSessionRules);
  trust::collect<ChannelCase>(into, kChannelRules);
}

}  // namespace relying_party
