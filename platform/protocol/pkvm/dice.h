#pragma once
// DICE as pKVM's platforms use it (Open Profile for DICE 2.5; Android profile for DICE, android.18): secrets that
// depend on what was booted (CDIs), keys made from them, and a chain of certificates in which each layer's key signs
// the next. Keys are P-384 here.
//
// Promise: whatever is malformed is refused whole; what was decoded is exactly what was signed.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/cbor/cbor.h"
#include "platform/crypto/ec_key.h"
#include "platform/protocol/cose/sign1.h"

namespace pkvmproto {

using Cdi = base::Block<32>;
using DiceHash = base::Block<64>;  // SHA-512

enum class DiceMode : std::uint8_t { kNotConfigured = 0, kNormal = 1, kDebug = 2, kRecovery = 3 };

// What a layer is told about the next one.
struct DiceInput {
  DiceHash code_hash{};
  base::Bytes code_descriptor{};
  DiceHash inline_config{};  // counts where there is no descriptor
  base::Bytes config_descriptor{};
  DiceHash authority_hash{};
  base::Bytes authority_descriptor{};
  DiceMode mode = DiceMode::kNotConfigured;
  DiceHash hidden{};
};

struct Cdis {
  Cdi attest{}, seal{};
  friend bool operator==(const Cdis&, const Cdis&) = default;
};
Cdis next_cdis(const Cdis& current, const DiceInput& input);
// The layer's key pair, from its CDI_Attest.
crypto::EcKey dice_key(const Cdi& attest);
// Of a public key, in hexadecimal: issuer and subject of certificates.
std::string dice_id(base::View public_point);
// COSE_Key of a P-384 key that verifies ES384.
cbor::Value dice_public_key(base::View public_point);

inline constexpr std::string_view kAndroidProfile = "android.18";

// A last look at claims before they are signed, by what they are. Empty in an honest world.
using DiceEdit = std::function<void(std::string_view what, cbor::Value& claims)>;

// Claims of a certificate (RFC 8392; Open Profile for DICE, 9.2).
inline constexpr std::int64_t kClaimIssuer = 1, kClaimSubject = 2;
inline constexpr std::int64_t kClaimCodeHash = -4670545, kClaimCodeDescriptor = -4670546, kClaimConfigHash = -4670547,
                              kClaimConfigDescriptor = -4670548, kClaimAuthorityHash = -4670549,
                              kClaimAuthorityDescriptor = -4670550, kClaimMode = -4670551, kClaimSubjectKey = -4670552,
                              kClaimKeyUsage = -4670553, kClaimProfile = -4670554;
inline constexpr std::uint8_t kKeyUsageCertSign = 0x20;

// In the order in which the reference implementation writes them.
cbor::Value dice_claims(base::View authority_point, base::View subject_point, const DiceInput& input,
                        std::string_view profile);
// `what` is the layer's name, for `edit`.
cose::Sign1 dice_certificate(crypto::Library& library, const crypto::Operation& operation,
                             const crypto::EcKey& authority, base::View subject_point, const DiceInput& input,
                             std::string_view what, const DiceEdit& edit = {});

// ---- reading --------------------------------------------------------------------------------------------------------

// Android profile for DICE, configuration descriptor.
inline constexpr std::int64_t kConfigComponentName = -70002, kConfigComponentVersion = -70003,
                              kConfigResettable = -70004, kConfigSecurityVersion = -70005, kConfigRkpVm = -70006,
                              kConfigInstanceName = -70007;
// Of a virtual machine's payload, by Android's virtualization framework.
inline constexpr std::int64_t kConfigAvfFirst = -71999, kConfigAvfLast = -71000;
struct ConfigDescriptor {
  std::optional<std::string> component_name{};
  std::optional<std::int64_t> component_version{};
  bool resettable = false;
  std::optional<std::int64_t> security_version{};
  bool rkp_vm = false;
  std::optional<base::Bytes> instance_name{};
  friend bool operator==(const ConfigDescriptor&, const ConfigDescriptor&) = default;
};
base::Bytes encode_config_descriptor(const ConfigDescriptor& config);
// Unknown labels of the AVF range are passed over; any other unknown label, and a known one of another type, refuses
// all.
std::optional<ConfigDescriptor> decode_config_descriptor(base::View bytes);

struct DiceEntry {
  std::string issuer, subject;
  DiceHash code_hash{}, config_hash{}, authority_hash{};
  base::Bytes config_descriptor;
  ConfigDescriptor config;
  DiceMode mode = DiceMode::kNotConfigured;
  base::Bytes subject_point;  // X||Y
  std::string profile;
  cose::Sign1 message;  // as received
};
struct DiceChain {
  base::Bytes root_point;
  std::vector<DiceEntry> entries;  // at least one
};
inline constexpr std::size_t kDiceEntriesMax = 16;

base::Bytes encode_chain(base::View root_point, const std::vector<cose::Sign1>& entries);
std::optional<DiceChain> decode_chain(base::View bytes);
// The same chain with one more entry; empty where `chain` is none.
std::optional<base::Bytes> append_to_chain(base::View chain, const cose::Sign1& entry);

// What a layer hands to the next (Android profile, AndroidDiceHandover).
struct Handover {
  Cdis cdis;
  base::Bytes chain;  // encoded
  friend bool operator==(const Handover&, const Handover&) = default;
};
base::Bytes encode_handover(const Handover& handover);
std::optional<Handover> decode_handover(base::View bytes);

}  // namespace pkvmproto
