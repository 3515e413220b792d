#include "platform/trust/oracle.h"

#include <gtest/gtest.h>

namespace trust {
namespace {

using base::bytes_of;
using base::view_of;

TEST(Oracle, AReadOfTheLastWriteBreaksNothing) {
  Oracle oracle;
  oracle.wrote("vm0", 0x1000, view_of("first value....."));
  oracle.wrote("vm0", 0x1000, view_of("second value...."));
  oracle.read("vm0", 0x1000, view_of("second value...."), 1);
  EXPECT_TRUE(oracle.breaches().empty());
}

TEST(Oracle, AnOldValueBreaksFreshnessAndAStrangeOneIntegrity) {
  Oracle oracle;
  oracle.wrote("vm0", 0x1000, view_of("first value....."));
  oracle.wrote("vm0", 0x1000, view_of("second value...."));
  oracle.read("vm0", 0x1000, view_of("first value....."), 1);
  oracle.read("vm0", 0x1000, view_of("neither of them."), 2);
  ASSERT_EQ(oracle.breaches().size(), 2u);
  EXPECT_EQ(oracle.breaches()[0].promise, Promise::kFreshness);
  EXPECT_EQ(oracle.breaches()[1].promise, Promise::kIntegrity);
}

TEST(Oracle, WhatTheGuestGaveAwayIsNoLongerPromised) {
  Oracle oracle;
  oracle.wrote("vm0", 0x1000, view_of("first value....."));
  oracle.forgot("vm0", 0x1000, 0x1000);
  oracle.read("vm0", 0x1000, view_of("anything at all."), 1);
  EXPECT_TRUE(oracle.breaches().empty());
}

TEST(Oracle, SixteenBytesOfASecretInTheClearLoseIt) {
  Oracle oracle;
  oracle.secret("vm0.secret", bytes_of("0123456789abcdefFEDCBA9876543210"));
  oracle.seen("host", 0, view_of("....FEDCBA987654321....."), 1);
  EXPECT_TRUE(oracle.breaches().empty());
  oracle.seen("host", 0, view_of("....FEDCBA9876543210...."), 2);
  ASSERT_EQ(oracle.breaches().size(), 1u);
  EXPECT_EQ(oracle.breaches()[0].promise, Promise::kConfidentiality);
}

TEST(Oracle, ThePatternTellsRepetitionAndNotContent) {
  Oracle a, b, c;
  for (auto text : {"AAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBB", "AAAAAAAAAAAAAAAA"}) a.seen("host", 0, view_of(text), 0);
  for (auto text : {"XXXXXXXXXXXXXXXX", "YYYYYYYYYYYYYYYY", "XXXXXXXXXXXXXXXX"}) b.seen("host", 0, view_of(text), 0);
  for (auto text : {"XXXXXXXXXXXXXXXX", "YYYYYYYYYYYYYYYY", "YYYYYYYYYYYYYYYY"}) c.seen("host", 0, view_of(text), 0);
  EXPECT_EQ(a.pattern(), b.pattern());
  EXPECT_NE(a.pattern(), c.pattern());
}

TEST(Oracle, TwoPlaintextsUnderOneKeyAndIvAreLostAndARetryIsNot) {
  Oracle oracle;
  const base::Bytes key(32, 1), other_key(32, 2), iv{1, 0}, next_iv{2, 0}, a(20, 'a'), b(20, 'b');
  oracle.sealed(key, iv, a, 1);
  oracle.sealed(key, iv, a, 2);
  oracle.sealed(key, next_iv, b, 3);
  oracle.sealed(other_key, iv, b, 4);
  EXPECT_TRUE(oracle.breaches().empty());
  oracle.sealed(key, iv, b, 5);
  ASSERT_EQ(oracle.breaches().size(), 1u);
  EXPECT_EQ(oracle.breaches()[0].promise, Promise::kConfidentiality);
  EXPECT_EQ(oracle.breaches()[0].time, 5u);
}

}  // namespace
}  // namespace trust
