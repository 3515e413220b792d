// Nested page tables and the guest's own view of its address space.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "platform/memory/address_space.h"
#include "platform/memory/nested_tables.h"
#include "platform/memory/ownership.h"

namespace memory {
namespace {

TEST(NestedTables, TranslateKeepsTheOffsetAndTheLastMappingWins) {
  NestedTables tables;
  EXPECT_FALSE(tables.translate(0x5000));
  tables.map(0x5000, 0x9'1000, true);
  EXPECT_EQ(tables.translate(0x5123), (Translation{0x9'1123, true, PageSize::k4K}));
  EXPECT_FALSE(tables.translate(0x6000));
  EXPECT_FALSE(tables.translate(0x4FFF));
  tables.map(0x5000, 0x7'0000, false);
  EXPECT_EQ(tables.translate(0x5000), (Translation{0x7'0000, false, PageSize::k4K}));
  tables.unmap(0x5000);
  EXPECT_FALSE(tables.translate(0x5000));
}

TEST(NestedTables, ASmallPageSplitsALargeLeaf) {
  NestedTables tables;
  tables.map(0x40'0000, 0x1000'0000, true, PageSize::k2M);
  EXPECT_EQ(tables.translate(0x5F'FFFF), (Translation{0x101F'FFFF, true, PageSize::k2M}));
  tables.map(0x40'3000, 0x8000, false);
  EXPECT_EQ(tables.translate(0x40'3004), (Translation{0x8004, false, PageSize::k4K}));
  EXPECT_EQ(tables.translate(0x40'4004), (Translation{0x1000'4004, true, PageSize::k4K}));
  EXPECT_EQ(tables.small_pages().size(), 512u);
  EXPECT_TRUE(tables.large_pages().empty());
  tables.unmap(0x40'4000);
  EXPECT_FALSE(tables.translate(0x40'4004));
}

TEST(NestedTables, ALargeLeafReplacesTheSmallPagesUnderItAndNoOthers) {
  NestedTables tables;
  for (const std::uint64_t gpa : {0x1F'F000, 0x20'0000, 0x3F'F000, 0x40'0000}) tables.map(gpa, gpa, true);
  tables.map(0x20'1234, 0x80'5678, true, PageSize::k2M);  // low bits have no room in an entry
  EXPECT_EQ(tables.translate(0x20'0000), (Translation{0x80'0000, true, PageSize::k2M}));
  EXPECT_EQ(tables.small_pages().size(), 2u);
  tables.unmap(0x3F'F000, PageSize::k2M);
  EXPECT_FALSE(tables.translate(0x20'0000));
  EXPECT_TRUE(tables.translate(0x1F'F000));
  EXPECT_TRUE(tables.translate(0x40'0000));
}

TEST(AddressSpace, AgreesWithAnArrayOfPages) {
  using Attribute = AddressSpace::Attribute;
  constexpr std::uint64_t kPages = 40;
  AddressSpace space(kPages * 0x1000);
  std::vector<Attribute> model(kPages, Attribute::kPrivate);
  std::mt19937_64 random(3);
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t gpa = random() % (kPages * 0x1000 + 0x2000);
    const std::uint64_t count = random() % 0x6000;
    const Attribute attribute = random() % 2 ? Attribute::kShared : Attribute::kPrivate;
    space.set(gpa, count, attribute);
    for (std::uint64_t page = gpa / 0x1000; count && page < kPages && page * 0x1000 < gpa + count; ++page)
      model[page] = attribute;
    std::size_t changes = 1;
    for (std::uint64_t page = 0; page < kPages; ++page) {
      ASSERT_EQ(space.at(page * 0x1000 + 0xABC), model[page]) << "page " << page << " after " << i;
      changes += page > 0 && model[page] != model[page - 1];
    }
    ASSERT_EQ(space.runs().size(), changes);
  }
}

TEST(AddressSpace, NothingIsPrivateOutside) {
  AddressSpace space(0x3000);
  EXPECT_TRUE(space.is_private(0x2FFF));
  EXPECT_FALSE(space.is_private(0x3000));
  EXPECT_TRUE(space.contains(0x2000, 0x1000));
  EXPECT_FALSE(space.contains(0x2001, 0x1000));
  EXPECT_FALSE(space.contains(~std::uint64_t{0}, 2));
  space.set(0x1000, ~std::uint64_t{0}, AddressSpace::Attribute::kShared);
  EXPECT_TRUE(space.is_private(0xFFF));
  EXPECT_FALSE(space.is_private(0x2000));
}

TEST(AddressSpace, CoversTheWholeOfSixtyFourBits) {
  AddressSpace space(~std::uint64_t{0});
  space.set(~std::uint64_t{0} - 5, 1, AddressSpace::Attribute::kShared);
  EXPECT_FALSE(space.is_private(~std::uint64_t{0} - 1));
  EXPECT_TRUE(space.is_private(~std::uint64_t{0} - 0x1000));
}

TEST(NoOwnership, LetsEverythingPass) {
  NoOwnership none;
  OwnershipTable& table = none;
  EXPECT_TRUE(table.check({.who = Access::Who::kHost, .spa = 0x1000, .write = true}));
}

}  // namespace
}  // namespace memory
