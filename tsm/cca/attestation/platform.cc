#include "tsm/cca/attestation/platform.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace attestation {
namespace {

base::Bytes digest(std::string_view what) { return base::bytes_of(base::View(crypto::sha256(base::view_of(what)))); }

// From the first code of the security subsystem to the RMM.
constexpr const char* kComponents[] = {"RSE_BL1_2", "RSE_BL2", "RSE_S", "AP_BL1", "AP_BL2", "AP_BL31", "RMM", "HW_CONFIG"};

}  // namespace

std::vector<ccaproto::SwComponent> firmware(unsigned version) {
  std::vector<ccaproto::SwComponent> out;
  for (const char* name : kComponents)
    out.push_back({.type = name,
                   .measurement = digest("an emulated " + std::string(name) + " " + std::to_string(version)),
                   .version = "1." + std::to_string(version) + ".0",
                   .signer_id = digest("emulated firmware signer"),
                   .hash_algorithm = "sha-256"});
  return out;
}

Platform Platform::from_seed(base::View seed, unsigned firmware_version) {
  Platform out;
  const auto family = digest("an emulated CCA platform");
  std::ranges::copy(family, out.implementation_id.begin());
  const auto secret = crypto::hmac_sha256(base::view_of("fused secret"), seed);
  out.secret = secret;
  // A UEID of type RAND: the hash of the platform's public key.
  out.instance_id[0] = 0x01;
  const auto id = crypto::sha256(out.platform_key().public_point());
  std::ranges::copy(id, out.instance_id.begin() + 1);
  out.config = {0xCF, 0xCF, 0xCF, 0xCF};
  out.sw_components = firmware(firmware_version);
  return out;
}

crypto::EcKey Platform::platform_key() const { return crypto::EcKey::derive(crypto::Curve::kP384, secret, "CPAK"); }

crypto::EcKey Platform::realm_key() const {
  base::Bytes from = base::bytes_of(base::View(secret));
  for (const auto& component : sw_components) base::append(from, component.measurement);
  base::append_le<std::uint16_t>(from, lifecycle);
  return crypto::EcKey::derive(crypto::Curve::kP384, from, "RAK");
}

}  // namespace attestation
