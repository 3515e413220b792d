#pragma once
// What a careful guest refuses.
#include "platform/protocol/sev/guest_message.h"
#include "platform/trust/defence.h"

namespace tsm_abi {

struct AcceptCase {
  bool accepted_before;
};
inline constexpr trust::Rule<AcceptCase> kAcceptRules[] = {
    {{"guest.accept.tracking", "GHCB 2.03, 4.1.6; SNP ABI 1.58, 2.4",
      "A page that was accepted once is never validated a second time.", trust::Act::kDetect},
     [](const AcceptCase& c) { return !c.accepted_before; }},
};

struct ValidateCase {
  bool changed;  // PVALIDATE left the carry flag clear
};
inline constexpr trust::Rule<ValidateCase> kValidateRules[] = {
    {{"guest.accept.unchanged", "APM vol. 3, PVALIDATE, rFLAGS.CF; GHCB 2.03, 4.1.6",
      "A page that is valid already, though it was never accepted, is not taken.", trust::Act::kDetect},
     [](const ValidateCase& c) { return c.changed; }},
};

struct KeyUseCase {
  bool failed_before;
};
inline constexpr trust::Rule<KeyUseCase> kKeyUseRules[] = {
    {{"guest.vmpck.wipe", "Linux 6.9, sev-guest, snp_disable_vmpck",
      "After a failed exchange its key seals nothing again."},
     [](const KeyUseCase& c) { return !c.failed_before; }},
};

struct AnswerCase {
  const sevproto::MessageHeader& request;
  const sevproto::MessageHeader& answer;
  bool opens;
};
inline constexpr trust::Rule<AnswerCase> kAnswerRules[] = {
    {{"guest.request.sequence", "SNP ABI 1.58, 7.1", "An answer is taken only for the request that was just sent.",
      trust::Act::kDetect},
     [](const AnswerCase& c) { return sevproto::answers(c.answer, c.request); }},
    {{"guest.request.tag", "SNP ABI 1.58, 7.1", "An answer is taken only as the security processor sealed it.",
      trust::Act::kDetect},
     [](const AnswerCase& c) { return c.opens; }},
};

}  // namespace tsm_abi
