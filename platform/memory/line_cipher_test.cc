#include "platform/memory/line_cipher.h"

#include <map>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>

namespace memory {
namespace {

KeyBytes two_keys(std::uint8_t data, std::uint8_t tweak) {
  KeyBytes key{};
  std::fill(key.begin(), key.begin() + 16, data);
  std::fill(key.begin() + 16, key.end(), tweak);
  return key;
}

base::Bytes pattern(std::size_t count) {
  base::Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + (i >> 5));
  return bytes;
}

base::Bytes encrypt(LineCipher& cipher, std::uint64_t spa, base::View plain) {
  base::Bytes out(plain.size());
  cipher.encrypt(spa, plain.data(), out.data(), plain.size() / kBlockBytes);
  return out;
}
base::Bytes decrypt(LineCipher& cipher, std::uint64_t spa, base::View sealed) {
  base::Bytes out(sealed.size());
  cipher.decrypt(spa, sealed.data(), out.data(), sealed.size() / kBlockBytes);
  return out;
}
base::Bytes sum(base::View a, base::View b) {
  base::Bytes out(a.begin(), a.end());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= b[i];
  return out;
}

// IEEE 1619-2007, annex B, XTS-AES-128 vectors 1 and 2: first block, whose tweak has no multiplication.
TEST(LineCipher, GivesThePublishedXtsVectors) {
  LineCipher zero(Mode::kXts, two_keys(0, 0));
  EXPECT_EQ(base::to_hex(encrypt(zero, 0, base::Bytes(16, 0))), "917cf69ebd68b2ec9b9fe9a3eadda692");
  LineCipher second(Mode::kXts, two_keys(0x11, 0x22));
  EXPECT_EQ(base::to_hex(encrypt(second, std::uint64_t{0x3333333333} * 16, base::Bytes(16, 0x44))),
            "c454185e6a16936e39334038acef838b");
}

TEST(LineCipher, IsOpenSslsXtsWithAUnitOfOneBlock) {
  const auto key = two_keys(0x5C, 0x93);
  LineCipher cipher(Mode::kXts, key);
  const auto plain = pattern(kPageBytes);
  const std::uint64_t spa = 0x12'3456'7000;
  const auto sealed = encrypt(cipher, spa, plain);
  EVP_CIPHER_CTX* xts = EVP_CIPHER_CTX_new();
  for (std::size_t i = 0; i < kBlocksPerPage; ++i) {
    base::Block<16> unit{}, expected{};
    base::store_le<std::uint64_t>(unit, 0, spa / 16 + i);
    int size = 0;
    ASSERT_EQ(EVP_EncryptInit_ex(xts, EVP_aes_128_xts(), nullptr, key.data(), unit.data()), 1);
    ASSERT_EQ(EVP_EncryptUpdate(xts, expected.data(), &size, plain.data() + 16 * i, 16), 1);
    ASSERT_TRUE(std::equal(expected.begin(), expected.end(), sealed.begin() + 16 * i)) << "block " << i;
  }
  EVP_CIPHER_CTX_free(xts);
}

TEST(LineCipher, KeptTweaksAreNeverThoseOfAnotherPage) {
  LineCipher cipher(Mode::kXts, two_keys(1, 2));
  const auto plain = pattern(kPageBytes);
  for (const std::uint64_t page : {0, 64, 0, 128, 64, 1}) {
    LineCipher fresh(Mode::kXts, two_keys(1, 2));
    const std::uint64_t spa = page * kPageBytes;
    EXPECT_EQ(encrypt(cipher, spa, plain), encrypt(fresh, spa, plain)) << page;
    LineCipher another(Mode::kXts, two_keys(1, 2));
    const base::View tail = base::View(plain).last(80);
    EXPECT_EQ(encrypt(cipher, spa + kPageBytes - 80, tail), encrypt(another, spa + kPageBytes - 80, tail)) << page;
  }
}

// Pages 0, 64 and 128 are kept in one place.
TEST(LineCipher, LinesOfPagesInTurnAreThoseOfWholePages) {
  const auto plain = pattern(kPageBytes);
  std::map<std::uint64_t, base::Bytes> whole;
  for (const std::uint64_t page : {0, 1, 64, 128}) {
    LineCipher fresh(Mode::kXts, two_keys(1, 2));
    whole[page] = encrypt(fresh, page * kPageBytes, plain);
  }
  for (const std::size_t together : {1, 2, 3}) {  // lines of a page before the next has its turn
    LineCipher cipher(Mode::kXts, two_keys(1, 2));
    for (std::size_t line = 0; line + together <= kLinesPerPage; line += together)
      for (const auto& [page, sealed] : whole)
        for (std::size_t at = line * kLineBytes; at < (line + together) * kLineBytes; at += kLineBytes) {
          const auto got = encrypt(cipher, page * kPageBytes + at, base::View(plain).subspan(at, kLineBytes));
          ASSERT_TRUE(std::equal(got.begin(), got.end(), sealed.begin() + static_cast<std::ptrdiff_t>(at))) << page << " " << at;
        }
  }
}

class EveryMode : public testing::TestWithParam<Mode> {};

TEST_P(EveryMode, DecryptsWhatItEncryptedInPlaceAndInPieces) {
  LineCipher cipher(GetParam(), two_keys(1, 2));
  const auto plain = pattern(kPageBytes);
  const auto sealed = encrypt(cipher, 0x7000, plain);
  EXPECT_EQ(sealed == plain, GetParam() == Mode::kNone);
  EXPECT_EQ(decrypt(cipher, 0x7000, sealed), plain);
  base::Bytes bytes = plain;
  cipher.encrypt(0x7000, bytes.data(), bytes.data(), kBlocksPerPage);
  EXPECT_EQ(bytes, sealed);
  for (std::size_t block = 0; block < kBlocksPerPage; ++block)
    cipher.decrypt(0x7000 + 16 * block, bytes.data() + 16 * block, bytes.data() + 16 * block, 1);
  EXPECT_EQ(bytes, plain);
}

INSTANTIATE_TEST_SUITE_P(All, EveryMode, testing::Values(Mode::kNone, Mode::kXe, Mode::kXex, Mode::kXts));

TEST(LineCipher, PublicTweaksAreLinearInTheAddress) {
  const std::uint64_t a = 0x5'6789'ABC0, b = 0x3'0F0F'1230;
  const auto both = sum(public_tweak(a), public_tweak(b));
  EXPECT_TRUE(std::ranges::equal(both, public_tweak(a ^ b)));
  EXPECT_EQ(public_tweak(0xF), base::Block<16>{});
  EXPECT_EQ(public_tweak(0x10), tweak_constant(4));
}

TEST(LineCipher, PublicTweakConstantsAreLinearlyIndependent) {
  std::vector<unsigned __int128> rows;
  for (unsigned bit = 4; bit < 64; ++bit) {
    const auto t = tweak_constant(bit);
    auto row = static_cast<unsigned __int128>(base::load_le<std::uint64_t>(t, 8)) << 64;
    row |= base::load_le<std::uint64_t>(t);
    for (const auto& other : rows) row = std::min(row, row ^ other);
    ASSERT_TRUE(row != 0) << bit;
    rows.push_back(row);
    std::ranges::sort(rows, std::greater<>());
  }
}

// What SEVurity builds on: an attacker who knows the constants moves a block and knows what it becomes.
TEST(LineCipher, AMovedBlockIsPredictableUnderXeAndXexAndNoiseUnderXts) {
  const std::uint64_t from = 0x1230, to = 0x8'8880;
  const auto plain = pattern(16);
  const auto shift = sum(public_tweak(from), public_tweak(to));
  const auto predicted = sum(plain, shift);
  LineCipher xe(Mode::kXe, two_keys(1, 2)), xex(Mode::kXex, two_keys(1, 2)), xts(Mode::kXts, two_keys(1, 2));
  EXPECT_EQ(decrypt(xe, to, encrypt(xe, from, plain)), predicted);
  EXPECT_NE(decrypt(xex, to, encrypt(xex, from, plain)), predicted);
  EXPECT_EQ(decrypt(xex, to, sum(encrypt(xex, from, plain), shift)), predicted);
  EXPECT_NE(decrypt(xts, to, encrypt(xts, from, plain)), predicted);
  EXPECT_NE(decrypt(xts, to, sum(encrypt(xts, from, plain), shift)), predicted);
}

}  // namespace
}  // namespace memory
