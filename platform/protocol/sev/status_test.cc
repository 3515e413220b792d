#include "platform/protocol/sev/status.h"

#include <gtest/gtest.h>

namespace sevproto {
namespace {

TEST(Status, HasTheNumbersOfTheSpecification) {
  EXPECT_EQ(name_of(Status{0x07}), "POLICY_FAILURE");
  EXPECT_EQ(name_of(Status{0x16}), "INVALID_PARAM");
  EXPECT_EQ(name_of(Status{0x1a}), "INVALID_PAGE_STATE");
  EXPECT_EQ(name_of(Status{0x1d}), "AEAD_OFLOW");
  EXPECT_EQ(name_of(Status{0x3f}), "RESPONSE_TOO_LARGE");
  EXPECT_EQ(name_of(Status{0x1e}), "UNKNOWN");
}

TEST(Command, HasTheNumbersOfTheSpecification) {
  EXPECT_EQ(name_of(Command{0x33}), "LAUNCH_MEASURE");
  EXPECT_EQ(name_of(Command{0xa0}), "SNP_LAUNCH_START");
  EXPECT_EQ(name_of(Command{0xa1}), "SNP_LAUNCH_UPDATE");
  EXPECT_EQ(name_of(Command{0xb1}), "SNP_DBG_ENCRYPT");
  EXPECT_EQ(name_of(Command{0xc1}), "SNP_PAGE_SWAP_IN");
  EXPECT_EQ(name_of(Command{0xd4}), "TIO_DEV_CONNECT");
  EXPECT_EQ(name_of(Command{0xff}), "UNKNOWN");
}

}  // namespace
}  // namespace sevproto
