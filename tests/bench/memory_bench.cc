// What the lazy encryption engine costs: private copies against memcpy, forced ciphertext against OpenSSL's bulk XTS.
// All over the same number of pages, in the same order; medians of several rounds, alternating, so that a busy machine
// slows both.
#include <malloc.h>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>

#include "platform/base/check.h"
#include "platform/memory/encrypted_memory.h"
#include "platform/memory/nested_tables.h"
#include "tests/bench/row.h"

namespace bench {
namespace {

using memory::kPageBytes;
constexpr std::size_t kPages = 32;  // 128 KiB a side: in the second-level cache, for us and for the baseline
constexpr int kRounds = 31;
constexpr int kPassesPerRound = 30;
constexpr char kLookUp[] = "each access finds its page, key and form first";
constexpr char kTweaks[] = "each block has a tweak of its own address: two calls of AES where OpenSSL's XTS makes one";

double seconds(const std::function<void()>& pass) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kPassesPerRound; ++i) pass();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Row compare(const std::string& name, double target, const char* why, const std::function<void()>& ours,
            const std::function<void()>& baseline) {
  std::vector<double> a, b;
  for (int round = 0; round < kRounds; ++round) {
    a.push_back(seconds(ours));
    b.push_back(seconds(baseline));
  }
  std::ranges::sort(a);
  std::ranges::sort(b);
  const double median_ours = a[kRounds / 2], median_baseline = b[kRounds / 2];
  const double gib = double{kPages} * kPageBytes * kPassesPerRound / (1 << 30);
  const double ratio = median_baseline / median_ours;
  const std::string text = ">= " + std::to_string(target).substr(0, 4);
  return {name, gib / median_ours, gib / median_baseline, ratio, "GiB/s", text, ratio >= target, why};
}

// Bytes that the heap holds.
double heap() {
  const auto now = mallinfo2();
  return static_cast<double>(now.uordblks + now.hblkhd);
}

// A machine of 1 TiB with a guest that has all of it, of which runs of 64 pages are touched, one in each 16 GiB: backed in the nested
// tables, written under a key and read as ciphertext.
Row terabyte_row() {
  constexpr std::uint64_t kTerabyte = std::uint64_t{1} << 40, kRuns = 64, kRunPages = 64, kKiB = 1024;
  constexpr double kTarget = 1.25;
  const double before = heap();
  memory::EncryptedMemory dram({.bytes = kTerabyte});
  dram.set_key(memory::KeyId{1}, {});
  memory::NestedTables nested;
  base::Bytes page(kPageBytes, 0x5A), seen(kPageBytes);
  for (std::uint64_t run = 0; run < kRuns; ++run)
    for (std::uint64_t i = 0; i < kRunPages; ++i) {
      const std::uint64_t at = run * (kTerabyte / kRuns) + i * kPageBytes;
      nested.map(at, at, true);
      base::check(!dram.write(memory::KeyId{1}, nested.translate(at)->spa, page).fault && !dram.read(memory::KeyId::kNone, at, seen).fault && seen != page,
                  "memory is written and seen as ciphertext");
    }
  const double touched = double{kRuns} * kRunPages * kPageBytes / kKiB, spent = (heap() - before) / kKiB;
  return {"memory: heap of 1 TiB / its touched pages", spent, touched, spent / touched, "KiB", "<= 1.25x", spent / touched <= kTarget,
          "tables over the pages, tweaks kept"};
}

}  // namespace

void memory_rows(std::vector<Row>& rows) {
  constexpr memory::KeyId kGuest{1};
  memory::EncryptedMemory dram({.bytes = 1 << 24});
  memory::KeyBytes key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  dram.set_key(kGuest, key);

  base::Bytes in(kPages * kPageBytes, 0x5A), out(in.size());
  const auto every_page = [](auto act) {
    return [act] {
      for (std::size_t page = 0; page < kPages; ++page) act(page * kPageBytes);
    };
  };
  const auto write = every_page([&](std::size_t at) {
    base::check(!dram.write(kGuest, at, base::View(in).subspan(at, kPageBytes)).fault, "a private write succeeds");
  });
  const auto reader = [&](memory::KeyId id) {
    return every_page([&, id](std::size_t at) {
      base::check(!dram.read(id, at, std::span(out).subspan(at, kPageBytes)).fault, "a read succeeds");
    });
  };
  // Through a volatile pointer, so that neither call is left out or inlined.
  void* (*volatile copy)(void*, const void*, std::size_t) = std::memcpy;
  const auto plain_copy = every_page([&](std::size_t at) { copy(out.data() + at, in.data() + at, kPageBytes); });
  write();
  rows.push_back(compare("memory: private 4 KiB read / memcpy", 0.8, kLookUp, reader(kGuest), plain_copy));
  rows.push_back(compare("memory: private 4 KiB write / memcpy", 0.8, kLookUp, write, plain_copy));

  EVP_CIPHER_CTX* xts = EVP_CIPHER_CTX_new();
  base::check(EVP_EncryptInit_ex(xts, EVP_aes_128_xts(), nullptr, key.data(), key.data()) == 1, "XTS is available");
  const auto bulk = every_page([&](std::size_t at) {
    base::Block<16> unit{};
    base::store_le<std::uint64_t>(unit, 0, at / kPageBytes);
    int size = 0;
    EVP_EncryptInit_ex(xts, nullptr, nullptr, nullptr, unit.data());
    EVP_EncryptUpdate(xts, out.data() + at, &size, in.data() + at, static_cast<int>(kPageBytes));
  });
  // The first read of a page computes its tweaks too, two AES blocks for XTS's one; a page that was read lately has
  // them. Pages 256 KiB apart share a place among the kept tweaks, so taking them in turns keeps nothing.
  constexpr std::size_t kStride = 64 * kPageBytes;
  for (std::size_t i = 0; i < kPages; ++i)
    base::check(!dram.write(kGuest, i * kStride, base::View(in).first(kPageBytes)).fault, "a private write succeeds");
  const auto first = every_page([&](std::size_t at) {
    const auto to = std::span(out).subspan(at, kPageBytes);
    base::check(!dram.read(memory::KeyId::kNone, at / kPageBytes * kStride, to).fault, "a read succeeds");
  });
  const auto again = reader(memory::KeyId::kNone);
  rows.push_back(compare("memory: ciphertext, first / XTS 4 KiB", 0.95, kTweaks, first, bulk));
  rows.push_back(compare("memory: ciphertext, again / XTS 4 KiB", 0.95, kLookUp, again, bulk));

  // Line by line, of pages whose tweaks are kept and of pages whose are not.
  const auto lines = [&](std::size_t stride) {
    return every_page([&, stride](std::size_t at) {
      for (std::size_t line = 0; line < kPageBytes; line += memory::kLineBytes)
        base::check(!dram.read(memory::KeyId::kNone, at / kPageBytes * stride + line, std::span(out).subspan(at + line, memory::kLineBytes)).fault,
                    "a read succeeds");
    });
  };
  rows.push_back(compare("memory: 64 B lines, first / XTS 4 KiB", 0.5, kTweaks, lines(kStride), bulk));
  rows.push_back(compare("memory: 64 B lines, again / XTS 4 KiB", 0.5, kLookUp, lines(kPageBytes), bulk));
  EVP_CIPHER_CTX_free(xts);
  rows.push_back(terabyte_row());
}

}  // namespace bench
