#pragma once
// What makes an owner turn a TPM quote and an IMA list down, in the order in which a verifier looks. A row stands for itself: lifted, it
// leaves the others as they are.
//
// Clauses: "TPM 2.0" is the TCG's Library 1.59; "TAP" its Trusted Attestation Protocol information model 1.0; IMA is Linux's.
#include "guest/relying_party/tpm_messages.h"
#include "guest/relying_party/tpm_policy.h"
#include "platform/trust/defence.h"

namespace relying_party {

struct TpmCase {
  const TpmPolicy& policy;
  const TpmEvidence& shown;
  std::vector<ima::Entry> entries;  // of the list
};

// The questions that take more than a line, in tpm_checks.cc.
bool keys_are_of_their_kind(const TpmCase& c);
bool quote_is_signed(const TpmCase& c);
bool quote_is_for_this_session(const TpmCase& c);
bool all_pcrs_are_quoted(const TpmCase& c);
bool pcrs_are_those_quoted(const TpmCase& c);
bool boot_is_golden(const TpmCase& c);
bool list_replays(const TpmCase& c);
bool digests_are_of_their_entries(const TpmCase& c);
bool list_begins_with_this_boot(const TpmCase& c);
bool no_violation(const TpmCase& c);
bool files_are_known(const TpmCase& c);
bool withheld_are_known(const TpmCase& c);

inline constexpr trust::Rule<TpmCase> kTpmRules[] = {
    {{"owner.tpm.keys", "TPM 2.0 part 2, 8.3.3; TCG EK profile 2.5, B.4.4",
      "The endorsement key only decrypts, the attestation key only signs what its TPM says, and neither can leave the TPM.",
      trust::Act::kDetect, trust::Kind::kConformance},
     keys_are_of_their_kind},
    {{"owner.tpm.ek-bound", "SVSM 1.00, SVSM_ATTEST_SINGLE_SERVICE",
      "The platform's evidence vouches for the TPM's endorsement key: the TPM is inside the guest's trust boundary.", trust::Act::kDetect},
     [](const TpmCase& c) { return c.shown.bound == 1; }},
    {{"owner.tpm.signature", "TPM 2.0 part 3, 18.4 TPM2_Quote", "The quote is what the attestation key signed.", trust::Act::kDetect},
     quote_is_signed},
    {{"owner.tpm.nonce", "TPM 2.0 part 2, 10.12.8 extraData; RFC 9334, 10.2", "The quote was made for this challenge and this channel key.",
      trust::Act::kDetect},
     quote_is_for_this_session},
    {{"owner.tpm.selection", "TPM 2.0 part 2, 10.12.1 pcrSelect", "The quote covers each PCR that the owner judges, of the bank that he judges.",
      trust::Act::kDetect},
     all_pcrs_are_quoted},
    {{"owner.tpm.pcrs", "TPM 2.0 part 2, 10.12.1 pcrDigest", "The PCR values shown are those that were quoted.", trust::Act::kDetect},
     pcrs_are_those_quoted},
    {{"owner.tpm.boot", "TCG PC Client platform firmware profile 1.06, 3.3.4", "What the launch measured is what the owner built.",
      trust::Act::kDetect},
     boot_is_golden},
    {{"owner.ima.replay", "Linux IMA, security/integrity/ima; PCR 10", "The measurement list, replayed, reaches the quoted PCR 10.",
      trust::Act::kDetect},
     list_replays},
    {{"owner.ima.template", "Linux Documentation/security/IMA-templates.rst", "Each entry's digest is that of what the entry says.",
      trust::Act::kDetect},
     digests_are_of_their_entries},
    {{"owner.ima.aggregate", "Linux IMA, boot_aggregate", "The measurement list begins with the aggregate of this boot's PCRs.",
      trust::Act::kDetect},
     list_begins_with_this_boot},
    {{"owner.ima.violation", "Linux IMA, ima_add_violation", "No file changed while it was measured.", trust::Act::kDetect}, no_violation},
    {{"owner.ima.files", "Linux IMA, measurement list", "Every file in the list is one that the owner knows, with the content that he knows.",
      trust::Act::kDetect},
     files_are_known},
    {{"owner.ima.withheld", "Linux IMA, measurement list", "An entry whose content is withheld is one that another tenant's owner vouched for.",
      trust::Act::kDetect},
     withheld_are_known},
};

}  // namespace relying_party
