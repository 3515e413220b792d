// What a TD asks of the module.
#include <algorithm>

#include "tsm/tdx/connect.h"
#include "tsm/tdx/rule_check.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
using tdxproto::Tdcall;

TdcallResult refused(Registers out, std::uint64_t rax) {
  out.rax = rax;
  return {out};
}
TdcallResult succeeded(Registers out) { return refused(out, 0); }

}  // namespace

TdcallResult Module::tdcall(std::uint32_t lp, const Registers& in) {
  Vcpu* vcpu = on(lp);
  Td* owner = vcpu ? td_of(*vcpu) : nullptr;
  if (!owner || owner->fatal) return {in, std::nullopt, true};
  TdcallResult result;
  switch (static_cast<Tdcall>(in.rax)) {
    case Tdcall::kVpVmcall: result = vp_vmcall(*vcpu, in); break;
    case Tdcall::kVpInfo: result = vp_info(*owner, *vcpu, in); break;
    case Tdcall::kVpVeinfoGet: result = vp_veinfo_get(*vcpu, in); break;
    case Tdcall::kMrRtmrExtend: result = rtmr_extend(lp, *owner, in); break;
    case Tdcall::kMrReport: result = mr_report(lp, *owner, in); break;
    case Tdcall::kMrVerifyreport: result = mr_verifyreport(lp, *owner, in); break;
    case Tdcall::kMemPageAccept: result = page_accept(*owner, in); break;
    default:
      if (connect_ && Connect::is_call(static_cast<Tdcall>(in.rax))) result = connect_->call(*owner, static_cast<Tdcall>(in.rax), in);
      else result = refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRax));
  }
  if (result.exit) exit_to_host(lp);
  return result;
}

// RCX says which registers the host may see and set; nothing else of the vCPU leaves.
TdcallResult Module::vp_vmcall(Vcpu& vcpu, const Registers& in) {
  if ((in.rcx >> 32) != 0 || (in.rcx & tdxproto::kExposeNever) != 0)
    return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  TdExit exit{.reason = tdxproto::kExitTdcall, .shown = {}};
  exit.shown.rcx = in.rcx;
  const auto show = [&](std::uint64_t bit, std::uint64_t Registers::*reg) {
    if (in.rcx & bit) exit.shown.*reg = in.*reg;
  };
  show(tdxproto::kExposeRbx, &Registers::rbx), show(tdxproto::kExposeR8, &Registers::r8), show(tdxproto::kExposeR9, &Registers::r9);
  show(tdxproto::kExposeR10, &Registers::r10), show(tdxproto::kExposeR11, &Registers::r11), show(tdxproto::kExposeR12, &Registers::r12);
  show(tdxproto::kExposeR13, &Registers::r13), show(tdxproto::kExposeR14, &Registers::r14), show(tdxproto::kExposeR15, &Registers::r15);
  vcpu.vmcall = in;
  return {in, exit};
}

std::optional<Registers> Module::resumed(std::uint32_t lp) {
  Vcpu* vcpu = on(lp);
  return vcpu ? std::exchange(vcpu->answer, std::nullopt) : std::nullopt;
}

TdcallResult Module::vp_info(const Td& td, const Vcpu& vcpu, Registers out) {
  out.rcx = (td.config_flags & tdxproto::kConfigGpaw) ? 52 : 48;
  out.rdx = td.info.attributes;
  out.r8 = td.vcpus | std::uint64_t{td.max_vcpus} << 32;
  out.r9 = vcpu.index;
  out.r10 = out.r11 = 0;
  return succeeded(out);
}

TdcallResult Module::vp_veinfo_get(Vcpu& vcpu, Registers out) {
  if (!vcpu.ve) return refused(out, static_cast<std::uint64_t>(Status::kNoValidVeInfo));
  const auto info = *std::exchange(vcpu.ve, std::nullopt);
  out.rcx = info.exit_reason, out.rdx = info.exit_qualification, out.r8 = info.gla, out.r9 = info.gpa;
  out.r10 = info.instruction_length | std::uint64_t{info.instruction_info} << 32;
  return succeeded(out);
}

std::optional<TdcallResult> Module::copy_operand(std::uint32_t lp, Td& td, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) {
  const auto hpa = translate(lp, gpa, std::nullopt);
  const bool mapped = hpa && td.sept.leaf(gpa & ~(kPage - 1)).state != SeptState::kPending;
  if (!mapped) {
    const Fault no = fault(lp, gpa, !in.empty(), false);
    if (no.seen == Fault::Seen::kTdDead) return TdcallResult{{}, std::nullopt, true};
    // The module touches the page itself: the TD leaves for the host, #VE or not.
    if (on(lp)) on(lp)->ve.reset();
    return TdcallResult{{}, TdExit{.reason = tdxproto::kExitEptViolation,
                                   .qualification = in.empty() ? tdxproto::kEptRead : tdxproto::kEptWrite,
                                   .extended = tdxproto::kEeqNone,
                                   .gpa = gpa & ~(kPage - 1),
                                   .shown = {}}};
  }
  const auto outcome = in.empty() ? memory_.read(key_of(td.hkid), *hpa, out) : memory_.write(key_of(td.hkid), *hpa, in);
  if (outcome) return std::nullopt;
  (void)fault(lp, gpa, !in.empty(), true);
  return TdcallResult{{}, std::nullopt, true};
}

// RCX: 48 bytes of the TD's own, 64-byte aligned; RDX: which register.
TdcallResult Module::rtmr_extend(std::uint32_t lp, Td& td, Registers in) {
  if (in.rdx >= tdxproto::kRtmrCount) return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRdx));
  if (in.rcx % 64 != 0 || in.rcx >= td.shared_bit()) return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  tdxproto::Measurement data{};
  if (auto no = copy_operand(lp, td, in.rcx, data, {})) return *no;
  auto& rtmr = td.info.rtmr[in.rdx];
  rtmr = crypto::Hash384().update(rtmr).update(data).finish();
  return succeeded(in);
}

// RCX: where the report goes; RDX: 64 bytes to go into it; R8: its subtype.
TdcallResult Module::mr_report(std::uint32_t lp, Td& td, Registers in) {
  if (in.r8 != 0) return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kR8));
  if (in.rcx % tdxproto::kReportSize != 0 || in.rcx >= td.shared_bit())
    return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  if (in.rdx % tdxproto::kReportDataSize != 0 || in.rdx >= td.shared_bit())
    return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRdx));
  if (!reports_) return refused(in, static_cast<std::uint64_t>(Status::kSeamreportNotAvailable));
  tdxproto::ReportContent content{.td = td.info, .seam = settings_.seam};
  if (auto no = copy_operand(lp, td, in.rdx, content.report_data, {})) return *no;
  const base::Bytes report = reports_->make(content);
  base::check(report.size() == tdxproto::kReportSize, "a TDREPORT has 1024 bytes");
  if (auto no = copy_operand(lp, td, in.rcx, {}, report)) return *no;
  return succeeded(in);
}

TdcallResult Module::mr_verifyreport(std::uint32_t lp, Td& td, Registers in) {
  if (in.rcx % tdxproto::kReportMacStructSize != 0 || in.rcx >= td.shared_bit())
    return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  if (!reports_) return refused(in, static_cast<std::uint64_t>(Status::kSeamreportNotAvailable));
  base::Bytes body(tdxproto::kReportMacStructSize);
  if (auto no = copy_operand(lp, td, in.rcx, body, {})) return *no;
  return reports_->verify(body) ? succeeded(in) : refused(in, static_cast<std::uint64_t>(Status::kInvalidReportMacStruct));
}

// RCX: address and level. A page that is accepted begins as zeroes, whatever lay there.
TdcallResult Module::page_accept(Td& td, Registers in) {
  const unsigned level = tdxproto::level_of(in.rcx);
  const std::uint64_t gpa = tdxproto::gpa_of(in.rcx);
  const bool well_formed = (in.rcx & ~std::uint64_t{0x000F'FFFF'FFFF'F007}) == 0 && level <= 1 &&
                           gpa % tdxproto::bytes_of_level(level) == 0 && gpa < td.shared_bit();
  if (!well_formed) return refused(in, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  const TdExit violation{.reason = tdxproto::kExitEptViolation,
                         .qualification = tdxproto::kEptWrite,
                         .extended = tdxproto::kEeqAccept,
                         .gpa = gpa,
                         .shown = {}};
  const auto walk = td.sept.walk(gpa, level);
  if (!walk.reached) return {in, violation};
  switch (walk.entry.state) {
    case SeptState::kNlMapped: return refused(in, tdxproto::with_level(Status::kPageSizeMismatch, 0));
    case SeptState::kMapped: return refused(in, tdxproto::with_level(Status::kPageAlreadyAccepted, level));
    case SeptState::kPending: break;
    default: return {in, violation};
  }
  (void)memory_.write(key_of(td.hkid), walk.entry.hpa, base::Bytes(kPage));
  td.sept.set(gpa, 0, {SeptState::kMapped, walk.entry.hpa});
  return succeeded(in);
}

std::optional<cpu::CpuidLeaf> Module::cpuid(std::uint32_t lp, std::uint32_t leaf, std::uint32_t subleaf) {
  Vcpu* vcpu = on(lp);
  const auto known = std::find_if(settings_.cpuid.begin(), settings_.cpuid.end(),
                                  [&](const cpu::CpuidLeaf& l) { return l.leaf == leaf && l.subleaf == subleaf; });
  const bool native = known != settings_.cpuid.end();
  // simplified: what the silicon has is told as it is; every other leaf raises #VE.
  if (native && !defences_.lifted(kCpuidNative)) return *known;
  if (native) (void)defences_.refuse_unless(kCpuidNative, false, at_);
  if (vcpu) vcpu->ve = tdxproto::VeInfo{.exit_reason = tdxproto::kExitCpuid, .instruction_length = 2};
  return std::nullopt;
}

}  // namespace tdx
