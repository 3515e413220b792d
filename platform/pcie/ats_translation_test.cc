// Address translation services from end to end: function, link, root complex, IOMMU.
#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"
#include "platform/protocol/ats/ats.h"

namespace pcie {
namespace {

struct Bench {
  Bench() {
    m.iommu.allow_translated(kEndpointId, true);
    m.iommu.map(IommuTable::kHost, kEndpointId, 0x4000, 0x1000);
    enable(true);
  }
  void enable(bool on) { m.root.config_write(kEndpointId, m.function.at.ats + kAtsControl, 2, on ? kAtsEnable : 0); }
  Requester& bus() { return m.endpoint.requester(0); }
  // Of the packets that went up since the last question, how many have this address type.
  unsigned sent(unsigned type) {
    unsigned count = 0;
    for (const auto& message : m.tap.seen) {
      const auto packet = wire::decode<tlp::Tlp>(message.bytes);
      count += packet && packet->is_memory() && packet->address_type() == type;
    }
    m.tap.seen.clear();
    return count;
  }
  TestMachine m;
};

TEST(Ats, AFunctionAsksOnceAndGoesByTheAnswer) {
  Bench b;
  b.sent(0);
  EXPECT_EQ(b.bus().memory_write(0x4010, hex("77"), false), Outcome::kOk);
  EXPECT_EQ(b.bus().memory_write(0x4020, hex("88"), false), Outcome::kOk);
  EXPECT_EQ(b.bus().memory_read(0x4010, 1, false).bytes, hex("77"));
  EXPECT_EQ(b.m.memory.bytes[0x1020], 0x88);
  const auto seen = b.m.memory.seen.back();
  EXPECT_TRUE(seen.translated);
  EXPECT_EQ(seen.address, 0x1010u);
  auto packets = b.m.tap.seen;
  EXPECT_EQ(b.sent(ats::kAsks), 1u);
  b.m.tap.seen = packets;
  EXPECT_EQ(b.sent(ats::kTranslated), 3u);
  b.m.tap.seen = packets;
  EXPECT_EQ(b.sent(ats::kUntranslated), 0u);
}

TEST(Ats, WhereNothingIsMappedTheFunctionDoesNotGo) {
  Bench b;
  EXPECT_EQ(b.bus().memory_write(0x9000, hex("77"), false), Outcome::kUnsupportedRequest);
  EXPECT_TRUE(b.m.ears.ids.empty()) << "it was not even tried";
  b.m.iommu.map(IommuTable::kHost, kEndpointId, 0x9000, 0x2000, false);
  EXPECT_EQ(b.bus().memory_write(0x9000, hex("77"), false), Outcome::kUnsupportedRequest);
  EXPECT_EQ(b.bus().memory_read(0x9000, 1, false).outcome, Outcome::kOk);
}

TEST(Ats, WhoMayNotTranslateIsNotAnswered) {
  Bench b;
  b.m.iommu.allow_translated(kEndpointId, false);
  EXPECT_EQ(b.bus().memory_write(0x4010, hex("77"), false), Outcome::kOk) << "as without";
  EXPECT_TRUE(b.m.spoke("iommu.ats.allowed"));
  EXPECT_FALSE(b.m.memory.seen.back().translated);
}

TEST(Ats, ATranslationThatIsTakenBackIsForgotten) {
  Bench b;
  b.bus().memory_write(0x4010, hex("77"), false);
  b.m.iommu.map(IommuTable::kHost, kEndpointId, 0x4000, 0x3000);
  b.bus().memory_write(0x4010, hex("88"), false);
  EXPECT_EQ(b.m.memory.bytes[0x1010], 0x77);
  EXPECT_EQ(b.m.memory.bytes[0x3010], 0x88);
  b.m.iommu.clear(IommuTable::kHost, kEndpointId);
  EXPECT_EQ(b.bus().memory_write(0x4010, hex("99"), false), Outcome::kUnsupportedRequest);
  EXPECT_TRUE(b.m.iommu.may_translate(kEndpointId));
  EXPECT_FALSE(b.m.spoke("iommu.ats.confirmed"));
}

TEST(Ats, WhoDoesNotConfirmIsBelievedNoMore) {
  Bench b;
  b.bus().memory_write(0x4010, hex("77"), false);
  b.m.tap.act = [](const trust::Boundary&, trust::Message& message) { return message.object != "MsgD"; };
  b.m.iommu.unmap(IommuTable::kHost, kEndpointId, 0x4000);
  EXPECT_TRUE(b.m.spoke("iommu.ats.confirmed"));
  EXPECT_EQ(b.bus().memory_read(0x4010, 1, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_TRUE(b.m.spoke("iommu.ats.allowed"));
}

TEST(Ats, ResetsAndSwitchingItOffForget) {
  Bench b;
  b.bus().memory_write(0x4010, hex("77"), false);
  b.enable(false);
  b.bus().memory_write(0x4010, hex("77"), false);
  EXPECT_FALSE(b.m.memory.seen.back().translated);
  b.enable(true);
  b.sent(0);
  b.bus().memory_write(0x4010, hex("77"), false);
  EXPECT_EQ(b.sent(ats::kAsks), 1u);
  b.m.root.config_write(kEndpointId, b.m.function.at.pcie + kDeviceControl, 2, kInitiateFlr);
  b.m.root.config_write(kEndpointId, kCommand, 2, kCommandMemory | kCommandMaster);
  b.enable(true);
  b.sent(0);
  b.bus().memory_write(0x4010, hex("77"), false);
  EXPECT_EQ(b.sent(ats::kAsks), 1u);
}

TEST(Ats, TrustedTranslationsTravelSealedWithTheirTBit) {
  Bench b;
  b.m.secure();
  b.m.iommu.bind(kEndpointId, 7);
  b.m.iommu.map(IommuTable::kTrusted, kEndpointId, 0x4000, 0x2000);
  EXPECT_EQ(b.bus().memory_write(0x4010, hex("77"), true), Outcome::kOk);
  const auto seen = b.m.memory.seen.back();
  EXPECT_TRUE(seen.trusted && seen.translated);
  EXPECT_EQ(seen.owner, 7u);
  EXPECT_EQ(seen.address, 0x2010u);
  b.m.iommu.clear(IommuTable::kTrusted, kEndpointId);
  EXPECT_FALSE(b.m.spoke("iommu.ats.confirmed"));
  EXPECT_EQ(b.bus().memory_write(0x4010, hex("99"), true), Outcome::kUnsupportedRequest);
  for (const auto& message : b.m.tap.seen) EXPECT_TRUE(message.object.starts_with("IDE.") || message.object.starts_with("Cfg") || message.object.starts_with("Cpl")) << message.object;
  EXPECT_TRUE(b.m.is_secure());
}

// The table of the other kind of requests stays what it was.
TEST(Ats, AnswersAreOfTheTableThatTheTBitSays) {
  Bench b;
  b.m.secure();
  b.m.iommu.bind(kEndpointId, 7);
  EXPECT_EQ(b.bus().memory_write(0x4010, hex("77"), true), Outcome::kUnsupportedRequest);
  EXPECT_EQ(b.m.memory.bytes[0x1010], 0);
}

}  // namespace
}  // namespace pcie
