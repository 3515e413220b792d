#pragma once
// What makes the owner turn a CCA token down, in the order in which a verifier looks. A row stands for itself: an absent part answers
// "no" wherever it is asked.
//
// Clauses: "RMM" is the Realm Management Monitor specification 1.0, "CCA attestation token"; "Security Model" the Arm CCA Security Model
// 1.0 (DEN0096).
#include "guest/relying_party/cca_policy.h"
#include "platform/protocol/cca/token.h"
#include "platform/trust/defence.h"

namespace relying_party {

// A token as received, what came with it, and what the owner expects.
struct CcaCase {
  const CcaPolicy& policy;
  const base::Block<64>& expected_challenge;

  std::optional<ccaproto::Token> token;  // empty: no token
  std::optional<ccaproto::PlatformClaims> platform;
  std::optional<ccaproto::RealmTokenClaims> realm;
  std::optional<cose::Sign1> endorsement_message;
  std::optional<ccaproto::KeyEndorsement> endorsement;
  std::optional<ccaproto::EventLog> log;
};

// The questions that take more than a line, in cca_checks.cc.
bool cca_format_is_right(const CcaCase& c);
bool cca_key_is_endorsed(const CcaCase& c);
bool cca_platform_is_signed(const CcaCase& c);
bool cca_platform_is_of_family(const CcaCase& c);
bool cca_firmware_is_known(const CcaCase& c);
bool cca_realm_key_is_bound(const CcaCase& c);
bool cca_realm_is_signed(const CcaCase& c);
bool cca_hashes_are_as_named(const CcaCase& c);
bool cca_rems_have_expected_values(const CcaCase& c);
bool cca_log_replays(const CcaCase& c);
bool cca_events_are_as_expected(const CcaCase& c);

inline constexpr trust::Rule<CcaCase> kCcaRules[] = {
    {{"owner.cca.token.format", "RMM, CCA attestation token format; RFC 9052, 4.2",
      "A token holds one platform and one realm claim set of known profiles, each with all of its claims.", trust::Act::kDetect,
      trust::Kind::kConformance},
     cca_format_is_right},
    {{"owner.cca.endorsement.signature", "RFC 9334, 7.4; Security Model, attestation",
      "The vendor whose key the owner has pinned vouches for the key of this platform.", trust::Act::kDetect},
     cca_key_is_endorsed},
    {{"owner.cca.endorsement.withdrawn", "RFC 9334, 7.4; RMM, CCA platform instance ID claim",
      "The vendor has not taken back what it said of this platform's key, as far as the owner has heard.", trust::Act::kDetect},
     [](const CcaCase& c) { return c.policy.withdrawn.empty() || (c.endorsement && !c.policy.withdrawn.contains(c.endorsement->instance_id)); }},
    {{"owner.cca.platform.signature", "RMM, CCA platform token; RFC 9052, 4.4",
      "The platform's own key signed its claims, as they were received.", trust::Act::kDetect},
     cca_platform_is_signed},
    {{"owner.cca.platform.implementation", "RMM, CCA platform implementation ID claim", "The platform is of a family that the owner knows.",
      trust::Act::kDetect, trust::Kind::kConformance},
     cca_platform_is_of_family},
    {{"owner.cca.platform.lifecycle", "RMM, CCA platform lifecycle claim; Security Model, life cycle",
      "Nobody debugs the platform: its life cycle is secured.", trust::Act::kDetect},
     [](const CcaCase& c) { return c.policy.allow_debug || (c.platform && ccaproto::is_secured(c.platform->lifecycle)); }},
    {{"owner.cca.platform.firmware", "RMM, CCA platform software components claim",
      "Each component of the platform's firmware is one that the owner accepts today, by measurement and signer.", trust::Act::kDetect},
     cca_firmware_is_known},
    {{"owner.cca.platform.config", "RMM, CCA platform config claim", "The platform is configured as expected, where the owner expects anything.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const CcaCase& c) { return !c.policy.config || (c.platform && c.platform->config == *c.policy.config); }},
    {{"owner.cca.platform.allow-list", "RMM, CCA platform instance ID claim",
      "The platform is one of those that the owner knows, where the owner keeps such a list.", trust::Act::kDetect},
     [](const CcaCase& c) { return !c.policy.instances || (c.platform && c.policy.instances->contains(c.platform->instance_id)); }},
    {{"owner.cca.realm.binding", "RMM, CCA platform challenge claim; Realm public key claim",
      "The platform vouches for exactly the key that signed for the realm.", trust::Act::kDetect},
     cca_realm_key_is_bound},
    {{"owner.cca.realm.signature", "RMM, Realm token; RFC 9052, 4.4", "The realm's claims are signed by the key that they name.",
      trust::Act::kDetect, trust::Kind::kConformance},
     cca_realm_is_signed},
    {{"owner.cca.realm.hash", "RMM, Realm hash algorithm ID claim", "Measurements are of an algorithm that the owner accepts, and of its size.",
      trust::Act::kDetect, trust::Kind::kConformance},
     cca_hashes_are_as_named},
    {{"owner.cca.rim", "RMM, Realm initial measurement claim", "What was built is what the owner built.", trust::Act::kDetect},
     [](const CcaCase& c) { return c.realm && c.policy.rims.contains(c.realm->rim); }},
    {{"owner.cca.personalization", "RMM, Realm personalization value claim",
      "The configuration that the host chose is the one expected, where the owner expects one.", trust::Act::kDetect},
     [](const CcaCase& c) { return !c.policy.personalization || (c.realm && c.realm->personalization == *c.policy.personalization); }},
    {{"owner.cca.rem.values", "RMM, Realm extensible measurements claim",
      "Each extensible register has a value that the owner expects, where it expects any.", trust::Act::kDetect},
     cca_rems_have_expected_values},
    {{"owner.cca.rem.replay", "UEFI 2.10, 38.4; RMM, RSI_MEASUREMENT_EXTEND", "An event log that the owner reads comes to exactly the registers attested.",
      trust::Act::kDetect},
     cca_log_replays},
    {{"owner.cca.rem.events", "UEFI 2.10, 38.4", "What the realm measured is what the owner asked for, and nothing besides.",
      trust::Act::kDetect},
     cca_events_are_as_expected},
    {{"owner.cca.challenge", "RMM, Realm challenge claim; RFC 9334, 10.2", "The token was made for this nonce and this channel key.",
      trust::Act::kDetect},
     [](const CcaCase& c) { return c.realm && c.realm->challenge == c.expected_challenge; }},
};

}  // namespace relying_party
