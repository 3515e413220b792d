// What the lazy encryption engine costs: private copies against memcpy, forced ciphertext against OpenSSL's bulk XTS.
// All over the same number of pages, in the same order; medians of several rounds, alternating, so that a busy machine
// slows both.
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>

#include "platform/base/check.h"
#include "platform/memory/encrypted_memory.h"
#include "tests/bench/row.h"

namespace bench {
namespace {

using memory::kPageBytes;
constexpr std::size_t kPages = 32;  // 128 KiB a side: in the second-level cache, for us and for the baseline
constexpr int kRounds = 31;
constexpr int kPassesPerRound = 30;

double seconds(const std::function<void()>& pass) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kPassesPerRound; ++i) pass();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Row compare(const std::string& name, double target, const std::function<void()>& ours,
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
  std::string text = std::to_string(target);
  text = ">= " + text.substr(0, 3);
  return {name, gib / median_ours, gib / median_baseline, ratio, "GiB/s", text, ratio >= target};
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
  rows.push_back(compare("memory: private 4 KiB read / memcpy", 0.5, reader(kGuest), plain_copy));
  rows.push_back(compare("memory: private 4 KiB write / memcpy", 0.5, write, plain_copy));

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
  rows.push_back(compare("memory: ciphertext, first / XTS 4 KiB", 0.8, first, bulk));
  rows.push_back(compare("memory: ciphertext, again / XTS 4 KiB", 0.8, again, bulk));
  EVP_CIPHER_CTX_free(xts);
}

}  // namespace bench
