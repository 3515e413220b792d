#pragma once
// The Realm Services Interface, realm to RMM, as RMM 1.0 has it, and the calls of PSCI that a realm makes (RMM 1.0, "Realm Services
// Interface", "Power State Control Interface").
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "platform/protocol/cca/rmi.h"

namespace ccaproto {

inline constexpr std::uint64_t kRsiFirst = 0xC400'0190, kRsiLast = 0xC400'01AF;

enum class Rsi : std::uint64_t {
  kVersion = 0xC400'0190,
  kFeatures = 0xC400'0191,
  kMeasurementRead = 0xC400'0192,
  kMeasurementExtend = 0xC400'0193,
  kAttestTokenInit = 0xC400'0194,
  kAttestTokenContinue = 0xC400'0195,
  kRealmConfig = 0xC400'0196,
  kIpaStateSet = 0xC400'0197,
  kIpaStateGet = 0xC400'0198,
  kHostCall = 0xC400'0199,
  // Device assignment.
  kVdevDmaEnable = 0xC400'019C,
  kVdevGetInfo = 0xC400'019D,
  kVdevValidateMapping = 0xC400'019F,
  kVdevDmaDisable = 0xC400'01A4,
};
// RSI_FEATURES, register 0: what the realm has.
inline constexpr std::uint64_t kRsiFeatureDa = 1, kRsiFeatureAts = 4;
std::span<const RmiName> rsi_names();
std::string_view name_of(Rsi call);

enum class RsiStatus : std::uint64_t { kSuccess = 0, kErrorInput = 1, kErrorState = 2, kIncomplete = 3, kErrorUnknown = 4, kErrorDevice = 5 };
std::string_view name_of(RsiStatus status);

// RSI_MEASUREMENT_*: register 0 is the initial measurement, 1 to 4 are the extensible ones.
inline constexpr std::uint64_t kMeasurementRim = 0, kMeasurementRemFirst = 1, kMeasurementRemLast = 4;
inline constexpr std::uint64_t kExtendBytesMax = 64;

// RSI_IPA_STATE_SET: flags on the way in, response on the way out.
inline constexpr std::uint64_t kNoChangeDestroyed = 0, kChangeDestroyed = 1;
inline constexpr std::uint64_t kResponseAccept = 0, kResponseReject = 1;

enum class Psci : std::uint64_t {
  kVersion = 0x8400'0000,
  kCpuOff = 0x8400'0002,
  kSystemOff = 0x8400'0008,
  kSystemReset = 0x8400'0009,
  kFeatures = 0x8400'000A,
  kCpuSuspend = 0xC400'0001,
  kCpuOn = 0xC400'0003,
  kAffinityInfo = 0xC400'0004,
};
inline constexpr std::uint64_t kPsciVersion11 = 0x1'0001;
inline constexpr std::uint64_t kPsciSuccess = 0, kPsciNotSupported = ~std::uint64_t{0}, kPsciInvalidParameters = ~std::uint64_t{1},
                               kPsciDenied = ~std::uint64_t{2}, kPsciAlreadyOn = ~std::uint64_t{3}, kPsciInvalidAddress = ~std::uint64_t{8};

}  // namespace ccaproto
