// Device assignment from a device's first word to its DMA, and what of it a realm can rely on.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "platform/crypto/hash.h"
#include "tsm/cca/da_bench.h"

namespace cca {
namespace {

using B = DaBench;

constexpr std::uint64_t kInputError = 1, kDeviceError = 6;
std::uint64_t word(RsiStatus status) { return static_cast<std::uint64_t>(status); }
base::Block<64> padded(const base::Block<48>& digest) {
  base::Block<64> out{};
  std::ranges::copy(digest, out.begin());
  return out;
}

TEST(Pdev, GoesThroughItsLife) {
  const std::pair<Stage, PdevState> kLife[] = {{Stage::kNew, PdevState::kNew},       {Stage::kNeedsKey, PdevState::kNeedsKey},
                                               {Stage::kHasKey, PdevState::kHasKey}, {Stage::kReady, PdevState::kReady},
                                               {Stage::kStream, PdevState::kReady}};
  B b;
  for (const auto& [stage, state] : kLife) {
    b.go(stage);
    EXPECT_EQ(b.pdev_state(), static_cast<std::uint64_t>(state));
  }
  EXPECT_EQ(b.call(Rmi::kPdevStop, {.x1 = B::kPdev}).out.x0, kDeviceError) << "it has a stream";
  B::must(b.call(Rmi::kPdevStreamDisconnect, {.x1 = B::kPdev, .x2 = B::kPort, .x3 = B::kPdev | 1}));
  b.turns();
  B::must(b.call(Rmi::kPdevStop, {.x1 = B::kPdev}));
  B::must(b.talk_to_pdev());
  EXPECT_EQ(b.pdev_state(), static_cast<std::uint64_t>(PdevState::kStopped));
  B::must(b.call(Rmi::kPdevDestroy, {.x1 = B::kPdev}));
  EXPECT_EQ(b.rmm.granules().at(B::kPdev).state, GranuleState::kDelegated);
  EXPECT_FALSE(b.manager.connected());
}

TEST(Pdev, RollsTheKeysOfItsStream) {
  B b(Stage::kStream);
  B::must(b.call(Rmi::kPdevStreamKeyRefresh, {.x1 = B::kPdev, .x2 = B::kPort, .x3 = B::kPdev | 1}));
  b.turns();
  EXPECT_TRUE(b.pci.port.ide().find(B::kStreamId)->secure());
}

TEST(Pdev, WhoHoldsAnotherKeyOpensNoSession) {
  B b(Stage::kNeedsKey);
  auto params = b.key_params();
  params.key = {};
  const auto other = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("somebody else"), "device").public_point();
  params.key_len = 1 + other.size(), params.algo = ccaproto::SignatureAlgorithm::kEcdsaP384, params.key[0] = 4;
  std::ranges::copy(other, params.key.begin() + 1);
  b.put(params);
  B::must(b.call(Rmi::kPdevSetPubkey, {.x1 = B::kPdev, .x2 = B::kPage0}));
  B::must(b.talk_to_pdev());
  EXPECT_EQ(b.pdev_state(), static_cast<std::uint64_t>(PdevState::kError));
}

TEST(Pdev, OneThatDoesNotAnswerIsInErrorAndCanBeGivenUp) {
  B b(Stage::kNew);
  b.device.dead = true;
  B::must(b.talk_to_pdev());
  EXPECT_EQ(b.pdev_state(), static_cast<std::uint64_t>(PdevState::kError));
  EXPECT_EQ(b.talk_to_pdev().out.x0, kDeviceError);
  B::must(b.call(Rmi::kPdevAbort, {.x1 = B::kPdev}));
  B::must(b.call(Rmi::kPdevStop, {.x1 = B::kPdev}));
  B::must(b.talk_to_pdev());
  B::must(b.call(Rmi::kPdevDestroy, {.x1 = B::kPdev}));
  b.device.dead = false;
  b.put(B::device_params());
  B::must(b.call(Rmi::kPdevCreate, {.x1 = B::kPdev, .x2 = B::kPage0}));
  B::must(b.talk_to_pdev());
  EXPECT_EQ(b.pdev_state(), static_cast<std::uint64_t>(PdevState::kNeedsKey));
}

TEST(Vdev, GoesThroughItsLifeAndIsSeenByItsRealm) {
  const std::tuple<Stage, VdevState, ccaproto::RsiVdevState> kLife[] = {
      {Stage::kUnlocked, VdevState::kUnlocked, ccaproto::RsiVdevState::kUnlocked},
      {Stage::kLocked, VdevState::kLocked, ccaproto::RsiVdevState::kLocked},
      {Stage::kStarted, VdevState::kStarted, ccaproto::RsiVdevState::kStarted}};
  B b;
  B::must(b.enter());
  for (const auto& [stage, state, shown] : kLife) {
    b.go(stage);
    EXPECT_EQ(b.vdev_state(), state);
    EXPECT_EQ(b.info().state, shown);
  }
  b.step(Rmi::kVdevUnlock);
  EXPECT_EQ(b.vdev_state(), VdevState::kUnlocked);
  EXPECT_EQ(b.device.state, tdisp::State::kConfigUnlocked);
  B::must(b.call(Rmi::kVdevDestroy, b.vdev_names()));
  EXPECT_EQ(b.realm().vdevs, 0u);
}

TEST(Vdev, ItsRealmHearsDigestsOfWhatTheHostCarries) {
  B b(Stage::kReported);
  B::must(b.enter());
  const auto info = b.info();
  const tdisp::FunctionId interface{static_cast<std::uint32_t>(B::kId)};
  const auto digest = [&](tio::EvidencePart part) { return padded(crypto::sha384(b.manager.evidence(interface, part))); };
  EXPECT_EQ(info.hash_algo, ccaproto::DigestAlgorithm::kSha384);
  EXPECT_EQ(info.vca_digest, digest(tio::EvidencePart::kNegotiation));
  EXPECT_EQ(info.cert_digest, digest(tio::EvidencePart::kCertificates));
  EXPECT_EQ(info.report_digest, digest(tio::EvidencePart::kReport));
  const auto measured = wire::decode<tio::SignedPart>(b.manager.evidence(interface, tio::EvidencePart::kMeasurements));
  ASSERT_TRUE(measured);
  EXPECT_EQ(info.meas_digest, padded(crypto::sha384(measured->transcript)));
  const auto key = b.key_params();
  EXPECT_EQ(info.pubkey_digest, padded(crypto::sha384(base::View(key.key).first(key.key_len))));
  EXPECT_NE(info.lock_nonce, 0u);
  EXPECT_NE(info.meas_nonce, 0u);
  EXPECT_NE(info.report_nonce, 0u);
}

TEST(Vdev, LockedAnewItIsAnother) {
  B b(Stage::kReported);
  B::must(b.enter());
  const auto before = b.info();
  b.step(Rmi::kVdevUnlock), b.step(Rmi::kVdevLock);
  const auto after = b.info();
  EXPECT_NE(after.lock_nonce, before.lock_nonce);
  EXPECT_EQ(after.meas_nonce, 0u);
  EXPECT_EQ(after.report_nonce, 0u);
  EXPECT_EQ(after.report_digest, base::Block<64>{});
  b.step(Rmi::kVdevGetMeasurements);
  EXPECT_NE(b.info().meas_nonce, before.meas_nonce);
}

TEST(Vdev, EachNonceHasToBeTheOneThatTheRealmSaw) {
  B b(Stage::kStarted);
  B::must(b.enter());
  const auto seen = b.info();
  for (auto nonce : {&Registers::x6, &Registers::x7, &Registers::x8}) {
    auto in = b.mapping(seen);
    ++(in.*nonce);
    EXPECT_EQ(b.ask(Rsi::kVdevValidateMapping, in).out.x0, word(RsiStatus::kErrorDevice));
  }
  for (auto nonce : {&Registers::x4, &Registers::x5, &Registers::x6}) {
    Registers in{.x4 = seen.lock_nonce, .x5 = seen.meas_nonce, .x6 = seen.report_nonce};
    ++(in.*nonce);
    EXPECT_EQ(b.ask(Rsi::kVdevDmaEnable, in).out.x0, word(RsiStatus::kErrorDevice));
  }
  EXPECT_EQ(b.port.owner_of(static_cast<tlp::RequesterId>(B::kId)), 0u);
}

TEST(Vdev, ItsDmaBeginsWhenItIsStartedAndEndsWithItsLock) {
  B b(Stage::kReported);
  B::must(b.enter());
  const auto seen = b.info();
  const Registers in{.x4 = seen.lock_nonce, .x5 = seen.meas_nonce, .x6 = seen.report_nonce};
  EXPECT_EQ(b.ask(Rsi::kVdevDmaEnable, in).out.x0, word(RsiStatus::kErrorDevice)) << "locked";
  b.go(Stage::kStarted);
  EXPECT_EQ(b.ask(Rsi::kVdevDmaEnable, in).out.x0, 0u);
  EXPECT_EQ(b.port.owner_of(static_cast<tlp::RequesterId>(B::kId)), b.realm().vmid);
  EXPECT_EQ(b.ask(Rsi::kVdevDmaDisable, {}).out.x0, 0u);
  EXPECT_EQ(b.port.owner_of(static_cast<tlp::RequesterId>(B::kId)), 0u);
  EXPECT_EQ(b.ask(Rsi::kVdevDmaEnable, in).out.x0, 0u);
  B::must(b.call(Rmi::kVdevUnlock, b.vdev_names()));
  EXPECT_EQ(b.port.owner_of(static_cast<tlp::RequesterId>(B::kId)), 0u) << "before the device is told";
}

TEST(Vdev, ARealmThatIsToldOfNoneOrOfAnotherHearsNothing) {
  B b(Stage::kReported);
  B::must(b.enter());
  EXPECT_EQ(b.ask(Rsi::kVdevGetInfo, {.x2 = B::kInfo}, 0).out.x0, word(RsiStatus::kErrorInput));
  const auto left = b.rsi(Rsi::kVdevGetInfo, {.x1 = B::kName + 1, .x2 = B::kInfo});
  ASSERT_TRUE(left.exit);
  EXPECT_EQ(left.exit->reason, ccaproto::ExitReason::kVdevRequest);
  EXPECT_EQ(left.exit->vdev_id_1, B::kName + 1);
  EXPECT_EQ(b.call(Rmi::kVdevComplete, {.x1 = B::kRec, .x2 = B::kVdev}).out.x0, kInputError);
}

TEST(Vdev, OperandsOfTheRealmsAreLookedAtFirst) {
  B b(Stage::kReported);
  B::must(b.enter());
  const auto status = [&](Rsi function, Registers in) {
    const auto result = b.rsi(function, in);
    EXPECT_FALSE(result.exit);
    return result.out.x0;
  };
  EXPECT_EQ(status(Rsi::kVdevGetInfo, {.x1 = B::kName, .x2 = B::kInfo + 8}), word(RsiStatus::kErrorInput));
  EXPECT_EQ(status(Rsi::kVdevGetInfo, {.x1 = B::kName, .x2 = B::kUnprotected}), word(RsiStatus::kErrorInput));
  for (auto wrong : {Registers{.x2 = B::kBar + 1, .x3 = B::kBar + B::kPage, .x4 = B::kBar}, Registers{.x2 = B::kBar, .x3 = B::kBar, .x4 = B::kBar},
                     Registers{.x2 = B::kBar, .x3 = B::kUnprotected + B::kPage, .x4 = B::kBar},
                     Registers{.x2 = B::kBar, .x3 = B::kBar + B::kPage, .x4 = B::kBar + 8}})
    EXPECT_EQ(status(Rsi::kVdevValidateMapping, wrong), word(RsiStatus::kErrorInput));
}

// ---- device memory --------------------------------------------------------------------------------------------------

struct Mapping : testing::Test {
  Mapping() {
    for (std::uint64_t i = 0; i < TestDevice::kPages; ++i) b.delegate(B::kBar + i * B::kPage);
    B::must(b.enter());
    seen = b.info();
  }
  // The realm leaves for the mapping.
  RsiResult asks(std::uint64_t pages = 1) { return b.ask(Rsi::kVdevValidateMapping, b.mapping(seen, pages)); }
  CallResult validate(std::uint64_t top = B::kBar + B::kPage) {
    return b.call(Rmi::kRttDevValidate, {.x1 = B::kRd, .x2 = B::kRec, .x3 = B::kBar, .x4 = top});
  }
  bool reaches() { return static_cast<bool>(b.mmio.check(b.realm().vmid, B::kBar, B::kBar)); }
  B b{Stage::kStarted};
  ccaproto::VdevInfo seen;
};

TEST_F(Mapping, IsTheRealmsWhereItNamedIt) {
  const auto left = asks(2);
  ASSERT_TRUE(left.exit);
  EXPECT_EQ(left.exit->reason, ccaproto::ExitReason::kDevMemMap);
  EXPECT_EQ(left.exit->dev_mem_base, B::kBar);
  EXPECT_EQ(left.exit->dev_mem_top, B::kBar + 2 * B::kPage);
  EXPECT_EQ(left.exit->dev_mem_pa, B::kBar);
  EXPECT_EQ(b.map(B::kBar, B::kBar, 2).out.x1, B::kBar + 2 * B::kPage);
  EXPECT_FALSE(reaches()) << "mapped is not accepted";
  EXPECT_EQ(validate(B::kBar + 2 * B::kPage).out.x1, B::kBar + 2 * B::kPage);
  const auto back = b.back(Rsi::kVdevValidateMapping, b.mapping(seen, 2));
  EXPECT_EQ(back.out.x0, 0u);
  EXPECT_EQ(back.out.x1, B::kBar + 2 * B::kPage);
  EXPECT_EQ(back.out.x2, ccaproto::kResponseAccept);
  EXPECT_TRUE(reaches());
  EXPECT_EQ(b.rsi(Rsi::kIpaStateGet, {.x1 = B::kBar}).out.x1, static_cast<std::uint64_t>(Ripas::kDev));
}

TEST_F(Mapping, OfAnotherPageIsNotTaken) {
  (void)asks();
  B::must(b.map(B::kBar, B::kBar + B::kPage));
  EXPECT_EQ(validate().out.x0, 4u | 3u << 8);
  const auto back = b.back(Rsi::kVdevValidateMapping, b.mapping(seen), ccaproto::kEnterDevMemReject);
  EXPECT_EQ(back.out.x1, B::kBar);
  EXPECT_EQ(back.out.x2, ccaproto::kResponseReject);
  EXPECT_FALSE(reaches());
}

TEST_F(Mapping, NobodyAskedForIsNotTaken) {
  B::must(b.map(B::kBar, B::kBar));
  EXPECT_EQ(validate().out.x0, 3u) << "the vCPU runs";
  (void)b.rsi(Rsi::kHostCall, {.x1 = B::kMapped + 0xF00});
  EXPECT_EQ(validate().out.x0, kInputError);
}

TEST_F(Mapping, IsAtOneAddressAndOfTheInterface) {
  B::must(b.map(B::kBar, B::kBar));
  EXPECT_EQ(b.map(B::kBar + B::kPage, B::kBar).out.x0, kInputError) << "the granule is mapped";
  EXPECT_EQ(b.map(B::kBar, B::kBar + B::kPage).out.x0, 4u | 3u << 8) << "the entry is taken";
  b.delegate(B::kBar + 8 * B::kPage);
  EXPECT_EQ(b.map(B::kBar + B::kPage, B::kBar + 8 * B::kPage).out.x0, kInputError) << "not the interface's";
  EXPECT_EQ(b.call(Rmi::kGranuleUndelegate, {.x1 = B::kBar}).out.x0, kInputError);
}

TEST_F(Mapping, StandsInTheWayOfUnlocking) {
  (void)asks();
  B::must(b.map(B::kBar, B::kBar)), B::must(validate());
  const auto refused = b.call(Rmi::kVdevUnlock, b.vdev_names());
  EXPECT_EQ(refused.out.x0, 16u);
  EXPECT_EQ(refused.out.x1, B::kBar) << "which granule";
  const auto unmapped = b.call(Rmi::kRttDevUnmap, {.x1 = B::kRd, .x2 = B::kBar, .x3 = B::kBar + B::kPage, .x4 = ccaproto::kAddressSingle});
  EXPECT_EQ(unmapped.out.x2, ccaproto::address_range(B::kBar, 1));
  EXPECT_EQ(b.entry(B::kBar).ripas, Ripas::kDestroyed);
  EXPECT_FALSE(reaches());
  B::must(b.call(Rmi::kVdevUnlock, b.vdev_names()));
}

TEST_F(Mapping, TakenAwayIsTakenInAgainOnlyWhenTheRealmKnows) {
  (void)asks();
  B::must(b.map(B::kBar, B::kBar)), B::must(validate());
  B::must(b.call(Rmi::kRttDevUnmap, {.x1 = B::kRd, .x2 = B::kBar, .x3 = B::kBar + B::kPage}));
  B::must(b.map(B::kBar, B::kBar));
  (void)b.back(Rsi::kVdevValidateMapping, b.mapping(seen));
  (void)asks();
  EXPECT_EQ(validate().out.x0, 4u | 3u << 8) << "what was there is DESTROYED";
}

TEST_F(Mapping, IsNoMemoryForAnythingElse) {
  EXPECT_EQ(b.call(Rmi::kDataCreateUnknown, {.x1 = B::kRd, .x2 = B::kBar, .x3 = B::kEmpty}).out.x0, kInputError);
  EXPECT_EQ(b.call(Rmi::kRttCreate, {.x1 = B::kRd, .x2 = B::kBar, .x3 = B::kNoTable, .x4 = 3}).out.x0, kInputError);
  EXPECT_EQ(b.map(B::kEmpty, B::kFree).out.x0, kInputError) << "nor other memory a device's";
}

// ---- the SMMU -------------------------------------------------------------------------------------------------------

// Of a device whose DMA the realm has enabled; `host_says` is what the host tells the SMMU of the address before.
struct Smmu : testing::Test {
  void start(const std::vector<std::string>& lifted = {}) {
    b = std::make_unique<B>(Stage::kReported, lifted);
    B::must(b->enter());
    const auto seen = b->info();
    b->go(Stage::kStarted);
    ASSERT_EQ(b->ask(Rsi::kVdevDmaEnable, {.x4 = seen.lock_nonce, .x5 = seen.meas_nonce, .x6 = seen.report_nonce}).out.x0, 0u);
  }
  std::optional<std::uint64_t> leads(std::uint64_t ipa, std::optional<std::uint64_t> host_says = std::nullopt) {
    const auto id = static_cast<tlp::RequesterId>(B::kId);
    if (host_says) b->pci.iommu.map(pcie::IommuTable::kTrusted, id, ipa, *host_says);
    auto led = b->pci.iommu.translate({.requester = id, .address = ipa, .write = true, .trusted = true});
    return led ? std::optional(led->address) : std::nullopt;
  }
  std::unique_ptr<B> b;
};

TEST_F(Smmu, AnAddressLeadsWhereTheRealmsTablesSayAndNotTheHosts) {
  start();
  const std::uint64_t there = b->entry(B::kMapped).pa;
  EXPECT_EQ(leads(B::kMapped + 8), there + 8) << "of which the host never told";
  EXPECT_EQ(leads(B::kMapped, there), there);
  EXPECT_EQ(leads(B::kMapped, B::kRd), there) << "another granule of the realm's";
  EXPECT_EQ(leads(B::kMapped, B::kHost), there) << "the host's";
  EXPECT_FALSE(leads(B::kEmpty));
  EXPECT_FALSE(leads(B::kEmpty, there));
  EXPECT_FALSE(leads(std::uint64_t{1} << 60, there)) << "beyond the realm";
}

// Whoever looked the address up, and when.
TEST_F(Smmu, EachAccessIsHeldAgainstTheRealmsTables) {
  start();
  const auto reaches = [&](std::uint64_t ipa, std::uint64_t pa) {
    return static_cast<bool>(b->rmm.check({.who = memory::Access::Who::kGuest, .asid = 1, .gpa = ipa, .spa = pa, .private_page = true, .by_device = true}));
  };
  EXPECT_TRUE(reaches(B::kMapped + 8, B::kData + 8));
  EXPECT_FALSE(reaches(B::kMapped, B::kRd)) << "another granule of the realm's";
  EXPECT_FALSE(reaches(B::kMapped, B::kFree)) << "nobody's";
  EXPECT_FALSE(reaches(B::kEmpty, B::kData));
  EXPECT_FALSE(reaches(B::kMapped, B::kHost)) << "the host's";
}

TEST_F(Smmu, WithoutItAnAddressLeadsWhereTheHostSays) {
  start({"cca.smmu.stage-2"});
  EXPECT_EQ(leads(B::kMapped, B::kHost), B::kHost);
  EXPECT_EQ(leads(B::kEmpty, B::kHost), B::kHost);
}

TEST(SmmuPermissions, ATranslatedAddressIsLookedUpByItsOwner) {
  BareRmm b(true);
  BareRmm::must(b.enter());
  b.make_realm(B::kFree, B::kFreeToo, 2);
  const auto reaches = [&](std::uint64_t spa) {
    return static_cast<bool>(b.rmm.check({.who = memory::Access::Who::kGuest, .asid = 1, .spa = spa, .private_page = true, .by_device = true, .by_address = true}));
  };
  EXPECT_TRUE(reaches(B::kData));
  EXPECT_FALSE(reaches(B::kFree)) << "another realm's";
  EXPECT_FALSE(reaches(B::kRec)) << "what the RMM keeps of the realm";
  EXPECT_FALSE(reaches(B::kHost));
}

// ---- machines and realms without ------------------------------------------------------------------------------------

TEST(WithoutDevices, ARealmThatWasMadeWithoutThemHasNone) {
  B b(Stage::kStream);
  auto params = B::realm_params_at(B::kFreeToo, 9);
  b.write(B::kParams, wire::encode(params));
  B::must(b.call(Rmi::kRealmCreate, {.x1 = B::kFree, .x2 = B::kParams}));
  b.put(B::vdev_params());
  EXPECT_EQ(b.call(Rmi::kVdevCreate, {.x1 = B::kFree, .x2 = B::kPdev, .x3 = B::kVdev, .x4 = B::kPage0}).out.x0, 2u);
}

TEST(WithoutDevices, TheInitialMeasurementSaysWhetherARealmMayHaveThem) {
  EXPECT_NE(BareRmm(false).realm().rim.value(), BareRmm(false, {}, true).realm().rim.value());
}

TEST(WithoutDevices, AnRmmWithThemSaysSo) {
  B b;
  EXPECT_EQ(b.call(Rmi::kFeatures, {.x1 = 2}).out.x1 & ccaproto::kFeatureDa, ccaproto::kFeatureDa);
  EXPECT_EQ(b.call(Rmi::kVersion, {.x1 = ccaproto::kInterface10}).out, (Registers{.x1 = ccaproto::kInterface10, .x2 = ccaproto::kInterface11}));
  EXPECT_EQ(b.call(Rmi::kVersion, {.x1 = ccaproto::kInterface11}).out.x0, 0u);
  B::must(b.enter());
  EXPECT_EQ(b.rsi(Rsi::kFeatures).out.x1 & ccaproto::kRsiFeatureDa, ccaproto::kRsiFeatureDa);
  BareRmm plain(true);
  EXPECT_EQ(plain.call(Rmi::kFeatures, {.x1 = 2}).out.x1, 0u);
  EXPECT_EQ(plain.call(Rmi::kVersion, {.x1 = ccaproto::kInterface11}).out.x0, kInputError);
  BareRmm::must(plain.enter());
  EXPECT_EQ(plain.rsi(Rsi::kFeatures).out.x1, 0u);
}

}  // namespace
}  // namespace cca
