#include "scenarios/load/units.h"

#include <gtest/gtest.h>

namespace load {
namespace {

TEST(Units, SizesAreBytes) {
  EXPECT_EQ(parse_size("0B").value, 0u);
  EXPECT_EQ(parse_size("4KiB").value, 4096u);
  EXPECT_EQ(parse_size("2MiB").value, 2u << 20);
  EXPECT_EQ(parse_size("3GiB").value, 3ull << 30);
  EXPECT_EQ(parse_size("1TiB").value, 1ull << 40);
}

TEST(Units, TimesArePicoseconds) {
  EXPECT_EQ(parse_time("7ps").value, 7u);
  EXPECT_EQ(parse_time("3ns").value, 3000u);
  EXPECT_EQ(parse_time("10us").value, 10'000'000u);
  EXPECT_EQ(parse_time("1ms").value, 1'000'000'000u);
  EXPECT_EQ(parse_time("1min").value, 60'000'000'000'000u);
  EXPECT_EQ(parse_time("2h").value, 7'200'000'000'000'000u);
  EXPECT_EQ(parse_time("1d").value, 86'400'000'000'000'000u);
}

TEST(Units, ABareNumberIsRefusedWithTheUnitsThatWouldDo) {
  EXPECT_EQ(parse_size("4096").error, "a size needs a unit: `4096` (units: B KiB MiB GiB TiB)");
  EXPECT_EQ(parse_time("10").error, "a time needs a unit: `10` (units: ps ns us ms s min h d)");
}

TEST(Units, AnotherUnitASignAFractionAndTooMuchAreRefused) {
  for (auto text : {"4KB", "4kib", "4 KiB", "10us", "-1B", "1.5MiB", "KiB", "", "16777216TiB", "99999999999999999999B"})
    EXPECT_FALSE(parse_size(text).value) << text;
  for (auto text : {"10KiB", "-1s", "1.5s", "s", "", "214d", "18446744073709551616ps"})
    EXPECT_FALSE(parse_time(text).value) << text;
  EXPECT_EQ(parse_size("16777215TiB").value, 16777215ull << 40);
}

TEST(Units, CountsHaveNoUnit) {
  EXPECT_EQ(parse_count("12").value, 12u);
  EXPECT_EQ(parse_count("0").value, 0u);
  EXPECT_EQ(parse_count("0x1F").value, 31u);
  EXPECT_EQ(parse_count("18446744073709551615").value, ~0ull);
  for (auto text : {"", "0x", "12B", "-1", "+1", "1e3", "010", "18446744073709551616", "0x1g", "1 "})
    EXPECT_FALSE(parse_count(text).value) << text;
}

}  // namespace
}  // namespace load
