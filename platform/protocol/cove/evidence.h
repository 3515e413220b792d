#pragma once
// Evidence about a TVM (RISC-V CoVE 0.7, "Evidence Format"): three tokens, each a CWT in a COSE_Sign1 by the layer below it, in the
// submodule map of an EAT; and the certificate in which sbi_covg_get_evidence hands them over.
//
// convention `cove.evidence.labels`: the specification fixes labels 10, 265 and 266 and leaves the others to be determined; ours are
// private ones from kPlatformPublicKey down.
//
// Promise: what is read has every claim that is not optional, each of the type that the specification gives it, and no key that is no
// EC2 key on P-384; meaning is for whoever judges. Claims that nobody defined are carried over by nobody and ignored.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/cbor/cbor.h"
#include "platform/crypto/certificate.h"
#include "platform/protocol/cose/sign1.h"
#include "platform/protocol/cove/structures.h"

namespace coveproto {

inline constexpr std::int64_t kIssuerLabel = 1, kSubjectLabel = 2, kChallengeLabel = 10, kProfileLabel = 265, kSubmoduleLabel = 266;
inline constexpr std::int64_t kPlatformPublicKeyLabel = -75001, kManufacturerIdLabel = -75002, kPlatformStateLabel = -75003,
                              kPlatformComponentsLabel = -75004, kTsmPublicKeyLabel = -75005, kTsmComponentsLabel = -75006,
                              kTvmIdentityLabel = -75007, kTvmPublicKeyLabel = -75008, kTvmInitialLabel = -75009,
                              kTvmRuntimeLabel = -75010, kEvidenceLabel = -75011;
inline constexpr std::uint64_t kCwtTag = 61;
inline constexpr const char* kProfile = "https://riscv.org/TBD";
inline constexpr const char* kHashName = "sha-384";

enum class PlatformState : std::int64_t { kNotConfigured = 1, kSecured = 2, kDebug = 3, kRecovery = 4 };

using ManufacturerId = base::Block<64>;

struct SwComponent {
  std::string type;
  base::Bytes measurement;
  std::string svn;
  std::optional<base::Bytes> manifest;
  base::Bytes signer;
  std::string hash_algorithm = kHashName;
  friend bool operator==(const SwComponent&, const SwComponent&) = default;
};

// Public keys are X||Y.
struct PlatformToken {
  std::string profile = kProfile;
  base::Bytes public_key;
  ManufacturerId manufacturer_id{};
  PlatformState state = PlatformState::kSecured;
  std::vector<SwComponent> components;
  friend bool operator==(const PlatformToken&, const PlatformToken&) = default;
};
struct TsmToken {
  base::Bytes public_key;
  SwComponent driver, tsm;
  friend bool operator==(const TsmToken&, const TsmToken&) = default;
};
struct RegisterValue {
  std::uint64_t index = 0;
  base::Bytes value;
  std::string hash_algorithm = kHashName;
  friend bool operator==(const RegisterValue&, const RegisterValue&) = default;
};
struct TvmToken {
  Challenge challenge{};
  std::optional<Identity> identity;
  base::Bytes public_key;
  std::vector<RegisterValue> initial;
  std::optional<std::vector<RegisterValue>> runtime;
  friend bool operator==(const TvmToken&, const TvmToken&) = default;
};

// The claims as a map, before tag 61.
cbor::Value claims_of(const PlatformToken& token);
cbor::Value claims_of(const TsmToken& token);
cbor::Value claims_of(const TvmToken& token);
std::optional<PlatformToken> platform_token_of(const cbor::Value& claims);
std::optional<TsmToken> tsm_token_of(const cbor::Value& claims);
std::optional<TvmToken> tvm_token_of(const cbor::Value& claims);
// A CWT: tag 61 around the map; and the map of one.
base::Bytes cwt_of(cbor::Value claims);
std::optional<cbor::Value> claims_of_cwt(base::View payload);

// {266: {"platform": ..., "tsm": ..., "tvm": ...}}.
struct Tokens {
  cose::Sign1 platform, tsm, tvm;
};
cbor::Value evidence_of(const Tokens& tokens);
std::optional<Tokens> tokens_of(const cbor::Value& evidence);

// What the certificate says beside the evidence.
struct Certificate {
  std::string issuer, subject;  // the TSM's CDI_ID and the TVM's, in lower-case hexadecimal
  cbor::Value evidence;
};
cbor::Value claims_of(const Certificate& certificate);
std::optional<Certificate> certificate_of(const cbor::Value& claims);

// Everything of one piece of evidence, as received.
struct ReadEvidence {
  cose::Sign1 envelope;                      // of the CBOR form
  std::optional<crypto::Certificate> x509;   // the other form (x509_form.h)
  Certificate certificate;
  Tokens signed_tokens;
  PlatformToken platform;
  TsmToken tsm;
  TvmToken tvm;
};
// Empty unless all of it is there and well-formed, in either form. No signature is looked at.
std::optional<ReadEvidence> read_evidence(base::View bytes);

}  // namespace coveproto
