#pragma once
// What makes the firmware and the state of a device unfit.
#include "guest/device_trust/device_case.h"

namespace device_trust {

// measurement_checks.cc
bool measurements_are_vouched_for(const DeviceCase& c);
bool measurements_are_references(const DeviceCase& c);
bool device_is_not_debugged(const DeviceCase& c);
bool security_version_reaches_floor(const DeviceCase& c);
bool version_is_accepted(const DeviceCase& c);
bool summary_is_of_measurements(const DeviceCase& c);

inline constexpr trust::Rule<DeviceCase> kMeasurementRules[] = {
    {{"cma.measurements.present", "DSP0274 1.3, 10.11", "Measurements are at hand where the owner asks for them.",
      trust::Act::kDetect},
     [](const DeviceCase& c) { return c.has_measurements() || !c.policy.measurements.require; }},
    {{"cma.measurements.form", "DSP0274 1.3, 10.11", "Measurements are whole answers with each index once.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return c.measured.well_formed || !c.has_measurements(); }},
    {{"cma.measurements.signature", "DSP0274 1.3, 10.11.3",
      "Measurements are signed by the leaf, or came inside the session that it opened where that will do.",
      trust::Act::kDetect},
     measurements_are_vouched_for},
    {{"cma.measurements.steady", "DSP0274 1.3, 10.11.2", "Nothing changed while measurements were taken.",
      trust::Act::kDetect},
     [](const DeviceCase& c) { return !c.measured.content_changed; }},
    {{"cma.measurements.reference", "DSP0274 1.3, 10.11.1; RFC 9334, 8.3",
      "What is measured is what the owner has references for: all of them, and nothing else unless allowed.",
      trust::Act::kDetect},
     measurements_are_references},
    {{"cma.measurements.debug", "DSP0274 1.3, 10.11.1", "The device runs normally and nobody debugs it.",
      trust::Act::kDetect},
     device_is_not_debugged},
    {{"cma.firmware.floor", "DSP0274 1.3, 10.11.1", "The firmware's security version reaches the owner's floor.",
      trust::Act::kDetect},
     security_version_reaches_floor},
    {{"cma.firmware.version", "DSP0274 1.3, 10.11.1", "The firmware calls itself a version that the owner accepts.",
      trust::Act::kDetect},
     version_is_accepted},
    {{"cma.measurements.summary", "DSP0274 1.3, 10.8.2",
      "The proof sums up the very measurements that were read, where the owner asks.",
      trust::Act::kDetect},
     summary_is_of_measurements},
};

}  // namespace device_trust
