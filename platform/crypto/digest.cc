#include "platform/crypto/digest.h"

#include <algorithm>
#include <array>

#include "platform/crypto/algorithms.h"

namespace crypto {
namespace {

const EVP_MD* algorithm_of(Digest digest) {
  switch (digest) {
    case Digest::kSha256: return sha256_algorithm();
    case Digest::kSha384: return sha384_algorithm();
    default: return sha512_algorithm();
  }
}

constexpr std::size_t kBlockMax = 128, kDigestMax = 64;

}  // namespace

base::Bytes hash(Digest digest, base::View data) {
  base::Bytes out(size_of(digest));
  digest_of(algorithm_of(digest), {data}, out.data());
  return out;
}

// RFC 2104, 2. OpenSSL's own spends more on its contexts than on four blocks.
base::Bytes hmac(Digest digest, base::View key, base::View data) {
  constexpr std::uint8_t kInner = 0x36, kOuter = 0x5C;
  const EVP_MD* algorithm = algorithm_of(digest);
  const std::size_t block = digest == Digest::kSha256 ? 64 : kBlockMax;
  std::array<std::uint8_t, kBlockMax> padded{};
  std::array<std::uint8_t, kDigestMax> inner;
  if (key.size() > block) digest_of(algorithm, {key}, padded.data());
  else std::ranges::copy(key, padded.begin());
  for (auto& byte : padded) byte ^= kInner;
  digest_of(algorithm, {base::View(padded).first(block), data}, inner.data());
  for (auto& byte : padded) byte ^= kInner ^ kOuter;
  base::Bytes out(size_of(digest));
  digest_of(algorithm, {base::View(padded).first(block), base::View(inner).first(out.size())}, out.data());
  return out;
}

base::Bytes hkdf_extract(Digest digest, base::View salt, base::View ikm) { return hmac(digest, salt, ikm); }

base::Bytes hkdf_expand(Digest digest, base::View prk, base::View info, std::size_t length) {
  base::check(length <= 255 * size_of(digest), "HKDF gives at most 255 blocks");
  base::Bytes out;
  base::Bytes previous;
  for (std::uint8_t i = 1; out.size() < length; ++i) {
    base::Bytes input = previous;
    base::append(input, info);
    input.push_back(i);
    previous = hmac(digest, prk, input);
    base::append(out, previous);
  }
  out.resize(length);
  return out;
}

}  // namespace crypto
