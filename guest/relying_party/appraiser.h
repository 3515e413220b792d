#pragma once
// What of an owner's judgement is one technology's: which kind of evidence it reads, and how.
#include <functional>

#include "guest/relying_party/messages.h"
#include "platform/crypto/calendar_time.h"
#include "platform/trust/defence.h"

namespace relying_party {

// Simulated time, in picoseconds since the world began.
using Picoseconds = std::uint64_t;
// From a challenge to its answer, unless a policy asks for less.
inline constexpr Picoseconds kSessionAgeMax = 10'000'000'000'000;  // 10 s

struct Appraiser {
  EvidenceKind kind = EvidenceKind::kSnpReport;
  Picoseconds session_age_max = kSessionAgeMax;
  // Of evidence of that kind, which has to be bound to these 64 bytes.
  std::function<trust::Result<>(const Evidence& evidence, const base::Block<64>& expected, crypto::CalendarTime now)> appraise;
};

}  // namespace relying_party
