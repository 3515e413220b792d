#include "tsm/tio/mmio_table.h"

#include <gtest/gtest.h>

namespace tio {
namespace {

constexpr std::uint64_t kSpa = 0x4100'0000, kGpa = 0x4200'0000;

struct Table : testing::Test {
  std::string refusal(std::uint32_t owner, std::uint64_t gpa, std::uint64_t spa) {
    const auto done = table.check(owner, gpa, spa);
    return done ? "" : std::string(done.refusal().by->id);
  }
  trust::Defences defences;
  MmioTable table{defences, "cpu0"};
};

TEST_F(Table, APrivateAccessReachesWhatItsOwnerAcceptedThereAndNothingElse) {
  ASSERT_TRUE(table.assign(kSpa, 5, kGpa));
  EXPECT_EQ(refusal(5, kGpa + 8, kSpa + 8), "tio.mmio.validated");
  table.validate(kSpa, true);
  EXPECT_EQ(refusal(5, kGpa + 8, kSpa + 8), "");
  EXPECT_EQ(refusal(6, kGpa, kSpa), "tio.mmio.place");           // somebody else's
  EXPECT_EQ(refusal(5, kGpa + 0x1000, kSpa), "tio.mmio.place");  // at another address
  EXPECT_EQ(refusal(5, kGpa, kSpa + 0x1000), "tio.mmio.place");  // another page there
}

TEST_F(Table, ABoundPageStaysWhereItIs) {
  ASSERT_TRUE(table.assign(kSpa, 5, kGpa));
  table.validate(kSpa, true);
  table.freeze(kSpa, true);
  const auto moved = table.assign(kSpa, 6, kGpa);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.refusal().by->id, "tio.mmio.immutable");
  EXPECT_EQ(table.page(kSpa).owner, 5u);
  table.freeze(kSpa, false);
  EXPECT_TRUE(table.assign(kSpa, 6, kGpa));
  EXPECT_FALSE(table.page(kSpa).validated);  // a new owner has accepted nothing
}

TEST_F(Table, MorePagesThanThereAreAreThoseThatThereAre) {
  for (const std::uint64_t at : {kSpa - 0x1000, kSpa, kSpa + 0x1000, kSpa + 0x3000}) ASSERT_TRUE(table.assign(at, 5, kGpa));
  table.freeze(kSpa, true, 3);
  table.validate(kSpa, true, ~std::uint64_t{0});
  EXPECT_FALSE(table.page(kSpa - 0x1000).immutable || table.page(kSpa - 0x1000).validated);
  EXPECT_TRUE(table.page(kSpa).immutable && table.page(kSpa + 0x1000).immutable);
  EXPECT_FALSE(table.page(kSpa + 0x3000).immutable) << "the fourth page";
  EXPECT_TRUE(table.page(kSpa).validated && table.page(kSpa + 0x3000).validated);
}

TEST_F(Table, ForgetsTheGuestThatIsGone) {
  ASSERT_TRUE(table.assign(kSpa, 5, kGpa));
  ASSERT_TRUE(table.assign(kSpa + 0x1000, 6, kGpa));
  table.forget(5);
  EXPECT_EQ(table.page(kSpa).owner, 0u);
  EXPECT_EQ(table.page(kSpa + 0x1000).owner, 6u);
}

}  // namespace
}  // namespace tio
