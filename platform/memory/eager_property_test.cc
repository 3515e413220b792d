// The lazy engine against the eager one: random operations, every byte, fault and check bit equal.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <tuple>

#include "platform/memory/eager_reference.h"
#include "platform/memory/encrypted_memory.h"

namespace memory {
namespace {

constexpr std::uint64_t kBytes = 0x8000;
constexpr int kOperations = 1500;

using Case = std::tuple<Mode, Integrity, bool /*hiding*/, unsigned /*seed*/, CipherPath, bool /*eager*/>;

class Pair {
 public:
  Pair(const Settings& settings, unsigned seed) : lazy_(settings), eager_(settings), random_(seed) {}

  void step() {
    switch (pick(12)) {
      case 0: return change_key();
      case 1: return change_alias();
      case 2: return bus_bytes();
      case 3: return bus_lines();
      case 4: return raw_copy();
      case 5:
      case 6:
      case 7: return write();
      default: return read();
    }
  }

  void expect_same_dram() {
    for (std::uint64_t cell = 0; cell < kBytes; cell += kLineBytes)
      ASSERT_EQ(*lazy_.read_dram_line(cell), eager_.read_dram_line(cell)) << "cell " << cell;
  }
  EncryptedMemory& lazy() { return lazy_; }
  int faults() const { return faults_; }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  KeyId pick_key() { return KeyId{static_cast<std::uint32_t>(pick(4))}; }
  // Few places, so that operations meet; a tenth lies anywhere, some of it outside.
  std::pair<std::uint64_t, std::size_t> pick_range() {
    static constexpr std::size_t kSizes[] = {1, 7, 16, 48, 64, 100, 128, 1024, 4096, 5000};
    std::size_t size = kSizes[pick(std::size(kSizes))];
    std::uint64_t at = pick(2) * 0x4000 + pick(2) * 0x1000 + pick(2) * 0xF80 + pick(3) * 64;
    if (pick(2)) at += pick(64);
    if (pick(10) == 0) at = pick(kBytes + 200);
    return {at, size};
  }
  base::Bytes pick_bytes(std::size_t count) {
    base::Bytes bytes(count);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random_());
    return bytes;
  }

  void change_key() {
    const KeyId id{static_cast<std::uint32_t>(1 + pick(3))};
    if (pick(5) == 0) {
      lazy_.drop_key(id);
      eager_.drop_key(id);
      return;
    }
    KeyBytes key{};
    key.fill(static_cast<std::uint8_t>(pick(5)));  // few, so that keys come back and are shared
    key[3] = 1;
    lazy_.set_key(id, key);
    eager_.set_key(id, key);
  }
  void change_alias() {
    static constexpr std::uint64_t kMasks[] = {0x4000, 0x5000, 0x1000};
    const std::uint64_t mask = kMasks[pick(3)];
    const bool on = pick(2);
    lazy_.aliasing().set_alias(mask, on);
    eager_.set_alias(mask, on);
  }
  void same(const Outcome& lazy, const Outcome& eager) {
    ASSERT_EQ(lazy.fault, eager.fault);
    faults_ += lazy.fault.has_value();
  }
  void read() {
    const auto [at, size] = pick_range();
    const KeyId key = pick_key();
    base::Bytes a(size, 0xA5), b(size, 0x5A);
    const Outcome lazy = lazy_.read(key, at, a);
    const Outcome eager = eager_.read(key, at, b);
    same(lazy, eager);
    EXPECT_EQ(lazy.hidden, eager.hidden);
    ASSERT_EQ(a, b) << "key " << static_cast<std::uint32_t>(key) << " at " << at << " size " << size;
  }
  void write() {
    const auto [at, size] = pick_range();
    const KeyId key = pick_key();
    const auto bytes = pick_bytes(size);
    const Outcome lazy = lazy_.write(key, at, bytes);
    same(lazy, eager_.write(key, at, bytes));
  }
  // What a hypervisor does to splice or replay: ciphertext read without a key, written without a key.
  void raw_copy() {
    const auto [from, size] = pick_range();
    const auto to = pick(3) ? pick_range().first : from;
    base::Bytes a(size), b(size);
    same(lazy_.read(KeyId::kNone, from, a), eager_.read(KeyId::kNone, from, b));
    ASSERT_EQ(a, b);
    same(lazy_.write(KeyId::kNone, to, a), eager_.write(KeyId::kNone, to, b));
  }
  void bus_bytes() {
    const auto [at, size] = pick_range();
    if (at + size > kBytes) {
      base::Bytes out(size);
      EXPECT_FALSE(lazy_.read_dram(at, out));
      EXPECT_FALSE(lazy_.write_dram(at, out));
      return;
    }
    base::Bytes a(size), b(size);
    ASSERT_TRUE(lazy_.read_dram(at, a));
    eager_.read_dram(at, b);
    ASSERT_EQ(a, b);
    if (pick(2)) return;
    const auto bytes = pick(2) ? a : pick_bytes(size);
    ASSERT_TRUE(lazy_.write_dram(at, bytes));
    eager_.write_dram(at, bytes);
  }
  void bus_lines() {
    const std::uint64_t from = pick_range().first % kBytes;
    const DramLine line = eager_.read_dram_line(from);
    ASSERT_EQ(*lazy_.read_dram_line(from), line);
    const std::uint64_t to = pick(2) ? from : pick_range().first % kBytes;
    if (pick(2)) recorded_ = line;
    ASSERT_TRUE(lazy_.write_dram_line(to, recorded_));
    eager_.write_dram_line(to, recorded_);
  }

  EncryptedMemory lazy_;
  EagerMemory eager_;
  std::mt19937_64 random_;
  DramLine recorded_{};
  int faults_ = 0;
};

class LazyMemory : public testing::TestWithParam<Case> {};

TEST_P(LazyMemory, GivesTheBytesOfAnEagerEngine) {
  const auto [mode, integrity, hiding, seed, path, eager] = GetParam();
  const Settings settings{.bytes = kBytes, .mode = mode, .integrity = integrity, .ciphertext_hiding = hiding, .cipher_path = path, .eager = eager};
  Pair pair(settings, seed);
  for (int i = 0; i < kOperations && !HasFailure(); ++i) {
    SCOPED_TRACE("operation " + std::to_string(i));
    pair.step();
  }
  pair.expect_same_dram();
  EXPECT_GT(pair.faults(), 0);
  EXPECT_LT(pair.faults(), kOperations * 3 / 4);
}

INSTANTIATE_TEST_SUITE_P(All, LazyMemory,
                         testing::Combine(testing::Values(Mode::kNone, Mode::kXe, Mode::kXex, Mode::kXts),
                                          testing::Values(Integrity::kNone, Integrity::kMac, Integrity::kOwnerBit),
                                          testing::Bool(), testing::Values(1u, 2u, 3u),
                                          testing::Values(CipherPath::kFastest, CipherPath::kOpenSsl), testing::Values(false)));
// The same engine told to keep nothing but ciphertext.
INSTANTIATE_TEST_SUITE_P(Eager, LazyMemory,
                         testing::Combine(testing::Values(Mode::kNone, Mode::kXe, Mode::kXex, Mode::kXts),
                                          testing::Values(Integrity::kNone, Integrity::kMac, Integrity::kOwnerBit),
                                          testing::Bool(), testing::Values(1u), testing::Values(CipherPath::kFastest), testing::Values(true)));

// Without aliases, key changes and the bus, a cache cannot be told from its absence.
class CachedMemory : public testing::TestWithParam<std::tuple<Integrity, bool>> {};

TEST_P(CachedMemory, IsTransparentToSoftware) {
  const auto [integrity, hiding] = GetParam();
  Settings settings{.bytes = kBytes, .integrity = integrity, .ciphertext_hiding = hiding};
  EagerMemory eager(settings);
  settings.dirty_lines = true;
  EncryptedMemory cached(settings);
  for (std::uint32_t id = 1; id < 3; ++id) {
    KeyBytes key{};
    key.fill(static_cast<std::uint8_t>(id));
    key[0] = 9;
    cached.set_key(KeyId{id}, key);
    eager.set_key(KeyId{id}, key);
  }
  std::mt19937_64 random(7);
  int good_reads = 0;
  for (int i = 0; i < 3000; ++i) {
    // Half of the accesses cover whole lines, so that integrity lets some of them through.
    const bool whole = random() % 2;
    const std::uint64_t at = whole ? random() % 16 * 64 : random() % 0x400;
    const KeyId key{static_cast<std::uint32_t>(random() % 3)};
    base::Bytes a(whole ? 64 + random() % 3 * 64 : 1 + random() % 200), b(a.size());
    if (random() % 2) {
      for (auto& byte : a) byte = static_cast<std::uint8_t>(random());
      ASSERT_EQ(cached.write(key, at, a).fault, eager.write(key, at, a).fault) << i;
    } else {
      const Outcome seen = cached.read(key, at, a);
      ASSERT_EQ(seen.fault, eager.read(key, at, b).fault) << i;
      ASSERT_EQ(a, b) << i;
      good_reads += key != KeyId::kNone && !seen.fault;
    }
    if (random() % 50 == 0) cached.write_back(random() % 0x400, random() % 300);
  }
  EXPECT_GT(good_reads, 50);
  cached.write_back_all();
  EXPECT_EQ(cached.dirty_line_count(), 0u);
  for (std::uint64_t cell = 0; cell < 0x600; cell += kLineBytes)
    ASSERT_EQ(cached.read_dram_line(cell)->bytes, eager.read_dram_line(cell).bytes) << cell;
}

INSTANTIATE_TEST_SUITE_P(All, CachedMemory,
                         testing::Combine(testing::Values(Integrity::kNone, Integrity::kMac, Integrity::kOwnerBit),
                                          testing::Bool()));

}  // namespace
}  // namespace memory
