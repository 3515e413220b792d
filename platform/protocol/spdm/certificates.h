#pragma once
// GET_DIGESTS, GET_CERTIFICATE, their responses, and the certificate chain of a slot (DSP0274 1.3, 10.6 to 10.7).
#include <bit>
#include <cstdint>
#include <vector>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/header.h"

namespace spdm {

struct GetDigests {
  Header header{.code = Code::kGetDigests};
  bool operator==(const GetDigests&) const = default;
  using Wire = wire::Layout<&GetDigests::header>;
};

enum class CertificateModel : std::uint8_t { kNone = 0, kDevice = 1, kAlias = 2, kGeneric = 3 };

inline constexpr std::uint16_t kKeyUsageKeyExchange = 1u << 0;
inline constexpr std::uint16_t kKeyUsageChallenge = 1u << 1;
inline constexpr std::uint16_t kKeyUsageMeasurements = 1u << 2;
inline constexpr std::uint16_t kKeyUsageEndpointInfo = 1u << 3;

// One digest of `shape.digest` bytes for each bit of param2 (slot mask), the lowest slot first. param1: supported
// slots (1.3).
struct Digests {
  Header header{.code = Code::kDigests};
  base::Bytes digests{};
  std::vector<std::uint8_t> key_pair_ids{};       // these three in 1.3 with several keys per connection
  std::vector<std::uint8_t> certificate_infos{};  // 2:0 CertificateModel
  std::vector<std::uint16_t> key_usage_masks{};
  Shape shape{};
  bool operator==(const Digests&) const = default;
  std::size_t slot_count() const { return static_cast<std::size_t>(std::popcount(header.param2)); }
  std::size_t digests_size() const { return slot_count() * shape.digest; }
  std::size_t key_count() const { return header.version >= Version::k13 && shape.multi_key ? slot_count() : 0; }
  using Wire = wire::Layout<&Digests::header, wire::Run<&Digests::digests, &Digests::digests_size>{},
                            wire::Run<&Digests::key_pair_ids, &Digests::key_count>{},
                            wire::Run<&Digests::certificate_infos, &Digests::key_count>{},
                            wire::Run<&Digests::key_usage_masks, &Digests::key_count>{}>;
};
// The digest of this slot; empty when the mask or the bytes do not have it.
base::View digest_of_slot(const Digests& message, std::uint8_t slot);

inline constexpr std::uint8_t kSlotSizeRequested = 1u << 0;  // param2 of GET_CERTIFICATE 1.3

struct GetCertificate {
  Header header{.code = Code::kGetCertificate};  // param1 3:0: slot
  std::uint16_t offset = 0;
  std::uint16_t length = 0;
  bool operator==(const GetCertificate&) const = default;
  using Wire = wire::Layout<&GetCertificate::header, &GetCertificate::offset, &GetCertificate::length>;
};

struct CertificateResponse {
  Header header{.code = Code::kCertificate};  // param1 3:0: slot; param2 2:0: CertificateModel (1.3)
  std::uint16_t portion_length = 0;
  std::uint16_t remainder_length = 0;
  base::Bytes portion{};
  bool operator==(const CertificateResponse&) const = default;
  using Wire = wire::Layout<&CertificateResponse::header, &CertificateResponse::portion_length,
                            &CertificateResponse::remainder_length,
                            wire::Run<&CertificateResponse::portion, &CertificateResponse::portion_length>{}>;
};

// The blob that GET_CERTIFICATE reads in portions and that DIGESTS hashes whole.
struct CertificateChain {
  std::uint16_t length = 0;   // of the whole blob
  base::Bytes root_hash{};      // of the first certificate, or of its issuer when that one is not sent
  base::Bytes certificates{};   // DER, one behind the other, the leaf last
  Shape shape{};
  bool operator==(const CertificateChain&) const = default;
  std::size_t root_hash_size() const { return shape.digest; }
  std::size_t certificates_size() const {
    const std::size_t front = 4 + shape.digest;
    return length < front ? 0 : length - front;
  }
  using Wire = wire::Layout<&CertificateChain::length, wire::Loose<2>{},
                            wire::Run<&CertificateChain::root_hash, &CertificateChain::root_hash_size>{},
                            wire::Run<&CertificateChain::certificates, &CertificateChain::certificates_size>{}>;
};

// With length and hash as they should be. `certificates`: DER, root first. At most 65535 bytes altogether: more is a
// Bug.
base::Bytes certificate_chain_of(crypto::Digest digest, const std::vector<base::Bytes>& certificates);
// Cuts a row of DER elements; empty when it is none, or empty itself.
std::vector<base::Bytes> split_certificates(base::View certificates);

// Certificate extensions and key purposes (DSP0274 1.3, 10.7; PCIe 6.x, 6.31).
inline constexpr char kOidDeviceInfo[] = "1.3.6.1.4.1.412.274.1";
inline constexpr char kOidHardwareIdentity[] = "1.3.6.1.4.1.412.274.2";
inline constexpr char kOidResponderAuth[] = "1.3.6.1.4.1.412.274.3";
inline constexpr char kOidRequesterAuth[] = "1.3.6.1.4.1.412.274.4";
inline constexpr char kOidMutableCertificate[] = "1.3.6.1.4.1.412.274.5";
inline constexpr char kOidSpdmExtension[] = "1.3.6.1.4.1.412.274.6";
inline constexpr char kOidPciSigCma[] = "2.23.147";

}  // namespace spdm
