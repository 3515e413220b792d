#pragma once
// What makes an interface unfit for private memory, and a device that comes back another one.
#include "guest/device_trust/device_case.h"

namespace device_trust {

// interface_checks.cc
bool report_is_of_the_device(const DeviceCase& c);
bool state_is_agreed(const DeviceCase& c);
bool ranges_are_in_order(const DeviceCase& c);
bool ranges_are_bars(const DeviceCase& c);
bool attributes_are_accepted(const DeviceCase& c);
bool msix_is_as_asked(const DeviceCase& c);
bool dma_is_accepted(const DeviceCase& c);
bool device_info_is_known(const DeviceCase& c);
bool is_same_device(const DeviceCase& c);
bool firmware_is_same(const DeviceCase& c);

inline constexpr trust::Rule<DeviceCase> kAgainRules[] = {
    {{"guest.device.same", "PCIe 6.1, 6.31.3",
      "A device that comes back has the identity key and the names of the one that left.",
      trust::Act::kDetect},
     is_same_device},
    {{"guest.device.firmware", "PCIe 6.1, 6.31",
      "A device that comes back runs what it ran, unless the owner lets its firmware change.",
      trust::Act::kDetect},
     firmware_is_same},
};

// On an interface whose report was read, and on one that should have one.
inline constexpr trust::Rule<DeviceCase> kInterfaceRules[] = {
    {{"guest.report.present", "PCIe 6.1, 11.3.10", "An interface report is at hand where the owner asks for it.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return c.has_report() || !c.policy.interface.require_report; }},
    {{"guest.report.form", "PCIe 6.1, 11.3.11", "The report is one whole report.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const DeviceCase& c) { return c.report.has_value() || !c.has_report(); }},
    {{"guest.report.session", "PCIe 6.1, 11.2",
      "Report and state came inside the session that the proof opened, or the security manager vouches for them.",
      trust::Act::kDetect, trust::Kind::kConformance},
     report_is_of_the_device},
    {{"guest.tdi.interface", "PCIe 6.1, 11.2", "The report is of the function that the guest asked for.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return !c.report || c.evidence.interface == c.question.seen.interface; }},
    {{"guest.tdi.state", "PCIe 6.1, 11.3.12",
      "The interface is in the expected state by the device's word, and the host does not say otherwise.",
      trust::Act::kDetect},
     state_is_agreed},
    {{"guest.report.no-fw-update", "PCIe 6.1, 11.3.8",
      "Firmware stays as it was when the interface was locked, where the guest asked for that.", trust::Act::kDetect},
     [](const DeviceCase& c) {
       return !c.report || !(c.question.asked.lock_flags & tdisp::kLockNoFwUpdate) ||
              (c.report->interface_info & tdisp::kInfoNoFwUpdateAfterLock);
     }},
    {{"guest.report.ranges", "PCIe 6.1, 11.3.11",
      "Memory ranges are not empty, ascend with their ids, and none overlaps another.",
      trust::Act::kDetect},
     ranges_are_in_order},
    {{"guest.report.bars", "PCIe 6.1, 11.3.11", "The ranges are exactly the memory that the guest sees in the BARs.",
      trust::Act::kDetect},
     ranges_are_bars},
    {{"guest.report.attributes", "PCIe 6.1, 11.3.11",
      "No range is open to the host, now or later, that the owner wants closed.",
      trust::Act::kDetect},
     attributes_are_accepted},
    {{"guest.report.msix", "PCIe 6.1, 11.3.8 and 11.3.11",
      "Interrupt tables are locked where the guest asked for it, and lie where configuration space shows them.",
      trust::Act::kDetect},
     msix_is_as_asked},
    {{"guest.report.dma", "PCIe 6.1, 11.3.11",
      "The interface uses only those kinds of DMA and translation that the owner accepts.",
      trust::Act::kDetect},
     dma_is_accepted},
    {{"guest.report.controls", "PCIe 6.1, 11.3.11", "LNR and TPH are set as configuration space shows them.",
      trust::Act::kDetect},
     [](const DeviceCase& c) {
       return !c.report || (c.report->lnr_control == c.question.seen.lnr_control &&
                            c.report->tph_control == c.question.seen.tph_control);
     }},
    {{"guest.report.info", "PCIe 6.1, 11.3.11", "Device specific information is what the owner expects.",
      trust::Act::kDetect},
     device_info_is_known},
};

}  // namespace device_trust
