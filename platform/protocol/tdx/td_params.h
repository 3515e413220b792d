#pragma once
// TD_PARAMS, the page with which the host initialises a TD (TDH.MNG.INIT), and the words in it. 1024 bytes, little-endian.
#include <array>
#include <cstdint>

#include "platform/protocol/tdx/td_info.h"
#include "platform/wire/wire.h"

namespace tdxproto {

// ATTRIBUTES. Bits 7:0 mean that the TD is under test: any of them, and the host may look inside.
inline constexpr std::uint64_t kAttributeDebug = 1ull << 0, kAttributeSeptVeDisable = 1ull << 28, kAttributeMigratable = 1ull << 29,
                               kAttributePks = 1ull << 30, kAttributeKl = 1ull << 31, kAttributePerfmon = 1ull << 63;
inline constexpr std::uint64_t kAttributesKnown =
    kAttributeDebug | kAttributeSeptVeDisable | kAttributeMigratable | kAttributePks | kAttributePerfmon;

// XFAM: extended states of the processor that the TD may use; x87 and SSE always.
inline constexpr std::uint64_t kXfamFixed1 = 0x3;
inline constexpr std::uint64_t kXfamKnown = 0x6'1BE7;

// CONFIG_FLAGS. With GPAW the guest's addresses have 52 bits, else 48; the highest one says "shared".
inline constexpr std::uint64_t kConfigGpaw = 1ull << 0, kConfigFlexiblePendingVe = 1ull << 1, kConfigNoRbpMod = 1ull << 2,
                               kConfigTdxConnect = 1ull << 5;
constexpr std::uint64_t shared_bit(bool gpaw) { return std::uint64_t{1} << (gpaw ? 51 : 47); }

// EPTP_CONTROLS: write-back tables of four levels.
inline constexpr std::uint64_t kEptpWriteBack4Level = 6 | 3 << 3, kEptpWriteBack5Level = 6 | 4 << 3;

// TSC_FREQUENCY, in units of 25 MHz.
inline constexpr std::uint16_t kTscFrequencyMin = 4, kTscFrequencyMax = 400;

inline constexpr std::size_t kTdParamsSize = 1024;

struct TdParams {
  std::uint64_t attributes = kAttributeSeptVeDisable;
  std::uint64_t xfam = kXfamFixed1;
  std::uint16_t max_vcpus = 1;
  std::uint8_t num_l2_vms = 0;
  std::uint8_t msr_config_ctls = 0;
  std::uint64_t eptp_controls = kEptpWriteBack4Level;
  std::uint64_t config_flags = 0;
  std::uint16_t tsc_frequency = 80;
  Measurement mrconfigid{}, mrowner{}, mrownerconfig{};
  std::uint64_t ia32_arch_capabilities_config = 0;
  std::array<std::uint8_t, 768> cpuid_config{};
  bool operator==(const TdParams&) const = default;
  using Wire = wire::Layout<&TdParams::attributes, &TdParams::xfam, &TdParams::max_vcpus, &TdParams::num_l2_vms,
                            &TdParams::msr_config_ctls, wire::Reserved<4>{}, &TdParams::eptp_controls, &TdParams::config_flags,
                            &TdParams::tsc_frequency, wire::Reserved<38>{}, &TdParams::mrconfigid, &TdParams::mrowner,
                            &TdParams::mrownerconfig, &TdParams::ia32_arch_capabilities_config, wire::Reserved<24>{},
                            &TdParams::cpuid_config>;
};
static_assert(wire::min_size<TdParams>() == kTdParamsSize);

}  // namespace tdxproto
