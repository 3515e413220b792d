#include "platform/vmm/hypervisor.h"

#include <gtest/gtest.h>

#include "platform/vmm/no_technology.h"

namespace vmm {
namespace {

constexpr std::uint64_t kPage = 4096;

struct Host {
  memory::EncryptedMemory memory{memory::Settings{.bytes = 64 * kPage, .mode = memory::Mode::kNone}};
  Hypervisor hypervisor{memory, 8 * kPage, 10 * kPage};
  cpu::Vm vm{"vm0", 1, 64 * kPage};
};

TEST(Hypervisor, GivesAPageOnceAndThenHasNone) {
  Host host;
  EXPECT_EQ(host.hypervisor.take_page(), 8 * kPage);
  EXPECT_EQ(host.hypervisor.take_page(), 9 * kPage);
  EXPECT_EQ(host.hypervisor.take_page(), 0u);
}

TEST(Hypervisor, BacksAGuestPageWithTheSamePageEachTime) {
  Host host;
  const auto first = host.hypervisor.back(host.vm, 0x5000);
  EXPECT_EQ(host.hypervisor.back(host.vm, 0x5010), first);
  EXPECT_NE(host.hypervisor.back(host.vm, 0x6000), first);
}

TEST(Hypervisor, AnswersZeroesForALeafThatTheProcessorLacks) {
  Host host;
  host.hypervisor.set_cpuid({{.leaf = 7, .ebx = 5}});
  EXPECT_EQ(host.hypervisor.cpuid(7, 0).ebx, 5u);
  EXPECT_EQ(host.hypervisor.cpuid(7, 1).ebx, 0u);
}

TEST(NoTechnology, LeavesRegistersWhereTheHostCanChangeThem) {
  Host host;
  NoTechnology none(host.hypervisor);
  ASSERT_EQ(none.launch(host.vm, {}), "");
  const base::Bytes registers{1, 2, 3, 4};
  none.leave(host.vm, registers);
  ASSERT_TRUE(host.memory.write(memory::KeyId::kNone, host.vm.save_area, base::Bytes{9}));
  EXPECT_EQ(*none.enter(host.vm, 4), (base::Bytes{9, 2, 3, 4}));
}

}  // namespace
}  // namespace vmm
