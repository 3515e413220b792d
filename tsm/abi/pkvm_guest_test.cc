#include "tsm/abi/pkvm_guest.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"
#include "tsm/pkvm/pvmfw/situation.h"
#include "tsm/pkvm/test_machine.h"

namespace tsm_abi {
namespace {

using pkvm::GuestStops;
using pkvm::TestMachine;
using pkvm::TestPlatform;
using pkvmproto::GuestCall;

struct Guest {
  explicit Guest(const std::vector<std::string>& lifted = {})
      : machine(lifted), platform(machine), guest(platform, *machine.defences) {
    EXPECT_EQ(machine.start(), "");
  }
  bool host_reaches(std::uint64_t ipa) {
    return static_cast<bool>(
        machine.machine->table().check({.who = memory::Access::Who::kHost, .spa = machine.phys(ipa)}));
  }
  TestMachine machine;
  TestPlatform platform;
  PkvmGuest guest;
};

TEST(PkvmGuest, BootsOnPkvm) {
  Guest g;
  EXPECT_TRUE(g.guest.boot());
}

TEST(PkvmGuest, BootsOnNothingElse) {
  const std::pair<GuestCall, std::string_view> kLies[] = {{GuestCall::kVendorUid, "pkvm.boot.uid"},
                                                          {GuestCall::kFeatures, "pkvm.boot.features"},
                                                          {GuestCall::kHypMeminfo, "pkvm.boot.granule"}};
  for (const auto& [call, row] : kLies) {
    Guest g;
    g.platform.at_result = [&](const pkvmproto::Registers& in, pkvm::HvcResult& result) {
      if (in.x0 == static_cast<std::uint64_t>(call))
        result.out = {.x0 = static_cast<std::uint64_t>(pkvmproto::kSmcccNotSupported)};
      if (call == GuestCall::kFeatures && in.x0 == static_cast<std::uint64_t>(call))
        result.out = {.x0 = pkvmproto::kFeatureFeatures};
    };
    const auto up = g.guest.boot();
    ASSERT_FALSE(up) << row;
    EXPECT_EQ(up.refusal->by->id, row);
  }
}

TEST(PkvmGuest, MemoryComesWithItsFirstUse) {
  Guest g;
  EXPECT_EQ(g.platform.read(TestMachine::kKernel, 4), base::Bytes(4, 7)) << "what the host loaded";
  g.platform.write(TestMachine::kHeap, base::Bytes(4, 9));
  EXPECT_EQ(g.platform.read(TestMachine::kHeap, 4), base::Bytes(4, 9));
  EXPECT_EQ(g.platform.exits, (std::vector<std::string>{"DATA_ABORT", "DATA_ABORT"}));
  EXPECT_FALSE(g.host_reaches(TestMachine::kHeap));
}

TEST(PkvmGuest, SharesAPageEmptyAndTakesItBack) {
  Guest g;
  g.platform.write(TestMachine::kHeap, base::Bytes(4096, 9));
  ASSERT_TRUE(g.guest.share_page(TestMachine::kHeap + 8));
  EXPECT_TRUE(g.guest.shared(TestMachine::kHeap));
  EXPECT_TRUE(g.host_reaches(TestMachine::kHeap));
  EXPECT_EQ(g.platform.read(TestMachine::kHeap, 4), base::Bytes(4)) << "what was private is not what is shared";
  ASSERT_TRUE(g.guest.share_page(TestMachine::kHeap)) << "once more is nothing";
  ASSERT_TRUE(g.guest.unshare_page(TestMachine::kHeap));
  EXPECT_FALSE(g.host_reaches(TestMachine::kHeap));
  ASSERT_TRUE(g.guest.unshare_page(TestMachine::kHeap));
}

TEST(PkvmGuest, SharesAPageThatWasNotThere) {
  Guest g;
  ASSERT_TRUE(g.guest.share_page(TestMachine::kHeap));
  EXPECT_TRUE(g.host_reaches(TestMachine::kHeap));
}

TEST(PkvmGuest, PutsNothingPrivateIntoAPageThatIsStillShared) {
  Guest g;
  ASSERT_TRUE(g.guest.share_page(TestMachine::kHeap));
  g.platform.at_result = [](const pkvmproto::Registers& in, pkvm::HvcResult& result) {
    if (in.x0 == static_cast<std::uint64_t>(GuestCall::kMemUnshare))
      result.out.x0 = static_cast<std::uint64_t>(pkvmproto::kSmcccInvalidParameter);
  };
  const auto back = g.guest.unshare_page(TestMachine::kHeap);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.refusal->by->id, "pkvm.unshare.ended");
  EXPECT_TRUE(g.guest.shared(TestMachine::kHeap));
}

TEST(PkvmGuest, LeavesADevicesPageToTheHostAndNoMemory) {
  Guest g;
  EXPECT_TRUE(g.guest.leave_to_host(0xA'0000));
  g.platform.write(TestMachine::kHeap, base::Bytes(1, 1));
  EXPECT_FALSE(g.guest.leave_to_host(TestMachine::kHeap));
  EXPECT_THROW((void)g.platform.read(0xA'0000, 4), GuestStops) << "this host emulates nothing there";
  EXPECT_EQ(g.platform.exits.back(), "MMIO");
}

TEST(PkvmGuest, StopsWhereTheHostTookAPageByForce) {
  Guest g;
  g.platform.write(TestMachine::kHeap, base::Bytes(4, 9));
  EXPECT_EQ(g.machine.machine->take_by_force(g.machine.vm, TestMachine::kHeap), "");
  EXPECT_THROW((void)g.platform.read(TestMachine::kHeap, 4), GuestStops);
}

// ---- keys and evidence ----------------------------------------------------------------------------------------------

TEST(PkvmGuest, AttestsWithTheKeyThatFirmwareHandedOver) {
  Guest g;
  pkvm::Situation s;
  EXPECT_FALSE(g.guest.attest(s.library, {})) << "nothing handed over";
  EXPECT_FALSE(g.guest.take_handover(base::Bytes(10)));
  auto started = s.start(*g.machine.defences);
  ASSERT_TRUE(started);
  ASSERT_TRUE(g.guest.take_handover(pkvmproto::encode_handover(started->handover)));
  base::Block<64> challenge{};
  challenge[3] = 9;
  const auto evidence = g.guest.attest(s.library, challenge);
  ASSERT_TRUE(evidence);
  const auto message = cose::decode_sign1(*evidence);
  const auto chain = pkvmproto::decode_chain(g.guest.chain());
  ASSERT_TRUE(message && chain);
  EXPECT_TRUE(cose::verify(*message, chain->entries.back().subject_point));
  EXPECT_EQ(*cbor::find(*cbor::decode(message->payload), kPkvmEvidenceChallenge), cbor::Value(challenge));
  const auto altered = g.guest.attest(s.library, challenge, [](std::string_view what, cbor::Value& payload) {
    EXPECT_EQ(what, "evidence");
    EXPECT_TRUE(cbor::edit(payload, "10", base::Bytes(64)));
  });
  EXPECT_EQ(*cbor::find(*cbor::decode(cose::decode_sign1(*altered)->payload), 10), cbor::Value(base::Bytes(64)));
}

TEST(PkvmGuest, MakesALayerOfItsConfiguration) {
  Guest g;
  pkvm::Situation s;
  EXPECT_FALSE(g.guest.measure_configuration(s.library, base::Bytes{1})) << "nothing handed over";
  auto started = s.start(*g.machine.defences);
  ASSERT_TRUE(g.guest.take_handover(pkvmproto::encode_handover(started->handover)));
  ASSERT_TRUE(g.guest.measure_configuration(s.library, base::Bytes{1}));
  const auto chain = pkvmproto::decode_chain(g.guest.chain());
  ASSERT_TRUE(chain && chain->entries.size() == 4);
  const auto& last = chain->entries[3];
  EXPECT_TRUE(cose::verify(last.message, chain->entries[2].subject_point));
  EXPECT_EQ(last.config.component_name, kPkvmConfiguration);
  EXPECT_EQ(last.code_hash, crypto::sha512(base::Bytes{1}));
  EXPECT_EQ(last.mode, pkvmproto::DiceMode::kNormal);
  EXPECT_TRUE(cose::verify(*cose::decode_sign1(*g.guest.attest(s.library, {})), last.subject_point));
}

TEST(PkvmGuest, SealsForItsAuthorityAndForEachPurpose) {
  Guest g;
  pkvm::Situation s;
  EXPECT_FALSE(g.guest.sealing_key(0));
  const auto key = [&](std::uint64_t select) {
    auto started = s.start(*g.machine.defences);
    EXPECT_TRUE(g.guest.take_handover(pkvmproto::encode_handover(started->handover)));
    return *g.guest.sealing_key(select);
  };
  const auto before = key(1);
  EXPECT_NE(key(2), before);
  s.kernel[0] ^= 1, s.describe();
  EXPECT_EQ(key(1), before) << "an update of the owner's";
  s.ramdisk = s.debug_ramdisk;
  EXPECT_NE(key(1), before) << "a debuggable guest";
}

}  // namespace
}  // namespace tsm_abi
