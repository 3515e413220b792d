#pragma once
// What the rules on a device look at, once its certificates were judged.
#include <optional>

#include "guest/device_trust/judge.h"
#include "guest/device_trust/transcripts.h"

namespace device_trust {

struct DeviceCase {
  const DeviceEvidence& evidence;
  const Question& question;
  const Policy& policy;

  Negotiated negotiated{};
  std::uint8_t slot = 0;    // whose chain verified
  base::Bytes chain{};      // its blob
  base::Bytes leaf_key{};   // SubjectPublicKeyInfo
  base::Bytes identity_key{};
  Proof proof{};
  Measured measured{};
  std::optional<tdisp::InterfaceReport> report{};  // empty when it is none

  bool has_measurements() const { return !evidence.measurements.transcript.empty(); }
  bool has_report() const { return !evidence.report.empty(); }
};

}  // namespace device_trust
