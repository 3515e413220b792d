// The processor's own AES against the published vectors and, over random keys, places, lengths and modes, against
// OpenSSL.
#include "platform/memory/line_cipher_aesni.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace memory {
namespace {

base::Block<16> counting(unsigned from, unsigned step) {
  base::Block<16> out{};
  for (unsigned i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(from + i * step);
  return out;
}

class EveryPath : public testing::TestWithParam<CipherPath> {
 protected:
  void SetUp() override {
    passes_ = find_passes(GetParam());
    if (!passes_) GTEST_SKIP() << "not on this processor";
  }
  const AesPasses* passes_ = nullptr;
};

std::string name_of(const testing::TestParamInfo<CipherPath>& info) {
  switch (info.param) {
    case CipherPath::kAesNi: return "AesNi";
    case CipherPath::kVaes256: return "Vaes256";
    case CipherPath::kVaes512: return "Vaes512";
    default: return "Fastest";
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryPath,
                         testing::Values(CipherPath::kFastest, CipherPath::kAesNi, CipherPath::kVaes256,
                                         CipherPath::kVaes512),
                         name_of);

// FIPS 197, appendix C.1, in every place of a group.
TEST_P(EveryPath, GivesThePublishedCiphertext) {
  const AesKey key = expand_aes128(counting(0, 1).data());
  const auto plain = counting(0, 0x11);
  for (std::size_t count = 1; count < 40; ++count) {
    base::Bytes in, out(16 * count);
    for (std::size_t i = 0; i < count; ++i) base::append(in, plain);
    passes_->encrypt(key, {.in = in.data(), .out = out.data()}, count);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(base::to_hex(base::View(out).subspan(16 * i, 16)), "69c4e0d86a7b0430d8cdb78070b4c55a") << i;
    passes_->decrypt(key, {.in = out.data(), .out = out.data()}, count);
    ASSERT_EQ(out, in) << count;
  }
}

// IEEE 1619-2007, annex B, XTS-AES-128 vectors 1 and 2: first block, whose tweak has no multiplication.
TEST_P(EveryPath, GivesThePublishedXtsVectors) {
  base::Bytes out(16, 0);
  LineCipher zero(Mode::kXts, KeyBytes{}, GetParam());
  zero.encrypt(0, out.data(), out.data(), 1);
  EXPECT_EQ(base::to_hex(out), "917cf69ebd68b2ec9b9fe9a3eadda692");
  KeyBytes key{};
  std::fill_n(key.begin(), 16, 0x11);
  std::fill_n(key.begin() + 16, 16, 0x22);
  LineCipher second(Mode::kXts, key, GetParam());
  std::ranges::fill(out, 0x44);
  second.encrypt(std::uint64_t{0x3333333333} * 16, out.data(), out.data(), 1);
  EXPECT_EQ(base::to_hex(out), "c454185e6a16936e39334038acef838b");
}

TEST_P(EveryPath, GivesOpenSslsBytes) {
  std::mt19937_64 random(static_cast<unsigned>(GetParam()));
  for (const Mode mode : {Mode::kXe, Mode::kXex, Mode::kXts}) {
    for (int keys = 0; keys < 20; ++keys) {
      KeyBytes key{};
      for (auto& byte : key) byte = static_cast<std::uint8_t>(random());
      LineCipher theirs(mode, key, CipherPath::kOpenSsl);
      LineCipher ours(mode, key, GetParam());
      for (int i = 0; i < 100; ++i) {
        // Few pages, so that kept tweaks are met; some at the far end of the address space.
        const std::uint64_t page = random() % 4 ? random() % 4 * 64 : random() >> 12;
        const std::size_t count = random() % 8 ? 1 + random() % kBlocksPerPage : kBlocksPerPage;
        const std::uint64_t spa = page * kPageBytes + random() % (kBlocksPerPage - count + 1) * kBlockBytes;
        base::Bytes in(count * kBlockBytes), a(in.size()), b(in.size());
        for (auto& byte : in) byte = static_cast<std::uint8_t>(random());
        theirs.encrypt(spa, in.data(), a.data(), count);
        ours.encrypt(spa, in.data(), b.data(), count);
        ASSERT_EQ(a, b) << "encrypt " << count << " at " << spa;
        theirs.decrypt(spa, in.data(), a.data(), count);
        ours.decrypt(spa, in.data(), b.data(), count);
        ASSERT_EQ(a, b) << "decrypt " << count << " at " << spa;
        ours.encrypt(spa, b.data(), b.data(), count);
        ASSERT_EQ(b, in) << "in place, " << count << " at " << spa;
      }
    }
  }
}

// FIPS 197, appendix A.1: the last round key.
TEST(AesKey, IsThePublishedExpansion) {
  if (!find_passes(CipherPath::kFastest)) GTEST_SKIP() << "not on this processor";
  const base::Block<16> key = {0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6,
                               0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C};
  const AesKey expanded = expand_aes128(key.data());
  EXPECT_EQ(expanded.encrypt.front(), key);
  EXPECT_EQ(base::to_hex(expanded.encrypt.back()), "d014f9a8c9ee2589e13f0cc8b6630ca6");
  EXPECT_EQ(expanded.decrypt.front(), expanded.encrypt.back());
}

TEST(FindPasses, OpenSslIsNoneOfThem) { EXPECT_EQ(find_passes(CipherPath::kOpenSsl), nullptr); }

}  // namespace
}  // namespace memory
