#include "tsm/sev/registers.h"

#include <gtest/gtest.h>

#include "tsm/sev/test_machine.h"

namespace sev {
namespace {

constexpr std::uint64_t kArea = 0x20'0000;
constexpr std::uint32_t kAsid = TestMachine::kAsid;

struct Machine : TestMachine {
  explicit Machine(Level level, std::vector<std::string> lifted = {}) : TestMachine(with_level(level), lifted) {
    memory.set_key(memory::KeyId{kAsid}, {1, 2, 3});
    if (level == Level::kSnp)
      rmp.set(kArea,
              {.assigned = true, .validated = true, .vmsa = true, .asid = kAsid, .gpa = 0x1000, .perms = {kPermAll}});
    areas.save(kAsid, kArea, base::Bytes(4096, 1));
  }
  static PspSettings with_level(Level level) {
    PspSettings settings;
    settings.level = level;
    return settings;
  }
};

TEST(SaveAreas, OnlyPlainSevShowsRegistersToTheHost) {
  for (Level level : {Level::kSev, Level::kSevEs, Level::kSnp}) {
    Machine m(level);
    EXPECT_EQ(m.read(TestMachine::kNone, kArea) == base::Bytes(4096, 1), level == Level::kSev);
    auto loaded = m.areas.load(kAsid, kArea);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(*loaded, base::Bytes(4096, 1));
  }
}

TEST(SaveAreas, ARolledBackAreaIsNoticedByTheChecksumAndRunsWithoutIt) {
  for (bool lifted : {false, true}) {
    Machine m(Level::kSevEs, lifted ? std::vector<std::string>{"es.vmsa.checksum"} : std::vector<std::string>{});
    base::Bytes old = m.read(TestMachine::kNone, kArea);
    m.areas.save(kAsid, kArea, base::Bytes(4096, 2));
    m.write_host(kArea, old);
    auto loaded = m.areas.load(kAsid, kArea);
    EXPECT_EQ(static_cast<bool>(loaded), lifted);
    if (lifted) {
      EXPECT_EQ(*loaded, base::Bytes(4096, 1));
    } else {
      EXPECT_EQ(loaded.refusal().by->id, "es.vmsa.checksum");
    }
  }
}

TEST(SaveAreas, AnAreaThatNobodyMadeDoesNotRun) {
  Machine es(Level::kSevEs), snp(Level::kSnp);
  EXPECT_FALSE(es.areas.load(kAsid, kArea + 0x1000));
  auto no = snp.areas.load(kAsid, kArea + 0x1000);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal().by->id, "rmp.vmrun.vmsa");
  es.areas.adopt(kAsid, kArea + 0x1000);
  EXPECT_TRUE(es.areas.load(kAsid, kArea + 0x1000));
}

TEST(SaveAreas, UnderOwnershipTheHostCannotWriteAndARunningAreaCannotBeTaken) {
  Machine m(Level::kSnp);
  EXPECT_FALSE(m.rmp.check({.spa = kArea, .write = true}));
  ASSERT_TRUE(m.areas.load(kAsid, kArea));
  EXPECT_EQ(*m.rmp.rmpupdate(kArea, {}), RmpResult::kFailInUse);
  m.areas.save(kAsid, kArea, base::Bytes(4096, 2));
  EXPECT_EQ(*m.rmp.rmpupdate(kArea, {}), RmpResult::kSuccess);
}

}  // namespace
}  // namespace sev
