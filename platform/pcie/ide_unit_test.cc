// Several packets under one MAC, and PCRC.
#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace pcie {
namespace {

constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0);

constexpr IdeShape kFull{.selective_streams = 2, .address_associations = 1, .aggregation = true, .pcrc = true};
constexpr std::uint32_t kFourPosted = 2u << 4;  // control 5:4: at most four

// 512 bytes: four packets of 128.
base::Bytes long_write() {
  base::Bytes data(512);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i / 128 + 1);
  return data;
}

struct Unit : TestMachine {
  explicit Unit(std::uint32_t features = kFourPosted) : TestMachine({}, kFull) {
    secure(features);
    iommu.map(IommuTable::kHost, kEndpointId, 0x8000, 0x2000);
    endpoint.requester(0).memory_write(0x8000, base::Bytes(4, 9), false);
    tap.seen.clear();
  }
  void write() { endpoint.requester(0).memory_write(0x8000, long_write(), false); }
  bool arrived() { return base::bytes_of(base::View(memory.bytes).subspan(0x2000, 512)) == long_write(); }
  bool nothing_arrived() { return memory.bytes[0x2000] == 9 && memory.bytes[0x2000 + 511] == 0; }
};

TEST(IdeUnit, PacketsOfABurstShareAMac) {
  for (std::uint32_t features : {0u, kFourPosted, kFourPosted | kIdePcrc}) {
    Unit m(features);
    for (int i = 0; i < 3; ++i) m.write();
    EXPECT_TRUE(m.arrived());
    EXPECT_TRUE(m.is_secure());
    std::size_t macs = 0;
    for (const auto& message : m.tap.seen) {
      const auto packet = wire::decode<ide::Packet>(message.bytes);
      ASSERT_TRUE(packet);
      macs += packet->has_mac();
      EXPECT_EQ(packet->has_pcrc(), (features & kIdePcrc) != 0);
    }
    EXPECT_EQ(m.tap.seen.size(), 12u);
    EXPECT_EQ(macs, features ? 3u : 12u);
  }
}

// A unit, and one that is altered: which instructions compute them makes no difference to the link or to the receiver.
TEST(IdeUnit, OnTheLinkAllCiphersAreOne) {
  for (const bool altered : {false, true}) {
    std::vector<base::Bytes> seen[2];
    for (const auto path : {crypto::GcmPath::kFastest, crypto::GcmPath::kOpenSsl}) {
      PortSettings settings;
      settings.ide.cipher_path = path;
      TestMachine m(settings, kFull);
      m.secure(kFourPosted);
      m.iommu.map(IommuTable::kHost, kEndpointId, 0x8000, 0x2000);
      auto& packets = seen[path == crypto::GcmPath::kOpenSsl];
      m.tap.act = [&](const trust::Boundary&, trust::Message& message) {
        packets.push_back(message.bytes);
        if (altered && packets.size() == 2) message.bytes[24] ^= 1;
        return true;
      };
      m.endpoint.requester(0).memory_write(0x8000, long_write(), false);
      EXPECT_EQ(m.is_secure(), !altered);
    }
    EXPECT_GE(seen[0].size(), 4u);
    EXPECT_EQ(seen[0], seen[1]);
  }
}

TEST(IdeUnit, NothingOfAUnitIsUsedBeforeItsMac) {
  Unit m;
  std::size_t seen = 0;
  m.tap.act = [&](const trust::Boundary&, trust::Message&) {
    if (++seen == 4) {
      EXPECT_TRUE(m.nothing_arrived());
    }
    return true;
  };
  m.write();
  EXPECT_TRUE(m.arrived());
}

TEST(IdeUnit, AUnitThatIsAlteredCutOrTurnedRoundEndsTheStream) {
  for (unsigned which = 0; which < 4; ++which)
    for (int how = 0; how < 3; ++how) {
      Unit m;
      unsigned seen = 0;
      base::Bytes kept;
      m.tap.act = [&](const trust::Boundary&, trust::Message& message) {
        const unsigned here = seen++;
        if (how == 0 && here == which) message.bytes[24] ^= 1;
        if (how == 1 && here == which) return false;
        // Two neighbours change places, but for the last, which alone has a MAC.
        if (how == 2 && here == which % 2) {
          kept = message.bytes;
          return false;
        }
        if (how == 2 && here == which % 2 + 1) {
          m.link.inject_up(message.bytes);
          message.bytes = kept;
        }
        return true;
      };
      m.write();
      m.tap.act = nullptr;
      if (how == 1 && which == 3) m.write();  // what comes next is not what ends the unit
      EXPECT_TRUE(m.nothing_arrived()) << which << " " << how;
      EXPECT_FALSE(m.port.ide().block(0).secure()) << which << " " << how;
      EXPECT_TRUE(m.spoke("ide.tlp.mac") || m.spoke("ide.unit.size")) << which << " " << how;
    }
}

TEST(IdeUnit, AUnitIsNoLargerThanTheReceiverAllows) {
  Unit m;
  const unsigned here = ide_block(m.port_config, find(m.port_config, ExtendedCapability::kIde), 0);
  // The root port is set to two, the endpoint sends four.
  m.root.config_write(kBridge, here + kIdeStreamControl, 4, 0x01000000 | kIdeEnable | 1u << 4);
  m.write();
  EXPECT_TRUE(m.spoke("ide.unit.size"));
  EXPECT_TRUE(m.nothing_arrived());
  EXPECT_FALSE(m.port.ide().block(0).secure());
}

TEST(IdeUnit, AKeySetChangesOnlyBetweenUnits) {
  Unit m;
  unsigned seen = 0;
  m.tap.act = [&](const trust::Boundary&, trust::Message&) {
    if (seen++ != 0) return true;
    // Both ends are keyed anew while a unit is under way; the sender moves on with its next packet.
    m.program(1);
    m.go(1);
    return true;
  };
  m.write();
  EXPECT_TRUE(m.spoke("ide.unit.key-set"));
  EXPECT_TRUE(m.nothing_arrived());
}

TEST(IdeUnit, WithoutTheCapabilityTheBitsDoNothing) {
  TestMachine m;
  m.secure(kFourPosted | kIdePcrc);
  EXPECT_EQ(m.endpoint.ide().block(0).control().unit_max[0], 1u);
  EXPECT_FALSE(m.endpoint.ide().block(0).control().pcrc);
}

TEST(IdeUnit, APacketWithoutItsPcrcIsDroppedAndTheStreamLives) {
  Unit m(0);
  // The root port wants it, the endpoint does not send it.
  const unsigned here = ide_block(m.port_config, find(m.port_config, ExtendedCapability::kIde), 0);
  m.root.config_write(kBridge, here + kIdeStreamControl, 4, 0x01000000 | kIdeEnable | kIdePcrc);
  m.write();
  EXPECT_TRUE(m.spoke("ide.tlp.pcrc"));
  EXPECT_TRUE(m.nothing_arrived());
  EXPECT_TRUE(m.port.ide().block(0).secure());
  const unsigned aer = find(m.port_config, ExtendedCapability::kAer);
  EXPECT_TRUE(m.port_config.get(aer + kAerUncorrectable, 4) & kAerPcrcCheck);
}

}  // namespace
}  // namespace pcie
