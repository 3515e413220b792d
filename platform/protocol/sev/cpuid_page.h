#pragma once
// The CPUID table that the security processor checks at launch and the guest believes afterwards (SNP ABI 1.58,
// SNP_LAUNCH_UPDATE).
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr std::uint32_t kCpuidCountMax = 64;

struct CpuidFunction {
  std::uint32_t eax_in = 0;
  std::uint32_t ecx_in = 0;
  std::uint64_t xcr0_in = 0;
  std::uint64_t xss_in = 0;
  std::uint32_t eax = 0;
  std::uint32_t ebx = 0;
  std::uint32_t ecx = 0;
  std::uint32_t edx = 0;
  bool operator==(const CpuidFunction&) const = default;
  using Wire = wire::Layout<&CpuidFunction::eax_in, &CpuidFunction::ecx_in, &CpuidFunction::xcr0_in,
                            &CpuidFunction::xss_in, &CpuidFunction::eax, &CpuidFunction::ebx, &CpuidFunction::ecx,
                            &CpuidFunction::edx, wire::Reserved<8>{}>;
};
static_assert(wire::min_size<CpuidFunction>() == 48);

// A count above 64 is a rule's business: all 64 places are read in any case.
struct CpuidPage {
  std::uint32_t count = 0;
  std::array<CpuidFunction, kCpuidCountMax> functions{};
  bool operator==(const CpuidPage&) const = default;
  using Wire = wire::Layout<&CpuidPage::count, wire::At<0x10>{}, &CpuidPage::functions, wire::At<0x1000>{}>;
};
static_assert(wire::min_size<CpuidPage>() == 0x1000);

}  // namespace sevproto
