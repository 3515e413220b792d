// vCPUs of TDs, and what the processor does for the one that is inside.
#include "tsm/tdx/connect.h"
#include "tsm/tdx/rule_check.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr auto kRcxDetail = static_cast<std::uint32_t>(Operand::kRcx);

constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

Vcpu* Module::find_vcpu(std::uint64_t tdvpr) {
  const auto found = vcpus_.find(tdvpr);
  return found == vcpus_.end() ? nullptr : &found->second;
}

Vcpu* Module::on(std::uint32_t lp) {
  const auto current = current_.find(lp);
  return current == current_.end() ? nullptr : find_vcpu(current->second);
}

Td* Module::td_of(const Vcpu& vcpu) {
  const auto found = tds_.find(vcpu.tdr);
  return found == tds_.end() ? nullptr : &found->second;
}

// ---- calls ----------------------------------------------------------------------------------------------------------

CallResult Module::vp_create(const Registers& in) {
  const Target target = find_td_for(Seamcall::kVpCreate, in.rdx, Operand::kRdx);
  if (!target.td) return target.no;
  if (auto no = take_page(*target.td, in.rcx, PageType::kTdvpr, Operand::kRcx)) return *no;
  Vcpu& vcpu = vcpus_[in.rcx];
  vcpu = {};
  vcpu.tdvpr = in.rcx, vcpu.tdr = in.rdx;
  return done();
}

CallResult Module::vp_addcx(const Registers& in) {
  Vcpu* vcpu = find_vcpu(in.rdx);
  if (!vcpu) return status(tdxproto::with(Status::kPageMetadataIncorrect, Operand::kRdx));
  const Target target = find_td_for(Seamcall::kVpAddcx, vcpu->tdr, Operand::kTdr);
  if (!target.td) return target.no;
  if (vcpu->pages == kTdvpsPages) return status(static_cast<std::uint64_t>(Status::kTdcxNumIncorrect));
  if (vcpu->state != VcpuState::kUninitialized) return status(static_cast<std::uint64_t>(Status::kVcpuStateIncorrect));
  if (auto no = take_page(*target.td, in.rcx, PageType::kTdcx, Operand::kRcx)) return *no;
  ++vcpu->pages;
  return done();
}

CallResult Module::vp_init(std::uint32_t lp, const Registers& in) {
  Vcpu* vcpu = find_vcpu(in.rcx);
  if (!vcpu) return status(tdxproto::with(Status::kPageMetadataIncorrect, Operand::kRcx));
  const Target target = find_td_for(Seamcall::kVpInit, vcpu->tdr, Operand::kTdr);
  if (!target.td) return target.no;
  if (vcpu->pages != kTdvpsPages) return status(static_cast<std::uint64_t>(Status::kTdcxNumIncorrect));
  if (vcpu->state != VcpuState::kUninitialized) return status(static_cast<std::uint64_t>(Status::kVcpuStateIncorrect));
  if (target.td->vcpus == target.td->max_vcpus) return status(static_cast<std::uint64_t>(Status::kMaxVcpusExceeded));
  vcpu->state = VcpuState::kReady;
  vcpu->index = target.td->vcpus++;
  vcpu->lp = lp;
  ++target.td->associated;
  return done();
}

// The module reads what it keeps of TD and vCPU; poison there ends the TD.
bool Module::poisoned(const Td& td, const Vcpu& vcpu) {
  base::Bytes page(kPage);
  return !memory_.read(key_of(settings_.hkid_first), td.tdr, page) || !memory_.read(key_of(td.hkid), vcpu.tdvpr, page);
}

CallResult Module::vp_enter(std::uint32_t lp, const Registers& in) {
  Vcpu* vcpu = find_vcpu(in.rcx);
  if (!vcpu) return status(tdxproto::with(Status::kPageMetadataIncorrect, Operand::kRcx));
  const Target target = find_td_for(Seamcall::kVpEnter, vcpu->tdr, Operand::kTdr);
  if (!target.td) return target.no;
  Td& td = *target.td;
  if (auto no = first_failure<EnterCase>(kEnterRules, {*vcpu, lp})) return *no;
  if (poisoned(td, *vcpu)) {
    td.fatal = true;
    const auto& row = memory_.settings().integrity == memory::Integrity::kMac ? kMac : kOwnerBit;
    return status(static_cast<std::uint64_t>(Status::kTdFatal), defences_.refuse_unless(row, false, at_));
  }
  if (!vcpu->lp) vcpu->lp = lp, ++td.associated;
  if (vcpu->entered_in != td.epoch) vcpu->tlb.clear();
  vcpu->entered_in = td.epoch;
  vcpu->inside = true;
  vcpu->state = VcpuState::kActive;
  ++td.inside[td.epoch & 1];
  current_[lp] = in.rcx;
  // Of a hypercall's registers only those come back that the TD had shown.
  if (vcpu->vmcall) {
    const std::uint64_t mask = vcpu->vmcall->rcx;
    Registers answer = *std::exchange(vcpu->vmcall, std::nullopt);
    const auto take = [&](std::uint64_t bit, std::uint64_t Registers::*reg) {
      if (mask & bit) answer.*reg = in.*reg;
    };
    take(tdxproto::kExposeRbx, &Registers::rbx), take(tdxproto::kExposeR8, &Registers::r8), take(tdxproto::kExposeR9, &Registers::r9);
    take(tdxproto::kExposeR10, &Registers::r10), take(tdxproto::kExposeR11, &Registers::r11), take(tdxproto::kExposeR12, &Registers::r12);
    take(tdxproto::kExposeR13, &Registers::r13), take(tdxproto::kExposeR14, &Registers::r14), take(tdxproto::kExposeR15, &Registers::r15);
    answer.rax = 0;
    vcpu->answer = answer;
  }
  return done();
}

CallResult Module::vp_flush(std::uint32_t lp, const Registers& in) {
  Vcpu* vcpu = find_vcpu(in.rcx);
  if (!vcpu) return status(tdxproto::with(Status::kPageMetadataIncorrect, Operand::kRcx));
  Td* td = td_of(*vcpu);
  if (!td || td->lifecycle != Lifecycle::kKeysConfigured) return status(static_cast<std::uint64_t>(Status::kTdKeysNotConfigured));
  if (vcpu->inside) return status(tdxproto::with(Status::kOperandBusy, Operand::kRcx));
  if (vcpu->lp != lp) return status(static_cast<std::uint64_t>(Status::kVcpuNotAssociated));
  vcpu->lp.reset();
  vcpu->tlb.clear();
  --td->associated;
  current_.erase(lp);
  return done();
}

// RDX: which 8 bytes of the live registers; the value goes through R8.
// simplified: of a vCPU's metadata fields these alone are modelled.
CallResult Module::vp_rd_wr(Seamcall leaf, const Registers& in) {
  Vcpu* vcpu = find_vcpu(in.rcx);
  if (!vcpu) return status(tdxproto::with(Status::kPageMetadataIncorrect, Operand::kRcx));
  const Target target = find_td_for(leaf, vcpu->tdr, Operand::kTdr);
  if (!target.td) return target.no;
  if (auto no = first_failure<DebugCase>(kDebugRules, {*target.td})) return *no;
  if (in.rdx >= cpu::kRegisterBytesMax / 8) return status(static_cast<std::uint64_t>(Status::kMetadataFieldIdIncorrect));
  const std::uint64_t hpa = vcpu->tdvpr + kRegistersAt + 8 * in.rdx;
  base::Bytes word(8);
  if (!memory_.read(key_of(target.td->hkid), hpa, word)) {
    target.td->fatal = true;
    return status(static_cast<std::uint64_t>(Status::kTdFatal));
  }
  const Registers out{.r8 = base::load_le<std::uint64_t>(word)};
  base::store_le<std::uint64_t>(word, 0, in.r8);
  if (leaf == Seamcall::kVpWr) (void)memory_.write(key_of(target.td->hkid), hpa, word);
  return done(out);
}

// ---- the processor --------------------------------------------------------------------------------------------------

void Module::exit_to_host(std::uint32_t lp) {
  Vcpu* vcpu = on(lp);
  Td* td = vcpu ? td_of(*vcpu) : nullptr;
  if (!td || !vcpu->inside) return;
  vcpu->inside = false;
  --td->inside[vcpu->entered_in & 1];
}

trust::Result<> Module::check(const memory::Access& access) {
  if (access.who != memory::Access::Who::kGuest) {
    const ForeignCase c{access.private_page};
    if (auto no = defences_.first_refusal<ForeignCase>(kForeignRules, c, at_)) return *no;
    return trust::ok();
  }
  const Vcpu* vcpu = vcpu_on(access.asid);
  const Td* owner = td_on(access.asid);
  if (!vcpu || !owner || !access.private_page) return trust::ok();
  const auto cached = vcpu->tlb.find(page_of(access.gpa));
  const bool in_tlb = cached != vcpu->tlb.end() && cached->second == page_of(access.spa);
  const AccessCase c{!owner->fatal, !in_tlb && is_pending(owner->sept.leaf(page_of(access.gpa)).state)};
  if (auto no = defences_.first_refusal<AccessCase>(kAccessRules, c, at_)) return *no;
  return trust::ok();
}

// The walk reads the tables under the TD's key; poison there is as fatal as anywhere.
bool Module::walk_fails(Td& owner, std::uint64_t gpa) {
  base::Bytes entry(8);
  for (const std::uint64_t at : owner.sept.walked(gpa)) {
    if (memory_.read(key_of(owner.hkid), at, entry)) continue;
    machine_check(owner);
    return true;
  }
  return false;
}

void Module::say_poisoned() {
  (void)defences_.refuse_unless(memory_.settings().integrity == memory::Integrity::kMac ? kMac : kOwnerBit, false, at_);
}

void Module::machine_check(Td& owner) {
  owner.fatal = true;
  say_poisoned();
}

std::optional<std::uint64_t> Module::translate(std::uint32_t lp, std::uint64_t gpa, std::optional<std::uint64_t> host_says) {
  Vcpu* vcpu = on(lp);
  Td* owner = vcpu ? td_of(*vcpu) : nullptr;
  if (!owner) return host_says;
  const std::uint64_t page = page_of(gpa);
  std::optional<std::uint64_t> truth;
  const auto cached = vcpu->tlb.find(page);
  const SeptEntry entry = owner->sept.leaf(page);
  if (cached == vcpu->tlb.end() && walk_fails(*owner, page)) return std::nullopt;
  if (cached != vcpu->tlb.end()) truth = cached->second;
  else if (entry.state == SeptState::kMapped || entry.state == SeptState::kPending) truth = entry.hpa;
  if (!truth) return std::nullopt;
  const bool agree = !host_says || page_of(*host_says) == *truth;
  if (!defences_.refuse_unless(kSeptOwner, agree, at_) && !agree) return host_says;
  if (entry.state == SeptState::kMapped) vcpu->tlb.try_emplace(page, *truth);
  return *truth + gpa % kPage;
}

std::uint64_t Module::device_memory(std::uint32_t lp, std::uint64_t gpa, std::uint64_t host_says) {
  const Td* owner = td_on(lp);
  const auto truth = owner && connect_ ? connect_->memory_at(*owner, gpa) : std::nullopt;
  if (!truth) return host_says;
  const bool agree = page_of(host_says) == page_of(*truth);
  return !defences_.refuse_unless(kSeptOwner, agree, at_) && !agree ? host_says : *truth;
}

Fault Module::fault(std::uint32_t lp, std::uint64_t gpa, bool write, bool by_memory) {
  Vcpu* vcpu = on(lp);
  Td* owner = vcpu ? td_of(*vcpu) : nullptr;
  if (!owner) return {Fault::Seen::kTdDead, {}};
  if (by_memory) machine_check(*owner);
  if (owner->fatal) {
    exit_to_host(lp);
    return {Fault::Seen::kTdDead, {}};
  }
  const std::uint64_t qualification = write ? tdxproto::kEptWrite : tdxproto::kEptRead;
  const bool pending = owner->sept.leaf(page_of(gpa)).state == SeptState::kPending;
  if (pending && !(owner->info.attributes & tdxproto::kAttributeSeptVeDisable)) {
    // A second #VE before the first was read is a double fault, and the TD has no way on.
    if (vcpu->ve) return {Fault::Seen::kTdDead, {}};
    vcpu->ve = tdxproto::VeInfo{
        .exit_reason = tdxproto::kExitEptViolation, .exit_qualification = qualification, .gla = gpa, .gpa = gpa};
    return {Fault::Seen::kGuestVe, {}};
  }
  exit_to_host(lp);
  return {Fault::Seen::kTdExit,
          {.reason = tdxproto::kExitEptViolation,
           .qualification = qualification,
           .extended = pending ? tdxproto::kEeqPending : tdxproto::kEeqNone,
           .gpa = page_of(gpa),
           .shown = {}}};
}

void Module::save(std::uint32_t lp, base::View registers) {
  const Vcpu* vcpu = on(lp);
  const Td* owner = vcpu ? td_of(*vcpu) : nullptr;
  if (owner) (void)memory_.write(key_of(owner->hkid), vcpu->tdvpr + kRegistersAt, registers);
  exit_to_host(lp);
}

trust::Result<base::Bytes> Module::load(std::uint32_t lp, std::size_t count) {
  Vcpu* vcpu = on(lp);
  Td* owner = vcpu ? td_of(*vcpu) : nullptr;
  base::Bytes registers(count);
  if (!owner) return registers;
  if (memory_.read(key_of(owner->hkid), vcpu->tdvpr + kRegistersAt, registers)) return registers;
  machine_check(*owner);
  return trust::Refusal{memory_.settings().integrity == memory::Integrity::kMac ? &kMac : &kOwnerBit};
}

}  // namespace tdx
