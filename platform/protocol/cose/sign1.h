#pragma once
// COSE_Sign1 (RFC 9052, 4.2): a payload and one signature over it. The signature covers the Sig_structure of context
// "Signature1" (RFC 9052, 4.4). A payload outside the message (nil) is refused.
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/cbor/cbor.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/ed25519.h"

namespace cose {

inline constexpr std::uint64_t kSign1Tag = 18;

// RFC 9053, 2.1 and 2.2; the number is the one of the header.
enum class Algorithm : std::int64_t { kEs256 = -7, kEdDsa = -8, kEs384 = -35, kEs512 = -36 };

// Header labels (RFC 9052, 3.1).
inline constexpr std::int64_t kAlgorithmLabel = 1;
inline constexpr std::int64_t kCriticalLabel = 2;
inline constexpr std::int64_t kContentTypeLabel = 3;
inline constexpr std::int64_t kKeyIdLabel = 4;

struct Sign1 {
  cbor::Value protected_header = cbor::Map{};
  cbor::Value unprotected = cbor::Map{};
  base::Bytes payload{};
  base::Bytes signature{};
  bool operator==(const Sign1&) const = default;
};

// The bare array (as in a DICE chain), and the message with tag 18 (as in a CCA token). What is written is what is
// given. Reading refuses headers that are no maps, labels that are neither numbers nor texts, and one label in both
// headers.
cbor::Value sign1_value(const Sign1& message);
std::optional<Sign1> sign1_of(const cbor::Value& value);
base::Bytes encode_sign1(const Sign1& message);
std::optional<Sign1> decode_sign1(base::View bytes);

// The protected header's algorithm; empty when it is missing or none of ours.
std::optional<Algorithm> algorithm_of(const Sign1& message);
// The algorithm that suits the curve: ES256, ES384 or ES512.
Algorithm algorithm_for(crypto::Curve curve);

// What is signed: the encoded Sig_structure.
base::Bytes to_be_signed(const Sign1& message, base::View external_data = {});

// A message whose protected header names the algorithm and nothing else. The key's curve may be another than the
// algorithm's name suggests: RFC 9053 lets the algorithm choose the hash alone.
Sign1 sign1(crypto::Library& library, const crypto::Operation& operation, const crypto::EcKey& key, base::Bytes payload,
            Algorithm algorithm, base::View external_data = {});
Sign1 sign1(const crypto::Ed25519Key& key, base::Bytes payload, base::View external_data = {});
// Signs what the message says now, headers of any content included, with the hash of `algorithm`.
void sign(Sign1& message, crypto::Library& library, const crypto::Operation& operation, const crypto::EcKey& key,
          Algorithm algorithm, base::View external_data = {});
void sign(Sign1& message, const crypto::Ed25519Key& key, base::View external_data = {});

// `public_key` is X||Y of P-256, P-384 or P-521, or Ed25519's 32 bytes. False as well when the algorithm is not in the
// protected header, does not go with that key's kind, or a header is marked critical that we do not know.
bool verify(const Sign1& message, base::View public_key, base::View external_data = {});

}  // namespace cose
