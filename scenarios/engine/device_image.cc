#include "scenarios/engine/device_image.h"

#include "platform/base/check.h"
#include "platform/crypto/hash.h"
#include "scenarios/engine/cards.h"
#include "scenarios/engine/device_kinds.h"

namespace engine {

namespace {

constexpr std::uint16_t kMsixRange = 2;  // BAR 2 holds the interrupt table alone, which these guests leave to the host
constexpr std::uint64_t kFloor = 2;
constexpr crypto::Curve kCurve = crypto::Curve::kP384;

crypto::Certificate root_of(const char* maker, std::uint64_t seed, crypto::Library& library) {
  return identity::manufacturer_root(maker, kCurve, {}, seed, library);
}

// Three makers' roots. The integrator vouches for devices of every vendor.
device_trust::ChainPolicy chain_policy(const std::string& kind, std::uint64_t seed, crypto::Library& library) {
  const identity::Description genuine = description_of(kind);
  device_trust::ChainPolicy out;
  out.keyring = {{.root = root_of(kMaker, seed, library), .vendors = {genuine.vendor_id}},
                 {.root = root_of(kOtherMaker, seed, library), .vendors = {kOtherMakerVendor}},
                 {.root = root_of(kIntegrator, seed, library), .vendors = {}}};
  out.device_root = out.keyring.front().root;
  out.slot = 0;
  identity::Description leaked = genuine;
  leaked.serial_number = kLeakedSerial;
  out.revocation_lists.push_back(identity::revocation_list(kMaker, kCurve, {identity::leaf_serial(leaked, 0, kCurve)},
                                                           {.not_before = crypto::calendar_time(2026, 1, 1),
                                                            .not_after = crypto::calendar_time(2026, 12, 31)},
                                                           seed, library));
  return out;
}

// References for every release of the maker's manifest; which of them may run is said by version and floor.
device_trust::MeasurementPolicy measurement_policy(const std::string& kind, bool signed_measurements) {
  using spdm::MeasurementType;
  device_trust::MeasurementPolicy out;
  out.require_signature = signed_measurements;
  out.require_device_mode = true;
  out.security_version_min = kFloor;
  out.versions = {firmware_content(kind, "genuine").version};
  for (const char* release : {"genuine", "superseded", "withdrawn"})
    for (const auto& block : firmware_content(kind, release).blocks(crypto::Digest::kSha384, false)) {
      const auto value = wire::decode<spdm::DmtfMeasurement>(block.measurement);
      base::check(static_cast<bool>(value), "our own measurements are of DMTF's form");
      const auto type = value->type();
      const bool has_own_rule = type == MeasurementType::kDeviceMode || type == MeasurementType::kVersion ||
                                type == MeasurementType::kSecureVersionNumber;
      if (has_own_rule) continue;
      auto& reference = out.references[block.index];
      reference.type = type;
      reference.raw = value->is_raw();
      reference.values.insert(value->value);
    }
  return out;
}

}  // namespace

device_trust::Policy device_policy(const std::string& kind, bool signed_measurements, std::uint64_t seed, crypto::Library& library) {
  device_trust::Policy out;
  out.chain = chain_policy(kind, seed, library);
  out.measurements = measurement_policy(kind, signed_measurements);
  out.interface.non_tee_ranges = {kMsixRange};
  out.interface.device_info = crypto::sha384(device_specific_info(kind));
  return out;
}

void trust_root(device_trust::Policy& policy, const crypto::Certificate& root) {
  policy.chain.keyring = {{.root = root, .vendors = {}}};
  policy.chain.device_root.reset();
  policy.chain.slot.reset();
}

}  // namespace engine
