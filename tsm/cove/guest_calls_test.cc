// Each COVG call against the errors that the specification lists for it, in its order; and what it does.
#include <gtest/gtest.h>

#include "tsm/abi/cove_guest.h"
#include "tsm/cove/test_machine.h"

namespace cove {
namespace {

using M = TestMachine;
using E = SbiError;
using coveproto::Covg;

constexpr std::uint64_t kOperands = 0x8000, kOutside = 2 << 20;

struct Row {
  const char* what;
  Ecall in;
  E error;
};

struct Stage {
  Stage() {
    EXPECT_EQ(m.start(), "");
    platform = std::make_unique<TestPlatform>(m);
  }
  SbiRet call(Covg function, Ecall in) {
    in.a6 = static_cast<std::uint64_t>(function);
    in.a7 = coveproto::kCovg;
    return platform->ecall(in);
  }
  void check(Covg function, std::initializer_list<Row> rows) {
    for (const Row& row : rows)
      EXPECT_EQ(coveproto::name_of(call(function, row.in).error), coveproto::name_of(row.error))
          << coveproto::name_of(function) << ": " << row.what;
  }
  M m;
  std::unique_ptr<TestPlatform> platform;
};

TEST(GuestCalls, MmioRegions) {
  Stage s;
  s.check(Covg::kAddMmioRegion, {{"misaligned", {.a0 = kOutside + 1, .a1 = kPage}, E::kInvalidAddress},
                                 {"empty", {.a0 = kOutside, .a1 = 0}, E::kInvalidAddress},
                                 {"over memory", {.a0 = 0x9000, .a1 = kPage}, E::kInvalidAddress},
                                 {"as it should be", {.a0 = kOutside, .a1 = 2 * kPage}, E::kSuccess},
                                 {"twice", {.a0 = kOutside, .a1 = kPage}, E::kInvalidAddress}});
  EXPECT_EQ(s.m.tsm.fault(1, kOutside, false, false).seen, Fault::Seen::kExit) << "for the host to emulate";
  EXPECT_TRUE(s.m.call(Covh::kRunTvmVcpu, {.a0 = s.m.tvm().id}).ok());
  s.check(Covg::kRemoveMmioRegion, {{"misaligned", {.a0 = kOutside + 1, .a1 = kPage}, E::kInvalidAddress},
                                    {"every region that it touches", {.a0 = kOutside, .a1 = kPage}, E::kSuccess}});
  EXPECT_EQ(s.m.tsm.fault(1, kOutside + kPage, false, false).seen, Fault::Seen::kAccessFault);
}

TEST(GuestCalls, ShareAndUnshare) {
  Stage s;
  s.check(Covg::kShareMemoryRegion, {{"misaligned", {.a0 = 0x9001, .a1 = kPage}, E::kInvalidAddress},
                                     {"misaligned and empty", {.a0 = 0x9001, .a1 = 0}, E::kInvalidAddress},
                                     {"empty", {.a0 = 0x9000, .a1 = 0}, E::kInvalidParam},
                                     {"a length of no pages", {.a0 = 0x9000, .a1 = 100}, E::kInvalidParam},
                                     {"not all of it confidential", {.a0 = 0xFF000, .a1 = 2 * kPage}, E::kInvalidParam},
                                     {"as it should be", {.a0 = 0x9000, .a1 = 2 * kPage}, E::kSuccess},
                                     {"what is shared", {.a0 = 0x9000, .a1 = kPage}, E::kInvalidParam}});
  s.check(Covg::kUnshareMemoryRegion, {{"misaligned", {.a0 = 0x9001, .a1 = kPage}, E::kInvalidAddress},
                                       {"empty", {.a0 = 0x9000, .a1 = 0}, E::kInvalidParam},
                                       {"what is confidential", {.a0 = 0xB000, .a1 = kPage}, E::kInvalidParam},
                                       {"a part of it", {.a0 = 0x9000, .a1 = kPage}, E::kSuccess},
                                       {"the rest", {.a0 = 0xA000, .a1 = kPage}, E::kSuccess}});
  EXPECT_TRUE(s.m.tvm().regions.all(0, M::kVmBytes, Region::kConfidential));
}

TEST(GuestCalls, ExternalInterrupts) {
  Stage s;
  for (const auto function : {Covg::kAllowExternalInterrupt, Covg::kDenyExternalInterrupt})
    s.check(function, {{"none", {.a0 = 0}, E::kInvalidParam},
                       {"beyond an interrupt file", {.a0 = 2048}, E::kInvalidParam},
                       {"one", {.a0 = 9}, E::kSuccess},
                       {"all", {.a0 = ~0ull}, E::kSuccess}});
  EXPECT_FALSE(s.m.tsm.vcpu_on(1)->allows_external());
}

TEST(GuestCalls, GetAttcaps) {
  Stage s;
  s.check(Covg::kGetAttcaps, {{"misaligned", {.a0 = kOperands + 8, .a1 = kPage}, E::kInvalidAddress},
                              {"misaligned and short", {.a0 = kOperands + 8, .a1 = 8}, E::kInvalidAddress},
                              {"short", {.a0 = kOperands, .a1 = 100}, E::kInvalidParam},
                              {"no confidential memory", {.a0 = kOutside, .a1 = kPage}, E::kInvalidParam},
                              {"as it should be", {.a0 = kOperands, .a1 = kPage}, E::kSuccess}});
  const auto found = wire::decode<coveproto::AttestationCapabilities>(s.platform->read(kOperands, 336));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, coveproto::capabilities(1));
}

TEST(GuestCalls, Measurements) {
  Stage s;
  s.platform->write(kOperands, base::Bytes(48, 3));
  s.check(Covg::kExtendMeasurement, {{"misaligned", {.a0 = kOperands + 8, .a1 = 48, .a2 = 6}, E::kInvalidAddress},
                                     {"outside of confidential memory", {.a0 = kOutside, .a1 = 48, .a2 = 6}, E::kInvalidAddress},
                                     {"no digest", {.a0 = kOperands, .a1 = 32, .a2 = 6}, E::kInvalidParam},
                                     {"an initial register", {.a0 = kOperands, .a1 = 48, .a2 = 4}, E::kInvalidParam},
                                     {"none", {.a0 = kOperands, .a1 = 48, .a2 = 10}, E::kInvalidParam},
                                     {"as it should be", {.a0 = kOperands, .a1 = 48, .a2 = 9}, E::kSuccess}});
  s.check(Covg::kReadMeasurement, {{"misaligned", {.a0 = kOperands + 8, .a1 = 48, .a2 = 6}, E::kInvalidAddress},
                                   {"short", {.a0 = kOperands, .a1 = 47, .a2 = 6}, E::kInvalidParam},
                                   {"none", {.a0 = kOperands, .a1 = 48, .a2 = 10}, E::kInvalidParam},
                                   {"an initial register", {.a0 = kOperands, .a1 = 48, .a2 = 4}, E::kSuccess},
                                   {"as it should be", {.a0 = kOperands, .a1 = 48, .a2 = 9}, E::kSuccess}});
  EXPECT_EQ(s.platform->read(kOperands, 48), base::bytes_of(coveproto::extended({}, base::Bytes(48, 3))));
}

TEST(GuestCalls, GetEvidence) {
  Stage s;
  const std::uint64_t key = kOperands, challenge = kOperands + kPage, out = challenge;
  s.platform->write(key, base::Bytes(100, 1));
  s.platform->write(challenge, base::Bytes(64, 2));
  s.check(Covg::kGetEvidence, {{"key misaligned", {key + 1, 100, challenge, 1, out, kPage}, E::kInvalidAddress},
                               {"challenge misaligned", {key, 100, challenge + 8, 1, out, kPage}, E::kInvalidAddress},
                               {"output misaligned, and no format", {key, 100, challenge, 0, out + 8, kPage}, E::kInvalidAddress},
                               {"no key", {key, 0, challenge, 1, out, kPage}, E::kInvalidParam},
                               {"both forms at once", {key, 100, challenge, 3, out, kPage}, E::kInvalidParam},
                               {"challenge not confidential", {key, 100, kOutside, 1, out, kPage}, E::kInvalidParam},
                               {"no room", {key, 100, challenge, 1, out, 100}, E::kInvalidParam}});
  s.check(Covg::kGetEvidence, {{"X.509", {key, 100, challenge, 2, out, kPage}, E::kSuccess}});
  s.platform->write(challenge, base::Bytes(64, 2));
  const SbiRet ret = s.call(Covg::kGetEvidence, {key, 100, challenge, 1, out, kPage});
  EXPECT_EQ(ret, (SbiRet{E::kSuccess, 164}));
  EXPECT_EQ(s.platform->read(out, 65)[64], 1) << "the test's evidence: challenge and key";
}

TEST(GuestCalls, RetrieveSecretAndUnknown) {
  Stage s;
  s.check(Covg::kRetrieveSecret, {{"misaligned", {.a0 = kOperands + 1, .a1 = 0}, E::kInvalidAddress},
                                  {"more than a page", {.a0 = kOperands, .a1 = kPage + 1}, E::kInvalidParam},
                                  {"no local attestation", {.a0 = kOperands, .a1 = kPage}, E::kAuth}});
  s.check(static_cast<Covg>(11), {{"none such", {}, E::kNotSupported}});
  s.check(static_cast<Covg>(coveproto::kCoveIoLast), {{"none of CoVE-IO's", {}, E::kNotSupported}});
}

TEST(GuestCalls, ThatWereCarriedOutExitAndThoseRefusedDoNot) {
  Stage s;
  (void)s.call(Covg::kShareMemoryRegion, {.a0 = 0x9001, .a1 = kPage});
  EXPECT_TRUE(s.platform->exits.empty());
  (void)s.call(Covg::kAllowExternalInterrupt, {.a0 = 9});
  EXPECT_EQ(s.platform->exits, std::vector<std::string>{"sbi_covg_allow_external_interrupt"});
}

// No register but what the exit is about.
TEST(GuestCalls, AFaultShowsItsAddressAndNothingElse) {
  Stage s;
  cpu::Exit seen;
  s.platform->at_exit = [&](cpu::Exit& exit) { seen = exit; };
  (void)s.platform->read(M::kHeap + 8, 1);
  EXPECT_EQ(seen.code, static_cast<std::uint64_t>(coveproto::Cause::kGuestLoadPageFault));
  EXPECT_EQ(coveproto::fault_address(seen.info1, seen.info2), M::kHeap + 8);
  EXPECT_EQ(seen.rax | seen.rbx | seen.rcx | seen.rdx, 0u);
}

}  // namespace
}  // namespace cove
