// Granules, pages and tables of a realm: what commands that pass do.
#include <gtest/gtest.h>

#include "tsm/cca/bare_rmm.h"

namespace cca {
namespace {

using B = BareRmm;
using Who = memory::Access::Who;

TEST(Granules, GoToTheRealmSpaceAndBackCleared) {
  B b;
  b.write(B::kHost, base::Bytes(B::kPage, 0x11));
  EXPECT_TRUE(b.rmm.check({.who = Who::kHost, .spa = B::kHost}));
  B::must(b.call(Rmi::kGranuleDelegate, {.x1 = B::kHost}));
  EXPECT_EQ(b.rmm.granules().at(B::kHost), (Granule{GranuleState::kDelegated, Gpi::kRealm, 0}));
  for (const Who who : {Who::kHost, Who::kDevice}) {
    const auto refused = b.rmm.check({.who = who, .spa = B::kHost + 8, .write = true});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.refusal().by->id, "cca.gpt.realm-pas");
  }
  B::must(b.call(Rmi::kGranuleUndelegate, {.x1 = B::kHost}));
  EXPECT_TRUE(b.rmm.check({.who = Who::kHost, .spa = B::kHost}));
  base::Bytes now(16);
  ASSERT_TRUE(b.memory.read(memory::KeyId::kNone, B::kHost, now));
  EXPECT_NE(now, base::Bytes(16, 0x11));
}

TEST(Data, IsCopiedMeasuredAndEncryptedForTheRealm) {
  B b;
  ccaproto::Rim expected(realm_params({}));
  expected.add_ripas(B::kMapped, B::kMapped + B::kPage);
  expected.add_data(B::kMapped, 1, base::Bytes(B::kPage, 0x5A));
  expected.add_rec(rec_params());
  EXPECT_EQ(b.realm().rim.value(), expected.value());
  base::Bytes seen(16);
  ASSERT_TRUE(b.memory.read(b.realm().key, B::kData, seen));
  EXPECT_EQ(seen, base::Bytes(16, 0x5A));
  ASSERT_TRUE(b.memory.read(memory::KeyId::kNone, B::kData, seen));
  EXPECT_NE(seen, base::Bytes(16, 0x5A));
}

TEST(Data, OfUnknownContentIsClearAndKeepsWhatTheRealmExpects) {
  B b(true);
  B::must(b.call(Rmi::kDataCreateUnknown, {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kEmpty}));
  EXPECT_EQ(b.entry(B::kEmpty), (RttEntry{.hipas = Hipas::kAssigned, .ripas = Ripas::kEmpty, .pa = B::kFree}));
  base::Bytes seen(B::kPage, 1);
  ASSERT_TRUE(b.memory.read(b.realm().key, B::kFree, seen));
  EXPECT_EQ(seen, base::Bytes(B::kPage));
}

// Which state an entry is in after each command, for each that it could be in before.
TEST(Ripas, AfterAPageIsTakenAway) {
  for (const auto& [before, after] : {std::pair{Ripas::kRam, Ripas::kDestroyed}, {Ripas::kDestroyed, Ripas::kDestroyed}, {Ripas::kEmpty, Ripas::kEmpty}}) {
    B b(true);
    std::uint64_t ipa = B::kMapped;
    if (before == Ripas::kEmpty) B::must(b.call(Rmi::kDataCreateUnknown, {.x1 = B::kRd, .x2 = B::kFree, .x3 = ipa = B::kEmpty}));
    if (before == Ripas::kDestroyed) {
      B::must(b.call(Rmi::kDataDestroy, {.x1 = B::kRd, .x2 = ipa}));
      B::must(b.call(Rmi::kDataCreateUnknown, {.x1 = B::kRd, .x2 = B::kFree, .x3 = ipa}));
    }
    ASSERT_EQ(b.entry(ipa).ripas, before);
    const std::uint64_t page = b.entry(ipa).pa;
    const auto out = b.call(Rmi::kDataDestroy, {.x1 = B::kRd, .x2 = ipa});
    B::must(out);
    EXPECT_EQ(out.out.x1, page);
    EXPECT_EQ(b.entry(ipa), (RttEntry{.hipas = Hipas::kUnassigned, .ripas = after}));
    EXPECT_EQ(b.rmm.granules().at(page).state, GranuleState::kDelegated);
    base::Bytes seen(16);
    ASSERT_TRUE(b.memory.read(b.realm().key, page, seen));
    EXPECT_NE(seen, base::Bytes(16, 0x5A)) << "nothing is left of it";
  }
}

struct Change {
  Ripas before, wanted;
  bool change_destroyed;
  std::optional<Ripas> after;  // nothing: refused
};
TEST(Ripas, ChangesAsTheRealmAskedAndNoFurther) {
  using R = Ripas;
  const Change kChanges[] = {{R::kEmpty, R::kRam, false, R::kRam},   {R::kEmpty, R::kEmpty, false, R::kEmpty}, {R::kRam, R::kEmpty, false, R::kEmpty},
                             {R::kRam, R::kRam, false, R::kRam},     {R::kDestroyed, R::kRam, false, {}},      {R::kDestroyed, R::kEmpty, false, {}},
                             {R::kDestroyed, R::kRam, true, R::kRam}, {R::kDestroyed, R::kEmpty, true, R::kEmpty}};
  for (const auto& change : kChanges) {
    B b(true);
    const std::uint64_t ipa = change.before == R::kEmpty ? B::kEmpty : B::kMapped;
    if (change.before == R::kDestroyed) B::must(b.call(Rmi::kDataDestroy, {.x1 = B::kRd, .x2 = ipa}));
    ASSERT_EQ(b.entry(ipa).ripas, change.before);
    B::must(b.enter());
    (void)b.rsi(Rsi::kIpaStateSet, {.x1 = ipa, .x2 = ipa + B::kPage, .x3 = static_cast<std::uint64_t>(change.wanted), .x4 = change.change_destroyed});
    const auto out = b.call(Rmi::kRttSetRipas, {.x1 = B::kRd, .x2 = B::kRec, .x3 = ipa, .x4 = ipa + B::kPage});
    EXPECT_EQ(out.ok(), change.after.has_value());
    EXPECT_EQ(b.entry(ipa).ripas, change.after.value_or(change.before));
    if (!out.ok()) {
      EXPECT_EQ(out.out.x0, ccaproto::with(RmiStatus::kErrorRtt, 3));
    }
  }
}

TEST(Ripas, IsInitialisedToTheEndOfTheTableAndMeasuredEntryByEntry) {
  B b;
  auto expected = b.realm().rim;
  const auto out = b.call(Rmi::kRttInitRipas, {.x1 = B::kRd, .x2 = 0x1F'E000, .x3 = 0x40'0000});
  B::must(out);
  EXPECT_EQ(out.out.x1, 0x20'0000u);
  expected.add_ripas(0x1F'E000, 0x1F'F000);
  expected.add_ripas(0x1F'F000, 0x20'0000);
  EXPECT_EQ(b.realm().rim.value(), expected.value());
  const auto block = b.call(Rmi::kRttInitRipas, {.x1 = B::kRd, .x2 = 0x20'0000, .x3 = 0x60'0000});
  B::must(block);
  EXPECT_EQ(block.out.x1, 0x60'0000u) << "blocks of 2 MiB";
  EXPECT_EQ(b.entry(0x5F'F000).ripas, Ripas::kRam);
}

TEST(Tables, ThatAreTakenAwayLeaveTheirRangeDestroyedOrTheHosts) {
  B b;
  for (const std::uint64_t first : {B::kNoTable, B::kUnprotected + B::kNoTable}) {
    B::must(b.call(Rmi::kRttCreate, {.x1 = B::kRd, .x2 = B::kFree, .x3 = first, .x4 = 3}));
    EXPECT_EQ(b.rmm.granules().at(B::kFree).state, GranuleState::kRtt);
    const auto out = b.call(Rmi::kRttDestroy, {.x1 = B::kRd, .x2 = first, .x3 = 3});
    B::must(out);
    EXPECT_EQ(out.out.x1, B::kFree);
    EXPECT_EQ(b.realm().rtt.walk(first, 3).level, 2);
    EXPECT_EQ(b.entry(first).ripas, first == B::kNoTable ? Ripas::kDestroyed : Ripas::kEmpty);
    EXPECT_EQ(b.rmm.granules().at(B::kFree).state, GranuleState::kDelegated);
  }
}

TEST(Tables, AreFoldedAndReadBack) {
  B b;
  B::must(b.call(Rmi::kRttCreate, {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kNoTable, .x4 = 3}));
  EXPECT_EQ(b.call(Rmi::kRttReadEntry, {.x1 = B::kRd, .x2 = B::kNoTable, .x3 = 2}).out.x3, B::kFree);
  const auto out = b.call(Rmi::kRttFold, {.x1 = B::kRd, .x2 = B::kNoTable, .x3 = 3});
  B::must(out);
  EXPECT_EQ(out.out.x1, B::kFree);
  const auto mapped = b.call(Rmi::kRttReadEntry, {.x1 = B::kRd, .x2 = B::kMapped, .x3 = 3}).out;
  EXPECT_EQ(mapped.x1, 3u);
  EXPECT_EQ(mapped.x2, 1u);
  EXPECT_EQ(mapped.x3, B::kData);
  EXPECT_EQ(mapped.x4, 1u);
}

TEST(Unprotected, IsMappedAsTheHostSays) {
  B b;
  const std::uint64_t desc = B::kHost | ccaproto::kUnprotectedWriteBack | ccaproto::kUnprotectedReadWrite;
  B::must(b.call(Rmi::kRttMapUnprotected, {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3, .x4 = desc}));
  EXPECT_EQ(b.call(Rmi::kRttReadEntry, {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3}).out.x3, desc);
  const auto out = b.call(Rmi::kRttUnmapUnprotected, {.x1 = B::kRd, .x2 = B::kUnprotected, .x3 = 3});
  B::must(out);
  EXPECT_EQ(out.out.x1, B::kUnprotected + 0x20'0000);
}

// What a realm meets at an address, by the entry there.
TEST(Faults, AreAnAbortOrAnExitByWhatTheEntrySays) {
  B b(true);
  B::must(b.enter());
  EXPECT_EQ(b.rmm.fault(1, B::kEmpty, true, false).seen, Fault::Seen::kSea) << "unassigned, empty";
  B::must(b.call(Rmi::kDataCreateUnknown, {.x1 = B::kRd, .x2 = B::kFree, .x3 = B::kEmpty}));
  EXPECT_EQ(b.rmm.fault(1, B::kEmpty, true, false).seen, Fault::Seen::kSea) << "assigned, empty";
  EXPECT_EQ(b.rmm.fault(1, B::kUnprotected, true, false).seen, Fault::Seen::kSea) << "no protected address";
  const auto shared = b.rmm.fault(1, 0x5008, false, true);
  EXPECT_EQ(shared.seen, Fault::Seen::kRealmExit);
  EXPECT_EQ(shared.exit.hpfar << 8, B::kUnprotected + 0x5000);
  EXPECT_TRUE(shared.exit.esr & ccaproto::kEsrWrite);
  EXPECT_EQ(b.exit_page(), shared.exit) << "and that is what lies in the run page";
  B::must(b.enter());
  B::must(b.call(Rmi::kDataDestroy, {.x1 = B::kRd, .x2 = B::kMapped}));
  const auto destroyed = b.rmm.fault(1, B::kMapped, true, true);
  EXPECT_EQ(destroyed.seen, Fault::Seen::kRealmExit);
  EXPECT_FALSE(destroyed.exit.esr & ccaproto::kEsrWrite) << "of its own memory the host learns the address alone";
  EXPECT_FALSE(b.rmm.translate(1, B::kMapped, true, std::nullopt));
}

TEST(Translation, EndsWithTheRealmsHalf) {
  B b(true);
  B::must(b.enter());
  EXPECT_EQ(b.rmm.translate(1, B::kMapped + 5, true, std::nullopt), B::kData + 5);
  EXPECT_FALSE(b.rmm.translate(1, B::kUnprotected + B::kMapped, true, std::nullopt));
  EXPECT_FALSE(b.rmm.translate(1, B::kMapped, false, std::nullopt));
}

}  // namespace
}  // namespace cca
