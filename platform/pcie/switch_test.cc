#include "platform/pcie/switch.h"

#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace pcie {
namespace {

constexpr std::uint64_t kFirst = 0x410000000, kSecond = 0x420000000;

// rp0 - bus 1 - switch - bus 2 - two devices on buses 3 and 4.
struct Fabric {
  explicit Fabric(bool links = false)
      : link_ide(links),
        shape{.selective_streams = 2, .address_associations = 1, .link_streams = links ? 1u : 0u} {
    defences.listen(&ears);
    root.add(port, 8);
    const auto rp = tlp::requester_id(0, 1, 0), upstream = tlp::requester_id(1, 0, 0);
    bridge(rp, 0x00040100, 0x1ff1'1001, 4);
    root.config_write(rp, kPrefetchLimit, 2, 0x3ff1);
    bridge(upstream, 0x00040201, 0x3ff1'1001, 4);
    bridge(tlp::requester_id(2, 0, 0), 0x00030302, 0x1ff1'1001, 4);
    bridge(tlp::requester_id(2, 1, 0), 0x00040402, 0x2ff1'2001, 4);
    device(tlp::requester_id(3, 0, 0), kFirst);
    device(tlp::requester_id(4, 0, 0), kSecond);
  }
  void bridge(tlp::RequesterId at, std::uint32_t buses, std::uint32_t window, std::uint32_t upper) {
    root.config_write(at, kPrimaryBus, 4, buses);
    root.config_write(at, kPrefetchBase, 4, window);
    root.config_write(at, kPrefetchBaseUpper, 4, upper);
    root.config_write(at, kPrefetchLimitUpper, 4, upper);
    root.config_write(at, kCommand, 2, kCommandMemory | kCommandMaster);
  }
  void device(tlp::RequesterId at, std::uint64_t bar) {
    root.config_write(at, kBar0, 4, bar & 0xffffffff);
    root.config_write(at, kBar0 + 4, 4, bar >> 32);
    root.config_write(at, kCommand, 2, kCommandMemory | kCommandMaster);
  }
  // A stream of the link between two ports, with keys that only they have.
  void secure_link(IdePort& above, tlp::RequesterId above_id, ConfigSpace& above_config, IdePort& below,
                   tlp::RequesterId below_id, ConfigSpace& below_config, std::uint8_t id) {
    const auto stream = [](IdePort& ide) -> IdeStream& { return ide.block(ide.block_count() - 1); };
    for (unsigned s = 0; s < 3; ++s)
      for (unsigned d = 0; d < 2; ++d) {
        const auto key = TestMachine::key_of(id, d, s, 7);
        const auto sub = static_cast<ide::SubStream>(s);
        const KeySlot down{0, static_cast<ide::Direction>(d), sub}, over{0, static_cast<ide::Direction>(1 - d), sub};
        stream(below).program(down, key), stream(below).go(down);
        stream(above).program(over, key), stream(above).go(over);
      }
    const auto control = static_cast<std::uint32_t>(id) << 24 | kIdeEnable;
    // The far end first: its answer comes in the clear, and the near end still takes it.
    root.config_write(below_id, ide_link_block(find(below_config, ExtendedCapability::kIde), 0), 4, control);
    root.config_write(above_id, ide_link_block(find(above_config, ExtendedCapability::kIde), 0), 4, control);
    ASSERT_TRUE(stream(above).secure() && stream(below).secure());
  }
  void secure_links() {
    secure_link(fabric.downstream_ide(0), tlp::requester_id(2, 0, 0), fabric.downstream(0), one.ide(),
                tlp::requester_id(3, 0, 0), a.space, 0x21);
    secure_link(port.ide(), tlp::requester_id(0, 1, 0), config, fabric.upstream_ide(), tlp::requester_id(1, 0, 0),
                fabric.upstream(), 0x20);
  }

  bool link_ide;
  IdeShape shape;
  trust::Defences defences;
  Ears ears;
  TestMemory memory;
  Iommu iommu{"iommu0", defences};
  RootComplex root{"rc0", memory, iommu, defences};
  Link up{"up"}, first{"first"}, second{"second"};
  TestMachine::BuiltPort config{shape};
  RootPort port{"rp0", config, up, defences, {}};
  Switch fabric{"sw0", up, {&first, &second}, defences, link_ide};
  TestFunction a{shape}, b{shape};
  Endpoint one{"dev0", first, a, defences, {}}, two{"dev1", second, b, defences, {}};
};

TEST(Switch, PassesConfigAndMemoryBothWays) {
  Fabric f;
  EXPECT_EQ(f.root.config_read(tlp::requester_id(3, 0, 0), 0, 4), 0x01001b36u);
  EXPECT_EQ(f.root.config_read(tlp::requester_id(2, 1, 0), 0, 4), 0x000d1b36u);
  EXPECT_EQ(f.root.config_read(tlp::requester_id(2, 2, 0), 0, 4), ~0u);
  f.root.mmio_write(kSecond, hex("0a0b0c0d"), false);
  EXPECT_EQ(f.b.registers[0], 0x0a);
  EXPECT_EQ(f.root.mmio_read(kSecond, 4, false).bytes, hex("0a0b0c0d"));
  f.iommu.map(IommuTable::kHost, tlp::requester_id(3, 0, 0), 0, 0x1000);
  EXPECT_EQ(f.one.requester(0).memory_write(0, hex("77"), false), Outcome::kOk);
  EXPECT_EQ(f.memory.bytes[0x1000], 0x77);
  EXPECT_EQ(f.one.requester(0).memory_read(0, 1, false).bytes, hex("77"));
}

TEST(Switch, PeersMeetUnlessRequestsAreRedirected) {
  Fabric f;
  f.one.requester(0).memory_write(kSecond, hex("11223344"), false);
  EXPECT_EQ(f.b.registers[0], 0x11);
  EXPECT_EQ(f.one.requester(0).memory_read(kSecond, 4, false).bytes, hex("11223344"));
  const unsigned acs = find(f.fabric.downstream(0), ExtendedCapability::kAcs);
  f.root.config_write(tlp::requester_id(2, 0, 0), acs + kAcsControl, 2, kAcsRequestRedirect);
  const unsigned root_acs = find(f.config, ExtendedCapability::kAcs);
  f.root.config_write(tlp::requester_id(0, 1, 0), root_acs + kAcsControl, 2, kAcsRequestRedirect);
  f.one.requester(0).memory_write(kSecond, hex("55667788"), false);
  EXPECT_EQ(f.b.registers[0], 0x11);
  EXPECT_NE(std::find(f.ears.ids.begin(), f.ears.ids.end(), "iommu.dma.mapped"), f.ears.ids.end());
}

// Stream 1 from the root port to the first device.
void secure_selective(Fabric& f) {
  const auto device = tlp::requester_id(3, 0, 0), rp = tlp::requester_id(0, 1, 0);
  const unsigned there = ide_block(f.a.space, f.a.at.ide, 0);
  const unsigned here = ide_block(f.config, find(f.config, ExtendedCapability::kIde), 0);
  for (unsigned s = 0; s < 3; ++s)
    for (auto way : {ide::Direction::kReceive, ide::Direction::kTransmit}) {
      const auto sub = static_cast<ide::SubStream>(s);
      const auto back = way == ide::Direction::kReceive ? ide::Direction::kTransmit : ide::Direction::kReceive;
      const auto key = TestMachine::key_of(0, static_cast<unsigned>(way), s, 0);
      f.one.ide().block(0).program({0, way, sub}, key), f.one.ide().block(0).go({0, way, sub});
      f.port.ide().block(0).program({0, back, sub}, key), f.port.ide().block(0).go({0, back, sub});
    }
  f.root.config_write(device, there + kIdeRid1, 4, 0x00ffff00);
  f.root.config_write(device, there + kIdeRid2, 4, 1);
  f.root.config_write(rp, here + kIdeRid1, 4, 0x00030000);
  f.root.config_write(rp, here + kIdeRid2, 4, 0x00030001);
  f.root.config_write(rp, here + kIdeAddress, 4, 0x100u << 20 | 0x100 << 8 | 1);
  f.root.config_write(rp, here + kIdeAddress + 4, 4, 4);
  f.root.config_write(rp, here + kIdeAddress + 8, 4, 4);
  f.root.config_write(device, there + kIdeStreamControl, 4, 0x01000000 | kIdeDefault | kIdeEnable);
  f.root.config_write(rp, here + kIdeStreamControl, 4, 0x01000000 | kIdeEnable);
}

TEST(Switch, CarriesAStreamFromEndToEnd) {
  Fabric f;
  const auto device = tlp::requester_id(3, 0, 0);
  secure_selective(f);
  TestTap tap;
  f.up.attach(tap);
  f.first.attach(tap);
  EXPECT_EQ(f.root.mmio_write(kFirst, hex("0a0b0c0d"), true), Outcome::kOk);
  EXPECT_EQ(f.root.mmio_read(kFirst, 4, true).bytes, hex("0a0b0c0d"));
  f.iommu.bind(device, 7);
  f.iommu.map(IommuTable::kTrusted, device, 0, 0x1000);
  EXPECT_EQ(f.one.requester(0).memory_write(0, hex("77"), true), Outcome::kOk);
  EXPECT_EQ(f.memory.bytes[0x1000], 0x77);
  EXPECT_TRUE(f.a.origins.back().trusted);
  for (const auto& message : tap.seen) EXPECT_EQ(message.object.substr(0, 4), "IDE.") << message.object;
  EXPECT_EQ(tap.seen.size(), 8u);
  const auto egress = tlp::requester_id(1, 0, 0);
  f.root.config_write(egress, find(f.fabric.upstream(), Capability::kPcie) + kDeviceControl2, 2, kPrefixBlocking);
  f.one.requester(0).memory_write(0, hex("99"), true);
  EXPECT_EQ(f.memory.bytes[0x1000], 0x77);
  const unsigned aer = find(f.fabric.upstream(), ExtendedCapability::kAer);
  EXPECT_EQ(f.fabric.upstream().get(aer + kAerUncorrectable, 4), kAerPrefixBlocked);
}

TEST(Switch, TakesOnlyWhatItsUpstreamPortIsSetFor) {
  Fabric f;
  const auto upstream = tlp::requester_id(1, 0, 0), device = tlp::requester_id(4, 0, 0);
  f.root.config_write(upstream, kSubordinateBus, 1, 3);
  EXPECT_EQ(f.root.config_read(device, 0, 4), ~0u);
  f.root.config_write(upstream, kSubordinateBus, 1, 4);
  f.root.config_write(upstream, kPrefetchLimit, 2, 0x1ff1);
  EXPECT_EQ(f.root.mmio_read(kSecond, 4, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_EQ(f.root.mmio_read(kFirst, 4, false).outcome, Outcome::kOk);
  f.root.config_write(upstream, kCommand, 2, kCommandMaster);
  EXPECT_EQ(f.root.mmio_read(kFirst, 4, false).outcome, Outcome::kUnsupportedRequest);
}

TEST(Switch, PassesNoMemoryRequestUpWhereItIsNoMaster) {
  Fabric f;
  f.iommu.map(IommuTable::kHost, tlp::requester_id(3, 0, 0), 0, 0x1000);
  EXPECT_EQ(f.one.requester(0).memory_read(0, 1, false).outcome, Outcome::kOk);
  for (auto bridge : {tlp::requester_id(0, 1, 0), tlp::requester_id(1, 0, 0), tlp::requester_id(2, 0, 0)}) {
    f.root.config_write(bridge, kCommand, 2, kCommandMemory);
    EXPECT_EQ(f.one.requester(0).memory_read(0, 1, false).outcome, Outcome::kUnsupportedRequest) << bridge;
    f.root.config_write(bridge, kCommand, 2, kCommandMemory | kCommandMaster);
  }
}

TEST(Switch, BlocksTranslatedAddressesWhereToldTo) {
  Fabric f;
  const auto device = tlp::requester_id(3, 0, 0), port = tlp::requester_id(2, 0, 0);
  f.iommu.allow_translated(device, true);
  EXPECT_EQ(f.one.requester(0).memory_write(0x10, hex("77"), false, true), Outcome::kOk);
  EXPECT_EQ(f.memory.bytes[0x10], 0x77);
  const unsigned acs = find(f.fabric.downstream(0), ExtendedCapability::kAcs);
  f.root.config_write(port, acs + kAcsControl, 2, kAcsTranslationBlocking);
  f.one.requester(0).memory_write(0x10, hex("88"), false, true);
  EXPECT_EQ(f.memory.bytes[0x10], 0x77);
  EXPECT_EQ(f.ears.ids.back(), "pcie.acs.translation");
}

TEST(Switch, ResetsWhatIsBelowAPort) {
  Fabric f;
  f.root.config_write(tlp::requester_id(2, 1, 0), kBridgeControl, 2, kSecondaryBusReset);
  EXPECT_TRUE(f.a.resets.empty());
  EXPECT_EQ(f.b.resets, std::vector{Reset::kHot});
  f.root.config_write(tlp::requester_id(0, 1, 0), kBridgeControl, 2, kSecondaryBusReset);
  EXPECT_EQ(f.a.resets, std::vector{Reset::kHot});
}

TEST(Switch, StreamsOfLinksProtectEachHop) {
  Fabric f(true);
  f.secure_links();
  f.iommu.map(IommuTable::kHost, tlp::requester_id(3, 0, 0), 0, 0x1000);
  TestTap wire;
  f.up.attach(wire);
  f.first.attach(wire);
  f.root.mmio_write(kFirst, hex("0a0b0c0d"), false);
  EXPECT_EQ(f.root.mmio_read(kFirst, 4, false).bytes, hex("0a0b0c0d"));
  EXPECT_EQ(f.one.requester(0).memory_write(0, hex("77777777"), false), Outcome::kOk);
  EXPECT_EQ(f.one.requester(0).memory_read(0, 4, false).bytes, hex("77777777"));
  EXPECT_EQ(f.root.config_read(tlp::requester_id(3, 0, 0), 0, 4), 0x01001b36u);
  EXPECT_FALSE(wire.seen.empty());
  for (const auto& message : wire.seen) EXPECT_TRUE(ide::is_protected(message.bytes)) << message.object;
}

// What whoever holds the switch can do to a write of the device, and what the memory has then.
struct Inside {
  bool read = false, altered = false;
};
Inside held_switch(Fabric& f) {
  Inside out;
  f.iommu.map(IommuTable::kHost, tlp::requester_id(3, 0, 0), 0, 0x1000);
  TestTap tap;
  f.fabric.attach(tap);
  tap.act = [&](const trust::Boundary& at, trust::Message& message) {
    if (at.name() != "sw0.up" || message.bytes.size() < 4) return true;
    out.read = out.read || base::to_hex(message.bytes).find("5ec2e75a") != std::string::npos;
    const auto packet = wire::decode<tlp::Tlp>(message.bytes);
    if (packet) message.bytes.back() ^= 1;
    else message.bytes[message.bytes.size() - ide::kMacSize - 1] ^= 1;
    return true;
  };
  f.one.requester(0).memory_write(0, hex("5ec2e75a"), false);
  out.altered = f.memory.bytes[0x1003] == 0x5b;
  return out;
}

TEST(Switch, WhoeverHoldsItAsksNoneOfItsRules) {
  Fabric f;
  const unsigned acs = find(f.fabric.downstream(0), ExtendedCapability::kAcs);
  f.root.config_write(tlp::requester_id(2, 0, 0), acs + kAcsControl, 2, kAcsSourceValidation | kAcsRequestRedirect);
  (void)f.fabric.inside_down().deliver({.object = "MWr64", .bytes = wire::encode(tlp::memory_write(0x0300, kSecond, hex("11223344")))});
  EXPECT_EQ(f.b.registers[0], 0x11);
  f.iommu.map(IommuTable::kHost, tlp::requester_id(4, 0, 0), 0, 0x1000);
  (void)f.fabric.inside_up().deliver({.object = "MWr32", .bytes = wire::encode(tlp::memory_write(0x0400, 0, hex("55667788")))});
  EXPECT_EQ(f.memory.bytes[0x1000], 0x55);
}

TEST(Switch, AStreamOfALinkIsOpenToWhoeverHoldsTheSwitch) {
  Fabric f(true);
  f.secure_links();
  const Inside got = held_switch(f);
  EXPECT_TRUE(got.read);
  EXPECT_TRUE(got.altered);
  EXPECT_TRUE(f.ears.ids.empty()) << "and nobody notices";
}

TEST(Switch, ASelectiveStreamIsNotEvenWhereTheLinksHaveTheirOwn) {
  Fabric f(true);
  f.secure_links();
  secure_selective(f);
  const Inside got = held_switch(f);
  EXPECT_FALSE(got.read);
  EXPECT_FALSE(got.altered);
  EXPECT_EQ(f.memory.bytes[0x1003], 0);
  EXPECT_NE(std::find(f.ears.ids.begin(), f.ears.ids.end(), "ide.tlp.mac"), f.ears.ids.end());
}

TEST(Switch, NoTrustedPacketTravelsOverAStreamOfALink) {
  Fabric f(true);
  f.secure_links();
  EXPECT_EQ(f.root.mmio_write(kFirst, hex("0a0b0c0d"), true), Outcome::kUnsupportedRequest);
  EXPECT_EQ(f.a.registers[0], 0);
  EXPECT_NE(std::find(f.ears.ids.begin(), f.ears.ids.end(), "ide.tbit.selective"), f.ears.ids.end());
}

// A trusted packet that somebody with the link's keys makes is refused at the far end.
TEST(Switch, ATrustedPacketOfTheLinkPartnersMakingIsRefused) {
  Fabric f(true);
  f.secure_links();
  auto& stream = f.fabric.downstream_ide(0).block(0);
  for (const auto& bytes : stream.seal(tlp::memory_write(0, kFirst, hex("0a0b0c0d")), true)) f.first.inject_down(bytes);
  EXPECT_EQ(f.a.registers[0], 0);
  EXPECT_NE(std::find(f.ears.ids.begin(), f.ears.ids.end(), "ide.tbit.link"), f.ears.ids.end());
}

TEST(Switch, APacketAlteredOnOneHopEndsThatHopsStream) {
  Fabric f(true);
  f.secure_links();
  TestTap wire;
  wire.act = [](const trust::Boundary&, trust::Message& message) {
    if (message.object == "IDE.MWr64") message.bytes.back() ^= 1;
    return true;
  };
  f.first.attach(wire);
  f.root.mmio_write(kFirst, hex("0a0b0c0d"), false);
  EXPECT_EQ(f.a.registers[0], 0);
  EXPECT_FALSE(f.one.ide().block(f.one.ide().block_count() - 1).secure());
  EXPECT_TRUE(f.fabric.upstream_ide().block(0).secure());
}

TEST(Switch, ALinkWithAStreamTakesNothingInTheClear) {
  Fabric f(true);
  f.secure_links();
  f.first.inject_down(wire::encode(tlp::memory_write(0, kFirst, hex("0a0b0c0d"))));
  EXPECT_EQ(f.a.registers[0], 0);
  EXPECT_NE(std::find(f.ears.ids.begin(), f.ears.ids.end(), "ide.link.clear"), f.ears.ids.end());
}

}  // namespace
}  // namespace pcie
