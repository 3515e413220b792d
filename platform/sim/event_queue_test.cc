#include "platform/sim/event_queue.h"

#include <functional>
#include <queue>
#include <tuple>

#include <gtest/gtest.h>

#include "platform/sim/random.h"

namespace sim {
namespace {

// The order that is meant: (time, sequence) in a binary heap.
class ReferenceQueue {
 public:
  void push(Time at, std::uintptr_t what) { heap_.push({at, sequence_++, what}); }
  bool pop(Time limit, EventQueue::Entry& entry) {
    if (heap_.empty() || std::get<0>(heap_.top()) > limit) return false;
    entry = {std::get<0>(heap_.top()), std::get<2>(heap_.top())};
    heap_.pop();
    return true;
  }

 private:
  using Item = std::tuple<Time, std::uint64_t, std::uintptr_t>;
  std::priority_queue<Item, std::vector<Item>, std::greater<>> heap_;
  std::uint64_t sequence_ = 0;
};

// Delays up to `spread`; one in four is zero.
void expect_equal_order(std::size_t held, Time spread, std::uint64_t seed, EventQueue::Form form = EventQueue::Form::kFast) {
  EventQueue ours(form);
  ReferenceQueue reference;
  Random random(seed, "event_queue_test");
  Time now = 0;
  std::uintptr_t what = 0;
  auto push = [&] {
    const Time at = now + (random.below(4) == 0 ? 0 : random.below(spread));
    ours.push(at, what);
    reference.push(at, what);
    what += 8;
  };
  for (std::size_t i = 0; i < held; ++i) push();
  for (int i = 0; i < 20000; ++i) {
    const Time limit = now + random.below(spread);
    EventQueue::Entry mine{};
    EventQueue::Entry theirs{};
    const bool found = ours.pop(limit, mine);
    ASSERT_EQ(found, reference.pop(limit, theirs));
    now = found ? mine.at : limit;
    if (found) {
      ASSERT_EQ(mine.at, theirs.at);
      ASSERT_EQ(mine.what, theirs.what);
      push();
    }
  }
}

TEST(EventQueue, PopsInTheOrderOfAReferenceWithManyTies) {
  for (std::size_t held : {1u, 2u, 7u, 300u, 5000u}) expect_equal_order(held, 8, held);
}

TEST(EventQueue, PopsInTheOrderOfAReferenceWithFarTimes) {
  for (std::size_t held : {1u, 7u, 5000u}) {
    expect_equal_order(held, 1000 * kNanosecond, held);
    expect_equal_order(held, Time{1} << 40, held);
  }
}

TEST(EventQueue, PlainPopsInTheOrderOfAReference) {
  for (std::size_t held : {1u, 7u, 300u}) {
    expect_equal_order(held, 8, held, EventQueue::Form::kPlain);
    expect_equal_order(held, Time{1} << 40, held, EventQueue::Form::kPlain);
  }
}

// Bursts between what is due and what comes next, each earlier than the one before: the sorted front grows and is let
// go again.
TEST(EventQueue, KeepsItsOrderWhenItsFrontIsCrowded) {
  for (const Time apart : {0u, 1u, 3u}) {
    EventQueue ours;
    ReferenceQueue reference;
    Random random(apart, "event_queue_test");
    std::uintptr_t what = 0;
    const auto push = [&](Time at) {
      ours.push(at, what);
      reference.push(at, what);
      what += 8;
    };
    for (Time at = 0; at < 20; ++at) push(at * 1000);
    EventQueue::Entry mine{}, theirs{};
    for (int pops = 0; reference.pop(kNever, theirs); ++pops) {
      ASSERT_TRUE(ours.pop(kNever, mine));
      ASSERT_EQ(mine.at, theirs.at);
      ASSERT_EQ(mine.what, theirs.what);
      if (pops % 100 != 0 || pops > 5000) continue;
      for (Time i = 300; i > 0; --i) push(mine.at + i * apart + random.below(2));
    }
    EXPECT_TRUE(ours.empty());
  }
}

TEST(EventQueue, HoldsTheLastTimeThereIs) {
  EventQueue queue;
  EventQueue::Entry entry{};
  queue.push(kNever, 8);
  queue.push(1, 16);
  ASSERT_TRUE(queue.pop(kNever, entry));
  EXPECT_EQ(entry.what, 16u);
  EXPECT_FALSE(queue.pop(kNever - 1, entry));
  ASSERT_TRUE(queue.pop(kNever, entry));
  EXPECT_EQ(entry.at, kNever);
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, LeavesRoomBeforeAnEntryThatIsBeyondTheLimit) {
  EventQueue queue;
  EventQueue::Entry entry{};
  queue.push(100, 8);
  EXPECT_FALSE(queue.pop(10, entry));
  queue.push(11, 16);
  ASSERT_TRUE(queue.pop(100, entry));
  EXPECT_EQ(entry.what, 16u);
}

}  // namespace
}  // namespace sim
