#include "platform/crypto/xts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace crypto {
namespace {

XtsKey key_of(std::string_view text) {
  const base::Bytes bytes = base::from_hex(text).value();
  XtsKey key{};
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

const XtsKey kKey = key_of(
    "2718281828459045235360287471352662497757247093699959574966967627"
    "3141592653589793238462643383279502884197169399375105820974944592");

base::Bytes counting() {
  base::Bytes out(512);
  std::iota(out.begin(), out.end(), std::uint8_t{0});
  return out;
}

// IEEE 1619-2018, annex B, vector 10: AES-256, data unit ffh, 512 bytes.
TEST(Xts, AnswersThePublishedExample) {
  const auto sealed = aes256_xts_encrypt(kKey, 0xff, counting());
  EXPECT_EQ(base::to_hex(base::View(sealed).first(96)),
            "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b"
            "5d31e276f8fe4a8d66b317f9ac683f44680a86ac35adfc3345befecb4bb188fd"
            "5776926c49a3095eb108fd1098baec70aaa66999a72a82f27d848b21d4a741b0");
  EXPECT_EQ(aes256_xts_decrypt(kKey, 0xff, sealed), counting());
}

TEST(Xts, GivesTheSamePlaintextAnotherFaceInAnotherSector) {
  EXPECT_NE(aes256_xts_encrypt(kKey, 1, counting()), aes256_xts_encrypt(kKey, 2, counting()));
}

// What makes it unfit alone: an altered block decrypts to noise, its neighbours to what they were, and nobody is told.
TEST(Xts, TurnsAnAlteredBlockIntoNoiseAndNothingElse) {
  auto sealed = aes256_xts_encrypt(kKey, 7, counting());
  sealed[33] ^= 1;
  const auto back = aes256_xts_decrypt(kKey, 7, sealed), plain = counting();
  for (std::size_t block = 0; block < plain.size(); block += 16)
    EXPECT_EQ(std::equal(back.begin() + static_cast<std::ptrdiff_t>(block), back.begin() + static_cast<std::ptrdiff_t>(block) + 16,
                         plain.begin() + static_cast<std::ptrdiff_t>(block)),
              block != 32);
}

}  // namespace
}  // namespace crypto
