#pragma once
// A TPM 2.0's words, as far as we say or read them ourselves (TPM 2.0 Library 1.59, part 2; big-endian throughout). The TPM itself is
// not ours: what is not here crosses as bytes under its header.
#include <array>
#include <cstdint>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/demand.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace tpm {

// TPM_ST
inline constexpr std::uint16_t kNoSessions = 0x8001, kSessions = 0x8002, kAttestQuote = 0x8018;
// TPM_CC
inline constexpr std::uint32_t kCreatePrimary = 0x131, kPcrReset = 0x13d, kStartup = 0x144, kShutdown = 0x145, kQuote = 0x158,
                               kFlushContext = 0x165, kPcrRead = 0x17e, kPcrExtend = 0x182, kGetRandom = 0x17b;
// TPM_ALG
inline constexpr std::uint16_t kRsa = 0x0001, kSha1 = 0x0004, kAes = 0x0006, kKeyedHash = 0x0008, kSha256 = 0x000b, kSha384 = 0x000c,
                               kSha512 = 0x000d, kNull = 0x0010, kRsassa = 0x0014, kEcdsa = 0x0018, kEcc = 0x0023, kCfb = 0x0043;
// TPM_RC
inline constexpr std::uint32_t kSuccess = 0, kBadTag = 0x01e, kCommandCode = 0x143, kFailure = 0x101;
// TPM_RH, and an empty authorization
inline constexpr std::uint32_t kEndorsement = 0x4000000b, kNullHierarchy = 0x40000007, kPassword = 0x40000009;
inline constexpr std::uint32_t kGenerated = 0xff544347;  // TPM_GENERATED_VALUE: what a TPM says of itself begins with it
inline constexpr std::uint16_t kNistP256 = 0x0003;       // TPM_ECC_CURVE
// TPMA_OBJECT
inline constexpr std::uint32_t kFixedTpm = 1u << 1, kFixedParent = 1u << 4, kSensitiveDataOrigin = 1u << 5, kUserWithAuth = 1u << 6,
                               kAdminWithPolicy = 1u << 7, kNoDictionary = 1u << 10, kRestricted = 1u << 16, kDecrypt = 1u << 17, kSign = 1u << 18;

inline constexpr unsigned kPcrs = 24;  // PC Client platform TPM profile 1.05, 4.6
inline constexpr std::size_t kCommandBytesMax = 4096;
inline constexpr std::size_t kHeaderBytes = 10;

using Digest = base::Block<32>;  // SHA-256, of our one bank

struct Command {
  std::uint16_t tag = kNoSessions;
  std::uint32_t size = 0;  // of all
  std::uint32_t code = 0;
  base::Bytes rest{};
  using Wire = wire::Layout<wire::Be<&Command::tag, 2>{}, wire::Be<&Command::size, 4>{}, wire::Be<&Command::code, 4>{},
                            wire::Rest<&Command::rest>{}>;
};
struct Response {
  std::uint16_t tag = kNoSessions;
  std::uint32_t size = 0;
  std::uint32_t code = kSuccess;
  base::Bytes rest{};
  using Wire = wire::Layout<wire::Be<&Response::tag, 2>{}, wire::Be<&Response::size, 4>{}, wire::Be<&Response::code, 4>{},
                            wire::Rest<&Response::rest>{}>;
};

// One session: a password, which is empty.
struct EmptyAuth {
  std::uint32_t size = 9;
  std::uint32_t handle = kPassword;
  std::uint16_t nonce_size = 0;
  std::uint8_t attributes = 0;
  std::uint16_t hmac_size = 0;
  using Wire = wire::Layout<wire::Be<&EmptyAuth::size, 4>{}, wire::Be<&EmptyAuth::handle, 4>{}, wire::Be<&EmptyAuth::nonce_size, 2>{},
                            &EmptyAuth::attributes, wire::Be<&EmptyAuth::hmac_size, 2>{}>;
};

// TPM2_PCR_Extend of one SHA-256 digest.
struct PcrExtend {
  std::uint16_t tag = kSessions;
  std::uint32_t size = 65;
  std::uint32_t code = kPcrExtend;
  std::uint32_t pcr = 0;
  EmptyAuth auth{};
  std::uint32_t count = 1;
  std::uint16_t algorithm = kSha256;
  Digest digest{};
  using Wire = wire::Layout<wire::Be<&PcrExtend::tag, 2>{}, wire::Be<&PcrExtend::size, 4>{}, wire::Be<&PcrExtend::code, 4>{},
                            wire::Be<&PcrExtend::pcr, 4>{}, &PcrExtend::auth, wire::Be<&PcrExtend::count, 4>{},
                            wire::Be<&PcrExtend::algorithm, 2>{}, &PcrExtend::digest>;
};

// TPM2B_*: bytes behind their 16-bit size.
struct Sized {
  std::uint16_t size = 0;
  base::Bytes bytes{};
  bool operator==(const Sized&) const = default;
  static Sized of(base::View bytes) { return {static_cast<std::uint16_t>(bytes.size()), base::bytes_of(bytes)}; }
  using Wire = wire::Layout<wire::Be<&Sized::size, 2>{}, wire::Run<&Sized::bytes, &Sized::size>{}>;
};

// TPMS_PCR_SELECTION: bit i of octet j is PCR 8 j + i.
struct Selection {
  std::uint16_t algorithm = kSha256;
  std::uint8_t octets = 3;
  base::Bytes bits{0, 0, 0};
  bool operator==(const Selection&) const = default;
  bool has(unsigned pcr) const { return pcr / 8 < bits.size() && (bits[pcr / 8] >> pcr % 8 & 1) != 0; }
  static Selection of(const std::vector<unsigned>& pcrs) {
    Selection out;
    for (const unsigned pcr : pcrs) out.bits.at(pcr / 8) |= static_cast<std::uint8_t>(1u << pcr % 8);
    return out;
  }
  using Wire = wire::Layout<wire::Be<&Selection::algorithm, 2>{}, &Selection::octets, wire::Run<&Selection::bits, &Selection::octets>{}>;
};

// TPML_PCR_SELECTION
struct Selections {
  std::uint32_t count = 0;
  std::vector<Selection> items{};
  bool operator==(const Selections&) const = default;
  static Selections of(const std::vector<unsigned>& pcrs) { return {1, {Selection::of(pcrs)}}; }
  using Wire = wire::Layout<wire::Be<&Selections::count, 4>{}, wire::Run<&Selections::items, &Selections::count>{}>;
};

}  // namespace tpm
