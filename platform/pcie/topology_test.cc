#include <utility>

#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace pcie {
namespace {

constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0);

TEST(Topology, ConfigReachesTheFunctionBehindTheBridge) {
  TestMachine m;
  EXPECT_EQ(m.root.config_read(kEndpointId, 0, 4), 0x01001b36u);
  EXPECT_EQ(m.root.config_read(kEndpointId, 2, 2), 0x0100u);
  EXPECT_EQ(m.root.config_read(kBridge, 0, 2), 0x1b36u);
  EXPECT_EQ(m.root.config_read(tlp::requester_id(1, 0, 1), 0, 4), ~0u);
  EXPECT_EQ(m.root.config_read(tlp::requester_id(5, 0, 0), 0, 2), 0xffffu);
  EXPECT_EQ(m.endpoint.requester(0).requester_id(), kEndpointId);
}

// All that configuration cycles say and leave behind.
base::Bytes cycles_of(TestMachine& machine) {
  base::Bytes said;
  const auto read_all = [&] {
    for (const auto id : {kEndpointId, tlp::requester_id(1, 0, 1), tlp::requester_id(1, 1, 0), tlp::requester_id(2, 0, 0)})
      for (unsigned at = 0; at < kConfigSize; ++at)
        for (const unsigned size : {1u, 2u, 4u})
          if (at % size == 0 && (size == 4 || at < 0x100)) base::append_le(said, machine.root.config_read(id, at, size));
  };
  read_all();
  for (unsigned at = 0; at < kConfigSize; at += 4)
    if (at != kBar0) machine.root.config_write(kEndpointId, at, 4, 0x5a5a'a5a5 ^ at);
  machine.root.config_write(kEndpointId, kCommand, 1, 7);
  machine.root.config_write(kEndpointId, kCommand, 3, 7);
  machine.root.config_write(kEndpointId, kCommand, 2, 6, true);  // trusted, and no stream carries it
  machine.root.config_write(tlp::requester_id(1, 0, 3), kCommand, 2, 6);
  read_all();
  machine.secure();
  read_all();
  for (unsigned at = 0; at < kConfigSize; ++at) said.push_back(static_cast<std::uint8_t>(machine.port_config.get(at, 1)));
  for (const auto reset : machine.function.resets) said.push_back(static_cast<std::uint8_t>(reset));
  for (const auto& id : machine.ears.ids) base::append(said, base::view_of(id));
  return said;
}

TEST(Topology, ConfigurationIsTheSameWhetherPacketsBecomeBytesOrNot) {
  for (const unsigned link_streams : {0u, 1u}) {
    const IdeShape ide{.selective_streams = 2, .address_associations = 1, .link_streams = link_streams};
    TestMachine held({}, ide), free({}, ide, false), watched({}, ide, false);
    std::size_t seen = 0;
    watched.link.watch([&](bool, base::View) { ++seen; });
    const auto said = cycles_of(held);
    EXPECT_EQ(cycles_of(free), said);
    EXPECT_EQ(cycles_of(watched), said);
    EXPECT_GT(seen, 0u);
    EXPECT_TRUE(free.tap.seen.empty());
  }
}

TEST(Topology, BarsAreSizedOverTheLink) {
  TestMachine m;
  m.root.config_write(kEndpointId, kBar0, 4, ~0u);
  EXPECT_EQ(m.root.config_read(kEndpointId, kBar0, 4), 0xffff000cu);
}

TEST(Topology, MemoryAccessesReachTheRegisters) {
  TestMachine m;
  base::Bytes data(777);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(m.root.mmio_write(kBarBase + 0xf03, data, false), Outcome::kOk);
  EXPECT_EQ(m.root.mmio_read(kBarBase + 0xf03, data.size(), false).bytes, data);
  EXPECT_TRUE(std::equal(data.begin(), data.end(), m.function.registers.begin() + 0xf03));
}

TEST(Topology, WhatNobodyDecodesReadsAsOnes) {
  TestMachine m;
  EXPECT_EQ(m.root.mmio_read(0x1000, 4, false).bytes, hex("ffffffff"));
  auto hole = m.root.mmio_read(kBarBase + 0x200000, 4, false);
  EXPECT_EQ(hole.outcome, Outcome::kUnsupportedRequest);
  EXPECT_EQ(hole.bytes, hex("ffffffff"));
  m.root.config_write(kEndpointId, kCommand, 2, kCommandMaster);
  EXPECT_EQ(m.root.mmio_read(kBarBase, 4, false).bytes, hex("ffffffff"));
  EXPECT_TRUE(m.function.space.get(m.function.at.aer + kAerUncorrectable, 4) & kAerUnsupportedRequest);
}

TEST(Topology, ALostCompletionTimesOutAsOnes) {
  TestMachine m;
  m.tap.act = [](const trust::Boundary& at, trust::Message&) { return at.name() != "link0.up"; };
  auto read = m.root.mmio_read(kBarBase, 8, false);
  EXPECT_EQ(read.outcome, Outcome::kTimeout);
  EXPECT_EQ(read.bytes, base::Bytes(8, 0xff));
}

TEST(Topology, ATapSeesAndChangesThePackets) {
  TestMachine m;
  m.tap.act = [](const trust::Boundary&, trust::Message& message) {
    if (message.object == "MWr64") {
      auto field = message.schema->find(message.bytes, "payload");
      wire::set_bytes(message.bytes, *field, hex("66666666"));
    }
    return true;
  };
  m.root.mmio_write(kBarBase, hex("01020304"), false);
  EXPECT_EQ(base::View(m.function.registers).first(4)[0], 0x66);
}

TEST(Topology, DmaGoesThroughTheIommu) {
  TestMachine m;
  auto& bus = m.endpoint.requester(0);
  EXPECT_EQ(bus.memory_read(0x8000, 4, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.spoke("iommu.dma.mapped"));
  m.iommu.map(IommuTable::kHost, kEndpointId, 0x8000, 0x2000);
  m.iommu.map(IommuTable::kHost, kEndpointId, 0x9000, 0x1000, false);
  base::Bytes data(300, 0x5a);
  EXPECT_EQ(bus.memory_write(0x8ff0 - 300, data, false), Outcome::kOk);
  EXPECT_EQ(m.memory.bytes[0x2ff0 - 1], 0x5a);
  m.memory.bytes[0x1000] = 0x77;
  auto across = bus.memory_read(0x8ffe, 4, false);
  EXPECT_EQ(across.bytes, hex("00007700"));
  bus.memory_write(0x9000, hex("01"), false);
  EXPECT_EQ(m.memory.bytes[0x1000], 0x77);
  EXPECT_TRUE(m.spoke("iommu.dma.writable"));
}

TEST(Topology, NoMasterNoDma) {
  TestMachine m;
  m.iommu.map(IommuTable::kHost, kEndpointId, 0, 0);
  m.root.config_write(kEndpointId, kCommand, 2, kCommandMemory);
  EXPECT_EQ(m.endpoint.requester(0).memory_read(0, 4, false).outcome, Outcome::kNotMaster);
}

TEST(Topology, TranslatedRequestsNeedPermission) {
  TestMachine m;
  auto& bus = m.endpoint.requester(0);
  EXPECT_EQ(bus.memory_read(0x2000, 4, false, true).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.spoke("iommu.ats.allowed"));
  m.iommu.allow_translated(kEndpointId, true);
  EXPECT_EQ(bus.memory_read(0x2000, 4, false, true).outcome, Outcome::kOk);
}

TEST(Topology, AForeignRequesterIdIsRefusedWhereSourcesAreValidated) {
  TestMachine m;
  const auto foreign = tlp::requester_id(2, 0, 0);
  m.iommu.map(IommuTable::kHost, foreign, 0, 0);
  const auto forged = wire::encode(tlp::memory_write(foreign, 0x10, hex("aaaaaaaa")));
  m.link.inject_up(forged);
  EXPECT_EQ(m.memory.bytes[0x10], 0xaa);
  const unsigned acs = find(m.port_config, ExtendedCapability::kAcs);
  m.root.config_write(kBridge, acs + kAcsControl, 2, kAcsSourceValidation);
  m.memory.bytes[0x10] = 0;
  m.link.inject_up(forged);
  EXPECT_EQ(m.memory.bytes[0x10], 0);
  EXPECT_TRUE(m.spoke("pcie.acs.source"));
}

// PCIe 6.1, 11.2.6. What leaves the routing as it is, or finds no stream to protect, is the host's to write.
TEST(Topology, ARootPortWhoseRoutingChangesFailsItsStreams) {
  struct Change {
    unsigned offset, size;
    std::uint32_t value;
    bool fails;
  };
  for (const auto& change : {Change{kPrimaryBus, 4, 0x0002'0200, true}, Change{kSubordinateBus, 1, 2, true}, Change{kPrimaryBus, 4, 0x0001'0100, false},
                             Change{kCommand, 2, kCommandMemory, true}, Change{kCommand, 2, kCommandMaster, true}, Change{kCommand, 1, 0, true},
                             Change{kCommand, 2, kCommandMemory | kCommandMaster, false}, Change{kMemoryBase, 4, 0x0010'0010, true},
                             Change{kPrefetchBase, 4, 0x1ff1'1011, true}, Change{kPrefetchLimitUpper, 4, 5, true}, Change{kBridgeControl, 2, 1, false}}) {
    SCOPED_TRACE(std::to_string(change.offset) + " := " + std::to_string(change.value));
    TestMachine m;
    m.secure();
    ASSERT_TRUE(m.is_secure());
    m.root.config_write(kBridge, change.offset, change.size, change.value);
    EXPECT_EQ(!m.port.ide().block(0).secure(), change.fails);
    EXPECT_EQ(m.spoke("ide.root-port.tracked"), change.fails);
    TestMachine free;
    free.root.config_write(kBridge, change.offset, change.size, change.value);
    EXPECT_FALSE(free.spoke("ide.root-port.tracked"));
    TestMachine lifted;
    lifted.defences.lift("ide.root-port.tracked");
    lifted.secure();
    lifted.root.config_write(kBridge, change.offset, change.size, change.value);
    EXPECT_TRUE(lifted.port.ide().block(0).secure());
  }
}

TEST(Topology, FlrResetsOneFunctionAndKeepsTheLink) {
  TestMachine m;
  const unsigned control = m.function.at.pcie + kDeviceControl;
  m.root.config_write(kEndpointId, control, 2, 0x2830);
  m.root.config_write(kEndpointId, control, 2, 0x2830 | kInitiateFlr);
  EXPECT_EQ(m.function.resets, std::vector{Reset::kFlr});
  EXPECT_EQ(m.root.config_read(kEndpointId, kCommand, 2), 0u);
  EXPECT_EQ(m.root.config_read(kEndpointId, control, 2) & 0xe0, 0x20u);
}

TEST(Topology, SecondaryBusResetDisablesAndResets) {
  TestMachine m;
  m.root.config_write(kBridge, kBridgeControl, 2, kSecondaryBusReset);
  EXPECT_EQ(m.function.resets, std::vector{Reset::kHot});
  EXPECT_EQ(m.root.config_read(kEndpointId, 0, 4), ~0u);
  m.root.config_write(kBridge, kBridgeControl, 2, 0);
  EXPECT_EQ(m.root.config_read(kEndpointId, 0, 4), 0x01001b36u);
  EXPECT_EQ(m.root.config_read(kEndpointId, kBar0 + 4, 4), 0u);
}

TEST(Topology, DpcContainsUntilItIsCleared) {
  TestMachine m;
  const unsigned dpc = find(m.port_config, ExtendedCapability::kDpc);
  m.root.config_write(kBridge, dpc + kDpcControl, 2, kDpcTriggerFatal);
  m.endpoint.requester(0).message(tlp::message(kEndpointId, tlp::Routing::kToRootComplex, tlp::kMessageErrFatal));
  EXPECT_TRUE(m.port.contained());
  EXPECT_EQ(m.root.config_read(kEndpointId, 0, 4), ~0u);
  EXPECT_EQ(m.root.config_read(kBridge, dpc + kDpcStatus, 2) >> 1 & 3, 2u);
  EXPECT_EQ(m.function.resets, std::vector{Reset::kHot});
  m.root.config_write(kBridge, dpc + kDpcStatus, 2, kDpcTriggered);
  EXPECT_EQ(m.root.config_read(kEndpointId, 0, 4), 0x01001b36u);
}

TEST(Topology, DpcListensToSoftwareOnlyWhenEnabled) {
  TestMachine m;
  const unsigned dpc = find(m.port_config, ExtendedCapability::kDpc);
  m.root.config_write(kBridge, dpc + kDpcControl, 2, kDpcSoftware);
  EXPECT_FALSE(m.port.contained());
  m.root.config_write(kBridge, dpc + kDpcControl, 2, kDpcSoftware | kDpcTriggerFatal);
  EXPECT_TRUE(m.port.contained());
}

TEST(Topology, APulledCardIsGoneAndReportsIt) {
  TestMachine m;
  m.port.surprise_down();
  m.endpoint.unplug();
  EXPECT_EQ(m.function.resets, std::vector{Reset::kLinkDown});
  EXPECT_EQ(m.root.mmio_read(kBarBase, 4, false).bytes, hex("ffffffff"));
  EXPECT_TRUE(m.port_config.get(find(m.port_config, ExtendedCapability::kAer) + kAerUncorrectable, 4) &
              kAerSurpriseDown);
  m.endpoint.plug();
  m.endpoint.power_cycle();
  EXPECT_EQ(m.root.config_read(kEndpointId, 0, 4), 0x01001b36u);
}

TEST(Topology, AFunctionInD3HotAnswersOnlyConfig) {
  TestMachine m;
  m.root.config_write(kEndpointId, m.function.at.pm + kPowerControl, 2, kPowerStateD3Hot);
  EXPECT_EQ(m.root.mmio_read(kBarBase, 4, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_EQ(m.endpoint.requester(0).memory_read(0, 4, false).outcome, Outcome::kNotMaster);
  m.root.config_write(kEndpointId, m.function.at.pm + kPowerControl, 2, 0);
  EXPECT_EQ(m.root.mmio_read(kBarBase, 4, false).outcome, Outcome::kOk);
  EXPECT_TRUE(m.function.resets.empty());
}

TEST(Topology, AnInterruptIsAWriteToWhereTheTableSays) {
  TestMachine m;
  auto& bus = m.endpoint.requester(0);
  m.iommu.map(IommuTable::kHost, kEndpointId, 0x3000, 0x3000);
  m.root.config_write(kEndpointId, m.function.at.msix + kMsixControl, 2, kMsixEnable);
  m.root.mmio_write(kMsixBase + 16, hex("0030000000000000efbeadde00000000"), false);
  EXPECT_EQ(bus.interrupt(1, false), Outcome::kOk);
  EXPECT_EQ(base::load_le<std::uint32_t>(m.memory.bytes, 0x3000), 0xdeadbeefu);
  bus.interrupt(2, false);  // masked since reset
  EXPECT_EQ(m.root.mmio_read(kMsixBase + 0x800, 8, false).bytes, hex("0400000000000000"));
}

TEST(Topology, AnInterruptThatWasMaskedGoesOutWhenItIsNoMore) {
  TestMachine m;
  auto& bus = m.endpoint.requester(0);
  auto arrived = [&] { return std::exchange(m.memory.bytes[0x3000], std::uint8_t{0}); };
  const unsigned control = m.function.at.msix + kMsixControl;
  m.iommu.map(IommuTable::kHost, kEndpointId, 0x3000, 0x3000);
  m.root.config_write(kEndpointId, control, 2, kMsixEnable);
  m.root.mmio_write(kMsixBase, hex("0030000000000000ef00000001000000"), false);
  bus.interrupt(0, false);
  EXPECT_EQ(arrived(), 0);
  m.root.mmio_write(kMsixBase + 12, hex("00000000"), false);
  EXPECT_EQ(arrived(), 0xef);
  EXPECT_EQ(m.root.mmio_read(kMsixBase + 0x800, 8, false).bytes, base::Bytes(8));
  m.root.config_write(kEndpointId, control, 2, kMsixEnable | kMsixFunctionMask);
  bus.interrupt(0, false);
  EXPECT_EQ(arrived(), 0);
  m.root.config_write(kEndpointId, control, 2, kMsixEnable);
  EXPECT_EQ(arrived(), 0xef);
  m.root.config_write(kEndpointId, control, 2, kMsixEnable);
  EXPECT_EQ(arrived(), 0);
}

TEST(Topology, ATypeOneRequestInTheClearIsNotForAnEndpoint) {
  TestMachine m;
  m.root.config_write(kBridge, kSubordinateBus, 1, 2);
  EXPECT_EQ(m.root.config_read(tlp::requester_id(2, 0, 0), 0, 4), ~0u);
  m.link.inject_down(wire::encode(tlp::config_write(0, 0, kEndpointId, kCommand, hex("0000"), false)));
  EXPECT_EQ(m.root.config_read(kEndpointId, kCommand, 2), kCommandMemory | kCommandMaster);
}

TEST(Topology, APortThatIsNoMasterPassesNoMemoryRequestUp) {
  TestMachine m;
  m.iommu.map(IommuTable::kHost, kEndpointId, 0, 0);
  m.root.config_write(kBridge, kCommand, 2, kCommandMemory);
  EXPECT_EQ(m.endpoint.requester(0).memory_read(0, 4, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.memory.seen.empty());
}

TEST(Topology, APeerIsReachedDirectlyUnlessRequestsAreRedirected) {
  TestMachine m;
  TestFunction other;
  Link link{"link1"};
  TestMachine::BuiltPort config;
  RootPort port{"rp1", config, link, m.defences, {}};
  Endpoint endpoint{"dev1", link, other, m.defences, {}};
  m.root.add(port, 16);
  m.root.config_write(tlp::requester_id(0, 2, 0), kPrimaryBus, 4, 0x00020200);
  m.root.config_write(tlp::requester_id(0, 2, 0), kCommand, 2, kCommandMaster);
  const auto peer = tlp::requester_id(2, 0, 0);
  m.root.config_write(peer, kCommand, 2, kCommandMaster);
  EXPECT_EQ(endpoint.requester(0).memory_write(kBarBase, hex("41424344"), false), Outcome::kOk);
  EXPECT_EQ(m.function.registers[0], 0x41);
  const unsigned acs = find(config, ExtendedCapability::kAcs);
  m.root.config_write(tlp::requester_id(0, 2, 0), acs + kAcsControl, 2, kAcsRequestRedirect);
  endpoint.requester(0).memory_write(kBarBase, hex("51525354"), false);
  EXPECT_EQ(m.function.registers[0], 0x41);
  EXPECT_TRUE(m.spoke("pcie.acs.redirect"));
}

TEST(Topology, NoBytesFromTheWireHarmThePorts) {
  TestMachine m;
  std::uint64_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    base::Bytes noise;
    state = state * 6364136223846793005u + 1442695040888963407u;
    const std::size_t size = state >> 58;
    for (std::size_t j = 0; j < size; ++j) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      noise.push_back(static_cast<std::uint8_t>(state >> 56));
    }
    if (i % 2 && !noise.empty()) noise[0] = static_cast<std::uint8_t>(i % 4 == 1 ? 0x60 : 0x44);
    m.link.inject_down(noise);
    m.link.inject_up(noise);
  }
  SUCCEED();
}

}  // namespace
}  // namespace pcie
