#include "platform/crypto/memo.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crypto {
namespace {

TEST(Memo, ComputesOnceForOneKey) {
  int calls = 0;
  auto compute = [&] { return base::Bytes{static_cast<std::uint8_t>(++calls)}; };
  MemoKey key = MemoKey("once").add(base::view_of("input"));
  EXPECT_EQ(memo(key, compute), base::Bytes{1});
  EXPECT_EQ(memo(key, compute), base::Bytes{1});
  EXPECT_EQ(memo(MemoKey("once").add(base::view_of("other")), compute), base::Bytes{2});
}

TEST(Memo, KeysTellListsOfInputsApart) {
  const auto digest = [](std::string_view operation, std::string_view first, std::string_view second) {
    return MemoKey(operation).add(base::view_of(first)).add(base::view_of(second)).digest();
  };
  EXPECT_NE(digest("op", "ab", "c"), digest("op", "a", "bc"));
  EXPECT_NE(digest("op", "", "abc"), digest("op", "abc", ""));
  EXPECT_NE(digest("opa", "bc", ""), digest("op", "abc", ""));
  EXPECT_EQ(digest("op", "a", "b"), digest("op", "a", "b"));
}

TEST(Memo, AThrowStoresNothing) {
  const MemoKey key("throws");
  EXPECT_THROW(memo(key, []() -> base::Bytes { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(memo(key, [] { return base::Bytes{5}; }), base::Bytes{5});
}

TEST(Memo, ForgetsRatherThanGrowWithoutBound) {
  const MemoKey first("bound");
  memo(first, [] { return base::Bytes{1}; });
  for (std::uint32_t i = 0; i <= kMemoEntriesMax; ++i) {
    base::Bytes input;
    base::append_le(input, i);
    memo(MemoKey("fill").add(input), [] { return base::Bytes{}; });
  }
  EXPECT_EQ(memo(first, [] { return base::Bytes{2}; }), base::Bytes{2});
}

TEST(Memo, ATableHasItsOwnBound) {
  Memory<int> table(2);
  int calls = 0;
  const auto get = [&](const char* name) { return table.get(MemoKey(name).digest(), [&] { return ++calls; }); };
  EXPECT_EQ(get("a"), 1);
  EXPECT_EQ(get("b"), 2);
  EXPECT_EQ(get("a"), 1);
  EXPECT_EQ(get("c"), 3);  // full: emptied
  EXPECT_EQ(get("a"), 4);
  EXPECT_EQ(table.misses(), 4u);
}

TEST(Memo, ThreadsAgree) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint8_t i = 0; i < 200; ++i) {
        const base::Bytes input{i};
        if (memo(MemoKey("threads").add(input), [&] { return input; }) != input) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace crypto
