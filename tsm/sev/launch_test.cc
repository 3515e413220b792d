#include "tsm/sev/launch.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"
#include "platform/protocol/sev/id_block.h"
#include "platform/protocol/sev/secrets_page.h"
#include "tsm/sev/test_machine.h"

namespace sev {
namespace {

using sevproto::PageType;
using sevproto::Status;
using C = sevproto::Command;
constexpr std::uint64_t kPageSpa = 0x20'0000;

base::Block<48> block48(base::View v) {
  base::Block<48> out{};
  std::ranges::copy(v, out.begin());
  return out;
}

// The owner's identity pages for a digest and a policy, in host memory.
struct Identity {
  static constexpr std::uint64_t kBlock = 0x30'0000, kAuth = 0x30'1000;
  crypto::EcKey id = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("owner"), "id");
  crypto::EcKey author = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("owner"), "author");
  sevproto::IdBlock block;
  static sevproto::EcdsaPublicKey key(const crypto::EcKey& k) {
    base::View p(k.public_point());
    return sevproto::public_key_of(block48(p.first(48)), block48(p.subspan(48)));
  }
  static sevproto::EcdsaSignature sign(TestMachine& m, const crypto::EcKey& k, base::View bytes) {
    auto s = k.sign(m.library, {"owner", "id", 0}, bytes);
    return sevproto::signature_of(block48(s.r), block48(s.s));
  }
  command::LaunchFinish place(TestMachine& m, bool damage = false) {
    sevproto::IdAuth auth;
    auth.id_key = key(id);
    auth.author_key = key(author);
    auth.author_key_algo = sevproto::kAlgoEcdsaP384Sha384;
    auth.id_block_sig = sign(m, id, wire::encode(block));
    auth.id_key_sig = sign(m, author, wire::encode(auth.id_key));
    if (damage) auth.id_block_sig.s[5] ^= 1;
    m.write_host(kBlock, wire::encode(block));
    m.write_host(kAuth, wire::encode(auth));
    return {.id_block_paddr = kBlock, .id_auth_paddr = kAuth, .flags = 3};
  }
};

TEST(Launch, DigestFollowsThePublishedChain) {
  TestMachine m;
  m.begin();
  base::Bytes p1(4096, 0xAA), p2(4096);
  for (std::size_t i = 0; i < p2.size(); ++i) p2[i] = static_cast<std::uint8_t>(i);
  sevproto::CpuidPage cpuid;
  sevproto::Vmsa vmsa = sevproto::reset_vmsa({.cpuid_signature = 0x00A00F11});
  ASSERT_TRUE(m.add(PageType::kNormal, 0x20'0000, 0xFFFF'E000, p1).ok());
  ASSERT_TRUE(m.add(PageType::kNormal, 0x20'1000, 0xFFFF'F000, p2).ok());
  ASSERT_TRUE(m.add(PageType::kZero, 0x20'2000, 0x80'0000, p1).ok());
  ASSERT_TRUE(m.add(PageType::kSecrets, 0x20'3000, 0x80'D000, p1).ok());
  ASSERT_TRUE(m.add(PageType::kCpuid, 0x20'4000, 0x80'E000, wire::encode(cpuid)).ok());
  ASSERT_TRUE(m.add(PageType::kUnmeasured, 0x20'5000, 0x80'F000, p2).ok());
  EXPECT_EQ(base::to_hex(m.context().digest),
            "9455ac11e14e0fbbf567571a792b67bb8da6cf8d754efdae91a4386b179fe01e8c59ac7953afa878128b3eaf761f7e2b");
  ASSERT_TRUE(m.add(PageType::kVmsa, 0x20'6000, 0, wire::encode(vmsa)).ok());
  EXPECT_EQ(base::to_hex(m.context().digest),
            "7f618fa91b1ab707bff4502bbf45e72e8092558e218c49216e008f095942fcf50fffd1add80085aa1c388da80127dc0c");

  memory::KeyId key{TestMachine::kAsid};
  EXPECT_EQ(m.read(key, 0x20'0000), p1);
  EXPECT_NE(m.read(TestMachine::kNone, 0x20'0000), p1);
  EXPECT_EQ(m.read(key, 0x20'2000), base::Bytes(4096));
  EXPECT_EQ(m.read(key, 0x20'5000), p2);
  auto secrets = wire::decode<sevproto::SecretsPage>(m.read(key, 0x20'3000));
  ASSERT_TRUE(secrets);
  EXPECT_EQ(secrets->vmpck0, m.context().vmpck[0]);
  EXPECT_EQ(secrets->vmpck3, m.context().vmpck[3]);
  EXPECT_NE(secrets->vmpck0, secrets->vmpck1);
  EXPECT_EQ(secrets->fms, 0x00A00F11u);
  EXPECT_EQ(m.rmp.state(0x20'0000), PageState::kGuestValid);
  EXPECT_FALSE(m.rmp.entry(0x20'0000).vmsa);
  EXPECT_TRUE(m.rmp.entry(0x20'6000).vmsa);
}

TEST(Launch, ALargePageIsMeasuredAsItsSmallOnes) {
  TestMachine m, small;
  m.begin(), small.begin();
  (void)m.rmp.rmpupdate(0x40'0000, {true, TestMachine::kAsid, 0x80'0000, memory::PageSize::k2M, true});
  command::LaunchUpdate update{
      .gctx_paddr = TestMachine::kContext, .page = command::page_word(PageType::kZero, true), .address = 0x40'0000};
  ASSERT_TRUE(m.call(C::kSnpLaunchUpdate, update).ok());
  for (std::uint64_t at = 0; at < 0x20'0000; at += 4096)
    ASSERT_TRUE(small.add(PageType::kZero, 0x40'0000 + at, 0x80'0000 + at).ok());
  EXPECT_EQ(m.context().digest, small.context().digest);
  update.address += 0x20'0000;
  m.make_pre_guest(update.address, 0xA0'0000);
  EXPECT_EQ(m.call(C::kSnpLaunchUpdate, update).status, Status::kInvalidPageSize);
}

TEST(Launch, NothingIsAddedAfterFinishUnlessThatIsLifted) {
  TestMachine m, lifted({}, {"psp.launch-finish.state"});
  for (TestMachine* each : {&m, &lifted}) {
    each->begin();
    ASSERT_TRUE(each->finish().ok());
  }
  CallResult no = m.add(PageType::kNormal, kPageSpa, 0x1000, base::Bytes(4096, 1));
  EXPECT_EQ(no.status, Status::kInvalidGuestState);
  EXPECT_EQ(no.refusal->by->id, "psp.launch-finish.state");
  EXPECT_TRUE(lifted.add(PageType::kNormal, kPageSpa, 0x1000, base::Bytes(4096, 1)).ok());
  EXPECT_EQ(lifted.read(memory::KeyId{TestMachine::kAsid}, kPageSpa), base::Bytes(4096, 1));
}

TEST(Launch, EveryStateWithEveryCommand) {
  using G = GuestState;
  const std::pair<C, std::vector<G>> kAllowed[] = {{C::kSnpLaunchStart, {G::kInit}},
                                                   {C::kSnpActivate, {G::kLaunch, G::kRunning}},
                                                   {C::kSnpLaunchUpdate, {G::kLaunch}},
                                                   {C::kSnpLaunchFinish, {G::kLaunch}},
                                                   {C::kSnpGuestRequest, {G::kRunning}}};
  for (const auto& [event, states] : kAllowed) {
    for (G state : {G::kInit, G::kLaunch, G::kRunning}) {
      TestMachine m;
      (void)m.call(C::kSnpInit);
      m.make_firmware(TestMachine::kContext);
      ASSERT_TRUE(m.call(C::kSnpGctxCreate, command::Guest{TestMachine::kContext}).ok());
      command::LaunchStart start{.gctx_paddr = TestMachine::kContext, .policy = TestMachine::kPolicy};
      if (state != G::kInit) (void)m.call(C::kSnpLaunchStart, start);
      if (state == G::kRunning) (void)m.finish();
      ASSERT_EQ(m.context().state, state);
      CallResult r;
      if (event == C::kSnpLaunchStart) r = m.call(event, start);
      if (event == C::kSnpActivate) r = m.call(event, command::Activate{TestMachine::kContext, 9});
      if (event == C::kSnpLaunchUpdate) r = m.add(PageType::kZero, kPageSpa, 0);
      if (event == C::kSnpLaunchFinish) r = m.finish();
      if (event == C::kSnpGuestRequest) r = m.call(event, command::GuestRequest{TestMachine::kContext, 0, 0x5000});
      bool allowed = std::ranges::find(states, state) != states.end();
      EXPECT_EQ(r.status != Status::kInvalidGuestState, allowed) << name_of(event) << " in " << static_cast<int>(state);
    }
  }
}

TEST(Launch, OnlyAPageSetAsideForThisGuestIsTaken) {
  TestMachine m;
  m.begin();
  command::LaunchUpdate update{
      .gctx_paddr = TestMachine::kContext, .page = command::page_word(PageType::kZero), .address = kPageSpa};
  EXPECT_EQ(m.call(C::kSnpLaunchUpdate, update).status, Status::kInvalidPageState);
  m.make_pre_guest(kPageSpa, 0, 6);
  EXPECT_EQ(m.call(C::kSnpLaunchUpdate, update).status, Status::kInvalidPageOwner);
  update.address = 1;
  EXPECT_EQ(m.call(C::kSnpLaunchUpdate, update).status, Status::kInvalidAddress);
  update = {.gctx_paddr = TestMachine::kContext, .page = 7u << 1, .address = kPageSpa};
  EXPECT_EQ(m.call(C::kSnpLaunchUpdate, update).status, Status::kInvalidParam);
}

TEST(Launch, PolicyFloorAndReservedBits) {
  constexpr std::uint64_t kBase = TestMachine::kPolicy;
  const std::pair<std::uint64_t, Status> rows[] = {
      {kBase, Status::kSuccess},
      {kBase | 0x0100 | 58, Status::kSuccess},
      {kBase | 0x0100 | 59, Status::kPolicyFailure},
      {kBase | 0x0200, Status::kPolicyFailure},
      {kBase & ~sevproto::kPolicyMustBeOne, Status::kPolicyFailure},
      {kBase | 1ull << 26, Status::kPolicyFailure},
      {kBase | 1ull << 63, Status::kPolicyFailure},
      {kBase & ~sevproto::kPolicySmtAllowed, Status::kPolicyFailure},
      {kBase | sevproto::kPolicyCiphertextHidingRequired, Status::kPolicyFailure},
      {kBase | sevproto::kPolicyRaplDisRequired, Status::kPolicyFailure},
      {kBase | sevproto::kPolicyAes256XtsRequired, Status::kPolicyFailure}};
  for (auto [policy, status] : rows) {
    TestMachine m;
    (void)m.call(C::kSnpInit);
    m.make_firmware(TestMachine::kContext);
    (void)m.call(C::kSnpGctxCreate, command::Guest{TestMachine::kContext});
    EXPECT_EQ(
        m.call(C::kSnpLaunchStart, command::LaunchStart{.gctx_paddr = TestMachine::kContext, .policy = policy}).status,
        status)
        << std::hex << policy;
  }
}

TEST(Launch, IdentityBlockBindsDigestPolicyAndKeys) {
  auto attempt = [](auto spoil, bool damage, std::vector<std::string> lifted = {}) {
    TestMachine m({}, lifted);
    m.begin();
    (void)m.add(PageType::kNormal, kPageSpa, 0x1000, base::Bytes(4096, 7));
    Identity identity;
    identity.block.launch_digest = m.context().digest;
    identity.block.policy = TestMachine::kPolicy;
    identity.block.guest_svn = 3;
    spoil(identity.block);
    CallResult r = m.finish(identity.place(m, damage));
    if (r.ok() && !damage) {
      EXPECT_EQ(m.context().id_key_digest, sevproto::key_digest(Identity::key(identity.id)));
      EXPECT_EQ(m.context().author_key_digest, sevproto::key_digest(Identity::key(identity.author)));
      EXPECT_EQ(m.context().guest_svn, 3u);
    }
    return r.status;
  };
  auto honest = [](sevproto::IdBlock&) {};
  auto digest = [](sevproto::IdBlock& b) { b.launch_digest[0] ^= 1; };
  auto policy = [](sevproto::IdBlock& b) { b.policy |= sevproto::kPolicyDebugAllowed; };
  auto version = [](sevproto::IdBlock& b) { b.version = 2; };
  EXPECT_EQ(attempt(honest, false), Status::kSuccess);
  EXPECT_EQ(attempt(digest, false), Status::kBadMeasurement);
  EXPECT_EQ(attempt(honest, true), Status::kBadSignature);
  EXPECT_EQ(attempt(policy, false), Status::kPolicyFailure);
  EXPECT_EQ(attempt(version, false), Status::kBadVersion);
  EXPECT_EQ(attempt(digest, false, {"psp.id-block.digest"}), Status::kSuccess);
  EXPECT_EQ(attempt(honest, true, {"psp.id-block.signature"}), Status::kSuccess);
  EXPECT_EQ(attempt(policy, false, {"psp.id-block.policy"}), Status::kSuccess);
}

TEST(Launch, AMigrationAgentIsBoundOnlyWhereThePolicyAllowsItAndIsNamedInTheContext) {
  constexpr std::uint64_t kGuest = TestMachine::kContext + 4096, kMayMigrate = sevproto::kPolicyMigrateMaAllowed;
  TestMachine m;
  m.begin();
  EXPECT_EQ(m.context().ma_report_id[0], 0xFF) << "no agent";
  m.make_firmware(kGuest);
  ASSERT_TRUE(m.call(C::kSnpGctxCreate, command::Guest{kGuest}).ok());
  command::LaunchStart start{.gctx_paddr = kGuest, .policy = TestMachine::kPolicy};
  start.flags = command::LaunchStart::kMaEn;
  start.ma_gctx_paddr = kPageSpa;  // no context
  EXPECT_EQ(m.call(C::kSnpLaunchStart, start).status, Status::kInvalidGuest);
  start.ma_gctx_paddr = TestMachine::kContext;
  const CallResult no = m.call(C::kSnpLaunchStart, start);
  EXPECT_EQ(no.status, Status::kPolicyFailure);
  EXPECT_EQ(no.refusal->by->id, "psp.launch.migration-agent");
  start.policy |= kMayMigrate;
  ASSERT_TRUE(m.call(C::kSnpLaunchStart, start).ok());
  EXPECT_EQ(m.psp.state().context(kGuest)->ma_report_id, m.context().report_id);
}

TEST(Launch, ACpuidPageThatLiesComesBackCorrected) {
  PspSettings settings;
  settings.cpuid = {{.eax_in = 1, .eax = 0xA00F11, .ecx = 0x4000'0000}, {.eax_in = 0x8000'001F, .ebx = 51}};
  sevproto::CpuidPage page;
  page.count = 3;
  page.functions[0] = {.eax_in = 1, .eax = 0xA00F11, .ecx = 0x4000'0000};
  page.functions[1] = {.eax_in = 0x8000'001F, .ebx = 47};
  page.functions[2] = {.eax_in = 0x4000'0000, .eax = 1};
  TestMachine m(settings), lifted(settings, {"psp.cpuid-page.checked"});
  m.begin(), lifted.begin();
  auto before = m.context().digest;
  CallResult no = m.add(PageType::kCpuid, kPageSpa, 0x1000, wire::encode(page));
  EXPECT_EQ(no.status, Status::kInvalidParam);
  EXPECT_EQ(m.context().digest, before);
  auto corrected = wire::decode<sevproto::CpuidPage>(m.read(TestMachine::kNone, kPageSpa));
  ASSERT_TRUE(corrected);
  EXPECT_EQ(corrected->functions[1].ebx, 51u);
  EXPECT_EQ(corrected->functions[2].eax, 0u);
  command::LaunchUpdate again{
      .gctx_paddr = TestMachine::kContext, .page = command::page_word(PageType::kCpuid), .address = kPageSpa};
  EXPECT_TRUE(m.call(C::kSnpLaunchUpdate, again).ok());
  EXPECT_TRUE(lifted.add(PageType::kCpuid, kPageSpa, 0x1000, wire::encode(page)).ok());
  EXPECT_EQ(lifted.read(memory::KeyId{TestMachine::kAsid}, kPageSpa), wire::encode(page));
  page.functions[0].ecx = 0, page.count = 1, page.functions[1] = page.functions[2] = {};
  EXPECT_EQ(truthful(page, settings.cpuid), page) << "fewer features are no lie";
}

TEST(Launch, ARecycledAsidWaitsForTheFlush) {
  TestMachine m;
  m.begin();
  (void)m.add(PageType::kZero, kPageSpa, 0);
  ASSERT_TRUE(m.call(C::kSnpDecommission, command::Guest{TestMachine::kContext}).ok());
  EXPECT_EQ(m.rmp.state(TestMachine::kContext), PageState::kFirmware);
  EXPECT_EQ(m.rmp.state(kPageSpa), PageState::kReclaim);
  EXPECT_TRUE(m.call(C::kSnpPageReclaim, command::PageReclaim{kPageSpa}).ok());
  (void)m.call(C::kSnpGctxCreate, command::Guest{TestMachine::kContext});
  (void)m.call(C::kSnpLaunchStart,
               command::LaunchStart{.gctx_paddr = TestMachine::kContext, .policy = TestMachine::kPolicy});
  command::Activate activate{TestMachine::kContext, TestMachine::kAsid};
  EXPECT_EQ(m.call(C::kSnpActivate, activate).status, Status::kDfflushRequired);
  EXPECT_EQ(m.call(C::kSnpDfFlush).status, Status::kWbinvdRequired);
  EXPECT_EQ(m.call(C::kSnpActivate, activate).status, Status::kDfflushRequired);
  m.memory.write_back_all();
  EXPECT_TRUE(m.call(C::kSnpDfFlush).ok());
  EXPECT_TRUE(m.call(C::kSnpActivate, activate).ok());
  EXPECT_EQ(m.call(C::kSnpActivate, activate).status, Status::kActive);
}

// Written back since the ASID was given up: what a socket did before does not count.
TEST(Launch, AFlushWaitsForEverySocket) {
  TestMachine m({}, {}, 2);
  m.begin();
  EXPECT_TRUE(m.call(C::kSnpDfFlush).ok()) << "nothing to wait for";
  m.memory.write_back_all();
  ASSERT_TRUE(m.call(C::kSnpDecommission, command::Guest{TestMachine::kContext}).ok());
  EXPECT_EQ(m.call(C::kSnpDfFlush).status, Status::kWbinvdRequired);
  m.memory.write_back_socket(1);
  EXPECT_EQ(m.call(C::kSnpDfFlush).status, Status::kWbinvdRequired);
  m.memory.write_back_socket(0);
  EXPECT_TRUE(m.call(C::kSnpDfFlush).ok());
}

TEST(Launch, TheContextPageIsTheGuestAndOnlyItsOwnershipGuardsIt) {
  TestMachine m;
  m.begin();
  base::Bytes early = m.read(TestMachine::kNone, TestMachine::kContext);
  auto digest = m.context().digest;
  (void)m.add(PageType::kNormal, kPageSpa, 0x1000, base::Bytes(4096, 7));
  ASSERT_NE(m.context().digest, digest);
  EXPECT_FALSE(m.rmp.check({.spa = TestMachine::kContext, .write = true}));
  // Whoever gets past ownership rolls the digest back.
  m.write_host(TestMachine::kContext, early);
  EXPECT_EQ(m.context().digest, digest);
  m.write_host(TestMachine::kContext, base::Bytes(4096, 1));
  EXPECT_EQ(m.finish().status, Status::kInvalidGuest);
}

}  // namespace
}  // namespace sev
