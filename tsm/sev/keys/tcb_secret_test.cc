#include "tsm/sev/keys/tcb_secret.h"

#include <gtest/gtest.h>

namespace sev {
namespace {

constexpr Tcb kTcb{.bootloader = 3, .tee = 1, .snp = 8, .microcode = 0x73, .fmc = 2};
constexpr std::uint8_t Tcb::*kComponents[] = {&Tcb::bootloader, &Tcb::tee, &Tcb::snp, &Tcb::microcode, &Tcb::fmc};

base::Block<32> root() {
  base::Block<32> out;
  out.fill(0x42);
  return out;
}
TcbSecret secret_at(const Tcb& tcb) { return TcbSecret::from_root(root(), "vcek", tcb); }

TEST(TcbSecret, GivesTheKeyOfEveryLowerTcb) {
  for (auto component : kComponents) {
    Tcb lower = kTcb;
    lower.*component -= 1;
    std::optional<TcbSecret> lowered = secret_at(kTcb).lowered_to(lower);
    ASSERT_TRUE(lowered);
    EXPECT_EQ(lowered->tcb(), lower);
    EXPECT_EQ(lowered->key().public_point(), secret_at(lower).key().public_point());
    EXPECT_NE(lowered->key().public_point(), secret_at(kTcb).key().public_point());
  }
  EXPECT_EQ(secret_at(kTcb).lowered_to(Tcb{})->key().public_point(), secret_at(Tcb{}).key().public_point());
}

TEST(TcbSecret, GivesNoKeyOfAHigherComponentWhateverTheOthersAre) {
  for (auto component : kComponents) {
    Tcb higher{};
    higher.*component = static_cast<std::uint8_t>(kTcb.*component + 1);
    EXPECT_FALSE(secret_at(kTcb).lowered_to(higher));
  }
}

TEST(TcbSecret, TheRootAndTheLabelMatter) {
  EXPECT_NE(TcbSecret::from_root(root(), "vlek", kTcb).key().public_point(), secret_at(kTcb).key().public_point());
  EXPECT_NE(TcbSecret::from_root({}, "vcek", kTcb).key().public_point(), secret_at(kTcb).key().public_point());
}

}  // namespace
}  // namespace sev
