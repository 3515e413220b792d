#pragma once
// What runs on a device, as its measurements tell it. A value: loading other firmware is another value.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/protocol/spdm/measurements.h"

namespace identity {

// One thing measured. `content` is what is hashed, or told raw.
struct Component {
  std::uint8_t index = 1;
  spdm::MeasurementType type = spdm::MeasurementType::kMutableFirmware;
  base::Bytes content;
  bool tcb = true;        // counts in the summary of the TCB
  bool raw_only = false;  // told as it is whatever was asked: versions, modes, manifests
};

struct Firmware {
  std::string version = "1.0.0";
  std::uint64_t security_version = 1;
  bool debug = false;  // invasive debugging is active
  std::vector<Component> components;  // beside version, security version, manifest and device mode

  // In the order of their indices: components, version (10h), security version (11h), manifest (FDh), device mode
  // (FEh). A component of an index that one of those has is a Bug.
  std::vector<Component> all() const;
  // The blocks that a responder answers with. Values are digests unless raw is asked for.
  std::vector<spdm::MeasurementBlock> blocks(std::optional<crypto::Digest> digest, bool raw) const;
  std::vector<spdm::MeasurementBlock> tcb_blocks(std::optional<crypto::Digest> digest) const;
};

inline constexpr std::uint8_t kIndexVersion = 0x10;
inline constexpr std::uint8_t kIndexSecurityVersion = 0x11;

// ROM, boot firmware, main firmware and a hardware configuration, their contents made from the name of the build.
Firmware firmware_of(const std::string& build, const std::string& version, std::uint64_t security_version);

}  // namespace identity
