// Each COVH call against the errors that the specification lists for it, in its order: a row breaks what it names and, where two things
// are wrong, the error that stands first in the call's table is the one that comes back.
#include <gtest/gtest.h>

#include "tsm/cove/test_machine.h"

namespace cove {
namespace {

using M = TestMachine;
using E = SbiError;

constexpr std::uint64_t kFree = 1 << 20;               // memory of the host's that nothing is in
constexpr std::uint64_t kConfidential = 2 << 20;       // converted and fenced
constexpr std::uint64_t kConverting = 3 << 20;         // converted, and not fenced
constexpr std::uint64_t kBuffer = 4 << 20;
constexpr std::uint64_t kNoTvm = 77;

struct Row {
  const char* what;
  Ecall in;
  E error;
};

// A TVM of the machine's that runs, one that is being built, and pages of each kind.
struct Stage {
  Stage() {
    EXPECT_EQ(m.start(), "");
    m.confidential(kConfidential, 64);
    const coveproto::TvmCreateParams params{kConfidential, kConfidential + 4 * kPage};
    (void)m.memory.write(M::kNone, kBuffer, wire::encode(params));
    const auto made = m.call(Covh::kCreateTvm, {.a0 = kBuffer, .a1 = 16});
    EXPECT_TRUE(made.ok());
    building = made.ret.value;
    EXPECT_TRUE(m.call(Covh::kAddTvmMemoryRegion, {.a0 = building, .a1 = 0, .a2 = 1 << 20}).ok());
    EXPECT_TRUE(m.call(Covh::kAddTvmPageTablePages, {.a0 = building, .a1 = kConfidential + 6 * kPage, .a2 = 3}).ok());
    EXPECT_TRUE(m.call(Covh::kConvertPages, {.a0 = kConverting, .a1 = 8}).ok());
  }
  void check(Covh function, std::initializer_list<Row> rows) {
    for (const Row& row : rows) {
      const auto result = m.call(function, row.in);
      EXPECT_EQ(coveproto::name_of(result.ret.error), coveproto::name_of(row.error)) << coveproto::name_of(function) << ": " << row.what;
    }
  }
  std::uint64_t running() { return m.tvm().id; }
  M m;
  std::uint64_t building = 0;
};
constexpr std::uint64_t kSpare = kConfidential + 16 * kPage;  // unassigned

TEST(HostCalls, GetTsmInfo) {
  Stage s;
  s.check(Covh::kGetTsmInfo, {{"misaligned", {.a0 = kFree + 1, .a1 = 48}, E::kInvalidAddress},
                              {"beyond memory", {.a0 = M::kBytes, .a1 = 48}, E::kInvalidAddress},
                              {"confidential memory", {.a0 = kSpare, .a1 = 48}, E::kInvalidAddress},
                              {"misaligned and short", {.a0 = kFree + 1, .a1 = 1}, E::kInvalidAddress},
                              {"short", {.a0 = kFree, .a1 = 47}, E::kInvalidParam},
                              {"as it should be", {.a0 = kFree, .a1 = 48}, E::kSuccess}});
  const auto info = wire::decode<coveproto::TsmInfo>(s.m.read(M::kNone, kFree, 48));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->tsm_state, coveproto::TsmState::kReady);
  EXPECT_EQ(info->tsm_capabilities, 1u << 2 | 1u << 5) << "remote attestation and memory allocation, no AIA";
}

TEST(HostCalls, ConvertPages) {
  Stage s;
  s.check(Covh::kConvertPages, {{"misaligned", {.a0 = kFree + 8, .a1 = 1}, E::kInvalidAddress},
                                {"beyond memory", {.a0 = M::kBytes, .a1 = 1}, E::kInvalidAddress},
                                {"too many", {.a0 = kFree, .a1 = ~0ull}, E::kInvalidAddress},
                                {"converted already", {.a0 = kConverting, .a1 = 1}, E::kInvalidAddress},
                                {"a TVM's", {.a0 = s.m.spa(M::kFirmware), .a1 = 1}, E::kInvalidAddress},
                                {"misaligned and none", {.a0 = kFree + 8, .a1 = 0}, E::kInvalidAddress},
                                {"none", {.a0 = kFree, .a1 = 0}, E::kInvalidParam},
                                {"as it should be", {.a0 = kFree, .a1 = 2}, E::kSuccess}});
}

TEST(HostCalls, ReclaimPages) {
  Stage s;
  s.check(Covh::kReclaimPages, {{"misaligned", {.a0 = kSpare + 8, .a1 = 1}, E::kInvalidAddress},
                                {"not fenced", {.a0 = kConverting, .a1 = 1}, E::kInvalidAddress},
                                {"a TVM's", {.a0 = s.m.spa(M::kFirmware), .a1 = 1}, E::kInvalidAddress},
                                {"the host's", {.a0 = kFree, .a1 = 1}, E::kInvalidAddress},
                                {"a TVM's and none", {.a0 = s.m.spa(M::kFirmware) + 1, .a1 = 0}, E::kInvalidAddress},
                                {"none", {.a0 = kSpare, .a1 = 0}, E::kInvalidParam},
                                {"as it should be", {.a0 = kSpare, .a1 = 2}, E::kSuccess},
                                {"again", {.a0 = kSpare, .a1 = 1}, E::kInvalidAddress}});
  EXPECT_TRUE(s.m.tsm.check({.who = memory::Access::Who::kHost, .spa = kSpare}));
}

TEST(HostCalls, Fences) {
  Stage s;
  s.check(Covh::kLocalFence, {{"without a global one", {}, E::kSuccess}});
  s.check(Covh::kGlobalFence, {{"first", {}, E::kSuccess}, {"second", {}, E::kAlreadyStarted}});
  EXPECT_EQ(s.m.tsm.tracking().entry(kConverting).state, PageState::kConverting);
  for (const std::uint32_t hart : {0u, 2u, 3u}) {
    EXPECT_EQ(s.m.tsm.tracking().entry(kConverting).state, PageState::kConverting) << hart;
    EXPECT_TRUE(s.m.call(Covh::kLocalFence, {}, hart).ok());
  }
  EXPECT_EQ(s.m.tsm.tracking().entry(kConverting).state, PageState::kUnassigned);
  s.check(Covh::kGlobalFence, {{"after it is complete", {}, E::kSuccess}});
}

TEST(HostCalls, CreateTvm) {
  Stage s;
  const auto with = [&](std::uint64_t directory, std::uint64_t records) {
    (void)s.m.memory.write(M::kNone, kBuffer, wire::encode(coveproto::TvmCreateParams{directory, records}));
  };
  const Ecall good{.a0 = kBuffer, .a1 = 16};
  const std::uint64_t directory = kConfidential + 32 * kPage, records = kConfidential + 40 * kPage;
  with(directory, records);
  s.check(Covh::kCreateTvm, {{"misaligned", {.a0 = kBuffer + 4, .a1 = 16}, E::kInvalidAddress},
                             {"confidential parameters", {.a0 = kSpare, .a1 = 16}, E::kInvalidAddress},
                             {"misaligned and short", {.a0 = kBuffer + 4, .a1 = 8}, E::kInvalidAddress},
                             {"short", {.a0 = kBuffer, .a1 = 15}, E::kInvalidParam}});
  with(directory + kPage, records);
  s.check(Covh::kCreateTvm, {{"directory not aligned to 16 KiB", good, E::kInvalidAddress}});
  with(kConverting, records);
  s.check(Covh::kCreateTvm, {{"directory not fenced", good, E::kInvalidAddress}});
  with(kFree, records);
  s.check(Covh::kCreateTvm, {{"directory of the host's", good, E::kInvalidAddress}});
  with(kConfidential, records);
  s.check(Covh::kCreateTvm, {{"directory of another TVM", good, E::kInvalidAddress}});
  with(directory, directory);
  s.check(Covh::kCreateTvm, {{"records in the directory", good, E::kInvalidAddress}});
  with(directory, records);
  s.check(Covh::kCreateTvm, {{"as it should be", good, E::kSuccess}});
}

TEST(HostCalls, FinalizeTvm) {
  Stage s;
  s.check(Covh::kFinalizeTvm, {{"no TVM", {.a0 = kNoTvm}, E::kInvalidParam},
                               {"identity misaligned", {.a0 = s.building, .a3 = kFree + 8}, E::kInvalidParam},
                               {"identity in confidential memory", {.a0 = s.building, .a3 = kSpare}, E::kInvalidParam},
                               {"a TVM that runs", {.a0 = s.running()}, E::kInvalidParam},
                               {"as it should be", {.a0 = s.building, .a1 = 0x1000, .a2 = 5, .a3 = kFree}, E::kSuccess},
                               {"again", {.a0 = s.building}, E::kInvalidParam}});
  EXPECT_TRUE(s.m.tsm.tvm(s.building)->identity);
}

TEST(HostCalls, DestroyTvm) {
  Stage s;
  s.check(Covh::kDestroyTvm, {{"no TVM", {.a0 = kNoTvm}, E::kInvalidParam}, {"one that runs", {.a0 = s.running()}, E::kFailed}});
  s.m.tsm.trap(1);
  s.check(Covh::kDestroyTvm, {{"as it should be", {.a0 = s.running()}, E::kSuccess}});
}

TEST(HostCalls, AddTvmMemoryRegion) {
  Stage s;
  s.check(Covh::kAddTvmMemoryRegion,
          {{"misaligned", {.a0 = s.building, .a1 = 2 << 20 | 1, .a2 = kPage}, E::kInvalidAddress},
           {"beyond what a TVM has", {.a0 = s.building, .a1 = 1ull << 50, .a2 = kPage}, E::kInvalidAddress},
           {"over another", {.a0 = s.building, .a1 = 0xFF000, .a2 = 2 * kPage}, E::kInvalidAddress},
           {"misaligned, and no TVM", {.a0 = kNoTvm, .a1 = 1, .a2 = kPage}, E::kInvalidAddress},
           {"no TVM", {.a0 = kNoTvm, .a1 = 2 << 20, .a2 = kPage}, E::kInvalidParam},
           {"empty", {.a0 = s.building, .a1 = 2 << 20, .a2 = 0}, E::kInvalidParam},
           {"length misaligned", {.a0 = s.building, .a1 = 2 << 20, .a2 = 100}, E::kInvalidParam},
           {"for a TVM that runs", {.a0 = s.running(), .a1 = 2 << 20, .a2 = kPage}, E::kInvalidParam},
           {"as it should be", {.a0 = s.building, .a1 = 2 << 20, .a2 = kPage}, E::kSuccess}});
}

TEST(HostCalls, AddTvmPageTablePages) {
  Stage s;
  s.check(Covh::kAddTvmPageTablePages, {{"misaligned", {.a0 = s.building, .a1 = kSpare + 1, .a2 = 1}, E::kInvalidAddress},
                                        {"not fenced", {.a0 = s.building, .a1 = kConverting, .a2 = 1}, E::kInvalidAddress},
                                        {"assigned", {.a0 = s.building, .a1 = kConfidential, .a2 = 1}, E::kInvalidAddress},
                                        {"the host's, and no TVM", {.a0 = kNoTvm, .a1 = kFree, .a2 = 1}, E::kInvalidAddress},
                                        {"no TVM", {.a0 = kNoTvm, .a1 = kSpare, .a2 = 1}, E::kInvalidParam},
                                        {"none", {.a0 = s.building, .a1 = kSpare, .a2 = 0}, E::kInvalidParam},
                                        {"as it should be", {.a0 = s.building, .a1 = kSpare, .a2 = 1}, E::kSuccess},
                                        {"for a TVM that runs", {.a0 = s.running(), .a1 = kSpare + kPage, .a2 = 1}, E::kSuccess}});
}

TEST(HostCalls, AddTvmMeasuredPages) {
  Stage s;
  const std::uint64_t t = s.building;
  s.check(Covh::kAddTvmMeasuredPages,
          {{"source misaligned", {t, kFree + 1, kSpare, 0, 1, 0x1000}, E::kInvalidAddress},
           {"source confidential", {t, s.m.spa(M::kFirmware), kSpare, 0, 1, 0x1000}, E::kInvalidAddress},
           {"destination misaligned", {t, kFree, kSpare + 1, 0, 1, 0x1000}, E::kInvalidAddress},
           {"destination not fenced", {t, kFree, kConverting, 0, 1, 0x1000}, E::kInvalidAddress},
           {"destination of another", {t, kFree, s.m.spa(M::kFirmware), 0, 1, 0x1000}, E::kInvalidAddress},
           {"destination of the host's", {t, kFree, kFree + kPage, 0, 1, 0x1000}, E::kInvalidAddress},
           {"outside of the region", {t, kFree, kSpare, 0, 1, 1 << 20}, E::kInvalidAddress},
           {"address misaligned", {t, kFree, kSpare, 0, 1, 0x1001}, E::kInvalidAddress},
           {"source misaligned, and no TVM", {kNoTvm, kFree + 1, kSpare, 0, 1, 0x1000}, E::kInvalidAddress},
           {"no TVM", {kNoTvm, kFree, kSpare, 0, 1, 0x1000}, E::kInvalidParam},
           {"a large page", {t, kFree, kSpare, 1, 1, 0x1000}, E::kInvalidParam},
           {"a page type that is none", {t, kFree, kSpare, 4, 1, 0x1000}, E::kInvalidParam},
           {"none", {t, kFree, kSpare, 0, 0, 0x1000}, E::kInvalidParam},
           {"a TVM that runs", {s.running(), kFree, kSpare, 0, 1, 0x9000}, E::kInvalidParam},
           {"as it should be", {t, kFree, kSpare, 0, 1, 0x1000}, E::kSuccess},
           {"over what is there", {t, kFree, kSpare + kPage, 0, 1, 0x1000}, E::kInvalidAddress}});
}

TEST(HostCalls, AddTvmZeroPages) {
  Stage s;
  const std::uint64_t t = s.running();
  s.check(Covh::kAddTvmZeroPages,
          {{"misaligned", {.a0 = t, .a1 = kSpare + 1, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"not fenced", {.a0 = t, .a1 = kConverting, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"of another", {.a0 = t, .a1 = kConfidential, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"outside of the region", {.a0 = t, .a1 = kSpare, .a2 = 0, .a3 = 1, .a4 = 1 << 20}, E::kInvalidAddress},
           {"over what is there", {.a0 = t, .a1 = kSpare, .a2 = 0, .a3 = 1, .a4 = M::kFirmware}, E::kInvalidAddress},
           {"not fenced, and no TVM", {.a0 = kNoTvm, .a1 = kConverting, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"no TVM", {.a0 = kNoTvm, .a1 = kSpare, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidParam},
           {"a large page", {.a0 = t, .a1 = kSpare, .a2 = 2, .a3 = 1, .a4 = 0x9000}, E::kInvalidParam},
           {"none", {.a0 = t, .a1 = kSpare, .a2 = 0, .a3 = 0, .a4 = 0x9000}, E::kInvalidParam},
           {"a TVM that is being built", {.a0 = s.building, .a1 = kSpare, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidParam},
           {"as it should be", {.a0 = t, .a1 = kSpare, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kSuccess}});
}

TEST(HostCalls, AddTvmSharedPages) {
  Stage s;
  const std::uint64_t t = s.running();
  TestPlatform platform(s.m);
  ASSERT_EQ(platform.ecall({.a0 = 0x9000, .a1 = kPage, .a6 = 2, .a7 = coveproto::kCovg}).error, E::kSuccess);
  s.check(Covh::kAddTvmSharedPages,
          {{"misaligned", {.a0 = t, .a1 = kFree + 1, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"confidential memory", {.a0 = t, .a1 = kSpare, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"where the TVM asked for none", {.a0 = t, .a1 = kFree, .a2 = 0, .a3 = 1, .a4 = 0xA000}, E::kInvalidAddress},
           {"misaligned, and no TVM", {.a0 = kNoTvm, .a1 = kFree + 1, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress},
           {"no TVM", {.a0 = kNoTvm, .a1 = kFree, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidParam},
           {"a large page", {.a0 = t, .a1 = kFree, .a2 = 3, .a3 = 1, .a4 = 0x9000}, E::kInvalidParam},
           {"none", {.a0 = t, .a1 = kFree, .a2 = 0, .a3 = 0, .a4 = 0x9000}, E::kInvalidParam},
           {"as it should be", {.a0 = t, .a1 = kFree, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kSuccess},
           {"over what is there", {.a0 = t, .a1 = kFree + kPage, .a2 = 0, .a3 = 1, .a4 = 0x9000}, E::kInvalidAddress}});
}

TEST(HostCalls, CreateAndRunTvmVcpu) {
  Stage s;
  const std::uint64_t t = s.building;
  s.check(Covh::kCreateTvmVcpu, {{"misaligned", {.a0 = t, .a1 = 0, .a2 = kSpare + 1}, E::kInvalidAddress},
                                 {"not fenced", {.a0 = t, .a1 = 0, .a2 = kConverting}, E::kInvalidAddress},
                                 {"assigned", {.a0 = t, .a1 = 0, .a2 = kConfidential}, E::kInvalidAddress},
                                 {"the host's, and no TVM", {.a0 = kNoTvm, .a1 = 0, .a2 = kFree}, E::kInvalidAddress},
                                 {"no TVM", {.a0 = kNoTvm, .a1 = 0, .a2 = kSpare}, E::kInvalidParam},
                                 {"beyond the last", {.a0 = t, .a1 = kVcpusMax, .a2 = kSpare}, E::kInvalidParam},
                                 {"a TVM that runs", {.a0 = s.running(), .a1 = 1, .a2 = kSpare}, E::kInvalidParam},
                                 {"as it should be", {.a0 = t, .a1 = 0, .a2 = kSpare}, E::kSuccess},
                                 {"a second", {.a0 = t, .a1 = 1, .a2 = kSpare + 2 * kPage}, E::kSuccess},
                                 {"twice", {.a0 = t, .a1 = 0, .a2 = kSpare + 4 * kPage}, E::kInvalidParam}});
  const auto run = [&](std::uint64_t tvm, std::uint64_t vcpu, E error, const char* what) {
    EXPECT_EQ(s.m.call(Covh::kRunTvmVcpu, {.a0 = tvm, .a1 = vcpu}, 2).ret.error, error) << what;
  };
  run(kNoTvm, 0, E::kInvalidParam, "no TVM");
  run(t, 7, E::kInvalidParam, "no vCPU");
  run(t, 0, E::kInvalidParam, "not finalized");
  ASSERT_TRUE(s.m.call(Covh::kFinalizeTvm, {.a0 = t}).ok());
  run(t, 1, E::kFailed, "another than the boot vCPU");
  run(t, 0, E::kSuccess, "as it should be");
  run(t, 0, E::kFailed, "it runs already");
}

TEST(HostCalls, InvalidateValidateRemove) {
  Stage s;
  TestPlatform platform(s.m);
  platform.write(M::kHeap, base::Bytes(16, 5));
  const std::uint64_t t = s.running(), heap = M::kHeap;
  s.check(Covh::kTvmInvalidatePages, {{"no TVM", {.a0 = kNoTvm, .a1 = 1, .a2 = kPage}, E::kInvalidParam},
                                      {"empty", {.a0 = t, .a1 = heap, .a2 = 0}, E::kInvalidParam},
                                      {"empty and misaligned", {.a0 = t, .a1 = heap + 1, .a2 = 0}, E::kInvalidParam},
                                      {"misaligned", {.a0 = t, .a1 = heap + 1, .a2 = kPage}, E::kInvalidAddress},
                                      {"nothing there", {.a0 = t, .a1 = heap, .a2 = 2 * kPage}, E::kInvalidAddress},
                                      {"as it should be", {.a0 = t, .a1 = heap, .a2 = kPage}, E::kSuccess},
                                      {"again", {.a0 = t, .a1 = heap, .a2 = kPage}, E::kInvalidAddress}});
  s.check(Covh::kTvmValidatePages, {{"no TVM", {.a0 = kNoTvm, .a1 = 1, .a2 = kPage}, E::kInvalidParam},
                                    {"misaligned", {.a0 = t, .a1 = heap + 1, .a2 = kPage}, E::kInvalidAddress},
                                    {"not invalidated", {.a0 = t, .a1 = M::kFirmware, .a2 = kPage}, E::kInvalidAddress},
                                    {"as it should be", {.a0 = t, .a1 = heap, .a2 = kPage}, E::kSuccess}});
  s.check(Covh::kTvmRemovePages, {{"no TVM", {.a0 = kNoTvm, .a1 = 1, .a2 = kPage}, E::kInvalidParam},
                                  {"empty", {.a0 = t, .a1 = heap, .a2 = 0}, E::kInvalidParam},
                                  {"misaligned", {.a0 = t, .a1 = heap + 1, .a2 = kPage}, E::kInvalidAddress},
                                  {"not given up", {.a0 = t, .a1 = heap, .a2 = kPage}, E::kInvalidAddress}});
}

// A page that the TVM gives up: out in three steps, and none of them left out.
TEST(HostCalls, RemoveWantsInvalidationAndFence) {
  Stage s;
  TestPlatform platform(s.m);
  platform.write(M::kHeap, base::Bytes(16, 5));
  const std::uint64_t t = s.running();
  const Ecall page{.a0 = t, .a1 = M::kHeap, .a2 = kPage};
  ASSERT_TRUE(s.m.tsm.ecall(1, {.a0 = M::kHeap, .a1 = kPage, .a6 = 2, .a7 = coveproto::kCovg}).exit);
  s.check(Covh::kRunTvmVcpu, {{"while the page is there", {.a0 = t}, E::kFailed}});
  s.check(Covh::kTvmRemovePages, {{"not invalidated", page, E::kInvalidAddress}});
  s.check(Covh::kTvmInvalidatePages, {{"", page, E::kSuccess}});
  s.check(Covh::kTvmRemovePages, {{"not fenced", page, E::kInvalidAddress}});
  s.check(Covh::kTvmFence, {{"no TVM", {.a0 = kNoTvm}, E::kFailed}, {"", {.a0 = t}, E::kSuccess}});
  s.check(Covh::kTvmRemovePages, {{"", page, E::kSuccess}});
  s.check(Covh::kRunTvmVcpu, {{"once it is gone", {.a0 = t}, E::kSuccess}});
}

// The vCPU is inside: it keeps its translation until it traps.
TEST(HostCalls, TvmFenceEndsWhenTheVcpuTraps) {
  Stage s;
  TestPlatform platform(s.m);
  platform.write(M::kHeap, base::Bytes(16, 5));
  const std::uint64_t t = s.running();
  s.check(Covh::kTvmInvalidatePages, {{"", {.a0 = t, .a1 = M::kHeap, .a2 = kPage}, E::kSuccess}});
  s.check(Covh::kTvmFence, {{"first", {.a0 = t}, E::kSuccess}, {"while the vCPU has not trapped", {.a0 = t}, E::kAlreadyStarted}});
  EXPECT_TRUE(s.m.tsm.translate(1, M::kHeap, std::nullopt)) << "the stale translation";
  s.m.tsm.trap(1);
  s.check(Covh::kTvmFence, {{"after it has", {.a0 = t}, E::kSuccess}});
  s.check(Covh::kRunTvmVcpu, {{"", {.a0 = t}, E::kSuccess}});
  EXPECT_FALSE(s.m.tsm.translate(1, M::kHeap, std::nullopt));
}

TEST(HostCalls, WhatIsNotSupported) {
  Stage s;
  EXPECT_EQ(s.m.call(Covh::kPromoteToTvm).ret.error, E::kNotSupported);
  for (std::uint16_t fid = 0; fid <= 10; ++fid)
    EXPECT_EQ(s.m.tsm.host_call(0, {.a6 = coveproto::function_id(fid, kSdid), .a7 = coveproto::kCovi}).ret.error, E::kNotSupported);
  for (const std::uint16_t fid : {std::uint16_t{20}, std::uint16_t{1029}, std::uint16_t{1035}, coveproto::kCoveIoLast})
    EXPECT_EQ(s.m.call(static_cast<Covh>(fid)).ret.error, E::kNotSupported);
  EXPECT_EQ(s.m.tsm.host_call(0, {.a6 = coveproto::function_id(0, 2), .a7 = coveproto::kCovh}).ret.error, E::kNotSupported)
      << "another supervisor domain";
  EXPECT_EQ(s.m.tsm.host_call(0, {.a7 = coveproto::kSupd}).ret.value, 3u) << "the host's domain and the TSM's";
}

}  // namespace
}  // namespace cove
