#pragma once
// What a PCK certificate says of the platform whose key it certifies: one X.509 extension, 1.2.840.113741.1.13.1, that
// holds a sequence of {object id, value} (Intel PCK certificate profile 1.5, 1.3).
#include <array>
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"

namespace tdxproto {

inline constexpr const char* kSgxExtensionOid = "1.2.840.113741.1.13.1";

// What the platform is made of, as two SVN lists name it: components and the PCE's own.
struct PlatformTcb {
  std::array<std::uint8_t, 16> components{};
  std::uint16_t pce_svn = 0;
  bool operator==(const PlatformTcb&) const = default;
};

enum class SgxType : std::uint8_t { kStandard = 0, kScalable = 1, kScalableWithIntegrity = 2 };

struct PckExtension {
  std::array<std::uint8_t, 16> ppid{};
  PlatformTcb tcb;
  std::array<std::uint8_t, 16> cpu_svn{};
  std::array<std::uint8_t, 2> pce_id{};
  std::array<std::uint8_t, 6> fmspc{};
  SgxType sgx_type = SgxType::kScalable;
  // Only from the Platform CA: packages that were registered together, and how.
  std::optional<std::array<std::uint8_t, 16>> platform_instance_id;
  bool dynamic_platform = false, cached_keys = false, smt_enabled = false;
  bool operator==(const PckExtension&) const = default;
};

// The octets inside the X.509 extension.
base::Bytes encode_pck_extension(const PckExtension& extension);
// Empty unless each of the known parts is there once and has its type and size. Object ids that are not known are
// passed over: later profiles add some.
std::optional<PckExtension> decode_pck_extension(base::View der);

}  // namespace tdxproto
