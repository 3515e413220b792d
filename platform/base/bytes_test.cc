#include "platform/base/bytes.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Bytes, HexIsReadBackAsWritten) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(from_hex(to_hex(all)), all);
}

TEST(Bytes, HexRefusesOddLengthsAndStrangers) {
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_EQ(from_hex("aF"), (Bytes{0xaf}));
}

TEST(Bytes, LittleEndianPutsTheLowByteFirst) {
  Bytes out;
  append_le<std::uint32_t>(out, 0x11223344);
  EXPECT_EQ(to_hex(out), "44332211");
  EXPECT_EQ(load_le<std::uint32_t>(out), 0x11223344u);
}

}  // namespace
}  // namespace base
