#include "platform/crypto/ed25519.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace crypto {
namespace {

template <std::size_t N>
base::Block<N> block(std::string_view hex) {
  base::Block<N> out{};
  std::ranges::copy(base::from_hex(hex).value(), out.begin());
  return out;
}

// RFC 8032, 7.1, tests 1 and 2.
struct Vector {
  const char* own;
  const char* shown;
  const char* message;
  const char* signature;
};
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "55141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "00d291612bb0c00"},
};

TEST(Ed25519, SignsAndVerifiesAsPublished) {
  for (const auto& [own, shown, message, signature] : kVectors) {
    const Ed25519Key key = Ed25519Key::from_private(block<32>(own));
    const base::Bytes text = base::from_hex(message).value();
    EXPECT_EQ(key.public_key(), block<32>(shown));
    EXPECT_EQ(key.sign(text), block<64>(signature));
    EXPECT_TRUE(ed25519_verify(key.public_key(), text, key.sign(text)));
  }
}

TEST(Ed25519, RefusesWhatDoesNotFit) {
  const Ed25519Key key = Ed25519Key::derive(base::view_of("seed"), "one");
  const Ed25519Key other = Ed25519Key::derive(base::view_of("seed"), "two");
  const base::View message = base::view_of("message");
  base::Block<64> signature = key.sign(message);
  EXPECT_FALSE(ed25519_verify(other.public_key(), message, signature));
  EXPECT_FALSE(ed25519_verify(key.public_key(), base::view_of("massage"), signature));
  EXPECT_FALSE(ed25519_verify(key.public_key(), message, base::View(signature).first(63)));
  EXPECT_FALSE(ed25519_verify(base::View(key.public_key()).first(31), message, signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    signature[i] ^= 1;
    EXPECT_FALSE(ed25519_verify(key.public_key(), message, signature)) << i;
    signature[i] ^= 1;
  }
}

}  // namespace
}  // namespace crypto
