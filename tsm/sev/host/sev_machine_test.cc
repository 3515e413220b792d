#include "tsm/sev/host/sev_machine.h"

#include <gtest/gtest.h>

namespace sev {
namespace {

constexpr std::uint64_t kPage = 4096;

struct Machine {
  static PspSettings settings() { return {}; }
  memory::EncryptedMemory memory{memory::Settings{.bytes = 64ull << 20, .mode = memory::Mode::kXts}};
  vmm::Hypervisor host{memory, 16ull << 20, 32ull << 20};
  trust::Boundary calls{"tsm0.call"};
  trust::Defences defences;
  crypto::Library library{1};
  SevMachine sev{Chip::from_seed(Product::kMilan, base::view_of("chip0")), settings(), host, calls, defences, library,
                 1};

  cpu::Launch image() const {
    cpu::Launch launch;
    launch.pages = {{0x1000, base::Bytes(kPage, 7), cpu::LaunchPage::Kind::kMeasured},
                    {0, base::Bytes(kPage), cpu::LaunchPage::Kind::kSaveArea}};
    return launch;
  }
  std::size_t pages_of(std::uint32_t asid) {
    std::size_t count = 0;
    for (const auto& [spa, entry] : sev.rmp()->entries()) count += entry.asid == asid;
    return count;
  }
};

TEST(Retire, GivesKeyAsidAndPagesBack) {
  Machine machine;
  ASSERT_EQ(machine.sev.boot(), "");
  const auto entries_before = machine.sev.rmp()->entries().size();
  cpu::Vm vm("vm0", 1, 1ull << 20);
  ASSERT_EQ(machine.sev.launch(vm, machine.image()), "");
  ASSERT_EQ(machine.pages_of(1), 2u);
  ASSERT_TRUE(machine.sev.enter(vm, 0)) << "the vCPU is inside, and is thrown out";
  const auto page = vm.nested.translate(0x1000)->spa;
  const auto save_area = vm.save_area;
  machine.sev.retire(vm);
  EXPECT_EQ(machine.sev.rmp()->entries().size(), entries_before) << "nothing but the table's own pages is assigned";
  EXPECT_FALSE(machine.memory.has_key(key_of(1)));
  EXPECT_FALSE(machine.sev.context(vm));
  std::set<std::uint64_t> again;
  for (int i = 0; i < 8; ++i) again.insert(machine.host.take_page());
  EXPECT_TRUE(again.contains(page));
  EXPECT_TRUE(again.contains(save_area));
}

TEST(Retire, TheSameNameAndAsidCanBeLaunchedAgain) {
  Machine machine;
  ASSERT_EQ(machine.sev.boot(), "");
  for (int round = 0; round < 3; ++round) {
    cpu::Vm vm("vm0", 1, 1ull << 20);
    ASSERT_EQ(machine.sev.launch(vm, machine.image()), "") << round;
    EXPECT_TRUE(machine.sev.enter(vm, 0));
    machine.sev.retire(vm);
  }
}

TEST(Retire, LeavesThePagesOfAnotherGuestAlone) {
  Machine machine;
  ASSERT_EQ(machine.sev.boot(), "");
  cpu::Vm one("vm0", 1, 1ull << 20), other("vm1", 2, 1ull << 20);
  ASSERT_EQ(machine.sev.launch(one, machine.image()), "");
  ASSERT_EQ(machine.sev.launch(other, machine.image()), "");
  const auto page = other.nested.translate(0x1000)->spa;
  one.nested.map(0x5000, page, true);  // as an adversary swaps them
  machine.sev.retire(one);
  EXPECT_EQ(machine.pages_of(2), 2u);
  EXPECT_EQ(machine.sev.rmp()->state(page), PageState::kGuestValid);
  for (int i = 0; i < 16; ++i) EXPECT_NE(machine.host.take_page(), page);
}

TEST(Retire, AVmThatWasNeverLaunchedIsNoHarm) {
  Machine machine;
  ASSERT_EQ(machine.sev.boot(), "");
  cpu::Vm vm("vm0", 1, 1ull << 20);
  machine.sev.retire(vm);
  EXPECT_EQ(machine.sev.launch(vm, machine.image()), "");
}

}  // namespace
}  // namespace sev
