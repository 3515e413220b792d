#pragma once
// How a secret travels to a guest that is known by its evidence only: REPORT_DATA binds the owner's nonce to a key
// that the guest made, and the secret is sealed to that key. Pure functions for both ends.
#include <functional>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/crypto/ec_key.h"

namespace relying_party {

using Nonce = base::Block<32>;
// A point of P-384 as X||Y, big-endian.
using ChannelKey = base::Block<96>;
// The caller's random stream: so many bytes, the next ones.
using Random = std::function<base::Bytes(std::size_t size)>;

// SHA-512("glacis-purpose-v1" || 00 || nonce || SHA-384(channel key)).
base::Block<64> report_data_for(const Nonce& nonce, const ChannelKey& channel_key);

// A key pair for one channel, or for one sealing: 48 fresh bytes make it.
crypto::EcKey make_channel_key(const Random& random);
ChannelKey public_half(const crypto::EcKey& key);  // the key is on P-384

struct SealedSecret {
  ChannelKey ephemeral{};
  base::Bytes sealed;  // AES-256-GCM: ciphertext || tag, with the nonce as associated data
};

// Empty when `to` is no point of the curve. `ephemeral` must be used once only: key and IV follow from it.
std::optional<SealedSecret> seal_secret(const crypto::EcKey& ephemeral, const ChannelKey& to, const Nonce& nonce,
                                        base::View secret);
// Empty for whoever has another key, or asked with another nonce.
std::optional<base::Bytes> open_secret(const crypto::EcKey& own, const Nonce& nonce, const SealedSecret& sealed);

}  // namespace relying_party
