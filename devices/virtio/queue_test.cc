// Virtqueues from rings laid out by hand, byte by byte as virtio 1.2 has them.
#include "devices/virtio/queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

namespace virtio {
namespace {

constexpr std::uint64_t kDesc = 0x1000, kDriver = 0x2000, kDevice = 0x3000, kTable = 0x4000;

struct Shared final : GuestMemory, Outlet {
  base::Bytes bytes = base::Bytes(0x10000);

  bool read(std::uint64_t gpa, std::span<std::uint8_t> out) override {
    std::ranges::fill(out, 0);
    if (gpa > bytes.size() || out.size() > bytes.size() - gpa) return false;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(gpa), out.size(), out.begin());
    return true;
  }
  bool write(std::uint64_t gpa, base::View in) override {
    if (gpa > bytes.size() || in.size() > bytes.size() - gpa) return false;
    std::ranges::copy(in, bytes.begin() + static_cast<std::ptrdiff_t>(gpa));
    return true;
  }
  bool passes(std::string_view, base::Bytes&, const wire::Schema&) override { return true; }

  // Little-endian numbers of the sizes given.
  void put(std::uint64_t at, std::initializer_list<std::pair<std::uint64_t, int>> numbers) {
    for (const auto& [number, size] : numbers)
      for (int i = 0; i < size; ++i) bytes[at++] = static_cast<std::uint8_t>(number >> 8 * i);
  }
  std::uint64_t get(std::uint64_t at, int size) const {
    std::uint64_t out = 0;
    for (int i = 0; i < size; ++i) out |= std::uint64_t{bytes[at + static_cast<std::uint64_t>(i)]} << 8 * i;
    return out;
  }
  void descriptor(std::uint64_t table, unsigned i, std::uint64_t addr, std::uint32_t len, std::uint16_t at12, std::uint16_t at14) {
    put(table + 16 * i, {{addr, 8}, {len, 4}, {at12, 2}, {at14, 2}});
  }
};

QueueSettings settings(std::uint16_t size) { return {.number = 0, .size = size, .descriptors = kDesc, .driver = kDriver, .device = kDevice}; }

struct Split : testing::Test {
  Shared memory;
  std::unique_ptr<Queue> queue = make_split(settings(4), memory, memory);
  void offer(std::uint16_t head) { memory.put(kDriver, {{0, 2}, {1, 2}, {head, 2}}); }
};
struct Packed : testing::Test {
  Shared memory;
  std::unique_ptr<Queue> queue = make_packed(settings(4), memory, memory);
};

TEST_F(Split, AChainIsFollowedAndGivenBack) {
  memory.descriptor(kDesc, 2, 0x5000, 16, kNext, 0);
  memory.descriptor(kDesc, 0, 0x6000, 512, kNext | kWrite, 3);
  memory.descriptor(kDesc, 3, 0x7000, 1, kWrite, 0);
  offer(2);
  const auto chain = queue->take();
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->segments.size(), 3u);
  EXPECT_FALSE(chain->segments[0].writable);
  EXPECT_EQ(chain->segments[1].address, 0x6000u);
  EXPECT_EQ(chain->room(), 513u);
  EXPECT_FALSE(queue->take()) << "taken once";
  queue->give_back(*chain, 513);
  EXPECT_EQ(memory.get(kDevice + 2, 2), 1u);
  EXPECT_EQ(memory.get(kDevice + 4, 4), 2u);
  EXPECT_EQ(memory.get(kDevice + 8, 4), 513u);
}

TEST_F(Split, ALoopAnIndexPastTheEndAndATableInATableAreNotTaken) {
  memory.descriptor(kDesc, 0, 0x5000, 16, kNext, 1);
  memory.descriptor(kDesc, 1, 0x5000, 16, kNext, 0);
  offer(0);
  EXPECT_FALSE(queue->take());
  auto second = make_split(settings(4), memory, memory);
  offer(4);
  EXPECT_FALSE(second->take());
  auto third = make_split(settings(4), memory, memory);
  memory.descriptor(kDesc, 0, kTable, 16, kIndirect, 0);
  memory.descriptor(kTable, 0, kTable, 16, kIndirect, 0);
  offer(0);
  EXPECT_FALSE(third->take());
}

TEST_F(Split, AnIndirectTableIsChainedByFlagsAndNext) {
  memory.descriptor(kDesc, 1, kTable, 48, kIndirect, 0);
  memory.descriptor(kTable, 0, 0x5000, 16, kNext, 2);
  memory.descriptor(kTable, 2, 0x6000, 512, kNext | kWrite, 1);
  memory.descriptor(kTable, 1, 0x7000, 1, kWrite, 0);
  offer(1);
  const auto chain = queue->take();
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->segments.size(), 3u);
  EXPECT_EQ(chain->segments[1].address, 0x6000u);
  EXPECT_EQ(chain->room(), 513u);
}

// struct pvirtq_desc: the buffer's id comes before the flags.
TEST_F(Packed, ABufferIsTakenInOrderAndGivenBackWithItsIdAndTheWrapCounter) {
  memory.descriptor(kDesc, 1, 0x6000, 512, 7, kAvailable | kWrite);
  memory.descriptor(kDesc, 0, 0x5000, 16, 0, kAvailable | kNext);
  const auto chain = queue->take();
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->id, 7u);
  EXPECT_EQ(chain->slots, 2u);
  EXPECT_EQ(chain->room(), 512u);
  queue->give_back(*chain, 512);
  EXPECT_EQ(memory.get(kDesc + 8, 4), 512u);
  EXPECT_EQ(memory.get(kDesc + 12, 2), 7u);
  EXPECT_EQ(memory.get(kDesc + 14, 2) & (kAvailable | kUsed), kAvailable | kUsed);
  EXPECT_FALSE(queue->take()) << "the next slot is not available yet";
}

TEST_F(Packed, ARoundLaterTheBitsMeanTheOpposite) {
  for (unsigned i = 0; i < 4; ++i) {
    memory.descriptor(kDesc, i, 0x6000, 8, static_cast<std::uint16_t>(i), kAvailable | kWrite);
    const auto chain = queue->take();
    ASSERT_TRUE(chain);
    queue->give_back(*chain, 8);
  }
  memory.descriptor(kDesc, 0, 0x6000, 8, 0, kAvailable | kWrite);
  EXPECT_FALSE(queue->take());
  memory.descriptor(kDesc, 0, 0x6000, 8, 0, kUsed | kWrite);
  const auto chain = queue->take();
  ASSERT_TRUE(chain);
  queue->give_back(*chain, 8);
  EXPECT_EQ(memory.get(kDesc + 14, 2) & (kAvailable | kUsed), 0u);
}

// 2.8.7: entries have the ring's form; the id in them is of no use, and of their flags WRITE alone counts.
TEST_F(Packed, AnIndirectTableLiesInOrderWithItsFlagsAtTheEndOfEachEntry) {
  memory.descriptor(kDesc, 0, kTable, 48, 3, kAvailable | kIndirect);
  memory.descriptor(kTable, 0, 0x5000, 16, kWrite, 0);
  memory.descriptor(kTable, 1, 0x6000, 512, 0, kWrite);
  memory.descriptor(kTable, 2, 0x7000, 1, 0, kWrite | kNext);
  const auto chain = queue->take();
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->id, 3u);
  EXPECT_EQ(chain->slots, 1u);
  ASSERT_EQ(chain->segments.size(), 3u);
  EXPECT_FALSE(chain->segments[0].writable);
  EXPECT_TRUE(chain->segments[1].writable);
  EXPECT_EQ(chain->room(), 513u);
}

TEST_F(Split, WhatIsLongerThanItsBufferGoesOnBehindIt) {
  memory.descriptor(kDesc, 0, 0x6000, 4, kWrite, 0);
  offer(0);
  const auto chain = queue->take();
  ASSERT_TRUE(chain);
  const base::Bytes six(6, 0xAB);
  EXPECT_EQ(queue->fill(*chain, six), 4u);
  EXPECT_EQ(memory.get(0x6004, 2), 0xABABu);
}

}  // namespace
}  // namespace virtio
