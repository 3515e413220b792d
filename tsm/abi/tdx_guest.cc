#include "tsm/abi/tdx_guest.h"

#include <algorithm>

#include "platform/protocol/tdx/seamcall.h"
#include "platform/protocol/tdx/status.h"
#include "tsm/abi/tdx_guest_rules.h"

namespace tsm_abi {
namespace {

using tdxproto::Registers;
using tdxproto::Status;
using tdxproto::Tdcall;
using tdxproto::Tdvmcall;

constexpr std::uint64_t kPage = 4096;
// Where operands stand in the report page: the report, its data, a digest, a REPORTMACSTRUCT.
constexpr std::uint64_t kReportAt = 0, kDataAt = 1024, kDigestAt = 1088, kMacStructAt = 1280;

template <class T>
Answer<T> failure(Problem problem, std::uint32_t code = 0) {
  return {std::nullopt, problem, code, {}};
}
template <class T>
Answer<T> refused(trust::Refusal refusal) {
  return {std::nullopt, Problem::kRefused, 0, refusal};
}
// By the upper half of the status.
template <class T>
Answer<T> module_error(std::uint64_t rax) {
  return failure<T>(Problem::kFirmwareError, static_cast<std::uint32_t>(rax >> 32));
}

constexpr std::uint64_t frame_of(std::uint64_t gpa) { return gpa / kPage; }

}  // namespace

TdxGuest::TdxGuest(TdxPlatform& platform, const TdxLayout& layout, trust::Defences& defences, std::string at)
    : platform_(platform), layout_(layout), defences_(defences), at_(std::move(at)) {}

Registers TdxGuest::call(Tdcall leaf, Registers in) {
  in.rax = static_cast<std::uint64_t>(leaf);
  return platform_.tdcall(in);
}

Registers TdxGuest::vmcall(Tdvmcall function, std::uint64_t r12, std::uint64_t r13, std::uint64_t r14, std::uint64_t r15) {
  return call(Tdcall::kVpVmcall, {.rcx = tdxproto::kExposeCall,
                                  .r10 = 0,
                                  .r11 = static_cast<std::uint64_t>(function),
                                  .r12 = r12,
                                  .r13 = r13,
                                  .r14 = r14,
                                  .r15 = r15});
}

Answer<Done> TdxGuest::boot() {
  const Registers info = call(Tdcall::kVpInfo);
  if (tdxproto::is_error(info.rax)) return module_error<Done>(info.rax);
  const std::uint64_t bits = info.rcx & 0x3F;
  if (bits != 48 && bits != 52) return failure<Done>(Problem::kMalformed);
  shared_bit_ = tdxproto::shared_bit(bits == 52);
  attributes_ = info.rdx;
  const TdBootCase c{attributes_};
  if (auto no = defences_.first_refusal<TdBootCase>(kTdBootRules, c, at_)) return refused<Done>(*no);
  return {Done{}};
}

// ---- pages ----------------------------------------------------------------------------------------------------------

Answer<Done> TdxGuest::accept_page(std::uint64_t gpa) {
  const std::uint64_t page = gpa & ~(kPage - 1);
  const TdAcceptCase c{accepted(page)};
  if (auto no = defences_.first_refusal<TdAcceptCase>(kTdAcceptRules, c, at_)) return refused<Done>(*no);
  if (shared_.contains(frame_of(page))) {
    if (auto mapped = map_gpa(page, kPage, false); !mapped) return mapped;
    shared_.erase(frame_of(page));
  }
  const Registers out = call(Tdcall::kMemPageAccept, {.rcx = tdxproto::gpa_and_level(page, 0)});
  if (tdxproto::is_error(out.rax)) return module_error<Done>(out.rax);
  const TdAcceptedCase a{tdxproto::status_of(out.rax) != Status::kPageAlreadyAccepted};
  if (auto no = defences_.first_refusal<TdAcceptedCase>(kTdAcceptedRules, a, at_)) return refused<Done>(*no);
  accepted_.insert(frame_of(page));
  return {Done{}};
}

Answer<Done> TdxGuest::share_page(std::uint64_t gpa) {
  const std::uint64_t page = gpa & ~(kPage - 1);
  if (auto mapped = map_gpa(page, kPage, true); !mapped) return mapped;
  accepted_.erase(frame_of(page));
  shared_.insert(frame_of(page));
  return {Done{}};
}

// The host may do a part and name the address to go on at.
Answer<Done> TdxGuest::map_gpa(std::uint64_t gpa, std::uint64_t bytes, bool shared) {
  std::uint64_t at = gpa;
  for (unsigned idle = 0; idle < kMapRetriesMax;) {
    const std::uint64_t left = gpa + bytes - at;
    const Registers out = vmcall(Tdvmcall::kMapGpa, at | (shared ? shared_bit_ : 0), left);
    if (tdxproto::is_error(out.rax)) return module_error<Done>(out.rax);
    if (out.r10 == tdxproto::kVmcallSuccess) return {Done{}};
    if (out.r10 != tdxproto::kVmcallRetry) return failure<Done>(Problem::kHostError);
    const std::uint64_t next = out.r11 & ~shared_bit_;
    const TdRetryCase c{at, left, next};
    if (auto no = defences_.first_refusal<TdRetryCase>(kTdRetryRules, c, at_)) return refused<Done>(*no);
    idle = next == at ? idle + 1 : 0;
    at = next;
  }
  return failure<Done>(Problem::kBusy);
}

void TdxGuest::note_accepted(std::uint64_t gpa, std::uint64_t bytes) {
  for (std::uint64_t frame = frame_of(gpa); frame * kPage < gpa + bytes; ++frame) accepted_.insert(frame);
}

// ---- #VE and CPUID --------------------------------------------------------------------------------------------------

Answer<tdxproto::VeInfo> TdxGuest::ve_info() {
  const Registers out = call(Tdcall::kVpVeinfoGet);
  if (tdxproto::is_error(out.rax)) return module_error<tdxproto::VeInfo>(out.rax);
  return {tdxproto::VeInfo{.exit_reason = static_cast<std::uint32_t>(out.rcx),
                           .exit_qualification = out.rdx,
                           .gla = out.r8,
                           .gpa = out.r9,
                           .instruction_length = static_cast<std::uint32_t>(out.r10),
                           .instruction_info = static_cast<std::uint32_t>(out.r10 >> 32)}};
}

Answer<CpuidResult> TdxGuest::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  if (const auto native = platform_.cpuid_instruction(leaf, subleaf))
    return {CpuidResult{native->eax, native->ebx, native->ecx, native->edx}};
  const auto why = ve_info();
  if (!why) return {std::nullopt, why.problem, why.code, why.refusal};
  if (why->exit_reason != tdxproto::kExitCpuid) return failure<CpuidResult>(Problem::kMalformed);
  // No refusal of anybody's: a leaf that nobody has is zero.
  if (!kTdCpuidRules[0].holds({leaf})) return {CpuidResult{}};
  const Registers out = vmcall(Tdvmcall::kCpuid, leaf, subleaf);
  if (tdxproto::is_error(out.rax) || out.r10 != tdxproto::kVmcallSuccess) return failure<CpuidResult>(Problem::kHostError);
  const auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
  return {CpuidResult{low(out.r12), low(out.r13), low(out.r14), low(out.r15)}};
}

// ---- measurement ----------------------------------------------------------------------------------------------------

Answer<Done> TdxGuest::extend_rtmr(unsigned index, const base::Block<48>& digest) {
  platform_.write_private(layout_.report_gpa + kDigestAt, digest);
  const Registers out = call(Tdcall::kMrRtmrExtend, {.rcx = layout_.report_gpa + kDigestAt, .rdx = index});
  if (tdxproto::is_error(out.rax)) return module_error<Done>(out.rax);
  return {Done{}};
}

Answer<base::Bytes> TdxGuest::get_report(const base::Block<64>& report_data) {
  platform_.write_private(layout_.report_gpa + kDataAt, report_data);
  const Registers out =
      call(Tdcall::kMrReport, {.rcx = layout_.report_gpa + kReportAt, .rdx = layout_.report_gpa + kDataAt, .r8 = 0});
  if (tdxproto::is_error(out.rax)) return module_error<base::Bytes>(out.rax);
  return {platform_.read_private(layout_.report_gpa + kReportAt, tdxproto::kReportSize)};
}

Answer<bool> TdxGuest::verify_report(base::View report_mac_struct) {
  if (report_mac_struct.size() != tdxproto::kReportMacStructSize) return failure<bool>(Problem::kMalformed);
  platform_.write_private(layout_.report_gpa + kMacStructAt, report_mac_struct);
  const Registers out = call(Tdcall::kMrVerifyreport, {.rcx = layout_.report_gpa + kMacStructAt});
  if (tdxproto::status_of(out.rax) == Status::kInvalidReportMacStruct) return {false};
  if (tdxproto::is_error(out.rax)) return module_error<bool>(out.rax);
  return {true};
}

Answer<base::Bytes> TdxGuest::get_quote(base::View report) {
  const std::uint64_t bytes = std::uint64_t{layout_.quote_pages} * kPage;
  if (bytes < tdxproto::kGetQuoteHeaderSize + report.size()) return failure<base::Bytes>(Problem::kNotPresent);
  const tdxproto::GetQuoteHeader asked{.in_length = static_cast<std::uint32_t>(report.size())};
  base::Bytes request = wire::encode(asked);
  base::append(request, report);
  platform_.write_shared(layout_.quote_gpa, request);
  const Registers out = vmcall(Tdvmcall::kGetQuote, layout_.quote_gpa | shared_bit_, bytes);
  if (tdxproto::is_error(out.rax)) return module_error<base::Bytes>(out.rax);
  if (out.r10 != tdxproto::kVmcallSuccess) return failure<base::Bytes>(Problem::kHostError);
  for (unsigned poll = 0; poll < kQuotePollsMax; ++poll) {
    // One look at the head: what is judged is what is used.
    const auto head = wire::decode<tdxproto::GetQuoteHeader>(platform_.read_shared(layout_.quote_gpa, tdxproto::kGetQuoteHeaderSize));
    if (!head) return failure<base::Bytes>(Problem::kMalformed);
    if (head->status == tdxproto::kQuoteInFlight) continue;
    if (head->status != tdxproto::kQuoteSuccess) return failure<base::Bytes>(Problem::kHostError, static_cast<std::uint32_t>(head->status));
    const TdQuoteCase c{head->out_length, bytes - tdxproto::kGetQuoteHeaderSize};
    if (auto no = defences_.first_refusal<TdQuoteCase>(kTdQuoteRules, c, at_)) return refused<base::Bytes>(*no);
    return {platform_.read_shared(layout_.quote_gpa + tdxproto::kGetQuoteHeaderSize, head->out_length)};
  }
  return failure<base::Bytes>(Problem::kBusy);
}

// ---- TDX Connect ----------------------------------------------------------------------------------------------------

Answer<base::Bytes> TdxGuest::ask_about_device(tdxproto::TdcmOp operation, std::uint16_t function, std::size_t most) {
  const std::uint64_t bytes = std::uint64_t{layout_.quote_pages} * kPage;
  if (bytes < tdxproto::kTdcmHeaderSize + most) return failure<base::Bytes>(Problem::kNotPresent);
  platform_.write_shared(layout_.quote_gpa, wire::encode(tdxproto::TdcmHeader{.operation = operation}));
  const Registers out = vmcall(Tdvmcall::kTdcm, function, layout_.quote_gpa | shared_bit_, bytes);
  if (tdxproto::is_error(out.rax)) return module_error<base::Bytes>(out.rax);
  if (out.r10 != tdxproto::kVmcallSuccess) return failure<base::Bytes>(Problem::kHostError);
  // One look at the head: what is judged is what is used.
  const auto head = wire::decode<tdxproto::TdcmHeader>(platform_.read_shared(layout_.quote_gpa, tdxproto::kTdcmHeaderSize));
  if (!head) return failure<base::Bytes>(Problem::kMalformed);
  if (head->status != tdxproto::TdcmStatus::kCompleted) return failure<base::Bytes>(Problem::kHostError, head->error);
  const TdTdcmCase c{head->data_length, most};
  if (auto no = defences_.first_refusal<TdTdcmCase>(kTdTdcmRules, c, at_)) return refused<base::Bytes>(*no);
  if (head->data_length == 0) return {base::Bytes{}};
  return {platform_.read_shared(layout_.quote_gpa + tdxproto::kTdcmHeaderSize, head->data_length)};
}

Answer<Done> TdxGuest::do_call(Tdcall leaf, const Registers& in) {
  const Registers out = call(leaf, in);
  if (tdxproto::is_error(out.rax)) return module_error<Done>(out.rax);
  return {Done{}};
}

Answer<std::uint64_t> TdxGuest::read_interface(std::uint16_t function, std::uint64_t field) {
  const Registers out = call(Tdcall::kTdiRd, {.rcx = function, .rdx = field});
  if (tdxproto::is_error(out.rax)) return module_error<std::uint64_t>(out.rax);
  return {out.rcx};
}

Answer<Done> TdxGuest::accept_dma(std::uint16_t function) { return do_call(Tdcall::kDmarAccept, {.rcx = function}); }

Answer<Done> TdxGuest::accept_device_memory(std::uint16_t function, std::uint64_t range, std::uint64_t gpa, std::uint32_t pages) {
  return do_call(Tdcall::kMmioAccept, {.rcx = tdxproto::gpa_and_level(gpa, 0), .rdx = range, .r8 = function, .r9 = pages});
}

Answer<Done> TdxGuest::take_interface(std::uint16_t function, std::uint64_t session) {
  return do_call(Tdcall::kTdiStart, {.rcx = function, .rdx = session});
}

void TdxGuest::report_fatal_error(std::uint64_t code) { (void)vmcall(Tdvmcall::kReportFatalError, code); }

std::vector<const trust::Defence*> tdx_guest_defences() {
  std::vector<const trust::Defence*> all;
  trust::collect<TdBootCase>(all, kTdBootRules);
  trust::collect<TdAcceptCase>(all, kTdAcceptRules);
  trust::collect<TdAcceptedCase>(all, kTdAcceptedRules);
  trust::collect<TdRetryCase>(all, kTdRetryRules);
  trust::collect<TdCpuidCase>(all, kTdCpuidRules);
  trust::collect<TdQuoteCase>(all, kTdQuoteRules);
  trust::collect<TdTdcmCase>(all, kTdTdcmRules);
  return all;
}

}  // namespace tsm_abi
