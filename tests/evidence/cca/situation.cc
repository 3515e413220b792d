#include "tests/evidence/cca/situation.h"

#include <algorithm>

#include "platform/base/check.h"

namespace cca_evidence {

Situation::Situation() : platform(attestation::Platform::from_seed(base::view_of("platform 0"), 6)), endorsed(platform) {
  realm.challenge.fill(0xDA);
  realm.rpv.fill(0x0D);
  std::fill_n(realm.rim.begin(), 32, 0x71);
  log.events = {ccaproto::event_of(1, ccaproto::kEventEfiBootServicesApplication, base::view_of("kernel")),
                ccaproto::event_of(2, ccaproto::kEventIpl, base::view_of("command line"))};
  realm.rem = ccaproto::replay(realm.algorithm, log);

  expected.fill(0xDA);
  policy.vendor_key = attestation::Vendor(vendor).public_key();
  policy.implementations = {platform.implementation_id};
  policy.instances = {platform.instance_id};
  for (const auto& component : platform.sw_components) policy.firmware.insert({component.measurement, component.signer_id});
  policy.config = platform.config;
  policy.rims = {base::Bytes(32, 0x71)};
  policy.personalization = realm.rpv;
  policy.rems[0].values = {base::bytes_of(base::View(realm.rem[0]).first(32))};
  policy.rems[1].events = relying_party::CcaEventPolicy{.required = {log.events[1].digest}, .allowed = {}};
}

Carried Situation::carried() const {
  crypto::Library library(1);
  attestation::Signer signer(library, platform);
  base::Bytes token = signer.token(realm, edit);
  if (after) {
    auto opened = ccaproto::decode_token(token);
    base::check(opened.has_value(), "what is signed is a token");
    after(*opened);
    token = ccaproto::encode_token(*opened);
  }
  return {.token = token, .endorsement = attestation::Vendor(vendor).endorse(endorsed), .event_log = ccaproto::encode_event_log(log)};
}

trust::Result<relying_party::CcaAppraisal> Situation::appraise(const Carried& carried) const {
  trust::Defences defences;
  return relying_party::appraise(
      relying_party::CcaEvidence{.token = carried.token, .endorsement = carried.endorsement, .event_log = carried.event_log}, policy, expected,
      defences);
}

std::string Situation::verdict(const trust::Result<relying_party::CcaAppraisal>& result) {
  return result ? "accepted" : std::string(result.refusal().by->id);
}

attestation::Edit set_claim(std::string message, std::string path, cbor::Value to) {
  return [=](std::string_view name, base::Bytes& claims) {
    if (name != message) return;
    auto value = cbor::decode(claims);
    base::check(value && cbor::edit(*value, path, to), "an edited claim is there");
    claims = cbor::encode(*value);
  };
}

}  // namespace cca_evidence
