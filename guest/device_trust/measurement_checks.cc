// The predicates of measurement_rules.h that take more than a line.
#include "guest/device_trust/measurement_rules.h"

#include <algorithm>

#include "platform/protocol/spdm/signing.h"

namespace device_trust {
namespace {

using spdm::MeasurementType;

// Those that a rule of their own looks at need no reference.
bool has_own_rule(MeasurementType type) {
  return type == MeasurementType::kVersion || type == MeasurementType::kSecureVersionNumber ||
         type == MeasurementType::kDeviceMode;
}

std::vector<spdm::DmtfMeasurement> of_type(const DeviceCase& c, MeasurementType type) {
  std::vector<spdm::DmtfMeasurement> out;
  for (const spdm::MeasurementBlock& block : c.measured.blocks)
    if (auto measurement = measurement_in(block); measurement && measurement->type() == type)
      out.push_back(*std::move(measurement));
  return out;
}

bool matches(const spdm::DmtfMeasurement& measurement, const Reference& reference) {
  return measurement.type() == reference.type && measurement.is_raw() == reference.raw &&
         reference.values.contains(measurement.value);
}

std::optional<std::uint64_t> number_in(const spdm::DmtfMeasurement& measurement) {
  if (!measurement.is_raw() || measurement.value.empty() || measurement.value.size() > 8) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = measurement.value.size(); i-- > 0;) number = number << 8 | measurement.value[i];
  return number;
}

bool is_normal(const spdm::DmtfMeasurement& measurement) {
  auto mode = wire::decode<spdm::DeviceMode>(measurement.value);
  return mode && measurement.is_raw() && mode->operational_mode_state == spdm::kModeNormal &&
         mode->device_mode_state == 0;
}

}  // namespace

bool measurements_are_vouched_for(const DeviceCase& c) {
  if (!c.has_measurements()) return true;
  const SignedEvidence& evidence = c.evidence.measurements;
  if (!c.measured.nonce)
    return !c.policy.measurements.require_signature && evidence.in_session != 0 &&
           c.evidence.proof.kind == ProofKind::kKeyExchange;
  return c.measured.slot == c.slot &&
         spdm::verify(c.negotiated.algorithms, c.negotiated.algorithms.base_asym, spdm::Purpose::kMeasurements,
                      evidence.transcript, c.leaf_key, evidence.signature);
}

bool measurements_are_references(const DeviceCase& c) {
  if (!c.has_measurements()) return true;
  const auto& references = c.policy.measurements.references;
  std::size_t known = 0;
  for (const spdm::MeasurementBlock& block : c.measured.blocks) {
    auto measurement = measurement_in(block);
    if (!measurement) return false;
    auto reference = references.find(block.index);
    if (reference == references.end()) {
      if (!c.policy.measurements.allow_unknown && !has_own_rule(measurement->type())) return false;
      continue;
    }
    if (!matches(*measurement, reference->second)) return false;
    ++known;
  }
  return known == references.size();
}

bool device_is_not_debugged(const DeviceCase& c) {
  if (!c.has_measurements() || c.policy.measurements.allow_debug) return true;
  const auto modes = of_type(c, MeasurementType::kDeviceMode);
  if (modes.empty()) return !c.policy.measurements.require_device_mode;
  return std::ranges::all_of(modes, is_normal);
}

bool security_version_reaches_floor(const DeviceCase& c) {
  const auto& floor = c.policy.measurements.security_version_min;
  if (!c.has_measurements() || !floor) return true;
  const auto told = of_type(c, MeasurementType::kSecureVersionNumber);
  return !told.empty() && std::ranges::all_of(told, [&](const auto& measurement) {
    auto number = number_in(measurement);
    return number && *number >= *floor;
  });
}

bool version_is_accepted(const DeviceCase& c) {
  const auto& versions = c.policy.measurements.versions;
  if (!c.has_measurements() || versions.empty()) return true;
  const auto told = of_type(c, MeasurementType::kVersion);
  return !told.empty() && std::ranges::all_of(told, [&](const auto& measurement) {
    return measurement.is_raw() && versions.contains(base::text_of(measurement.value));
  });
}

bool summary_is_of_measurements(const DeviceCase& c) {
  if (!c.has_measurements() || !c.policy.measurements.require_summary) return true;
  if (c.proof.summary == spdm::kSummaryNone) return false;
  std::vector<spdm::MeasurementBlock> covered;
  for (const spdm::MeasurementBlock& block : c.measured.blocks)
    if (c.proof.summary == spdm::kSummaryAll || c.policy.measurements.tcb_indices.contains(block.index))
      covered.push_back(block);
  return c.proof.summary_hash == spdm::measurement_summary(spdm::hash_of(c.negotiated.algorithms), covered);
}

}  // namespace device_trust
