#pragma once
// Reads back what a transcript says. Only these bytes are signed, so all that a judgement rests on comes from here.
#include <optional>
#include <vector>

#include "guest/device_trust/evidence.h"
#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/measurements.h"

namespace device_trust {

// What the six messages of VCA agreed on.
struct Negotiated {
  bool well_formed = false;
  spdm::Algorithms algorithms{};
  std::uint32_t capabilities = 0;  // of the responder
};
Negotiated negotiated_of(base::View vca);

// What a CHALLENGE or a KEY_EXCHANGE proved, once its signature holds.
struct Proof {
  bool well_formed = false;
  std::uint8_t slot = 0;
  spdm::Nonce nonce{};
  base::Bytes chain_hash{};
  std::uint8_t summary = spdm::kSummaryNone;
  base::Bytes summary_hash{};
};
Proof proof_of(const DeviceEvidence& evidence, const Negotiated& negotiated);

// What pairs of GET_MEASUREMENTS and MEASUREMENTS told.
struct Measured {
  bool well_formed = false;  // each index once, DMTF's form
  std::vector<spdm::MeasurementBlock> blocks{};
  std::optional<spdm::Nonce> nonce{};  // when a signature was asked for, at the end
  std::uint8_t slot = 0;
  bool content_changed = false;  // by the responder's own word
};
Measured measured_of(const DeviceEvidence& evidence, const Negotiated& negotiated);

// The measurement in the block, nothing when it is not of DMTF's form.
std::optional<spdm::DmtfMeasurement> measurement_in(const spdm::MeasurementBlock& block);

}  // namespace device_trust
