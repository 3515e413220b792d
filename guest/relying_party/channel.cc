#include "guest/relying_party/channel.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"

namespace relying_party {

namespace {

constexpr std::string_view kPurpose = "glacis-purpose-v1";
constexpr std::string_view kSealingInfo = "glacis-secret-v1";
constexpr std::size_t kIvSize = 12;

struct SealingKey {
  base::Block<32> key{};
  base::Bytes iv;
};

// Both points enter, so that neither end can be led to use one shared value for another pair.
SealingKey sealing_key(base::View shared, const ChannelKey& ephemeral, const ChannelKey& to) {
  base::Bytes info = base::bytes_of(kSealingInfo);
  base::append(info, ephemeral);
  base::append(info, to);
  base::Bytes material = crypto::hkdf_sha384(shared, {}, info, 32 + kIvSize);
  SealingKey out;
  std::copy_n(material.begin(), out.key.size(), out.key.begin());
  out.iv.assign(material.begin() + 32, material.end());
  return out;
}

}  // namespace

base::Block<64> report_data_for(const Nonce& nonce, const ChannelKey& channel_key) {
  base::Bytes input = base::bytes_of(kPurpose);
  input.push_back(0);
  base::append(input, nonce);
  base::append(input, crypto::sha384(channel_key));
  return crypto::sha512(input);
}

crypto::EcKey make_channel_key(const Random& random) {
  base::Bytes seed = random(48);
  base::check(seed.size() == 48, "a random stream gives as many bytes as it is asked for");
  return crypto::EcKey::derive(crypto::Curve::kP384, seed, kPurpose);
}

ChannelKey public_half(const crypto::EcKey& key) {
  base::check(key.curve() == crypto::Curve::kP384, "a channel key is on P-384");
  ChannelKey out{};
  std::copy(key.public_point().begin(), key.public_point().end(), out.begin());
  return out;
}

std::optional<SealedSecret> seal_secret(const crypto::EcKey& ephemeral, const ChannelKey& to, const Nonce& nonce,
                                        base::View secret) {
  auto shared = ephemeral.ecdh(to);
  if (!shared) return std::nullopt;
  SealedSecret out{.ephemeral = public_half(ephemeral), .sealed = {}};
  SealingKey with = sealing_key(*shared, out.ephemeral, to);
  out.sealed = crypto::aes256_gcm_seal(with.key, with.iv, nonce, secret);
  return out;
}

std::optional<base::Bytes> open_secret(const crypto::EcKey& own, const Nonce& nonce, const SealedSecret& sealed) {
  if (own.curve() != crypto::Curve::kP384) return std::nullopt;
  auto shared = own.ecdh(sealed.ephemeral);
  if (!shared) return std::nullopt;
  SealingKey with = sealing_key(*shared, sealed.ephemeral, public_half(own));
  return crypto::aes256_gcm_open(with.key, with.iv, nonce, sealed.sealed);
}

}  // namespace relying_party
