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

TEST(Hypervisor, ClearsAPageThatSomebodyHadAndGivesItOnce) {
  Host host;
  const auto page = host.hypervisor.take_page();
  host.hypervisor.take_page();
  ASSERT_TRUE(host.memory.write(memory::KeyId::kNone, page, base::Bytes(kPage, 7)));
  host.hypervisor.give_back(page);
  host.hypervisor.give_back(page);
  EXPECT_EQ(host.hypervisor.take_page(), page);
  base::Bytes content(kPage, 1);
  ASSERT_TRUE(host.memory.read(memory::KeyId::kNone, page, content));
  EXPECT_EQ(content, base::Bytes(kPage));
  EXPECT_EQ(host.hypervisor.take_page(), 0u);
}

TEST(Hypervisor, DoesItsJobAgainWhenItIsAsked) {
  memory::EncryptedMemory memory{memory::Settings{.bytes = 64 * kPage, .mode = memory::Mode::kNone, .sockets = 2}};
  Hypervisor host{memory, 8 * kPage, 9 * kPage};
  EXPECT_EQ(host.sockets_written_back(), 2u);
  host.write_back_only(1);
  EXPECT_EQ(host.sockets_written_back(), 1u);
  host.leave_uncleared();
  const auto page = host.take_page();
  const auto first_byte_of_next = [&] {
    EXPECT_TRUE(memory.write(memory::KeyId::kNone, page, base::Bytes(kPage, 7)));
    host.give_back(page);
    EXPECT_EQ(host.take_page(), page);
    base::Bytes content(1);
    EXPECT_TRUE(memory.read(memory::KeyId::kNone, page, content));
    return content[0];
  };
  EXPECT_EQ(first_byte_of_next(), 7);
  host.behave();
  EXPECT_EQ(first_byte_of_next(), 0);
  EXPECT_EQ(host.sockets_written_back(), 2u);
}

TEST(Hypervisor, LeavesAPageAloneThatItNeverGaveAway) {
  Host host;
  for (const std::uint64_t spa : {std::uint64_t{0}, 7 * kPage, 8 * kPage, 10 * kPage, 8 * kPage + 1})
    host.hypervisor.give_back(spa);
  EXPECT_EQ(host.hypervisor.take_page(), 8 * kPage);
  EXPECT_EQ(host.hypervisor.take_page(), 9 * kPage);
  EXPECT_EQ(host.hypervisor.take_page(), 0u);
}

TEST(Hypervisor, OthersTakePagesInBetweenAndGiveThemBack) {
  memory::EncryptedMemory memory{memory::Settings{.bytes = 64 * kPage, .mode = memory::Mode::kNone}};
  Hypervisor host(memory, 8 * kPage, 32 * kPage);
  host.share_with([] { return std::uint64_t{2}; });
  EXPECT_EQ(host.take_page(), 10 * kPage);
  EXPECT_EQ(host.take_page(), 13 * kPage);
  std::set<std::uint64_t> given{10 * kPage, 13 * kPage};
  for (std::uint64_t page = host.take_page(); page != 0; page = host.take_page()) {
    EXPECT_TRUE(given.insert(page).second) << "a page has one owner";
    base::Bytes content(kPage, 1);
    ASSERT_TRUE(memory.read(memory::KeyId::kNone, page, content));
    EXPECT_EQ(content, base::Bytes(kPage));
  }
}

// Its books are wrong: the processor says whose a page is.
TEST(Hypervisor, WritesNoPageThatIsKeptFromIt) {
  struct Table : memory::OwnershipTable {
    trust::Result<> check(const memory::Access& access) override {
      asked += access.who == memory::Access::Who::kHost && access.write;
      return access.spa == kept ? trust::Result<>(trust::Refusal{}) : trust::ok();
    }
    std::uint64_t kept = 0;
    int asked = 0;
  } table;
  Host host;
  host.hypervisor.asks(&table);
  const auto first = host.hypervisor.take_page(), second = host.hypervisor.take_page();
  ASSERT_TRUE(host.memory.write(memory::KeyId::kNone, first, base::Bytes(kPage, 7)));
  host.hypervisor.give_back(first), host.hypervisor.give_back(second);
  table.kept = first;
  EXPECT_EQ(host.hypervisor.take_page(), second);
  EXPECT_EQ(table.asked, 2);
  base::Bytes content(kPage);
  ASSERT_TRUE(host.memory.read(memory::KeyId::kNone, first, content));
  EXPECT_EQ(content, base::Bytes(kPage, 7));
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

TEST(NoTechnology, AVmThatIsRetiredGivesItsPagesBack) {
  Host host;
  NoTechnology none(host.hypervisor);
  ASSERT_EQ(none.launch(host.vm, {}), "");
  ASSERT_NE(host.hypervisor.back(host.vm, 0x5000), 0u);
  ASSERT_EQ(host.hypervisor.take_page(), 0u);
  none.retire(host.vm);
  EXPECT_EQ(host.hypervisor.take_page(), 8 * kPage);
  EXPECT_EQ(host.hypervisor.take_page(), 9 * kPage);
}

}  // namespace
}  // namespace vmm
