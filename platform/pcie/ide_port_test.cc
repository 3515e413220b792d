#include "platform/pcie/ide_port.h"

#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace pcie {
namespace {

constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0);

// Keeps the bytes of the next message of this kind from arriving.
struct Hold {
  explicit Hold(TestMachine& machine, std::string object) {
    machine.tap.act = [this, object](const trust::Boundary&, trust::Message& message) {
      if (!held.empty() || message.object != object) return true;
      held = message.bytes;
      return false;
    };
  }
  base::Bytes held;
};

TEST(IdePort, SecuresAStreamAndShowsIt) {
  TestMachine m;
  EXPECT_FALSE(m.is_secure());
  m.secure();
  EXPECT_TRUE(m.is_secure());
  const unsigned block = ide_block(m.function.space, m.function.at.ide, 0);
  EXPECT_EQ(m.root.config_read(kEndpointId, block + kIdeStreamStatus, 4), 2u);
}

TEST(IdePort, IsInsecureWhileAnyOfTheSixKeysIsMissing) {
  for (unsigned missing = 0; missing < 6; ++missing) {
    TestMachine m;
    m.secure();
    m.endpoint.ide().block(0).stop(
        {0, static_cast<ide::Direction>(missing % 2), static_cast<ide::SubStream>(missing / 2)});
    EXPECT_FALSE(m.endpoint.ide().block(0).secure()) << missing;
  }
}

TEST(IdePort, CarriesEverythingOfTheStreamSealed) {
  TestMachine m;
  m.secure();
  m.iommu.map(IommuTable::kHost, kEndpointId, 0x8000, 0x2000);
  for (unsigned i = 0; i < 600; ++i) {
    base::Bytes data{static_cast<std::uint8_t>(i), 2, 3, 4};
    ASSERT_EQ(m.root.mmio_write(kBarBase + 8, data, true), Outcome::kOk);
    ASSERT_EQ(m.root.mmio_read(kBarBase + 8, 4, false).bytes, data);
    ASSERT_EQ(m.endpoint.requester(0).memory_write(0x8004, data, false), Outcome::kOk);
    ASSERT_EQ(m.endpoint.requester(0).memory_read(0x8004, 4, false).bytes, data);
  }
  for (const auto& message : m.tap.seen) {
    EXPECT_EQ(message.object.substr(0, 4), "IDE.");
    EXPECT_TRUE(wire::decode<ide::Packet>(message.bytes));
  }
  EXPECT_TRUE(m.function.origins.front().trusted);
  EXPECT_FALSE(m.function.origins.back().trusted);
  EXPECT_EQ(m.function.origins.back().stream, 1);
  EXPECT_TRUE(m.ears.ids.empty());
}

// Under the errata's rules too, across many syncs.
TEST(IdePort, CarriesOnAcrossSyncs) {
  TestMachine m({.ide = {.escort = false, .sync_after = 3}});
  m.secure();
  for (unsigned i = 0; i < 100; ++i) {
    m.root.mmio_write(kBarBase, hex("01020304"), true);
    if (i % 5 == 0) {
      ASSERT_EQ(m.root.mmio_read(kBarBase, 4, true).outcome, Outcome::kOk);
    }
  }
  EXPECT_TRUE(m.is_secure());
}

// And with one before each read and completion.
TEST(IdePort, CarriesOnWithASyncBeforeEachRead) {
  TestMachine m({.ide = {.escort = false, .sync_first = true}});
  m.secure();
  for (unsigned i = 0; i < 300; ++i) {
    m.root.mmio_write(kBarBase, hex("01020304"), true);
    ASSERT_EQ(m.root.mmio_read(kBarBase, 4, true).outcome, Outcome::kOk);
  }
  EXPECT_TRUE(m.is_secure());
}

TEST(IdePort, AnAlteredPacketEndsTheStream) {
  for (auto field : {"tlp.address", "tlp.payload", "mac", "prefix.pr_sent_counter", "tlp.byte_enables"}) {
    TestMachine m;
    m.secure();
    m.tap.act = [&](const trust::Boundary&, trust::Message& message) {
      if (message.object != "IDE.MWr64") return true;
      auto span = message.schema->find(message.bytes, field);
      EXPECT_TRUE(span) << field;
      return wire::flip_bit(message.bytes, *span, 0);
    };
    m.root.mmio_write(kBarBase, hex("01020304"), true);
    EXPECT_EQ(m.function.registers[0], 0) << field;
    EXPECT_TRUE(m.spoke("ide.tlp.mac")) << field;
    EXPECT_FALSE(m.endpoint.ide().block(0).secure());
    EXPECT_EQ(m.function.failed, std::vector<std::uint8_t>{1});
    const unsigned block = ide_block(m.port_config, find(m.port_config, ExtendedCapability::kIde), 0);
    EXPECT_TRUE(m.root.config_read(kBridge, block + kIdeStreamStatus, 4) & kIdeFailReceived);
    m.tap.act = nullptr;
    m.root.mmio_write(kBarBase, hex("01020304"), true);
    EXPECT_EQ(m.function.registers[0], 0) << "fail closed";
  }
}

TEST(IdePort, ALiftedMacTakesWhatCame) {
  TestMachine m;
  m.defences.lift("ide.tlp.mac");
  m.secure();
  m.tap.act = [&](const trust::Boundary&, trust::Message& message) {
    if (message.object != "IDE.MWr64") return true;
    return wire::flip_bit(message.bytes, *message.schema->find(message.bytes, "tlp.payload"), 0);
  };
  m.root.mmio_write(kBarBase, hex("01020304"), true);
  EXPECT_EQ(m.function.registers[0], 0x00);  // the flipped bit went through the cipher
  EXPECT_EQ(m.function.registers[1], 0x02);
}

TEST(IdePort, AReplayIsRefused) {
  for (bool lifted : {false, true}) {
    TestMachine m;
    if (lifted) m.defences.lift("ide.tlp.counter");
    m.secure();
    m.root.mmio_write(kBarBase, hex("01010101"), true);
    const auto first = m.tap.seen.back().bytes;
    m.root.mmio_write(kBarBase, hex("02020202"), true);
    m.link.inject_down(first);
    EXPECT_EQ(m.function.registers[0], lifted ? 1 : 2);
    EXPECT_EQ(m.spoke("ide.tlp.counter"), !lifted);
    EXPECT_EQ(m.is_secure(), lifted);
  }
}

TEST(IdePort, ADroppedOrOvertakenPacketIsNoticed) {
  TestMachine m;
  m.secure();
  Hold hold(m, "IDE.MWr64");
  m.root.mmio_write(kBarBase, hex("01010101"), true);
  EXPECT_TRUE(m.is_secure());
  m.root.mmio_write(kBarBase, hex("02020202"), true);
  EXPECT_EQ(m.function.registers[0], 0);
  EXPECT_TRUE(m.spoke("ide.tlp.counter"));
}

TEST(IdePort, AReadThatOvertakesAWriteIsNoticed) {
  for (bool escort : {false, true}) {
    TestMachine m({.ide = {.escort = escort}});
    m.secure();
    Hold hold(m, "IDE.MWr64");
    m.root.mmio_write(kBarBase, hex("01010101"), true);
    auto read = m.root.mmio_read(kBarBase, 4, true);
    EXPECT_NE(read.outcome, Outcome::kOk);
    EXPECT_TRUE(m.spoke(escort ? "ide.tlp.escort" : "ide.tlp.order"));
  }
}

// CVE-2025-9612: the sync took the count along, so the read says that nothing went before it.
TEST(IdePort, OnlyTheEscortNoticesAReadThatOvertakesASyncToo) {
  for (bool escort : {false, true}) {
    TestMachine m({.ide = {.escort = escort}});
    m.secure();
    std::vector<base::Bytes> held;
    m.tap.act = [&](const trust::Boundary& at, trust::Message& message) {
      const bool posted = message.object == "IDE.MWr64" || message.object == "IDE.Msg";
      if (at.name() != "link0.down" || !posted) return true;
      held.push_back(message.bytes);
      return false;
    };
    m.root.mmio_write(kBarBase, hex("02020202"), true);
    auto& stream = m.port.ide().block(0);
    // A sender may sync whenever it likes; this one does so behind the write.
    if (!escort)
      for (const auto& bytes : stream.seal_sync(0, true)) held.push_back(bytes);
    auto read = m.root.mmio_read(kBarBase, 4, true);
    EXPECT_EQ(read.outcome == Outcome::kOk, !escort);
    EXPECT_EQ(m.spoke("ide.tlp.escort"), escort);
    if (escort) continue;
    EXPECT_EQ(read.bytes, hex("00000000")) << "stale";
    for (const auto& bytes : held) m.link.inject_down(bytes);
    EXPECT_EQ(m.function.registers[0], 2);
    EXPECT_TRUE(m.is_secure()) << "and nobody noticed";
  }
}

// CVE-2025-9613: the completion of one read answers another.
TEST(IdePort, ALateCompletionReachesALaterReadUnlessTagsAreKeptAside) {
  for (bool fixed : {false, true}) {
    TestMachine m({.ide = {.quarantine_tags = fixed}});
    m.secure();
    m.function.registers[0] = 0x11, m.function.registers[8] = 0x22;
    Hold hold(m, "IDE.CplD");
    EXPECT_EQ(m.root.mmio_read(kBarBase, 4, true).outcome, Outcome::kTimeout);
    m.tap.act = [&](const trust::Boundary& at, trust::Message& message) {
      if (at.name() == "link0.down" && message.object == "IDE.MRd64") m.link.inject_up(hold.held);
      return true;
    };
    auto read = m.root.mmio_read(kBarBase + 8, 4, true);
    EXPECT_EQ(read.bytes, fixed ? hex("22000000") : hex("11000000"));
    EXPECT_EQ(m.spoke("ide.tag.quarantine"), fixed);
  }
}

// CVE-2025-9614: a write of before, delivered after the stream has new keys.
TEST(IdePort, AHeldWriteSurvivesNewKeysUnlessTheOldOnesEnd) {
  for (bool fixed : {false, true}) {
    TestMachine m({.ide = {.flush_on_rekey = fixed}});
    m.secure();
    Hold hold(m, "IDE.MWr64");
    m.root.mmio_write(kBarBase, hex("11111111"), true);
    m.program(1);
    m.go(1);
    m.link.inject_down(hold.held);
    EXPECT_EQ(m.function.registers[0], fixed ? 0 : 0x11);
    EXPECT_EQ(m.spoke("ide.rekey.flush"), fixed);
  }
}

TEST(IdePort, KeySetsAlternateUnderTraffic) {
  for (bool flush : {false, true}) {
    TestMachine m({.ide = {.flush_on_rekey = flush}});
    m.secure();
    m.iommu.map(IommuTable::kHost, kEndpointId, 0, 0);
    for (unsigned generation = 1; generation < 8; ++generation) {
      m.program(generation % 2, generation);
      EXPECT_TRUE(m.is_secure()) << "programming leaves traffic alone";
      EXPECT_EQ(m.root.mmio_read(kBarBase, 4, true).outcome, Outcome::kOk);
      m.go(generation % 2);
      EXPECT_EQ(m.root.mmio_read(kBarBase, 4, true).outcome, Outcome::kOk);
      EXPECT_EQ(m.root.mmio_write(kBarBase, hex("01020304"), true), Outcome::kOk);
      EXPECT_EQ(m.endpoint.requester(0).memory_read(0, 4, false).outcome, Outcome::kOk);
      EXPECT_EQ(m.endpoint.requester(0).memory_write(0, hex("01020304"), false), Outcome::kOk);
      const auto sent = wire::decode<ide::Packet>(m.tap.seen.back().bytes);
      EXPECT_EQ(sent->prefix.key_set(), generation % 2);
    }
    EXPECT_TRUE(m.is_secure());
    EXPECT_TRUE(m.ears.ids.empty());
  }
}

TEST(IdePort, AKeyInUseIsNotOverwritten) {
  TestMachine m;
  m.secure();
  EXPECT_FALSE(m.endpoint.ide().block(0).program({0, ide::Direction::kReceive, ide::SubStream::kPosted}, {}));
  EXPECT_TRUE(m.is_secure());
}

TEST(IdePort, ACompletionInTheClearDoesNotAnswerASealedRequest) {
  for (bool lifted : {false, true}) {
    TestMachine m;
    if (lifted) m.defences.lift("ide.completion.stream");
    m.secure();
    m.tap.act = [&](const trust::Boundary& at, trust::Message& message) {
      if (at.name() != "link0.up" || message.object != "IDE.CplD") return true;
      auto sealed = *wire::decode<ide::Packet>(message.bytes);
      sealed.tlp.payload = hex("66666666");
      message.bytes = wire::encode(sealed.tlp);
      return true;
    };
    auto read = m.root.mmio_read(kBarBase, 4, true);
    EXPECT_EQ(read.bytes, lifted ? hex("66666666") : hex("ffffffff"));
    EXPECT_EQ(m.spoke("ide.completion.stream"), !lifted);
  }
}

TEST(IdePort, ATrustedPacketNeverLeavesInTheClear) {
  TestMachine m;
  EXPECT_EQ(m.root.mmio_write(kBarBase, hex("01020304"), true), Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.spoke("ide.tbit.stream"));
  EXPECT_EQ(m.endpoint.requester(0).memory_read(0, 4, true).outcome, Outcome::kUnsupportedRequest);
  EXPECT_EQ(m.function.registers[0], 0);
}

TEST(IdePort, WhatBelongsToAFailedStreamStaysInside) {
  TestMachine m;
  m.secure();
  m.link.inject_up(hex("92000105600000010100000f000000041000002004f48cb8ac4bfd384c59c08e6b8379ff"));
  EXPECT_TRUE(m.port.ide().block(0).failed());
  m.tap.seen.clear();
  EXPECT_EQ(m.root.mmio_write(kBarBase, hex("01020304"), false), Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.tap.seen.empty());
  EXPECT_TRUE(m.spoke("ide.stream.no-downgrade"));
}

TEST(IdePort, AStreamServesOnlyTheFunctionsAssociatedWithIt) {
  TestMachine m;
  TestFunction second;
  m.endpoint.attach(second, 8);
  m.root.config_write(tlp::requester_id(1, 1, 0), kCommand, 2, kCommandMaster);
  m.secure();
  const unsigned here = ide_block(m.port_config, find(m.port_config, ExtendedCapability::kIde), 0);
  m.root.config_write(kBridge, here + kIdeRid1, 4, 0x00010000);  // 01:00.0 alone
  m.iommu.bind(tlp::requester_id(1, 1, 0), 7);
  m.iommu.map(IommuTable::kTrusted, tlp::requester_id(1, 1, 0), 0, 0);
  EXPECT_EQ(m.endpoint.requester(8).memory_read(0, 4, true).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.spoke("ide.rid.association"));
  EXPECT_TRUE(m.is_secure());
}

TEST(IdePort, TrustedDmaNeedsABoundFunctionAndTheTrustedTable) {
  TestMachine m;
  m.secure();
  auto& bus = m.endpoint.requester(0);
  m.iommu.map(IommuTable::kTrusted, kEndpointId, 0x5000, 0x6000);
  EXPECT_EQ(bus.memory_read(0x5000, 4, true).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.spoke("iommu.trusted.bound"));
  m.iommu.bind(kEndpointId, 7);
  EXPECT_EQ(bus.memory_read(0x5000, 4, true).outcome, Outcome::kOk);
  EXPECT_EQ(m.memory.seen.back().owner, 7u);
  EXPECT_TRUE(m.memory.seen.back().trusted);
  EXPECT_EQ(bus.memory_read(0x5000, 4, false).outcome, Outcome::kUnsupportedRequest);
  m.iommu.unbind(kEndpointId);
  EXPECT_EQ(bus.memory_read(0x5000, 4, true).outcome, Outcome::kUnsupportedRequest);
}

// A posted write has no answer by which its device could know.
TEST(IdePort, ATrustedWriteThatIsLostEndsItsStream) {
  const auto after = [](std::uint64_t address, bool trusted, const std::vector<std::string>& lifted = {}) {
    TestMachine m;
    for (const auto& id : lifted) m.defences.lift(id);
    m.secure();
    m.iommu.bind(kEndpointId, 7);
    m.iommu.map(IommuTable::kTrusted, kEndpointId, 0x5000, 0x6000);
    m.iommu.map(IommuTable::kTrusted, kEndpointId, 0x9000, m.memory.bytes.size());
    (void)m.endpoint.requester(0).memory_write(address, base::Bytes(4), trusted);
    return m.is_secure();
  };
  EXPECT_TRUE(after(0x5000, true));
  EXPECT_FALSE(after(0x7000, true)) << "no page";
  EXPECT_FALSE(after(0x9000, true)) << "a page that memory refuses";
  EXPECT_TRUE(after(0x7000, false)) << "the host may lose what is not trusted";
  EXPECT_TRUE(after(0x7000, true, {"iommu.trusted.dropped"}));
}

TEST(IdePort, ATrustedReadThatFindsNothingIsAnsweredSo) {
  TestMachine m;
  m.secure();
  m.iommu.bind(kEndpointId, 7);
  EXPECT_EQ(m.endpoint.requester(0).memory_read(0x7000, 4, true).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(m.is_secure());
}

TEST(IdePort, ResetsAndDisablingTakeTheKeys) {
  for (int how = 0; how < 4; ++how) {
    TestMachine m;
    m.secure();
    auto& stream = m.endpoint.ide().block(0);
    const unsigned block = ide_block(m.function.space, m.function.at.ide, 0);
    if (how == 0) m.root.config_write(kEndpointId, m.function.at.pcie + kDeviceControl, 2, kInitiateFlr);
    if (how == 1) m.root.config_write(kBridge, kBridgeControl, 2, kSecondaryBusReset);
    if (how == 2) m.port.surprise_down();
    if (how == 3) m.root.config_write(kEndpointId, block + kIdeStreamControl, 4, 0x01000000);
    EXPECT_FALSE(stream.secure()) << how;
    EXPECT_EQ(stream.has_key({0, ide::Direction::kReceive, ide::SubStream::kPosted}), how == 3) << how;
    EXPECT_EQ(m.function.failed, std::vector<std::uint8_t>{1}) << how;
  }
}

TEST(IdePort, ALimitedStreamTakesOnlyTrustedPackets) {
  TestMachine m;
  m.secure();
  const unsigned there = ide_block(m.function.space, m.function.at.ide, 0);
  m.root.config_write(kEndpointId, there + kIdeStreamControl, 4,
                      0x01000000 | kIdeDefault | kIdeEnable | kIdeTeeLimited);
  m.root.mmio_write(kBarBase, hex("01020304"), true);
  EXPECT_EQ(m.function.registers[0], 1);
  m.root.mmio_write(kBarBase, hex("05060708"), false);
  EXPECT_EQ(m.function.registers[0], 1);
  EXPECT_TRUE(m.spoke("ide.tbit.limited"));
}

TEST(IdePort, NoBytesFromTheWireOpenAStream) {
  TestMachine m;
  m.secure();
  m.root.mmio_write(kBarBase, hex("01020304"), true);
  const auto good = m.tap.seen.back().bytes;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    TestMachine fresh;
    fresh.secure();
    auto bent = good;
    bent[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    fresh.link.inject_down(bent);
    EXPECT_EQ(fresh.function.registers, base::Bytes(0x10000)) << bit;
  }
}

}  // namespace
}  // namespace pcie
