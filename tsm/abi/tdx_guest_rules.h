#pragma once
// What a careful TD refuses.
#include <cstdint>

#include "platform/protocol/tdx/td_params.h"
#include "platform/protocol/tdx/tdvmcall.h"
#include "platform/trust/defence.h"

namespace tsm_abi {

struct TdBootCase {
  std::uint64_t attributes;
};
inline constexpr trust::Rule<TdBootCase> kTdBootRules[] = {
    {{"tdx.boot.no-sept-ve", "Linux 6.16, tdx_setup; TDX Module 1.5 ABI, ATTRIBUTES",
      "A guest runs only where the host cannot raise #VE on its private pages.", trust::Act::kDetect},
     [](const TdBootCase& c) { return (c.attributes & tdxproto::kAttributeSeptVeDisable) != 0; }},
};

struct TdAcceptCase {
  bool accepted_before;
};
inline constexpr trust::Rule<TdAcceptCase> kTdAcceptRules[] = {
    {{"tdx.accept.tracking", "TDX Module 1.5 ABI, TDG.MEM.PAGE.ACCEPT",
      "A page that was accepted once, and not given up since, is never accepted again.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const TdAcceptCase& c) { return !c.accepted_before; }},
};

// What TDG.MEM.PAGE.ACCEPT said of a page that was never accepted.
struct TdAcceptedCase {
  bool fresh;
};
inline constexpr trust::Rule<TdAcceptedCase> kTdAcceptedRules[] = {
    {{"tdx.accept.fresh", "TDX Module 1.5 ABI, TDX_PAGE_ALREADY_ACCEPTED",
      "A page that the guest has never accepted begins as zeroes.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const TdAcceptedCase& c) { return c.fresh; }},
};

// Where the host wants MapGPA to be taken up again.
struct TdRetryCase {
  std::uint64_t first, bytes, next;
};
inline constexpr trust::Rule<TdRetryCase> kTdRetryRules[] = {
    {{"tdx.map.retry-range", "Intel GHCI 1.5, TDG.VP.VMCALL<MapGPA>",
      "A conversion goes on only at an address of the range that the guest asked for.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const TdRetryCase& c) { return c.next >= c.first && c.next - c.first < c.bytes; }},
};

struct TdCpuidCase {
  std::uint32_t leaf;
};
inline constexpr trust::Rule<TdCpuidCase> kTdCpuidRules[] = {
    {{"tdx.cpuid.host-range", "Intel GHCI 1.5, TDG.VP.VMCALL<Instruction.CPUID>; Linux 6.16, handle_cpuid",
      "The host is asked only for what is the hypervisor's to define; any other leaf is zero.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const TdCpuidCase& c) { return c.leaf >= tdxproto::kHypervisorLeafFirst && c.leaf <= tdxproto::kHypervisorLeafLast; }},
};

struct TdQuoteCase {
  std::uint64_t out_length, room;
};
inline constexpr trust::Rule<TdQuoteCase> kTdQuoteRules[] = {
    {{"tdx.quote.length", "Intel GHCI 1.5, TDG.VP.VMCALL<GetQuote>", "A quote is no longer than the buffer that it came in.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const TdQuoteCase& c) { return c.out_length <= c.room; }},
};

struct TdTdcmCase {
  std::uint64_t data_length, most;
};
inline constexpr trust::Rule<TdTdcmCase> kTdTdcmRules[] = {
    {{"tdx.tdcm.length", "Linux 2026 series, tdx_tdcm_run", "What a host answers about a device is no longer than what was asked for.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const TdTdcmCase& c) { return c.data_length <= c.most; }},
};

}  // namespace tsm_abi
