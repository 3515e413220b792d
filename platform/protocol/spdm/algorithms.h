#pragma once
// The algorithms of a connection: the bits that name them (DSP0274 1.3, 10.5), what both sides agreed on, and the
// sizes that follow from it.
#include <cstdint>
#include <optional>

#include "platform/crypto/aead.h"
#include "platform/crypto/digest.h"
#include "platform/crypto/ec_key.h"
#include "platform/protocol/spdm/header.h"
#include "platform/protocol/spdm/negotiate.h"

namespace spdm {

// base_asym_algo and, as 16 bits, the requester's.
inline constexpr std::uint32_t kAsymRsaSsa2048 = 1u << 0;
inline constexpr std::uint32_t kAsymRsaPss2048 = 1u << 1;
inline constexpr std::uint32_t kAsymRsaSsa3072 = 1u << 2;
inline constexpr std::uint32_t kAsymRsaPss3072 = 1u << 3;
inline constexpr std::uint32_t kAsymEcdsaP256 = 1u << 4;
inline constexpr std::uint32_t kAsymRsaSsa4096 = 1u << 5;
inline constexpr std::uint32_t kAsymRsaPss4096 = 1u << 6;
inline constexpr std::uint32_t kAsymEcdsaP384 = 1u << 7;
inline constexpr std::uint32_t kAsymEcdsaP521 = 1u << 8;

inline constexpr std::uint32_t kHashSha256 = 1u << 0;
inline constexpr std::uint32_t kHashSha384 = 1u << 1;
inline constexpr std::uint32_t kHashSha512 = 1u << 2;

inline constexpr std::uint32_t kMeasurementHashRawOnly = 1u << 0;
inline constexpr std::uint32_t kMeasurementHashSha256 = 1u << 1;
inline constexpr std::uint32_t kMeasurementHashSha384 = 1u << 2;
inline constexpr std::uint32_t kMeasurementHashSha512 = 1u << 3;

inline constexpr std::uint8_t kMeasurementSpecificationDmtf = 1u << 0;

inline constexpr std::uint16_t kDheFfdhe2048 = 1u << 0;
inline constexpr std::uint16_t kDheFfdhe3072 = 1u << 1;
inline constexpr std::uint16_t kDheFfdhe4096 = 1u << 2;
inline constexpr std::uint16_t kDheSecp256r1 = 1u << 3;
inline constexpr std::uint16_t kDheSecp384r1 = 1u << 4;
inline constexpr std::uint16_t kDheSecp521r1 = 1u << 5;

inline constexpr std::uint16_t kAeadAes128Gcm = 1u << 0;
inline constexpr std::uint16_t kAeadAes256Gcm = 1u << 1;
inline constexpr std::uint16_t kAeadChaCha20Poly1305 = 1u << 2;

inline constexpr std::uint16_t kKeyScheduleSpdm = 1u << 0;

// other_params: 3:0 opaque data formats, 4 several keys per connection (1.3).
inline constexpr std::uint8_t kOpaqueFormat0 = 1u << 0;
inline constexpr std::uint8_t kOpaqueFormat1 = 1u << 1;
inline constexpr std::uint8_t kMultiKeyConnection = 1u << 4;

// What NEGOTIATE_ALGORITHMS led to: one bit in each field, or none where nothing was agreed on. The default is the
// platform's usual suite.
struct Algorithms {
  Version version = Version::k12;
  std::uint8_t measurement_specification = kMeasurementSpecificationDmtf;
  std::uint8_t other_params = kOpaqueFormat1;
  std::uint32_t measurement_hash = kMeasurementHashSha384;
  std::uint32_t base_asym = kAsymEcdsaP384;
  std::uint32_t base_hash = kHashSha384;
  std::uint16_t dhe = kDheSecp384r1;
  std::uint16_t aead = kAeadAes256Gcm;
  std::uint16_t requester_asym = kAsymEcdsaP384;
  std::uint16_t key_schedule = kKeyScheduleSpdm;
  bool operator==(const Algorithms&) const = default;
};

// As an ALGORITHMS message tells it. A table that is absent leaves zero.
Algorithms algorithms_of(const AlgorithmsResponse& message);
// The message that tells it, with the four tables in 1.1 and later.
AlgorithmsResponse algorithms_response(const Algorithms& algorithms);

// The `supported` field of the first table of this type; zero without one.
std::uint16_t supported_in(const std::vector<AlgorithmTable>& tables, TableType type);
// `length` as the lists and tables in the message make it.
std::uint16_t length_of(const NegotiateAlgorithms& message);
std::uint16_t length_of(const AlgorithmsResponse& message);

// Empty unless the bits name exactly one algorithm that we can compute.
std::optional<crypto::Digest> digest_of(std::uint32_t base_hash);
std::optional<crypto::Digest> measurement_digest_of(std::uint32_t measurement_hash);
std::optional<crypto::Aead> aead_of(std::uint16_t aead);
std::optional<crypto::Curve> dhe_curve_of(std::uint16_t dhe);
std::optional<crypto::Curve> ecdsa_curve_of(std::uint32_t asym);  // empty for RSA too

// The hash of a connection. Without one that we can compute it is a Bug to ask.
crypto::Digest hash_of(const Algorithms& algorithms);

// Bytes; 0 for what is no single known algorithm.
std::size_t digest_size(std::uint32_t base_hash);                // H
std::size_t measurement_digest_size(std::uint32_t measurement_hash);
std::size_t signature_size(std::uint32_t asym);                  // r||s, or an RSA modulus
std::size_t exchange_size(std::uint16_t dhe);                    // D: X||Y, or a Diffie-Hellman modulus

// What a reader must know about messages that their own bytes do not tell. A message that needs it holds one as its
// member `shape`, outside the layout: decode<KeyExchange>(bytes, {.shape = shape_of(algorithms)}).
struct Shape {
  std::size_t digest = 48;
  std::size_t signature = 96;            // of the responder
  std::size_t requester_signature = 96;
  std::size_t exchange = 96;
  bool measurement_summary = false;      // asked for, and the responder has measurements
  bool signed_measurements = false;      // GET_MEASUREMENTS asked for a signature
  bool handshake_in_the_clear = false;   // both have the capability
  bool multi_key = false;                // MULTI_KEY_CONN of whoever sends DIGESTS (1.3)
  bool operator==(const Shape&) const = default;
};
Shape shape_of(const Algorithms& algorithms);

}  // namespace spdm
