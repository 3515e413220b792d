#include "guest/relying_party/measured_party.h"

#include "guest/relying_party/place.h"
#include "guest/relying_party/tpm_rules.h"

namespace relying_party {

namespace {

struct ShownCase {
  bool well_formed = false;  // a quote came along, and its list can be read
};

inline constexpr trust::Rule<ShownCase> kShownRules[] = {
    {{"owner.tpm.shown", "RFC 9334, 8", "Evidence comes with a quote and a measurement list that can be read.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const ShownCase& c) { return c.well_formed; }},
};

base::Bytes refused(const Nonce& nonce, trust::Refusal refusal) {
  Refused message{.nonce = nonce, .defence = base::bytes_of(refusal.by->id)};
  message.defence_size = static_cast<std::uint32_t>(message.defence.size());
  return wire::encode(message);
}

}  // namespace

MeasuredParty::MeasuredParty(TpmPolicy policy, Appraiser appraiser, base::Bytes secret, Random random, trust::Defences& defences)
    : policy_(std::move(policy)),
      behind_(Appraiser{.kind = appraiser.kind,
                        .session_age_max = appraiser.session_age_max,
                        .appraise =
                            [this, inner = appraiser.appraise](const Evidence& evidence, const base::Block<64>& session,
                                                               crypto::CalendarTime now) {
                              if (!shown_ || shown_->bound == 0) return inner(evidence, session, now);
                              const auto request = request_for(session, shown_->attestation);
                              return inner(evidence, service_binding(request, wire::encode(shown_->endorsement)), now);
                            }},
              std::move(secret), std::move(random), defences),
      defences_(defences) {}

std::optional<trust::Refusal> MeasuredParty::refusal_of(const TpmEvidence& shown) {
  auto entries = entries_of(shown);
  if (auto no = defences_.first_refusal<ShownCase>(kShownRules, {.well_formed = entries.has_value()}, kPlace)) return no;
  const TpmCase c{.policy = policy_, .shown = shown, .entries = std::move(*entries)};
  return defences_.first_refusal<TpmCase>(kTpmRules, c, kPlace);
}

base::Bytes MeasuredParty::receive(base::View message, const Arrival& arrival) {
  if (wire::decode<Hello>(message)) return behind_.receive(message, arrival);
  const auto shown = message.size() <= kMessageSizeMax ? wire::decode<TpmEvidence>(message) : wire::Decoded<TpmEvidence>(wire::Error{});
  const auto evidence = shown ? wire::decode<Evidence>(shown->evidence) : wire::Decoded<Evidence>(wire::Error{});
  // One session, told twice.
  const bool well_formed = evidence && shown->header.type == MessageType::kTpmEvidence && shown->header.version == kMessageVersion &&
                           evidence->nonce == shown->nonce && evidence->channel_key == shown->channel_key;
  if (!well_formed) return refused({}, *defences_.first_refusal<ShownCase>(kShownRules, {.well_formed = false}, kPlace));
  if (const auto no = refusal_of(*shown)) return refused(shown->nonce, *no);
  shown_ = &*shown;
  auto answer = behind_.receive(shown->evidence, arrival);
  shown_ = nullptr;
  return answer;
}

Appraiser asks_nothing() {
  return {.appraise = [](const Evidence&, const base::Block<64>&, crypto::CalendarTime) { return trust::ok(); }};
}

std::optional<std::vector<ima::Entry>> entries_of(const TpmEvidence& shown) {
  base::Bytes binary;
  for (const auto& entry : shown.entries) wire::append_encoded(binary, entry);
  return ima::from_binary(ima::Bank::kSha256, binary);
}

void show_entries(TpmEvidence& evidence, const std::vector<ima::Entry>& entries) {
  evidence.entries.clear();
  for (const auto& entry : entries) {
    LogEntry out{.pcr = entry.pcr, .name = base::bytes_of(base::view_of(entry.name)), .data = ima::template_data(entry)};
    std::copy(entry.digest.begin(), entry.digest.end(), out.digest.begin());
    out.name_size = static_cast<std::uint32_t>(out.name.size());
    out.data_size = static_cast<std::uint32_t>(out.data.size());
    evidence.entries.push_back(std::move(out));
  }
  evidence.entry_count = static_cast<std::uint32_t>(evidence.entries.size());
}

void collect_tpm_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<ShownCase>(into, kShownRules);
  trust::collect<TpmCase>(into, kTpmRules);
}

}  // namespace relying_party
