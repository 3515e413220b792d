#include "tsm/tio/port_firmware.h"

#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace tio {
namespace {

constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0);

// Streams 1 and 2 of one root port, each for a function of its own.
struct Bench {
  Bench() {
    for (unsigned i = 0; i < 2; ++i) {
      const unsigned at = pcie::ide_block(m.port_config, pcie::find(m.port_config, pcie::ExtendedCapability::kIde), i);
      m.root.config_write(kBridge, at + pcie::kIdeRid1, 4, std::uint32_t{function(i)} << 8);
      m.root.config_write(kBridge, at + pcie::kIdeRid2, 4, std::uint32_t{function(i)} << 8 | 1);
      m.root.config_write(kBridge, at + pcie::kIdeStreamControl, 4, (1 + i) << 24 | pcie::kIdeEnable);
    }
  }
  static tlp::RequesterId function(unsigned i) { return tlp::requester_id(1, i, 0); }
  bool key(Owner owner, ide::StreamId stream) {
    bool all = true;
    for (const auto way : {ide::Direction::kReceive, ide::Direction::kTransmit}) {
      for (unsigned s = 0; s < ide::kSubStreams; ++s)
        all = all && firmware.program(owner, stream, {0, way, static_cast<ide::SubStream>(s)}, pcie::TestMachine::key_of(0, 0, s, stream));
      all = all && firmware.go(owner, stream, 0, way);
    }
    return all;
  }
  bool secure(ide::StreamId stream) { return m.port.ide().find(stream)->secure(); }

  pcie::TestMachine m;
  PortFirmware firmware{"tsm0", m.port, m.iommu, m.defences};
};

TEST(PortFirmware, LettingGoOfOneFunctionLeavesTheOtherItsStream) {
  Bench b;
  ASSERT_TRUE(b.key(1, 1) && b.key(1, 2));
  ASSERT_TRUE(b.firmware.bind(1, 1, Bench::function(0)));
  b.firmware.release(1, Bench::function(1));  // which was never bound
  EXPECT_TRUE(b.secure(1));
  EXPECT_FALSE(b.secure(2));
  b.firmware.release(1, Bench::function(0));
  EXPECT_FALSE(b.secure(1));
}

TEST(PortFirmware, NothingIsLeftOfAVmThatIsGone) {
  Bench b;
  ASSERT_TRUE(b.key(1, 1) && b.key(1, 2));
  ASSERT_TRUE(b.firmware.bind(1, 1, Bench::function(0)));
  b.firmware.forget(1);
  EXPECT_FALSE(b.secure(1) || b.secure(2));
  EXPECT_EQ(b.firmware.owner_of(Bench::function(0)), 0u);
  EXPECT_TRUE(b.key(2, 1));
}

TEST(PortFirmware, AStreamIsKeyedForOneVm) {
  Bench b;
  ASSERT_TRUE(b.key(1, 1));
  EXPECT_FALSE(b.key(2, 1));
  EXPECT_TRUE(b.key(2, 2));
  EXPECT_FALSE(b.firmware.bind(2, 1, Bench::function(0)));
  EXPECT_FALSE(b.firmware.bind(2, 2, Bench::function(0))) << "which the stream does not carry";
  EXPECT_TRUE(b.firmware.bind(2, 2, Bench::function(1)));
}

// Tables of the platform's own take the place of what is mapped, for trusted requests alone and only of a function that is bound.
TEST(PortFirmware, TrustedRequestsGoWhereThePlatformsTablesLead) {
  Bench b;
  ASSERT_TRUE(b.key(1, 1));
  const auto function = Bench::function(0);
  const auto ask = [&](std::uint64_t at, bool trusted) {
    return b.m.iommu.translate({.requester = function, .address = at, .write = true, .trusted = trusted});
  };
  std::optional<std::uint64_t> heard;
  b.firmware.lead(function, [&](std::uint64_t page, auto in_table) {
    heard = in_table;
    return page == 0x1000 ? std::optional<std::uint64_t>(0x9000) : std::nullopt;
  });
  EXPECT_FALSE(ask(0x1008, true)) << "bound to nobody";
  ASSERT_TRUE(b.firmware.bind(1, 1, function));
  ASSERT_TRUE(b.firmware.map(1, function, 0x2000, 0x5000));
  auto led = ask(0x1008, true);
  ASSERT_TRUE(led);
  EXPECT_EQ(led->address, 0x9008u);
  EXPECT_EQ(led->owner, 1u);
  EXPECT_FALSE(heard);
  EXPECT_FALSE(ask(0x2000, true));
  EXPECT_EQ(heard, 0x5000u) << "what the table has there";
  EXPECT_FALSE(ask(0x1008, false));
  b.firmware.lead(function, {});
  EXPECT_FALSE(ask(0x1008, true));
  EXPECT_EQ(ask(0x2000, true)->address, 0x5000u);
}

}  // namespace
}  // namespace tio
