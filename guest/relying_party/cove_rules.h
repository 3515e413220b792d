#pragma once
// What makes the owner turn CoVE evidence down, in the order in which a verifier looks. A row stands for itself: an absent part answers
// "no" wherever it is asked. Clauses: RISC-V CoVE 0.7, "TVM Attestation and Measurements".
#include "guest/relying_party/cove_policy.h"
#include "platform/trust/defence.h"

namespace relying_party {

// Evidence as received, what came with it, and what the owner expects.
struct CoveCase {
  const CovePolicy& policy;
  const base::Block<64>& expected_challenge;
  crypto::CalendarTime now = 0;

  std::optional<coveproto::ReadEvidence> evidence;  // empty: no evidence
  std::optional<crypto::Certificate> endorsement;
  std::optional<coveproto::EventLog> log;

  // Of a run-time or initial register; empty when it is not claimed, or claimed twice.
  std::optional<coveproto::Digest> register_value(std::uint64_t index) const;
};

// The questions that take more than a line, in cove_checks.cc.
bool cove_format_is_right(const CoveCase& c);
bool cove_root_of_trust_is_endorsed(const CoveCase& c);
bool cove_endorsement_stands(const CoveCase& c);
bool cove_platform_is_known(const CoveCase& c);
bool cove_platform_is_signed(const CoveCase& c);
bool cove_tsm_is_signed(const CoveCase& c);
bool cove_tvm_is_signed(const CoveCase& c);
bool cove_certificate_is_signed(const CoveCase& c);
bool cove_certificate_has_its_fields(const CoveCase& c);
bool cove_versions_are_accepted(const CoveCase& c);
bool cove_components_are_known(const CoveCase& c);
bool cove_boot_registers_agree(const CoveCase& c);
bool cove_initial_registers_are_expected(const CoveCase& c);
bool cove_runtime_registers_are_expected(const CoveCase& c);
bool cove_log_replays(const CoveCase& c);
bool cove_events_are_expected(const CoveCase& c);

inline constexpr trust::Rule<CoveCase> kCoveRules[] = {
    {{"owner.cove.evidence.format", "RISC-V CoVE 0.7, Evidence Format",
      "Evidence has all claims of its three tokens, of the types that they have, under the profile that it names.", trust::Act::kDetect,
      trust::Kind::kConformance},
     cove_format_is_right},
    {{"owner.cove.platform.endorsed", "RISC-V CoVE 0.7, Layered Evidence; RFC 5280, 6.1",
      "The vendor whose root the owner has pinned endorses the platform's root of trust, now.", trust::Act::kDetect},
     cove_root_of_trust_is_endorsed},
    {{"owner.cove.platform.revoked", "RISC-V CoVE 0.7, Layered Evidence; RFC 5280, 6.3.3",
      "A current list of the vendor's is at hand where the owner asks for one, and takes no endorsement of this platform back.",
      trust::Act::kDetect},
     cove_endorsement_stands},
    {{"owner.cove.platform.allow-list", "RISC-V CoVE 0.7, Layered Evidence, UDS_ID",
      "The platform is one of those that the owner knows, where the owner keeps such a list.", trust::Act::kDetect},
     cove_platform_is_known},
    {{"owner.cove.platform.signature", "RISC-V CoVE 0.7, Platform Token", "The root of trust signed what is said of the platform.",
      trust::Act::kDetect},
     cove_platform_is_signed},
    {{"owner.cove.tsm.signature", "RISC-V CoVE 0.7, TSM Token", "The platform's key signed what is said of the TSM.", trust::Act::kDetect},
     cove_tsm_is_signed},
    {{"owner.cove.tvm.signature", "RISC-V CoVE 0.7, TVM Token", "The TSM's key signed what is said of the TVM.", trust::Act::kDetect},
     cove_tvm_is_signed},
    {{"owner.cove.certificate.signature", "RISC-V CoVE 0.7, CBOR Attestation Certificate",
      "The TSM that the certificate names as issuer signed it.", trust::Act::kDetect},
     cove_certificate_is_signed},
    {{"owner.cove.certificate.profile", "RISC-V CoVE 0.7, X.509 Attestation Certificate",
      "An X.509 certificate of evidence is of one TVM's key, without end, and certifies nothing but leaves.", trust::Act::kDetect,
      trust::Kind::kConformance},
     cove_certificate_has_its_fields},
    {{"owner.cove.platform.manufacturer", "RISC-V CoVE 0.7, Platform Manufacturer Identifier Claim",
      "The platform's maker is the one expected, where the owner expects one.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const CoveCase& c) {
       return !c.policy.manufacturer || (c.evidence && c.evidence->platform.manufacturer_id == *c.policy.manufacturer);
     }},
    {{"owner.cove.platform.state", "RISC-V CoVE 0.7, Platform State Claim", "The platform is in a state in which nobody looks inside.",
      trust::Act::kDetect},
     [](const CoveCase& c) { return c.evidence && c.policy.states.contains(c.evidence->platform.state); }},
    {{"owner.cove.components.svn", "RISC-V CoVE 0.7, Platform and TSM Software Components Claims",
      "No component of platform and TSM is older than the owner accepts.", trust::Act::kDetect},
     cove_versions_are_accepted},
    {{"owner.cove.components.known", "RISC-V CoVE 0.7, Platform and TSM Software Components Claims",
      "Components are those that the owner knows, of the makers that it knows, where it asks.", trust::Act::kDetect,
      trust::Kind::kConformance},
     cove_components_are_known},
    {{"owner.cove.initial.boot", "RISC-V CoVE 0.7, Initial Measurements",
      "What the TVM's registers say of platform and TSM is what those layers say of themselves.", trust::Act::kDetect,
      trust::Kind::kConformance},
     cove_boot_registers_agree},
    {{"owner.cove.initial.tvm", "RISC-V CoVE 0.7, TVM Initial Measurements Claim", "What was built is what the owner built.",
      trust::Act::kDetect},
     cove_initial_registers_are_expected},
    {{"owner.cove.runtime.values", "RISC-V CoVE 0.7, TVM Runtime Measurements Claim",
      "Each run-time register has a value that the owner expects, where it expects any.", trust::Act::kDetect},
     cove_runtime_registers_are_expected},
    {{"owner.cove.runtime.replay", "RISC-V CoVE 0.7, Runtime Measurements",
      "An event log that the owner reads comes to exactly the registers claimed.", trust::Act::kDetect},
     cove_log_replays},
    {{"owner.cove.runtime.events", "RISC-V CoVE 0.7, Runtime Measurements",
      "What the TVM measured is what the owner asked for, and nothing besides.", trust::Act::kDetect},
     cove_events_are_expected},
    {{"owner.cove.identity", "RISC-V CoVE 0.7, TVM Identity Claim",
      "The identity that the host gave is the one expected, where the owner expects one.", trust::Act::kDetect},
     [](const CoveCase& c) { return !c.policy.identity || (c.evidence && c.evidence->tvm.identity == c.policy.identity); }},
    {{"owner.cove.challenge", "RISC-V CoVE 0.7, TVM Challenge Claim", "The evidence was made for this nonce and this channel key.",
      trust::Act::kDetect},
     [](const CoveCase& c) { return c.evidence && c.evidence->tvm.challenge == c.expected_challenge; }},
};

}  // namespace relying_party
