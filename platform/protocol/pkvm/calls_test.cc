#include <gtest/gtest.h>

#include <set>

#include "platform/protocol/pkvm/guest_calls.h"
#include "platform/protocol/pkvm/host_calls.h"
#include "platform/protocol/pkvm/host_structs.h"
#include "platform/protocol/pkvm/page_state.h"
#include "platform/protocol/pkvm/registers.h"
#include "platform/protocol/pkvm/status.h"

namespace pkvmproto {
namespace {

TEST(HostCalls, EachHasANameOfItsOwnThatLeadsBack) {
  std::set<std::string_view> names;
  ASSERT_EQ(host_calls().size(), static_cast<std::size_t>(HostCall::kCount));
  for (const auto& [call, name] : host_calls()) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(name_of(call), name);
    EXPECT_EQ(host_call_of(name), call);
  }
  EXPECT_EQ(name_of(HostCall::kDonateGuest), "__pkvm_host_donate_guest");
  EXPECT_EQ(name_of(HostCall::kCount), "?");
  EXPECT_FALSE(host_call_of("__pkvm_host_donate"));
}

// Arm SMCCC 1.6, 2.5: bit 31 fast, bit 30 64-bit, bits 29:24 the service; 6 is the vendor's hypervisor.
TEST(GuestCalls, AreFastCallsOfTheVendorsHypervisor) {
  for (const auto& [call, name] : guest_calls()) {
    const auto id = static_cast<std::uint64_t>(call);
    EXPECT_EQ(id >> 31, 1u) << name;
    if (name.starts_with("MEM_") || name.starts_with("MMIO_") || name == "HYP_MEMINFO") {
      EXPECT_EQ(id >> 24, 0xC6u) << name;
    }
  }
  EXPECT_EQ(static_cast<std::uint64_t>(GuestCall::kMemShare), 0xC600'0003u);
  EXPECT_EQ(static_cast<std::uint64_t>(GuestCall::kMmioGuard), 0xC600'0007u);
}

// Linux, tools/testing/selftests/kvm/arm64/kvm-uuid.c keeps the same four numbers.
TEST(GuestCalls, TheVendorsUuidIsKvms) {
  EXPECT_EQ(kVendorUid[0], 0xb66fb428u);
  EXPECT_EQ(kVendorUid[1], 0xe911c52eu);
  EXPECT_EQ(kVendorUid[2], 0x564bcaa9u);
  EXPECT_EQ(kVendorUid[3], 0x743a004du);
}

TEST(PageStates, HaveTheirNumbers) {
  EXPECT_EQ(static_cast<int>(PageState::kOwned), 0);
  EXPECT_EQ(static_cast<int>(PageState::kSharedOwned), 1);
  EXPECT_EQ(static_cast<int>(PageState::kSharedBorrowed), 2);
  EXPECT_EQ(static_cast<int>(PageState::kNoPage), 3);
  EXPECT_EQ(static_cast<int>(PageState::kPoison), 4);
}

TEST(Annotation, KeepsOwnerHandleAndFrameAndMapsNothing) {
  const Annotation of_guest{.owner = Component::kGuest, .handle = 0x1003, .gfn = 0xF'EDCB'A987};
  const std::uint64_t entry = encode(of_guest);
  EXPECT_EQ(annotation_of(entry), of_guest);
  EXPECT_EQ(entry & 1, 0u);
  EXPECT_EQ(entry >> 60, 2u);
  EXPECT_EQ(entry >> 1 & 7, 2u);
  EXPECT_EQ(entry >> 4 & 0xFFFF, 0x1003u);
  EXPECT_EQ(annotation_of(encode(Annotation{})), Annotation{});
}

TEST(Errno, IsLinuxs) {
  EXPECT_EQ(static_cast<int>(Errno::kPerm), -1);
  EXPECT_EQ(static_cast<int>(Errno::kInval), -22);
  EXPECT_EQ(static_cast<int>(Errno::kBusy), -16);
  EXPECT_EQ(static_cast<int>(Errno::kHwPoison), -133);
  EXPECT_EQ(name_of(Errno::kAgain), "EAGAIN");
  EXPECT_EQ(name_of(static_cast<Errno>(-9999)), "E?");
}

template <class M>
void holds_its_form(const M& message, std::size_t size) {
  const auto bytes = wire::encode(message);
  ASSERT_EQ(bytes.size(), size);
  EXPECT_EQ(wire::encode(*wire::decode<M>(bytes)), bytes);
  for (std::size_t n = 0; n < size; ++n) EXPECT_FALSE(wire::decode<M>(base::View(bytes).first(n))) << n;
  base::Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(wire::decode<M>(longer));
}

TEST(Structures, HaveTheirSizeAndNoOther) {
  holds_its_form(Registers{.x0 = 1, .x1 = 2, .x2 = 3, .x3 = 4, .x4 = 5}, 40);
  holds_its_form(HostKvm{.handle = 0x1000}, 24);
  holds_its_form(HostVcpu{.index = 1}, 8);
}

}  // namespace
}  // namespace pkvmproto
