#pragma once
// What the owner refuses of a question, and what a guest refuses of an answer.
#include "platform/trust/defence.h"

namespace relying_party {

struct QuestionCase {
  bool sealed = false;  // under the key of whoever holds the secret
  bool well_formed = false;
};

inline constexpr trust::Rule<QuestionCase> kQuestionRules[] = {
    {{"rp.service.tag", "RFC 9334, 9; SP 800-38D, 7.2", "A question comes from whoever holds the owner's secret.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const QuestionCase& c) { return c.sealed; }},
    {{"rp.service.format", "RFC 9334, 8", "A question is exactly one that the owner knows.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const QuestionCase& c) { return c.well_formed; }},
};

struct CommitCase {
  std::uint64_t current = 0, next = 0;
};

inline constexpr trust::Rule<CommitCase> kCommitRules[] = {
    {{"rp.store.generation", "TPM 2.0 Library Part 1, NV counters; Intel TDX guest hardening, storage",
      "The root of a store is replaced by its successor only.", trust::Act::kDetect},
     [](const CommitCase& c) { return c.next == c.current + 1; }},
};

// At the guest.
struct AnswerCase {
  bool sealed = false;
  bool well_formed = false;
  bool to_this_question = false;
};

inline constexpr trust::Rule<AnswerCase> kAnswerRules[] = {
    {{"guest.owner.tag", "RFC 9334, 9; SP 800-38D, 7.2", "An answer comes, as it was written, from whoever holds the owner's secret.",
      trust::Act::kDetect},
     [](const AnswerCase& c) { return c.sealed; }},
    {{"guest.owner.format", "RFC 9334, 8", "An answer is exactly one that the guest knows.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const AnswerCase& c) { return c.well_formed; }},
    {{"guest.owner.fresh", "RFC 9334, 10.2", "An answer is to the question that was just asked.", trust::Act::kDetect},
     [](const AnswerCase& c) { return c.to_this_question; }},
};

}  // namespace relying_party
