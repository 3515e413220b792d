#include "platform/pcie/config_space.h"

#include <set>

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/pcie/test_config.h"

namespace pcie {
namespace {

TEST(ConfigSpace, EveryFieldObeysItsMasksAndResets) {
  ConfigSpace config;
  build_endpoint(config);
  for (const auto& field : config.fields()) {
    const std::uint32_t all = field.size == 4 ? ~0u : (1u << 8 * field.size) - 1;
    EXPECT_EQ(config.read(field.offset, field.size), field.reset) << field.name;
    config.set(field.offset, field.size, field.reset | field.clear);
    config.write(field.offset, field.size, all);
    EXPECT_EQ(config.read(field.offset, field.size), ((field.reset | field.write) & ~field.clear)) << field.name;
    config.write(field.offset, field.size, 0);
    EXPECT_EQ(config.read(field.offset, field.size), (field.reset & ~field.write & ~field.clear)) << field.name;
  }
  config.reset(true);
  for (const auto& field : config.fields()) EXPECT_EQ(config.read(field.offset, field.size), field.reset) << field.name;
}

TEST(ConfigSpace, WhatNoFieldCoversIsReadOnlyZero) {
  ConfigSpace config;
  build_endpoint(config);
  std::set<unsigned> covered;
  for (const auto& field : config.fields())
    for (unsigned i = 0; i < field.size; ++i) covered.insert(field.offset + i);
  for (unsigned at = 0; at < kConfigSize; ++at) {
    if (covered.count(at)) continue;
    config.write(at, 1, 0xff);
    EXPECT_EQ(config.read(at, 1), 0u) << at;
  }
}

TEST(ConfigSpace, StickyBitsSurviveAResetButNoPowerCycle) {
  ConfigSpace config;
  auto at = build_endpoint(config);
  config.set(at.aer + kAerUncorrectable, 4, kAerIdeCheck);
  config.write(kCommand, 2, 0x6);
  config.reset();
  EXPECT_EQ(config.read(at.aer + kAerUncorrectable, 4), kAerIdeCheck);
  EXPECT_EQ(config.read(kCommand, 2), 0u);
  config.write(at.aer + kAerUncorrectable, 4, kAerIdeCheck);
  EXPECT_EQ(config.read(at.aer + kAerUncorrectable, 4), 0u);
  config.set(at.aer + kAerUncorrectable, 4, kAerIdeCheck);
  config.reset(true);
  EXPECT_EQ(config.read(at.aer + kAerUncorrectable, 4), 0u);
}

TEST(ConfigSpace, WatchersSeeWhatWasWrittenEvenWhereItReadsZero) {
  ConfigSpace config;
  auto at = build_endpoint(config);
  std::vector<ConfigSpace::Write> seen;
  config.watch([&](const auto& write) { seen.push_back(write); });
  config.write(at.pcie + kDeviceControl, 2, 0x2810 | kInitiateFlr);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_TRUE(seen[0].written & kInitiateFlr);
  EXPECT_EQ(seen[0].before, seen[0].after);
}

TEST(ConfigSpace, OutsideItReadsOnesAndTakesNothing) {
  ConfigSpace config;
  build_endpoint(config);
  EXPECT_EQ(config.read(kConfigSize, 4), ~0u);
  EXPECT_EQ(config.read(kConfigSize - 2, 4), ~0u);
  config.write(kConfigSize - 2, 4, 0);
}

TEST(ConfigSpace, FieldsDoNotOverlap) {
  ConfigSpace config;
  config.declare({.name = "a", .offset = 0, .size = 4});
  EXPECT_THROW(config.declare({.name = "b", .offset = 3, .size = 1}), base::Bug);
}

// Sizing: all ones written, the complement of the size comes back, flags stay.
TEST(Bar, IsSizedByWritingOnes) {
  ConfigSpace config;
  build_endpoint(config);
  config.write(kBar0, 4, ~0u);
  config.write(kBar0 + 4, 4, ~0u);
  const std::uint64_t mask = config.read(kBar0, 4) | static_cast<std::uint64_t>(config.read(kBar0 + 4, 4)) << 32;
  EXPECT_EQ(mask & 0xf, 0xcu);
  EXPECT_EQ(~(mask & ~0xfull) + 1, 0x10000u);
  config.write(kBar0, 4, 0x10000000);
  config.write(kBar0 + 4, 4, 4);
  EXPECT_EQ(bar_window(config, 0)->base, 0x410000000u);
  EXPECT_EQ(bar_window(config, 0)->size, 0x10000u);
  EXPECT_FALSE(bar_window(config, 1));
}

TEST(Bar, OfEverySizeAndWidthIsReadBack) {
  for (unsigned shift = 4; shift < 40; ++shift)
    for (bool is_64 : {false, true}) {
      if (!is_64 && shift > 31) continue;
      ConfigSpace config;
      ConfigBuilder(config).bar({.index = 0, .size = 1ull << shift, .is_64 = is_64, .prefetchable = false});
      EXPECT_EQ(bar_window(config, 0)->size, 1ull << shift) << shift;
    }
}

TEST(Capabilities, AreFoundInTheirChains) {
  ConfigSpace config;
  auto at = build_endpoint(config);
  EXPECT_EQ(find(config, Capability::kPcie), at.pcie);
  EXPECT_EQ(find(config, Capability::kMsix), at.msix);
  EXPECT_EQ(find(config, Capability::kMsi), 0u);
  EXPECT_EQ(find(config, ExtendedCapability::kAer), 0x100u);
  EXPECT_EQ(find(config, ExtendedCapability::kDoe), at.doe);
  EXPECT_EQ(find(config, ExtendedCapability::kDoe, 1), 0u);
  EXPECT_EQ(find(config, ExtendedCapability::kIde), at.ide);
  EXPECT_EQ(ide_streams(config, at.ide), 2u);
  EXPECT_EQ(ide_block(config, at.ide, 1), at.ide + kIdeBlocks + 32);
}

TEST(Capabilities, AChainThatLoopsEnds) {
  ConfigSpace config;
  auto at = build_endpoint(config);
  config.set(at.msix + 1, 1, at.pm);
  config.set(at.ide + 2, 2, 0x1001);
  EXPECT_EQ(find(config, Capability::kMsi), 0u);
  EXPECT_EQ(find(config, ExtendedCapability::kDpc), 0u);
}

// PCIe 6.0, 7.8.4: each error that has a severity can be noted, and cleared by a one.
TEST(Capabilities, EveryErrorWithASeverityCanBeCleared) {
  ConfigSpace config;
  auto at = build_endpoint(config);
  const Field* severity = config.field("aer.severity");
  const Field* status = config.field("aer.uncorrectable");
  EXPECT_EQ(severity->reset & ~severity->write, 0u);
  EXPECT_EQ(severity->write, status->clear);
  config.set(at.aer + kAerUncorrectable, 4, kAerMalformed);
  config.write(at.aer + kAerUncorrectable, 4, kAerMalformed);
  EXPECT_EQ(config.read(at.aer + kAerUncorrectable, 4), 0u);
  EXPECT_EQ(config.read(at.aer + 0x08, 4), 1u << 22);
  EXPECT_EQ(config.read(at.aer + 0x14, 4), 0xe000u);
}

// PCIe 6.0, 7.5.3.6 to 7.5.3.8: the upper end of a link disables it and says whether it is active.
TEST(Capabilities, OnlyTheUpperEndOfALinkControlsIt) {
  for (auto type : {PortType::kEndpoint, PortType::kRootPort, PortType::kUpstream, PortType::kDownstream}) {
    ConfigSpace config;
    ConfigBuilder build(config);
    build.type1({});
    const unsigned at = build.pcie({.type = type});
    const bool upper = type == PortType::kRootPort || type == PortType::kDownstream;
    config.write(at + kLinkControl, 2, 0xffff);
    EXPECT_EQ(config.read(at + kLinkControl, 2) & kLinkDisable, upper ? kLinkDisable : 0u);
    EXPECT_EQ(config.read(at + kLinkControl, 2) & 1 << 5, 0u) << "retrain reads zero";
    EXPECT_EQ(config.read(at + kLinkStatus, 2) & kLinkActive, upper ? kLinkActive : 0u);
    EXPECT_EQ(config.read(at + 0x0c, 4) >> 19 & 3, upper ? 3u : 0u);
  }
}

TEST(Bridge, SendsConfigToTheBusRightBelowWhateverTheSubordinateNumber) {
  ConfigSpace config;
  build_root_port(config);
  EXPECT_FALSE(config_is_behind(config, 0));
  config.write(kPrimaryBus, 4, 0x00030500);
  EXPECT_TRUE(config_is_behind(config, 5));
  EXPECT_FALSE(config_is_behind(config, 4));
  EXPECT_FALSE(bus_is_behind(config, 5));
}

TEST(Bridge, PassesWhatItsWindowsCover) {
  ConfigSpace config;
  build_root_port(config);
  EXPECT_FALSE(memory_window(config));
  EXPECT_FALSE(prefetch_window(config));
  config.write(kMemoryBase, 4, 0xe010'e000);
  EXPECT_EQ(memory_window(config)->base, 0xe0000000u);
  EXPECT_EQ(memory_window(config)->size, 0x200000u);
  config.write(kPrefetchBase, 4, 0x1ff1'1000);
  config.write(kPrefetchBaseUpper, 4, 4);
  config.write(kPrefetchLimitUpper, 4, 4);
  EXPECT_EQ(prefetch_window(config)->base, 0x410000000u);
  EXPECT_EQ(prefetch_window(config)->size, 0x10000000u);
  config.write(kPrimaryBus, 4, 0x00020100);
  EXPECT_TRUE(bus_is_behind(config, 1) && bus_is_behind(config, 2));
  EXPECT_FALSE(bus_is_behind(config, 0) || bus_is_behind(config, 3));
}

TEST(Write, ChangesWhatItsBytesSay) {
  const auto write = [](unsigned offset, unsigned size, std::uint32_t before, std::uint32_t after) {
    return ConfigSpace::Write{.offset = offset, .size = size, .written = after, .before = before, .after = after};
  };
  EXPECT_TRUE(write(0x10, 4, 0, 1).changes({0x10}));
  EXPECT_FALSE(write(0x10, 4, 1, 1).changes({0x10})) << "the same again";
  EXPECT_FALSE(write(0x10, 4, 0, 1).changes({0x11, 3})) << "the byte before";
  EXPECT_TRUE(write(0x10, 4, 0, 0x100).changes({0x11, 3}));
  EXPECT_TRUE(write(0x12, 1, 0, 1).changes({0x10})) << "one byte of four";
  EXPECT_FALSE(write(0x14, 1, 0, 1).changes({0x10}));
  EXPECT_FALSE(write(0x10, 2, 0, 6).changes({0x10, 2, 1}));
  EXPECT_TRUE(write(0x10, 2, 0, 7).changes({0x10, 2, 1}));
  EXPECT_FALSE(write(0x10, 2, 0, 1).changes({0x10, 2, 1, true})) << "set, and not cleared";
  EXPECT_TRUE(write(0x10, 2, 1, 0).changes({0x10, 2, 1, true}));
}

}  // namespace
}  // namespace pcie
