// Measurements and interface reports in more shapes than one.
#include <gtest/gtest.h>

#include "guest/device_trust/test_device.h"

namespace device_trust {
namespace {

using spdm::MeasurementType;
using test::TestDevice;

struct Try {
  const char* what;
  std::string_view verdict;
  void (*apply)(TestDevice&);
};
void run(std::span<const Try> tries) {
  for (const Try& t : tries) {
    TestDevice d;
    t.apply(d);
    EXPECT_EQ(d.verdict(), t.verdict) << t.what;
  }
}

const base::Bytes kValue(48, 0x5a);

TEST(Measurements, AreComparedByIndexTypeFormAndValue) {
  static const Try kTries[] = {
      {"one more firmware", "cma.measurements.reference",
       [](TestDevice& d) {
         d.blocks.push_back(spdm::measurement_block(2, MeasurementType::kMutableFirmware, false, kValue));
       }},
      {"one more firmware, allowed", "accepted",
       [](TestDevice& d) {
         d.blocks.push_back(spdm::measurement_block(2, MeasurementType::kMutableFirmware, false, kValue));
         d.policy.measurements.allow_unknown = true;
       }},
      {"a reference without measurement", "cma.measurements.reference",
       [](TestDevice& d) { d.policy.measurements.references[2] = {.values = {kValue}}; }},
      {"the right value as another type", "cma.measurements.reference",
       [](TestDevice& d) { d.policy.measurements.references[1].type = MeasurementType::kImmutableRom; }},
      {"the right value raw", "cma.measurements.reference",
       [](TestDevice& d) { d.policy.measurements.references[1].raw = true; }},
      {"one of two values", "accepted",
       [](TestDevice& d) { d.policy.measurements.references[1].values.insert(kValue); }},
      {"none of no values", "cma.measurements.reference",
       [](TestDevice& d) { d.policy.measurements.references[1].values.clear(); }},
      {"an unknown specification", "cma.measurements.form",
       [](TestDevice& d) { d.blocks[0].measurement_specification = 2; }},
      {"a lying size inside", "cma.measurements.form", [](TestDevice& d) { d.blocks[0].measurement[1] = 47; }},
      {"the signature of another slot", "cma.measurements.signature", [](TestDevice& d) { d.measurements_slot = 1; }},
  };
  run(kTries);
}

TEST(Measurements, TellVersionsAndModes) {
  static const Try kTries[] = {
      {"a higher security version", "accepted", [](TestDevice& d) { --*d.policy.measurements.security_version_min; }},
      {"no security version", "cma.firmware.floor", [](TestDevice& d) { d.blocks.erase(d.blocks.begin() + 2); }},
      {"no security version asked for", "accepted",
       [](TestDevice& d) {
         d.blocks.erase(d.blocks.begin() + 2);
         d.policy.measurements.security_version_min.reset();
       }},
      {"a low one beside a high one", "cma.firmware.floor",
       [](TestDevice& d) {
         d.blocks.push_back(spdm::measurement_block(0x12, MeasurementType::kSecureVersionNumber, true, base::Bytes{1}));
       }},
      {"a security version too wide to read", "cma.firmware.floor",
       [](TestDevice& d) {
         d.blocks[2] = spdm::measurement_block(0x11, MeasurementType::kSecureVersionNumber, true, base::Bytes(9, 0xff));
       }},
      {"a hashed security version", "cma.firmware.floor",
       [](TestDevice& d) {
         d.blocks[2] = spdm::measurement_block(0x11, MeasurementType::kSecureVersionNumber, false, kValue);
       }},
      {"no device mode", "cma.measurements.debug", [](TestDevice& d) { d.blocks.pop_back(); }},
      {"no device mode asked for", "accepted",
       [](TestDevice& d) {
         d.blocks.pop_back();
         d.policy.measurements.require_device_mode = false;
       }},
      {"recovery", "cma.measurements.debug",
       [](TestDevice& d) {
         const spdm::DeviceMode mode{.operational_mode_state = spdm::kModeRecovery};
         d.blocks[3] = spdm::measurement_block(0xfe, MeasurementType::kDeviceMode, true, wire::encode(mode));
       }},
      {"a mode cut short", "cma.measurements.debug",
       [](TestDevice& d) {
         d.blocks[3] = spdm::measurement_block(0xfe, MeasurementType::kDeviceMode, true, base::Bytes(15));
       }},
      {"a mode cut short where debugging is allowed", "accepted",
       [](TestDevice& d) {
         d.blocks[3] = spdm::measurement_block(0xfe, MeasurementType::kDeviceMode, true, base::Bytes(15));
         d.policy.measurements.allow_debug = true;
       }},
  };
  run(kTries);
}

TEST(Report, RangesAreTheBars) {
  static const Try kTries[] = {
      {"another address", "guest.report.bars", [](TestDevice& d) { d.question.seen.bars[0].address += 0x10000; }},
      {"another reporting offset", "guest.report.bars",
       [](TestDevice& d) { *d.question.asked.mmio_reporting_offset += 0x1000; }},
      {"bus addresses that the guest does not know", "accepted",
       [](TestDevice& d) {
         d.question.asked.mmio_reporting_offset.reset();
         d.question.seen.bars[0].address = 0x1000;
       }},
      {"a gap that does not depend on bus addresses", "guest.report.bars",
       [](TestDevice& d) {
         d.question.asked.mmio_reporting_offset.reset();
         d.report.mmio_ranges[2].first_page++;
       }},
      {"a reporting offset that wraps around", "accepted",
       [](TestDevice& d) {
         *d.question.asked.mmio_reporting_offset = ~std::uint64_t{0} - 0x4'd000'0000 + 1;
         d.report.mmio_ranges[0].first_page = 0;
         d.report.mmio_ranges[1].first_page = 0x100;
         d.report.mmio_ranges[2].first_page = 0x101;
       }},
      {"a BAR that is not reported", "guest.report.bars",
       [](TestDevice& d) { d.question.seen.bars.push_back({.index = 4, .address = 0x1000, .size = 0x1000}); }},
      {"a BAR of no size", "accepted", [](TestDevice& d) { d.question.seen.bars.push_back({.index = 4}); }},
      {"a BAR smaller than a page", "accepted", [](TestDevice& d) { d.question.seen.bars[1].size = 0x1900; }},
      {"a range of no BAR", "guest.report.bars",
       [](TestDevice& d) { d.report.mmio_ranges.push_back({.first_page = 1, .page_count = 1, .range_id = 5}); }},
      {"an empty range", "guest.report.ranges",
       [](TestDevice& d) {
         d.report.mmio_ranges.push_back({.first_page = 0x83d0102, .page_count = 0, .range_id = 2});
       }},
      {"the same range twice", "guest.report.ranges",
       [](TestDevice& d) { d.report.mmio_ranges.push_back(d.report.mmio_ranges.back()); }},
      {"ranges that overlap across BARs", "guest.report.ranges",
       [](TestDevice& d) {
         d.question.seen.bars[1].address = d.question.seen.bars[0].address + 0xf000;
         d.report.mmio_ranges[1].first_page = 0x83d000f;
         d.report.mmio_ranges[2].first_page = 0x83d0010;
       }},
      {"a range beyond the last page", "guest.report.ranges",
       [](TestDevice& d) {
         d.report.mmio_ranges.push_back({.first_page = ~std::uint64_t{0} / 4096, .page_count = 2, .range_id = 5});
       }},
      {"pages beyond what 52 bits number", "guest.report.ranges",
       [](TestDevice& d) { d.report.mmio_ranges[0].first_page |= std::uint64_t{1} << 52; }},
  };
  run(kTries);
}

TEST(Report, AttributesAndInterrupts) {
  static const Try kTries[] = {
      {"an open range, allowed", "accepted",
       [](TestDevice& d) {
         d.report.mmio_ranges[0].attributes = tdisp::kRangeIsNonTeeMem;
         d.policy.interface.non_tee_ranges = {0};
       }},
      {"another range open than allowed", "guest.report.attributes",
       [](TestDevice& d) {
         d.report.mmio_ranges[1].attributes = tdisp::kRangeIsNonTeeMem;
         d.policy.interface.non_tee_ranges = {0};
       }},
      {"an updatable range", "guest.report.attributes",
       [](TestDevice& d) { d.report.mmio_ranges[0].attributes = tdisp::kRangeIsMemAttrUpdatable; }},
      {"an updatable range, allowed", "accepted",
       [](TestDevice& d) {
         d.report.mmio_ranges[0].attributes = tdisp::kRangeIsMemAttrUpdatable;
         d.policy.interface.allow_updatable = true;
       }},
      {"an unknown attribute", "guest.report.attributes",
       [](TestDevice& d) { d.report.mmio_ranges[0].attributes = 16; }},
      {"a table of another size", "guest.report.msix", [](TestDevice& d) { d.report.msix_message_control ^= 4; }},
      {"a table marked where none is", "guest.report.msix",
       [](TestDevice& d) { d.report.mmio_ranges[0].attributes = tdisp::kRangeMsixTable; }},
      {"tables that were not to be locked", "accepted",
       [](TestDevice& d) {
         d.question.asked.lock_flags = tdisp::kLockNoFwUpdate;
         d.report.mmio_ranges[2].attributes = 0;
         d.report.msix_message_control = 0;
       }},
      {"tables that were not to be locked, marked as if they were", "guest.report.msix",
       [](TestDevice& d) {
         d.question.asked.lock_flags = tdisp::kLockNoFwUpdate;
         d.report.msix_message_control = 0;
       }},
      {"a function without interrupt tables", "accepted",
       [](TestDevice& d) {
         d.question.seen.msix.reset();
         d.report.mmio_ranges[2].attributes = 0;
         d.report.msix_message_control = 0;
       }},
      {"updates that were not forbidden", "accepted",
       [](TestDevice& d) {
         d.question.asked.lock_flags = tdisp::kLockMsix;
         d.report.interface_info = tdisp::kInfoDmaWithoutPasid;
       }},
      {"translation, allowed", "accepted",
       [](TestDevice& d) {
         d.report.interface_info |= tdisp::kInfoAts | tdisp::kInfoPrs | tdisp::kInfoDmaWithPasid;
         d.policy.interface.allow_ats = d.policy.interface.allow_prs = d.policy.interface.allow_pasid = true;
       }},
      {"page requests", "guest.report.dma", [](TestDevice& d) { d.report.interface_info |= tdisp::kInfoPrs; }},
      {"other information", "guest.report.info", [](TestDevice& d) { d.report.device_specific_info.push_back(0); }},
  };
  run(kTries);
}

}  // namespace
}  // namespace device_trust
