// Features, against NVM Express Base 1.4, 5.13 and 5.21.
#include "devices/nvme/test_driver.h"
#include "platform/protocol/nvme/features.h"
#include "platform/protocol/nvme/logs.h"

namespace nvme {
namespace {

constexpr std::uint32_t kEverywhere = 0xffffffff;

struct FeatureDriver : TestDriver {
  FeatureDriver() { enable(); }
  Completion set(std::uint32_t feature, std::uint32_t value, std::uint32_t space = 0) {
    return admin({.opcode = 0x09, .namespace_id = space, .dword10 = feature, .dword11 = value});
  }
  Completion get(std::uint32_t feature, std::uint32_t value = 0, unsigned select = 0, std::uint32_t space = 0) {
    return admin({.opcode = 0x0a, .namespace_id = space, .dword10 = feature | select << 8, .dword11 = value});
  }
  std::uint8_t warning() {
    EXPECT_EQ(status_of(admin({.opcode = 0x02, .prp1 = kData, .dword10 = 127 << 16 | 2})), Status::kSuccess);
    return wire::decode<HealthLog>(host(kData, 512))->warning;
  }
};

TEST(Features, KeepTheirBitsUntilAControllerReset) {
  FeatureDriver d;
  const struct {
    std::uint32_t feature, space, reset, set, kept;
  } cases[] = {{0x01, 0, 0, 0xffffffff, 0xffffff07}, {0x02, 0, 0, 0, 0},     {0x04, 0, 0xffff, 400, 400},
               {0x05, 1, 0, 0x1234, 0x1234},         {0x08, 0, 0, ~0u, 0xffff}, {0x09, 0, 0x10000, 0, 0},
               {0x0a, 0, 0, ~0u, 1},                 {0x0b, 0, 0, ~0u, 0xff}};
  for (const auto& c : cases) {
    EXPECT_EQ(d.get(c.feature, 0, 0, c.space).result, c.reset) << c.feature;
    EXPECT_EQ(status_of(d.set(c.feature, c.set, c.space)), Status::kSuccess) << c.feature;
    EXPECT_EQ(d.get(c.feature, 0, 0, c.space).result, c.kept) << c.feature;
    EXPECT_EQ(d.get(c.feature, 0, 1, c.space).result, c.reset) << c.feature;
    EXPECT_EQ(d.get(c.feature, 0, 2, c.space).result, c.reset) << c.feature;
    EXPECT_EQ(d.get(c.feature, 0, 3, c.space).result, c.space ? 6u : 4u) << c.feature;
  }
  d.enable();
  for (const auto& c : cases) EXPECT_EQ(d.get(c.feature, 0, 0, c.space).result, c.reset) << c.feature;
}

TEST(Features, RefuseWhatTheyCannotBe) {
  FeatureDriver d;
  EXPECT_EQ(status_of(d.set(0x02, 1)), Status::kInvalidField);             // no such power state
  EXPECT_EQ(status_of(d.set(0x04, 1 << 16 | 300)), Status::kInvalidField);  // no such sensor
  EXPECT_EQ(status_of(d.set(0x04, 2 << 20 | 300)), Status::kInvalidField);
  EXPECT_EQ(status_of(d.set(0x05, 1 << 16, 1)), Status::kInvalidField);
  EXPECT_EQ(status_of(d.set(0x09, 4)), Status::kInvalidField);  // no such vector
  EXPECT_EQ(status_of(d.get(0x09, 4)), Status::kInvalidField);
  EXPECT_EQ(status_of(d.get(0x01, 0, 4)), Status::kInvalidField);
  EXPECT_EQ(status_of(d.set(0x05, 0, 0)), Status::kInvalidNamespace);
  EXPECT_EQ(status_of(d.get(0x05, 0, 0, kEverywhere)), Status::kInvalidNamespace);
  EXPECT_EQ(status_of(d.set(0x01, 0, 1)), Status::kFeatureNotOfNamespace);
  EXPECT_EQ(status_of(d.set(0x01, 0, 2)), Status::kInvalidNamespace);
  EXPECT_EQ(status_of(d.set(0x01, 0, kEverywhere)), Status::kSuccess);
  EXPECT_EQ(status_of(d.set(0x06, 0)), Status::kInvalidField);  // no volatile write cache
}

TEST(Features, WarnOfATemperatureBeyondItsThresholdAndTellWhoAskedFor) {
  FeatureDriver d;
  EXPECT_EQ(d.warning(), 0);
  d.set(0x04, 290);
  EXPECT_EQ(d.warning(), kWarnTemperature);
  d.set(0x04, 400);
  EXPECT_EQ(d.warning(), 0);
  d.set(0x04, 1 << 20 | 300);
  EXPECT_EQ(d.warning(), kWarnTemperature);
  d.set(0x04, 1 << 20 | 200);
  d.set(0x0b, 2);
  d.put(0, {.opcode = 0x0c, .command_id = 0x701});
  d.ring(0);
  EXPECT_FALSE(d.poll(0));
  d.put(0, {.opcode = 0x09, .command_id = 0x702, .dword10 = 0x04, .dword11 = 290});
  d.ring(0);
  EXPECT_EQ(d.poll(0)->command_id, 0x702);
  const auto event = d.poll(0);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->command_id, 0x701);
  EXPECT_EQ(event->result, 0x00020101u);
}

}  // namespace
}  // namespace nvme
