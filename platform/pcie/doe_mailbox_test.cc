#include "platform/pcie/doe_mailbox.h"

#include <gtest/gtest.h>

#include "platform/pcie/test_config.h"

namespace pcie {
namespace {

struct DoeMailboxTest : testing::Test {
  ConfigSpace config;
  unsigned at = build_endpoint(config).doe;
  DoeMailbox mailbox{config, at, 64};

  std::uint32_t status() { return config.read(at + kDoeStatus, 4); }
  void put(std::initializer_list<std::uint32_t> dwords) {
    for (auto dword : dwords) config.write(at + kDoeWrite, 4, dword);
  }
  void go() { config.write(at + kDoeControl, 4, kDoeGo); }
  std::vector<std::uint32_t> take() {
    std::vector<std::uint32_t> out;
    while (status() & kDoeReady) {
      out.push_back(config.read(at + kDoeRead, 4));
      config.write(at + kDoeRead, 4, 0);
    }
    return out;
  }
  void serve_echo() {
    mailbox.serve(kPciSigVendor, kDoeCma, [](base::View object) { return base::bytes_of(object); });
  }
};
using Dwords = std::vector<std::uint32_t>;

TEST_F(DoeMailboxTest, DiscoveryWalksEveryType) {
  serve_echo();
  mailbox.serve(kPciSigVendor, kDoeSecuredCma, [](base::View) { return std::nullopt; });
  const std::uint32_t answers[] = {0x01000001, 0x02010001, 0x00020001, 0x00ffffff};
  for (std::uint32_t index = 0; index < 4; ++index) {
    put({1, 3, index});
    go();
    EXPECT_EQ(take(), (Dwords{1, 3, answers[index]})) << index;
  }
}

TEST_F(DoeMailboxTest, HandsAnObjectOverAndTheAnswerBack) {
  serve_echo();
  put({0x10001, 4, 0xaabbccdd, 0x11223344});
  EXPECT_EQ(status(), 0u);
  go();
  EXPECT_EQ(status(), kDoeReady);
  EXPECT_EQ(take(), (Dwords{0x10001, 4, 0xaabbccdd, 0x11223344}));
  EXPECT_EQ(status(), 0u);
}

TEST_F(DoeMailboxTest, DropsWhatLiesAboutItsLengthOrIsServedByNobody) {
  serve_echo();
  put({0x10001, 5, 0});
  go();
  EXPECT_EQ(status(), 0u);
  put({0x10001});
  go();
  EXPECT_EQ(status(), 0u);
  put({0x20001, 3, 0});
  go();
  EXPECT_EQ(status(), 0u);
}

TEST_F(DoeMailboxTest, FailsOnOverflowAndUnderflowUntilAborted) {
  serve_echo();
  for (int i = 0; i < 17; ++i) put({0});
  EXPECT_EQ(status(), kDoeError);
  put({1, 3, 0});
  go();
  EXPECT_EQ(status(), kDoeError);
  config.write(at + kDoeControl, 4, kDoeAbort);
  EXPECT_EQ(status(), 0u);
  put({1, 3, 0});
  go();
  EXPECT_EQ(take().size(), 3u);
  config.write(at + kDoeRead, 4, 0);
  EXPECT_EQ(status(), kDoeError);
}

TEST_F(DoeMailboxTest, NothingSurvivesAReset) {
  serve_echo();
  put({0x10001, 3});
  mailbox.reset();
  put({0});
  go();
  EXPECT_EQ(status(), 0u);
  put({0x10001, 3, 0});
  go();
  mailbox.reset();
  EXPECT_EQ(status(), 0u);
  EXPECT_EQ(config.read(at + kDoeRead, 4), 0u);
}

TEST_F(DoeMailboxTest, TellsOfAnAnswerWhenAskedTo) {
  serve_echo();
  int rang = 0;
  mailbox.on_interrupt([&](unsigned) { ++rang; });
  put({1, 3, 0});
  go();
  EXPECT_EQ(rang, 0);
  take();
  config.write(at + kDoeControl, 4, kDoeInterruptEnable);
  put({1, 3, 0});
  config.write(at + kDoeControl, 4, kDoeGo | kDoeInterruptEnable);
  EXPECT_EQ(rang, 1);
  EXPECT_EQ(status(), kDoeReady | kDoeInterruptStatus);
  config.write(at + kDoeStatus, 4, kDoeInterruptStatus);
  EXPECT_EQ(status(), kDoeReady);
}

TEST_F(DoeMailboxTest, NarrowWritesDoNothing) {
  config.write(at + kDoeWrite, 2, 1);
  config.write(at + kDoeRead, 1, 0);
  EXPECT_EQ(status(), 0u);
}

}  // namespace
}  // namespace pcie
