#pragma once
// What a TD asks of its host through TDG.VP.VMCALL (Intel GHCI 1.5): R10 = 0, sub-function in R11, arguments in R12 to R15; the answer's
// status in R10.
#include <cstdint>
#include <string_view>

#include "platform/wire/wire.h"

namespace tdxproto {

enum class Tdvmcall : std::uint64_t {
  // Instructions that the host emulates are asked for by their exit reason.
  kCpuid = 10, kHlt = 12, kIo = 30, kRdmsr = 31, kWrmsr = 32, kMmio = 48, kWbinvd = 54, kPconfig = 65,
  kGetTdVmCallInfo = 0x10000, kMapGpa = 0x10001, kGetQuote = 0x10002, kReportFatalError = 0x10003,
  kSetupEventNotifyInterrupt = 0x10004, kService = 0x10005, kTdcm = 0x10007,
};
// "MAP_GPA": what a carrier of the exit can tell apart.
std::string_view name_of(Tdvmcall function);

inline constexpr std::uint64_t kVmcallSuccess = 0, kVmcallRetry = 1, kVmcallInvalidOperand = 0x8000'0000'0000'0000,
                               kVmcallGpaInUse = 0x8000'0000'0000'0001, kVmcallAlignError = 0x8000'0000'0000'0002,
                               kVmcallSubfuncUnsupported = 0x8000'0000'0000'0003;

// The head of the shared buffer of GetQuote; the TDREPORT, later the quote, follows at byte 24.
struct GetQuoteHeader {
  std::uint64_t version = 1;
  std::uint64_t status = 0;
  std::uint32_t in_length = 0;
  std::uint32_t out_length = 0;
  bool operator==(const GetQuoteHeader&) const = default;
  using Wire = wire::Layout<&GetQuoteHeader::version, &GetQuoteHeader::status, &GetQuoteHeader::in_length, &GetQuoteHeader::out_length>;
};
inline constexpr std::size_t kGetQuoteHeaderSize = 24;
inline constexpr std::uint64_t kQuoteSuccess = 0, kQuoteInFlight = ~std::uint64_t{0}, kQuoteError = 0x8000'0000'0000'0000,
                               kQuoteServiceUnavailable = 0x8000'0000'0000'0001;

// CPUID leaves that are the hypervisor's to define.
inline constexpr std::uint32_t kHypervisorLeafFirst = 0x4000'0000, kHypervisorLeafLast = 0x4000'00FF;

}  // namespace tdxproto
