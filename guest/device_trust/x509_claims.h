#pragma once
// What a certificate's extensions claim, of those that device certificates have (RFC 5280, 4.2.1; DSP0274 1.3,
// 10.7.1). Malformed is not the same as absent: the one is refused, the other is for policy.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/crypto/certificate.h"

namespace device_trust {

struct BasicConstraints {
  bool authority = false;
  std::optional<std::uint64_t> path_length{};
  bool operator==(const BasicConstraints&) const = default;
};

inline constexpr std::uint16_t kUsageDigitalSignature = 1u << 0;  // numbered as RFC 5280 does
inline constexpr std::uint16_t kUsageCertificateSign = 1u << 5;

// An otherName of a subject alternative name that holds UTF-8 text.
struct OtherName {
  base::Bytes oid{};  // DER
  std::string text{};
  bool operator==(const OtherName&) const = default;
};

struct Claims {
  bool well_formed = false;  // each extension below is of its form and there once, and nothing else is critical
  std::optional<BasicConstraints> constraints{};
  std::optional<std::uint16_t> key_usage{};
  std::optional<std::vector<base::Bytes>> purposes{};  // extended key usage, DER of each OID
  std::vector<OtherName> other_names{};
  std::vector<base::Bytes> spdm_marks{};  // DER of each OID in the SPDM extension

  bool is_authority() const { return constraints && constraints->authority; }
  bool may(std::uint16_t usage) const { return key_usage && (*key_usage & usage); }
  bool has_purpose(std::string_view oid) const;
  bool has_mark(std::string_view oid) const;
};
Claims claims_of(const std::vector<crypto::Extension>& extensions);
Claims claims_of(const crypto::Certificate& certificate);

}  // namespace device_trust
