// The guest's side of Arm CCA, over an RMM and a host that do their jobs, or do not.
#include "tsm/abi/cca_guest.h"

#include <gtest/gtest.h>

#include "tsm/abi/cca_guest_rules.h"
#include "tsm/cca/test_machine.h"

namespace tsm_abi {
namespace {

using cca::RealmStops;
using M = cca::TestMachine;

struct Guest {
  M m;
  cca::TestPlatform platform{m};
  trust::Defences defences;
  CcaGuest guest{platform, M::kBuffer, defences};
  Guest() {
    EXPECT_EQ(m.start(), "");
    guest.note_accepted(M::kFirmware, 2 * M::kPage);
    EXPECT_TRUE(guest.boot());
  }
  Answer<Done> accept(std::uint64_t gpa) {
    m.vm.space.set(gpa, M::kPage, M::kPrivate);
    return guest.accept_page(gpa);
  }
  Answer<Done> share(std::uint64_t gpa) {
    m.vm.space.set(gpa, M::kPage, M::kShared);
    return guest.share_page(gpa);
  }
};

// A processor that answers whatever the test says.
struct Scripted final : CcaPlatform {
  base::Bytes read_private(std::uint64_t, std::size_t count) override { return base::Bytes(count); }
  void write_private(std::uint64_t, base::View) override {}
  base::Bytes read_shared(std::uint64_t, std::size_t count) override { return base::Bytes(count); }
  void write_shared(std::uint64_t, base::View) override {}
  ccaproto::Registers rsi(const ccaproto::Registers& in) override { return answer(in); }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count); }
  std::function<ccaproto::Registers(const ccaproto::Registers&)> answer;
};

bool is(const ccaproto::Registers& in, ccaproto::Rsi call) { return in.x0 == static_cast<std::uint64_t>(call); }

TEST(Boot, LearnsWhereTheTopBitIs) {
  Guest g;
  EXPECT_EQ(g.guest.unprotected_bit(), 1ull << 39);
  EXPECT_EQ(g.guest.config().algorithm, ccaproto::HashAlgorithm::kSha256);
}

TEST(Boot, RefusesAnInterfaceThatItDoesNotKnow) {
  Scripted platform;
  trust::Defences defences;
  CcaGuest guest(platform, 0x2000, defences);
  platform.answer = [](const auto&) { return ccaproto::Registers{.x0 = 1, .x1 = 2 << 16}; };
  EXPECT_EQ(guest.boot().refusal->by->id, "cca.boot.version");
  platform.answer = [](const auto& in) {
    return is(in, ccaproto::Rsi::kVersion) ? ccaproto::Registers{.x1 = ccaproto::kInterface10} : ccaproto::Registers{};
  };
  EXPECT_EQ(guest.boot().refusal->by->id, "cca.boot.ipa-width") << "an empty configuration";
  platform.answer = [](const auto&) { return ccaproto::Registers{.x0 = ~0ull}; };
  EXPECT_EQ(guest.boot().refusal->by->id, "cca.boot.version") << "no RMM at all";
}

TEST(Pages, AreTakenInAndGivenUpAgain) {
  Guest g;
  ASSERT_TRUE(g.accept(M::kHeap));
  EXPECT_EQ(g.platform.exits, std::vector<std::string>{"RIPAS_CHANGE"});
  g.platform.write_private(M::kHeap, base::Bytes(8, 0x11));
  EXPECT_EQ(g.platform.read_private(M::kHeap, 8), base::Bytes(8, 0x11));
  EXPECT_EQ(g.guest.accept_page(M::kHeap).refusal->by->id, "cca.accept.tracking");
  ASSERT_TRUE(g.share(M::kHeap));
  EXPECT_FALSE(g.m.machine.owned(g.m.vm, M::kHeap));
  g.platform.write_shared(M::kHeap, base::Bytes(8, 0x22));
  EXPECT_EQ(g.m.read(M::kNone, g.m.vm.nested.translate(M::kHeap)->spa, 8), base::Bytes(8, 0x22));
  ASSERT_TRUE(g.accept(M::kHeap));
  EXPECT_EQ(g.platform.read_private(M::kHeap, 8), base::Bytes(8)) << "a page of its own, not the one it shared";
}

TEST(Pages, AHostThatRejectsOrDoesNothingIsNoticed) {
  Guest rejects;
  rejects.platform.at_exit = [](cpu::Exit& exit) { exit.info2 = exit.info1; };  // the host hears of no range
  rejects.platform.at_answer = [](cpu::Exit& answer) { answer.info1 = ccaproto::kEnterRipasReject; };
  EXPECT_EQ(rejects.accept(M::kHeap).refusal->by->id, "cca.accept.response");
  EXPECT_FALSE(rejects.guest.accepted(M::kHeap));
  Guest idle;
  idle.platform.at_exit = [](cpu::Exit& exit) { exit.info2 = exit.info1; };
  EXPECT_EQ(idle.accept(M::kHeap).refusal->by->id, "cca.accept.progress");
  Guest late;
  late.platform.at_answer = [](cpu::Exit& answer) { answer.info1 = ccaproto::kEnterRipasReject; };
  EXPECT_TRUE(late.accept(M::kHeap)) << "what is done cannot be rejected any more";
}

TEST(Pages, WhatTheRmmSaysIsLookedAt) {
  Scripted platform;
  trust::Defences defences;
  CcaGuest guest(platform, 0x2000, defences);
  platform.answer = [](const auto& in) {
    return is(in, ccaproto::Rsi::kIpaStateSet) ? ccaproto::Registers{.x1 = in.x2} : ccaproto::Registers{.x1 = 0};
  };
  EXPECT_EQ(guest.accept_page(0x4000).refusal->by->id, "cca.accept.state");
  platform.answer = [](const auto& in) { return ccaproto::Registers{.x1 = in.x2 + 4096}; };
  EXPECT_EQ(guest.accept_page(0x4000).refusal->by->id, "cca.accept.progress");
}

TEST(Measurement, IsReadAndExtended) {
  Guest g;
  const auto rim = g.guest.measurement(0);
  ASSERT_TRUE(rim);
  EXPECT_EQ(*rim, g.m.machine.realm(g.m.vm)->rim.value());
  ASSERT_TRUE(g.guest.extend(2, base::Bytes(32, 0xAB)));
  EXPECT_EQ(*g.guest.measurement(2), ccaproto::extended(ccaproto::HashAlgorithm::kSha256, {}, base::Bytes(32, 0xAB)));
  EXPECT_EQ(g.guest.extend(0, base::Bytes(32)).code, 1u);
  EXPECT_EQ(g.guest.extend(5, base::Bytes(32)).code, 1u);
  EXPECT_EQ(g.guest.extend(1, base::Bytes(65)).problem, Problem::kMalformed);
  EXPECT_EQ(g.guest.measurement(5).code, 1u);
}

TEST(Token, ComesInPartsAndIsWhole) {
  Guest g;
  base::Block<64> challenge;
  challenge.fill(0x5A);
  const auto token = g.guest.token(challenge);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->size(), 5000u);
  EXPECT_EQ((*token)[63], 0x5A);
  EXPECT_EQ((*token)[4999], 0x7C);
  EXPECT_EQ(g.m.tokens.made.at(0).challenge, challenge);
  EXPECT_EQ(g.m.tokens.made.at(0).rim, g.m.machine.realm(g.m.vm)->rim.value());
}

TEST(Token, IsNoLongerThanTheRmmSaid) {
  Scripted platform;
  trust::Defences defences;
  CcaGuest guest(platform, 0x2000, defences);
  platform.answer = [](const auto& in) {
    return is(in, ccaproto::Rsi::kAttestTokenInit) ? ccaproto::Registers{.x1 = 4096} : ccaproto::Registers{.x1 = 5000};
  };
  EXPECT_EQ(guest.token({}).refusal->by->id, "cca.token.length");
  platform.answer = [](const auto& in) {
    return is(in, ccaproto::Rsi::kAttestTokenInit) ? ccaproto::Registers{.x1 = 4096} : ccaproto::Registers{.x0 = 3, .x1 = 0};
  };
  EXPECT_EQ(guest.token({}).problem, Problem::kBusy);
}

TEST(HostCall, ShowsTheHostWhatIsInItAndNothingElse) {
  Guest g;
  g.platform.at_exit = [](cpu::Exit& exit) {
    EXPECT_EQ(exit.info1, 0x11u);
    EXPECT_EQ(exit.rax, 0x22u);
  };
  g.platform.at_answer = [](cpu::Exit& answer) { answer.rax = 0x33; };
  ccaproto::HostCall asked{.imm = 0x11};
  asked.gprs[0] = 0x22, asked.gprs[30] = 0x44;
  const auto answer = g.guest.host_call(asked);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->imm, 0x11u);
  EXPECT_EQ(answer->gprs[0], 0x33u);
}

TEST(PowerOff, IsForEver) {
  Guest g;
  EXPECT_THROW(g.guest.power_off(), RealmStops);
  EXPECT_EQ(g.m.machine.realm(g.m.vm)->state, ccaproto::RealmState::kSystemOff);
}

TEST(Rows, AllHaveAnIdOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const auto* row : cca_guest_defences()) EXPECT_TRUE(ids.insert(row->id).second) << row->id;
}

}  // namespace
}  // namespace tsm_abi
