#pragma once
// The CCA attestation token of RMM 1.0: two claim sets, each signed (COSE_Sign1), in one wrapper (RMM 1.0, "CCA attestation token";
// profiles tag:arm.com,2023:cca_platform#1.0.0 and tag:arm.com,2023:realm#1.0.0). The platform's is signed by a key of the silicon, the
// realm's by one that the platform's token names by its hash.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/cbor/cbor.h"
#include "platform/protocol/cca/measurement.h"
#include "platform/protocol/cose/sign1.h"

namespace ccaproto {

inline constexpr std::uint64_t kTokenTag = 399;
inline constexpr std::int64_t kPlatformTokenLabel = 44234, kRealmTokenLabel = 44241;
inline constexpr std::size_t kTokenSizeMax = 32 * 1024;

inline constexpr std::string_view kPlatformProfile = "tag:arm.com,2023:cca_platform#1.0.0";
inline constexpr std::string_view kRealmProfile = "tag:arm.com,2023:realm#1.0.0";

// Claim labels of both sets.
enum class Claim : std::int64_t {
  kChallenge = 10,
  kInstanceId = 256,
  kProfile = 265,
  kLifecycle = 2395,
  kImplementationId = 2396,
  kSwComponents = 2399,
  kVerificationService = 2400,
  kConfig = 2401,
  kPlatformHashAlgorithm = 2402,
  kPersonalization = 44235,
  kHashAlgorithm = 44236,
  kPublicKey = 44237,
  kInitialMeasurement = 44238,
  kExtensibleMeasurements = 44239,
  kPublicKeyHashAlgorithm = 44240,
};

// Security life cycle of the platform: what counts is bits 15:8.
inline constexpr std::uint16_t kLifecycleUnknown = 0x0000, kLifecycleAssembly = 0x1000, kLifecycleProvisioning = 0x2000,
                               kLifecycleSecured = 0x3000, kLifecycleNonCcaDebug = 0x4000, kLifecycleRecoverableDebug = 0x5000,
                               kLifecycleDecommissioned = 0x6000;
constexpr bool is_secured(std::uint64_t lifecycle) { return lifecycle >= 0x3000 && lifecycle <= 0x30FF; }

struct SwComponent {
  std::string type;     // a hint
  base::Bytes measurement;
  std::string version;
  base::Bytes signer_id;
  std::string hash_algorithm;  // may be empty
  bool operator==(const SwComponent&) const = default;
};

struct PlatformClaims {
  std::string profile{kPlatformProfile};
  base::Bytes challenge;  // hash of the realm attestation key
  base::Block<32> implementation_id{};
  base::Block<33> instance_id{};
  base::Bytes config;
  std::uint16_t lifecycle = kLifecycleSecured;
  std::vector<SwComponent> sw_components;
  std::string verification_service;  // may be empty
  std::string hash_algorithm = "sha-256";
  bool operator==(const PlatformClaims&) const = default;
};
cbor::Value claims_value(const PlatformClaims& claims);
// Empty unless every claim of the profile is there, of its type and size. Claims that are not known are passed over.
std::optional<PlatformClaims> platform_claims(base::View payload);

struct RealmTokenClaims {
  std::string profile{kRealmProfile};
  base::Block<64> challenge{};
  base::Block<64> personalization{};
  std::string hash_algorithm = "sha-256";
  base::Bytes public_key;  // an encoded COSE_Key
  base::Bytes rim;
  std::array<base::Bytes, 4> rems;
  std::string public_key_hash_algorithm = "sha-256";
  bool operator==(const RealmTokenClaims&) const = default;
};
cbor::Value claims_value(const RealmTokenClaims& claims);
std::optional<RealmTokenClaims> realm_claims(base::View payload);

struct Token {
  cose::Sign1 platform, realm;
};
base::Bytes encode_token(const Token& token);
std::optional<Token> decode_token(base::View bytes);

// "sha-256", "sha-384", "sha-512"; nothing for another name.
std::optional<base::Bytes> hash_by_name(std::string_view algorithm, base::View data);

// What the silicon vendor says of one platform: its token key, for whoever is to believe its tokens. A CWT (RFC 8392) with the claims
// of the platform's identity and the key as its confirmation (RFC 8747), signed by the vendor.
// convention: the format of endorsements is a verifier's own affair; ours is this.
struct KeyEndorsement {
  base::Block<32> implementation_id{};
  base::Block<33> instance_id{};
  base::Bytes public_key;  // X||Y, P-384
  bool operator==(const KeyEndorsement&) const = default;
};
inline constexpr std::int64_t kConfirmation = 8, kConfirmationCoseKey = 1;
cbor::Value claims_value(const KeyEndorsement& endorsement);
std::optional<KeyEndorsement> key_endorsement(base::View payload);

}  // namespace ccaproto
