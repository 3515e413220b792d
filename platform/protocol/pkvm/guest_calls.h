#pragma once
// What a guest asks of the hypervisor under it (Linux, Documentation/virt/kvm/arm/hypercalls.rst;
// include/linux/arm-smccc.h; Arm SMCCC 1.6).
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pkvmproto {

enum class GuestCall : std::uint64_t {
  kSmcccVersion = 0x8000'0000,
  kVendorUid = 0x8600'FF01,
  kFeatures = 0x8600'0000,
  kHypMeminfo = 0xC600'0002,     // gives the granule
  kMemShare = 0xC600'0003,       // IPA
  kMemUnshare = 0xC600'0004,     // IPA
  kMmioGuard = 0xC600'0007,      // IPA
  kMmioGuardInfo = 0xC600'0005,  // of Android's kernels, as are the next three
  kMmioGuardEnroll = 0xC600'0006,
  kMmioGuardUnmap = 0xC600'0008,
  kMemRelinquish = 0xC600'0009,
  kPsciSystemOff = 0x8400'0008,
};

struct GuestCallName {
  GuestCall call;
  std::string_view name;
};
std::span<const GuestCallName> guest_calls();
std::string_view name_of(GuestCall call);  // "?" for none

inline constexpr std::uint64_t kSmcccVersion11 = 0x1'0001;

// 28b46fb6-2ec5-11e9-a9ca-4b564d003a74 as four registers, each with the UUID's bytes in order, first byte lowest.
inline constexpr std::uint32_t kVendorUid[4] = {0xB66F'B428, 0xE911'C52E, 0x564B'CAA9, 0x743A'004D};

// Bits of KVM_FEATURES: bit n stands for vendor function n.
inline constexpr std::uint64_t kFeatureFeatures = 1u << 0;
inline constexpr std::uint64_t kFeatureHypMeminfo = 1u << 2;
inline constexpr std::uint64_t kFeatureMemShare = 1u << 3;
inline constexpr std::uint64_t kFeatureMemUnshare = 1u << 4;
inline constexpr std::uint64_t kFeatureMmioGuard = 1u << 7;

// Exception classes of exits to the host (Arm ARM, ESR_EL2.EC).
inline constexpr std::uint64_t kExitHvc64 = 0x16;
inline constexpr std::uint64_t kExitDataAbort = 0x24;
// Bits of a data abort's syndrome that we use (ESR_EL2.ISS): a write, and that the rest of the syndrome is valid.
inline constexpr std::uint64_t kIssWnr = 1u << 6;
inline constexpr std::uint64_t kIssIsv = 1u << 24;

}  // namespace pkvmproto
