#include "platform/crypto/library.h"

#include <gtest/gtest.h>
#include <openssl/rand.h>

#include <atomic>
#include <thread>
#include <vector>

namespace crypto {
namespace {

constexpr Operation kFirst{"psp", "sign report", 1};

base::Bytes draw(Library& library, std::size_t size = 40) {
  base::Bytes out(size);
  EXPECT_EQ(RAND_priv_bytes_ex(library.context(), out.data(), size, 0), 1);
  return out;
}

base::Bytes draw_for(Library& library, const Operation& operation) {
  library.rekey(operation);
  return draw(library);
}

TEST(Library, TheSameSeedAndOperationDrawTheSameBytes) {
  Library one(7), other(7);
  draw_for(one, {"someone", "else", 9});  // what came before leaves no trace
  EXPECT_EQ(draw_for(one, kFirst), draw_for(other, kFirst));
}

TEST(Library, AnotherThreadDrawsTheSameBytes) {
  Library one(7);
  const base::Bytes here = draw_for(one, kFirst);
  base::Bytes there;
  std::thread([&] {
    Library other(7);
    there = draw_for(other, kFirst);
  }).join();
  EXPECT_EQ(here, there);
}

TEST(Library, EveryPartOfTheOperationAndTheSeedMatter) {
  Library library(7), other_seed(8);
  const base::Bytes first = draw_for(library, kFirst);
  EXPECT_NE(first, draw_for(other_seed, kFirst));
  EXPECT_NE(first, draw_for(library, {"psq", "sign report", 1}));
  EXPECT_NE(first, draw_for(library, {"psp", "sign reporu", 1}));
  EXPECT_NE(first, draw_for(library, {"psp", "sign report", 2}));
  EXPECT_NE(first, draw_for(library, {"psps", "ign report", 1}));
}

TEST(Library, GoesOnWithoutRepeatingAndSharesOneStreamBetweenGenerators) {
  Library library(7), other(7);
  library.rekey(kFirst);
  const base::Bytes whole = draw(library, 100);
  other.rekey(kFirst);
  base::Bytes pieces(100);
  ASSERT_EQ(RAND_bytes_ex(other.context(), pieces.data(), 33, 0), 1);  // the public generator
  ASSERT_EQ(RAND_priv_bytes_ex(other.context(), pieces.data() + 33, 67, 0), 1);
  EXPECT_EQ(whole, pieces);
}

// The context of a library that is gone serves the next one.
TEST(Library, NothingOfAnEarlierLibraryIsLeftInAContext) {
  const base::Bytes fresh = [] {
    Library library(7);
    return draw(library);
  }();
  for (std::uint64_t seed : {7, 8}) {
    Library earlier(seed);
    draw_for(earlier, kFirst);
  }
  Library library(9);
  EXPECT_EQ(draw(library), fresh) << "before the first operation the stream is that of the all-zero key";
}

TEST(Library, LibrariesOfManyThreadsDoNotMeet) {
  const base::Bytes expected = [] {
    Library library(7);
    return draw_for(library, kFirst);
  }();
  std::vector<std::thread> threads;
  std::atomic<int> others = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        Library mine(7), other(8);
        draw_for(other, kFirst);
        others += draw_for(mine, kFirst) != expected;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(others, 0);
}

}  // namespace
}  // namespace crypto
