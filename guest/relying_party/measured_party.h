#pragma once
// An owner who asks for a TPM quote beside the platform's evidence. The quote and the list of what was measured are judged here; the
// session, the platform's evidence and the secret are those of a RelyingParty behind it.
#include "guest/relying_party/server.h"
#include "guest/relying_party/tpm_messages.h"
#include "guest/relying_party/tpm_policy.h"

namespace relying_party {

class MeasuredParty {
 public:
  MeasuredParty(TpmPolicy policy, Appraiser appraiser, base::Bytes secret, Random random, trust::Defences& defences);
  MeasuredParty(const MeasuredParty&) = delete;
  MeasuredParty& operator=(const MeasuredParty&) = delete;

  // As RelyingParty::receive. An EVIDENCE without a quote is refused.
  base::Bytes receive(base::View message, const Arrival& arrival);

  const std::vector<Release>& releases() const { return behind_.releases(); }

 private:
  std::optional<trust::Refusal> refusal_of(const TpmEvidence& shown);

  TpmPolicy policy_;
  const TpmEvidence* shown_ = nullptr;  // while its EVIDENCE is judged
  RelyingParty behind_;
  trust::Defences& defences_;
};

// An owner who asks nothing of the platform: one that has nothing to say, or that he asked at launch.
Appraiser asks_nothing();
// The IMA list as the library reads it; nothing: a template that is none, or data that is none of it.
std::optional<std::vector<ima::Entry>> entries_of(const TpmEvidence& shown);
void show_entries(TpmEvidence& evidence, const std::vector<ima::Entry>& entries);

void collect_tpm_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
