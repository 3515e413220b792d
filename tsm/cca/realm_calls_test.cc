// RSI: what a realm asks, call by call.
#include <gtest/gtest.h>

#include "tsm/cca/bare_rmm.h"

namespace cca {
namespace {

using B = BareRmm;
constexpr std::uint64_t kInput = 1, kState = 2, kIncomplete = 3;

struct Running : B {
  Running() : B(true) { must(enter()); }
  std::uint64_t status(Rsi call, Registers in) { return rsi(call, in).out.x0; }
};

TEST(Version, IsOneZeroWhateverIsAsked) {
  Running b;
  const auto good = b.rsi(Rsi::kVersion, {.x1 = 1 << 16}).out;
  EXPECT_EQ(good.x0, 0u);
  EXPECT_EQ(good.x1, 1u << 16);
  EXPECT_EQ(good.x2, 1u << 16);
  EXPECT_EQ(b.status(Rsi::kVersion, {.x1 = 2 << 16}), kInput);
  EXPECT_EQ(b.rsi(Rsi::kFeatures, {}).out.x1, 0u);
}

TEST(Measurements, AreReadAndExtendedWithinTheirBounds) {
  Running b;
  const auto rim = b.rsi(Rsi::kMeasurementRead, {.x1 = 0}).out;
  EXPECT_EQ(rim.x1, base::load_le<std::uint64_t>(b.realm().rim.value(), 0));
  EXPECT_EQ(rim.x4, base::load_le<std::uint64_t>(b.realm().rim.value(), 24));
  EXPECT_EQ(rim.x5, 0u) << "a SHA-256 realm";
  EXPECT_EQ(b.status(Rsi::kMeasurementRead, {.x1 = 5}), kInput);
  for (const std::uint64_t index : {0ull, 5ull, ~0ull}) EXPECT_EQ(b.status(Rsi::kMeasurementExtend, {.x1 = index, .x2 = 32}), kInput);
  EXPECT_EQ(b.status(Rsi::kMeasurementExtend, {.x1 = 1, .x2 = 65}), kInput);
  EXPECT_EQ(b.status(Rsi::kMeasurementExtend, {.x1 = 1, .x2 = 64, .x3 = 1, .x10 = 8}), 0u);
  base::Bytes data(64);
  data[0] = 1, data[56] = 8;
  EXPECT_EQ(b.realm().rem[0], ccaproto::extended(HashAlgorithm::kSha256, {}, data));
  EXPECT_EQ(b.status(Rsi::kMeasurementExtend, {.x1 = 4, .x2 = 0}), 0u);
  EXPECT_EQ(b.realm().rem[3], ccaproto::extended(HashAlgorithm::kSha256, {}, {}));
}

TEST(Token, IsBegunFetchedInPartsAndThenOver) {
  Running b;
  const std::uint64_t page = B::kMapped;
  EXPECT_EQ(b.status(Rsi::kAttestTokenContinue, {.x1 = page, .x3 = 4096}), kState);
  const auto begun = b.rsi(Rsi::kAttestTokenInit, {.x1 = 0x0102030405060708}).out;
  EXPECT_EQ(begun.x0, 0u);
  EXPECT_EQ(begun.x1, 8192u);
  EXPECT_EQ(b.tokens.made.at(0).challenge[0], 8);
  const Registers kBad[] = {{.x1 = page + 1, .x3 = 8}, {.x1 = page, .x2 = 4096}, {.x1 = page, .x2 = 8, .x3 = 4096}, {.x1 = page, .x2 = 8, .x3 = ~0ull},
                            {.x1 = B::kUnprotected, .x3 = 8}};
  for (const auto& bad : kBad) EXPECT_EQ(b.status(Rsi::kAttestTokenContinue, bad), kInput);
  const auto none = b.rsi(Rsi::kAttestTokenContinue, {.x1 = page, .x3 = 0}).out;
  EXPECT_EQ(none.x0, kIncomplete);
  EXPECT_EQ(none.x1, 0u);
  const auto first = b.rsi(Rsi::kAttestTokenContinue, {.x1 = page, .x2 = 96, .x3 = 4000}).out;
  EXPECT_EQ(first.x0, kIncomplete);
  EXPECT_EQ(first.x1, 4000u);
  const auto last = b.rsi(Rsi::kAttestTokenContinue, {.x1 = page, .x3 = 4096}).out;
  EXPECT_EQ(last.x0, 0u);
  EXPECT_EQ(last.x1, 1000u);
  EXPECT_EQ(b.status(Rsi::kAttestTokenContinue, {.x1 = page, .x3 = 4096}), kState);
}

TEST(Token, ThatIsBegunAnewForgetsTheOldOne) {
  Running b;
  (void)b.rsi(Rsi::kAttestTokenInit, {.x1 = 1});
  (void)b.rsi(Rsi::kAttestTokenContinue, {.x1 = B::kMapped, .x3 = 4096});
  (void)b.rsi(Rsi::kMeasurementExtend, {.x1 = 1, .x2 = 32});
  (void)b.rsi(Rsi::kAttestTokenInit, {.x1 = 2});
  EXPECT_EQ(b.rsi(Rsi::kAttestTokenContinue, {.x1 = B::kMapped, .x3 = 4096}).out.x1, 4096u);
  base::Bytes front(1);
  ASSERT_TRUE(b.memory.read(b.realm().key, B::kData, front));
  EXPECT_EQ(front[0], 2);
  EXPECT_EQ(b.tokens.made.at(1).rem[0], b.realm().rem[0]);
}

TEST(Config, SaysHowWideAddressesAre) {
  Running b;
  EXPECT_EQ(b.status(Rsi::kRealmConfig, {.x1 = B::kMapped}), 0u);
  base::Bytes page(4096);
  ASSERT_TRUE(b.memory.read(b.realm().key, B::kData, page));
  EXPECT_EQ(wire::decode<ccaproto::RealmConfig>(page)->ipa_width, 40u);
  EXPECT_EQ(b.status(Rsi::kRealmConfig, {.x1 = B::kMapped + 8}), kInput);
  EXPECT_EQ(b.status(Rsi::kRealmConfig, {.x1 = B::kUnprotected}), kInput);
  EXPECT_EQ(b.status(Rsi::kRealmConfig, {.x1 = B::kEmpty}), kInput) << "no memory there";
}

TEST(Operands, ThatTheHostTookAwayMakeTheRealmLeaveAndAskAgain) {
  Running b;
  B::must(b.call(Rmi::kDataDestroy, {.x1 = B::kRd, .x2 = B::kMapped}));
  const auto out = b.rsi(Rsi::kRealmConfig, {.x1 = B::kMapped});
  ASSERT_TRUE(out.exit);
  EXPECT_EQ(out.exit->hpfar << 8, B::kMapped);
  B::must(b.enter());
  EXPECT_FALSE(b.rmm.resumed(1)) << "the call is made again";
}

TEST(IpaState, IsSetOverTheHostAndToldByTheRmm) {
  Running b;
  EXPECT_EQ(b.rsi(Rsi::kIpaStateGet, {.x1 = B::kMapped}).out.x1, 1u);
  EXPECT_EQ(b.rsi(Rsi::kIpaStateGet, {.x1 = B::kEmpty}).out.x1, 0u);
  EXPECT_EQ(b.status(Rsi::kIpaStateGet, {.x1 = B::kEmpty + 1}), kInput);
  EXPECT_EQ(b.status(Rsi::kIpaStateGet, {.x1 = B::kUnprotected}), kInput);
  const Registers kBad[] = {{.x1 = B::kEmpty + 1, .x2 = 0x5000, .x3 = 1}, {.x1 = B::kEmpty, .x2 = 0x5001, .x3 = 1}, {.x1 = B::kEmpty, .x2 = B::kEmpty, .x3 = 1},
                            {.x1 = 0x5000, .x2 = B::kEmpty, .x3 = 1},     {.x1 = B::kEmpty, .x2 = 0x5000, .x3 = 2},
                            {.x1 = B::kEmpty, .x2 = B::kUnprotected + 0x1000, .x3 = 1}};
  for (const auto& bad : kBad) EXPECT_EQ(b.status(Rsi::kIpaStateSet, bad), kInput);
  const auto out = b.rsi(Rsi::kIpaStateSet, {.x1 = B::kEmpty, .x2 = 0x4000, .x3 = 1});
  ASSERT_TRUE(out.exit);
  EXPECT_EQ(out.exit->ripas_base, B::kEmpty);
  EXPECT_EQ(out.exit->ripas_top, 0x4000u);
  EXPECT_EQ(out.exit->ripas_value, 1);
  B::must(b.call(Rmi::kRttSetRipas, {.x1 = B::kRd, .x2 = B::kRec, .x3 = B::kEmpty, .x4 = 0x3000}));
  b.put_enter(ccaproto::kEnterRipasReject);
  B::must(b.enter());
  const auto answer = b.rmm.resumed(1);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->x1, 0x3000u) << "half of it";
  EXPECT_EQ(answer->x2, ccaproto::kResponseReject);
  EXPECT_EQ(b.rsi(Rsi::kIpaStateGet, {.x1 = B::kEmpty}).out.x1, 1u);
  EXPECT_EQ(b.rsi(Rsi::kIpaStateGet, {.x1 = 0x3000}).out.x1, 0u);
}

TEST(HostCall, StandsWithinOnePageOfTheRealm) {
  Running b;
  EXPECT_EQ(b.status(Rsi::kHostCall, {.x1 = B::kMapped + 8}), kInput);
  EXPECT_EQ(b.status(Rsi::kHostCall, {.x1 = B::kUnprotected}), kInput);
  EXPECT_EQ(b.status(Rsi::kHostCall, {.x1 = B::kEmpty}), kInput);
  EXPECT_TRUE(b.rsi(Rsi::kHostCall, {.x1 = B::kMapped + 0xF00}).exit);
}

}  // namespace
}  // namespace cca
