#pragma once
// A CCA server from the factory: what is fused into it, what it boots, and the two keys that follow from that (Arm CCA Security Model,
// "Attestation"): the platform's, which never changes, and the realm attestation key, another one for other firmware.
#include <vector>

#include "platform/crypto/ec_key.h"
#include "platform/protocol/cca/token.h"

namespace attestation {

// Firmware components by their version. Those of one version have the same measurement everywhere.
std::vector<ccaproto::SwComponent> firmware(unsigned version);

struct Platform {
  // A platform is its seed. The implementation id names the family, so that all of ours share it.
  static Platform from_seed(base::View seed, unsigned firmware_version);

  base::Block<32> implementation_id{};
  base::Block<33> instance_id{};
  base::Bytes config;
  std::uint16_t lifecycle = ccaproto::kLifecycleSecured;
  std::vector<ccaproto::SwComponent> sw_components;
  base::Block<32> secret{};

  crypto::EcKey platform_key() const;  // P-384
  crypto::EcKey realm_key() const;     // P-384
};

}  // namespace attestation
