// VMs and vCPUs from reservation to the end: what each step can be refused for, in the source's order.
#include <gtest/gtest.h>

#include "tsm/pkvm/test_machine.h"

namespace pkvm {
namespace {

using C = HostCall;
constexpr std::int64_t kPerm = -1, kNoEnt = -2, kNoMem = -12, kBusy = -16, kInval = -22;

TEST(Boot, IsFinalisedOnce) {
  Bare b;
  EXPECT_EQ(b.call(0, C::kProtFinalize), 0);
  EXPECT_EQ(b.call(0, C::kProtFinalize), kPerm);
}

TEST(Boot, KeepsFirmwareFromTheHost) {
  Bare b;
  EXPECT_FALSE(b.host_reaches(Bare::kCarveout));
  EXPECT_FALSE(b.host_reaches(Bare::kCarveout + kPvmfwPages * kPage - 1));
  EXPECT_TRUE(b.host_reaches(Bare::kCarveout + kPvmfwPages * kPage));
  EXPECT_EQ(b.read(Bare::kCarveout), base::Bytes(kPage, 0xF1));
}

TEST(HostCalls, WhatDoesNotExistIsNotSupported) {
  Bare b;
  for (const std::uint64_t id : {static_cast<std::uint64_t>(C::kCount), std::uint64_t{0x1234'5678}}) {
    const auto result = b.el2->host_call(0, {.x0 = id, .x1 = 7});
    EXPECT_EQ(static_cast<std::int64_t>(result.out.x0), pkvmproto::kSmcccNotSupported);
    EXPECT_EQ(result.error(), Errno::kOpNotSupp);
  }
}

TEST(ReserveVm, GivesHandlesUntilThereAreNoMore) {
  Bare b;  // has two
  for (std::uint64_t i = 2; i < kVmsMax; ++i)
    EXPECT_EQ(b.call(0, C::kReserveVm), static_cast<std::int64_t>(kHandleOffset + i));
  EXPECT_EQ(b.call(0, C::kReserveVm), kNoMem);
  b.must(b.call(0, C::kUnreserveVm, {.x1 = kHandleOffset + 7}));
  b.must(b.call(0, C::kUnreserveVm, {.x1 = b.first}));
  EXPECT_TRUE(b.el2->vm(b.first)) << "a VM that is there stays";
  EXPECT_EQ(b.call(0, C::kReserveVm), static_cast<std::int64_t>(kHandleOffset + 7));
}

struct InitVm {
  Bare b;
  std::uint64_t handle = static_cast<std::uint64_t>(b.call(0, C::kReserveVm));
  pkvmproto::HostKvm kvm{.handle = handle};
  std::uint64_t vm = b.fresh(), pgd = b.fresh();
  std::int64_t call() { return b.call(0, C::kInitVm, {.x1 = b.shared(wire::encode(kvm)), .x2 = vm, .x3 = pgd}); }
};

TEST(InitVm, TakesTwoPagesAndPinsTheHostsOwn) {
  InitVm t;
  EXPECT_EQ(t.call(), 0);
  EXPECT_FALSE(t.b.host_reaches(t.vm));
  EXPECT_FALSE(t.b.host_reaches(t.pgd));
  EXPECT_TRUE(t.b.el2->vm(t.handle)->is_protected);
}

TEST(InitVm, RefusesInTheOrderOfTheSource) {
  {
    InitVm t;
    EXPECT_EQ(t.b.call(0, C::kInitVm, {.x1 = t.b.fresh(), .x2 = Bare::kBytes, .x3 = Bare::kBytes}), kPerm)
        << "not shared with the hypervisor";
  }
  InitVm t;
  t.kvm.created_vcpus = 0, t.kvm.handle = 1, t.vm = Bare::kBytes;
  EXPECT_EQ(t.call(), kInval);
  EXPECT_EQ(t.b.refusal->by->id, "pkvm.vm.vcpus");
  t.kvm.created_vcpus = 1;
  EXPECT_EQ(t.call(), kInval);
  EXPECT_EQ(t.b.refusal->by->id, "pkvm.vm.handle");
  t.kvm.handle = kHandleOffset + 99;
  EXPECT_EQ(t.call(), kNoMem);
  EXPECT_EQ(t.b.refusal->by->id, "pkvm.vm.donated");
  t.vm = t.b.fresh(), t.pgd = Bare::kCarveout;
  EXPECT_EQ(t.call(), kNoMem);
  EXPECT_EQ(t.b.refusal->by->id, "pkvm.vm.pgd-donated");
  EXPECT_TRUE(t.b.host_reaches(t.vm)) << "what was taken in vain is given back";
  t.pgd = t.b.fresh();
  EXPECT_EQ(t.call(), kInval);
  EXPECT_EQ(t.b.refusal->by->id, "pkvm.vm.reserved");
  EXPECT_TRUE(t.b.host_reaches(t.vm) && t.b.host_reaches(t.pgd));
  t.kvm.handle = t.handle;
  EXPECT_EQ(t.call(), 0);
  t.vm = t.b.fresh(), t.pgd = t.b.fresh();
  EXPECT_EQ(t.call(), kInval) << "twice";
}

TEST(InitVcpu, RefusesInTheOrderOfTheSource) {
  InitVm t;
  ASSERT_EQ(t.call(), 0);
  Bare& b = t.b;
  const auto init = [&](std::uint64_t handle, std::uint64_t host, std::uint64_t page) {
    return b.call(0, C::kInitVcpu, {.x1 = handle, .x2 = host, .x3 = page});
  };
  const std::uint64_t page = b.fresh(), host = b.shared(wire::encode(pkvmproto::HostVcpu{})),
                      second = b.shared(wire::encode(pkvmproto::HostVcpu{.index = 1}));
  EXPECT_EQ(init(5, b.fresh(), Bare::kCarveout), kNoMem);
  EXPECT_EQ(init(5, b.fresh(), page), kNoEnt);
  EXPECT_EQ(init(t.handle, b.fresh(), page), kBusy);
  EXPECT_EQ(init(t.handle, second, page), kInval) << "one was announced";
  EXPECT_TRUE(b.host_reaches(page)) << "what was taken in vain is given back";
  EXPECT_EQ(init(t.handle, host, page), 0);
  EXPECT_FALSE(b.host_reaches(page));
  EXPECT_EQ(init(t.handle, host, b.fresh()), kInval) << "twice";
}

TEST(VcpuLoad, SaysNothingWhenItIsRefusedAndTheRunDoes) {
  Bare b;
  EXPECT_EQ(b.call(1, C::kVcpuRun, {.x1 = b.host_vcpu[1]}), 0);
  EXPECT_EQ(b.call(1, C::kVcpuRun, {.x1 = b.host_vcpu[2]}), kInval) << "another vCPU than the one loaded";
  EXPECT_EQ(b.call(3, C::kVcpuLoad, {.x1 = b.first}), 0);
  EXPECT_FALSE(b.el2->vcpu_on(3)) << "it is loaded elsewhere";
  EXPECT_EQ(b.call(3, C::kVcpuRun, {.x1 = b.host_vcpu[1]}), kInval);
  b.must(b.call(1, C::kVcpuPut)), b.must(b.call(3, C::kVcpuLoad, {.x1 = b.first, .x2 = 1}));
  EXPECT_FALSE(b.el2->vcpu_on(3)) << "there is no second one";
  b.must(b.call(3, C::kVcpuLoad, {.x1 = b.first}));
  EXPECT_TRUE(b.el2->vcpu_on(3));
  EXPECT_EQ(b.call(1, C::kVcpuPut), 0) << "once more, and nothing happens";
}

TEST(Teardown, GoesThroughItsStagesAndNoOtherWay) {
  Bare b;
  const std::uint64_t page = b.fresh(), left = b.fresh();
  b.must(b.donate(page, Bare::kIpa)), b.must(b.donate(left, Bare::kIpa + kPage));
  const std::uint64_t vm_page = b.el2->vm(b.first)->at, vcpu_page = b.el2->vm(b.first)->vcpus.at(0).at;
  const auto start = [&](std::uint64_t handle) { return b.call(1, C::kStartTeardownVm, {.x1 = handle}); };
  const auto finish = [&](std::uint64_t handle) { return b.call(1, C::kFinalizeTeardownVm, {.x1 = handle}); };
  EXPECT_EQ(start(5), kInval);
  EXPECT_EQ(start(b.first), kInval) << "a vCPU is loaded";
  EXPECT_EQ(finish(b.first), kInval);
  b.must(b.call(1, C::kVcpuPut));
  EXPECT_EQ(finish(b.first), kInval) << "it lives";
  EXPECT_EQ(start(b.first), 0);
  EXPECT_EQ(start(b.first), kInval) << "twice";
  b.must(b.call(1, C::kVcpuLoad, {.x1 = b.first}));
  EXPECT_FALSE(b.el2->vcpu_on(1)) << "what ends never runs";
  b.must(b.call(1, C::kReclaimDyingGuestPage, {.x1 = b.first, .x2 = Bare::kIpa / kPage}));
  EXPECT_EQ(finish(b.first), 0);
  EXPECT_FALSE(b.el2->vm(b.first));
  EXPECT_EQ(finish(b.first), kInval);
  for (const std::uint64_t back : {page, vm_page, vcpu_page}) EXPECT_TRUE(b.host_reaches(back));
  EXPECT_EQ(b.read(vcpu_page), base::Bytes(kPage)) << "state is cleared";
  EXPECT_EQ(b.call(1, C::kUnshareHyp, {.x1 = b.host_kvm[1] / kPage}), 0) << "and no longer pinned";
  EXPECT_FALSE(b.host_reaches(left)) << "what nobody took back in time is nobody's";
  EXPECT_EQ(b.call(1, C::kForceReclaimGuestPage, {.x1 = left}), -11);
}

}  // namespace
}  // namespace pkvm
