#pragma once
// List registers and control of the virtual interrupt controller as a host hands them to a REC that it enters (GICv3, ICH_LR<n>_EL2 and
// ICH_HCR_EL2), and what of them it may set (RMM 1.0, RMI_REC_ENTER).
#include <array>
#include <cstdint>

namespace ccaproto {

inline constexpr std::uint64_t kLrIntidMask = 0xFFFF'FFFF, kLrGroup1 = 1ull << 60, kLrHw = 1ull << 61, kLrPending = 1ull << 62,
                               kLrActive = 1ull << 63;
// UIE, LRENPIE, NPIE, the four of the groups, TDIR.
inline constexpr std::uint64_t kHcrOfHost = 0xFE | 1ull << 14;

constexpr bool lr_valid(std::uint64_t lr) { return (lr & (kLrPending | kLrActive)) != 0; }

// No interrupt of hardware, none twice, and no control that is not the host's.
constexpr bool gic_acceptable(std::uint64_t hcr, const std::array<std::uint64_t, 16>& lrs) {
  if ((hcr & ~kHcrOfHost) != 0) return false;
  for (std::size_t i = 0; i < lrs.size(); ++i) {
    if ((lrs[i] & kLrHw) != 0) return false;
    for (std::size_t k = 0; lr_valid(lrs[i]) && k < i; ++k)
      if (lr_valid(lrs[k]) && (lrs[k] & kLrIntidMask) == (lrs[i] & kLrIntidMask)) return false;
  }
  return true;
}

}  // namespace ccaproto
