// What a guest asks of EL2, and the processor on its behalf.
#include <algorithm>

#include "platform/protocol/pkvm/host_structs.h"
#include "tsm/pkvm/rule_check.h"

namespace pkvm {

namespace {

constexpr auto kRaw = memory::KeyId::kNone;

HvcResult answered(std::int64_t x0) { return {{.x0 = static_cast<std::uint64_t>(x0)}}; }

}  // namespace

std::vector<GuestCall> El2::modelled_guest_calls() {
  return {GuestCall::kSmcccVersion, GuestCall::kVendorUid,  GuestCall::kFeatures,  GuestCall::kHypMeminfo,
          GuestCall::kMemShare,     GuestCall::kMemUnshare, GuestCall::kMmioGuard, GuestCall::kPsciSystemOff};
}

HvcResult El2::guest_call(std::uint32_t cpu, const Registers& in) {
  Vm* vm = loaded_vm(cpu);
  if (!vm) return answered(pkvmproto::kSmcccNotSupported);
  using G = GuestCall;
  switch (static_cast<G>(in.x0)) {
    case G::kSmcccVersion: return answered(pkvmproto::kSmcccVersion11);
    case G::kVendorUid:
      return {{pkvmproto::kVendorUid[0], pkvmproto::kVendorUid[1], pkvmproto::kVendorUid[2], pkvmproto::kVendorUid[3]}};
    case G::kFeatures: {
      const std::uint64_t all = pkvmproto::kFeatureHypMeminfo | pkvmproto::kFeatureMemShare |
                                pkvmproto::kFeatureMemUnshare | pkvmproto::kFeatureMmioGuard;
      return answered(static_cast<std::int64_t>(pkvmproto::kFeatureFeatures | (vm->is_protected ? all : 0)));
    }
    case G::kHypMeminfo:
      if (!vm->is_protected) return answered(pkvmproto::kSmcccNotSupported);
      return answered(in.x1 || in.x2 || in.x3 ? pkvmproto::kSmcccInvalidParameter : static_cast<std::int64_t>(kPage));
    case G::kMemShare: return vm->is_protected ? mem_share(cpu, *vm, in) : answered(pkvmproto::kSmcccNotSupported);
    case G::kMemUnshare: return vm->is_protected ? mem_unshare(cpu, *vm, in) : answered(pkvmproto::kSmcccNotSupported);
    case G::kMmioGuard: return vm->is_protected ? mmio_guard(*vm, in) : answered(pkvmproto::kSmcccNotSupported);
    case G::kMmioGuardInfo:
    case G::kMmioGuardEnroll:
    case G::kMmioGuardUnmap:
    case G::kMemRelinquish: return answered(pkvmproto::kSmcccNotSupported);
    default: break;
  }
  exit_to_host(cpu);
  return {in, GuestExit{.code = pkvmproto::kExitHvc64, .shown = in}};
}

// Nothing is mapped where the guest points: it leaves as if it had touched the page, and asks again once it is there.
HvcResult El2::not_there(std::uint32_t cpu, std::uint64_t ipa) { return {{}, abort(cpu, ipa, true)}; }

HvcResult El2::mem_share(std::uint32_t cpu, Vm& vm, const Registers& in) {
  const std::uint64_t ipa = in.x1;
  const GuestPage guest = vm.page(ipa);
  GuestShareCase c{ipa % kPage == 0 && in.x2 == 0 && in.x3 == 0, PageState::kOwned, PageState::kNoPage};
  if (defences_.first_refusal<GuestShareCase>(kMemShareRules, c, name_))
    return answered(pkvmproto::kSmcccInvalidParameter);
  if (guest.state == PageState::kNoPage) return not_there(cpu, ipa);
  c.guest = guest.state;
  if (guest.maps()) c.host = pages_.host(guest.phys).state;
  if (defences_.first_refusal<GuestShareCase>(kMemShareRules, c, name_))
    return answered(pkvmproto::kSmcccInvalidParameter);
  vm.stage2[ipa].state = PageState::kSharedOwned;
  pages_.set_host(guest.phys, {PageState::kSharedBorrowed, 0});
  pages_.restore(guest.phys);
  change_key(guest.phys, settings_.guest_key, kRaw);
  return answered(pkvmproto::kSmcccSuccess);
}

HvcResult El2::mem_unshare(std::uint32_t cpu, Vm& vm, const Registers& in) {
  const std::uint64_t ipa = in.x1;
  const GuestPage guest = vm.page(ipa);
  GuestShareCase c{ipa % kPage == 0 && in.x2 == 0 && in.x3 == 0, PageState::kSharedOwned, PageState::kSharedBorrowed};
  if (defences_.first_refusal<GuestShareCase>(kMemUnshareRules, c, name_))
    return answered(pkvmproto::kSmcccInvalidParameter);
  if (guest.state == PageState::kNoPage) return not_there(cpu, ipa);
  c.guest = guest.state;
  if (guest.maps()) c.host = pages_.host(guest.phys).state;
  if (defences_.first_refusal<GuestShareCase>(kMemUnshareRules, c, name_))
    return answered(pkvmproto::kSmcccInvalidParameter);
  vm.stage2[ipa].state = PageState::kOwned;
  pages_.set_host(guest.phys, {PageState::kNoPage, 0});
  if (!defences_.lifted(kUnshareUnmap))
    pages_.annotate(guest.phys,
                    {.owner = Component::kGuest, .handle = static_cast<std::uint16_t>(vm.handle), .gfn = ipa / kPage});
  else (void)defences_.refuse_unless(kUnshareUnmap, false, name_);
  change_key(guest.phys, kRaw, settings_.guest_key);
  return answered(pkvmproto::kSmcccSuccess);
}

HvcResult El2::mmio_guard(Vm& vm, const Registers& in) {
  const MmioGuardCase c{in.x1 % kPage == 0 && in.x2 == 0 && in.x3 == 0, vm.page(in.x1).state};
  if (defences_.first_refusal<MmioGuardCase>(kMmioGuardRules, c, name_))
    return answered(pkvmproto::kSmcccInvalidParameter);
  vm.mmio.insert(in.x1);
  return answered(pkvmproto::kSmcccSuccess);
}

// ---- the processor --------------------------------------------------------------------------------------------------

trust::Result<> El2::check(const memory::Access& access) {
  const bool device = access.who == memory::Access::Who::kDevice;
  const auto annotation = pages_.annotation(access.spa);
  if (access.who == memory::Access::Who::kGuest) {
    // Also of a card that speaks for a guest, whatever tables led it here.
    const Vm* vm = loaded_vm(access.asid);
    const bool other =
        annotation && (annotation->owner != Component::kGuest || !vm || annotation->handle != vm->handle);
    if (auto no = defences_.refuse_unless(kStage2Owner, !other, at_)) return *no;
    return trust::ok();
  }
  if (access.who == memory::Access::Who::kFirmware || (device && !settings_.dma_isolation)) return trust::ok();
  const ForeignCase c{device, annotation ? std::optional(annotation->owner) : std::nullopt};
  if (auto no = defences_.first_refusal<ForeignCase>(kForeignRules, c, at_)) return *no;
  return trust::ok();
}

std::optional<std::uint64_t> El2::translate(std::uint32_t cpu, std::uint64_t ipa,
                                            std::optional<std::uint64_t> host_says) {
  const Vm* vm = loaded_vm(cpu);
  if (!vm) return std::nullopt;
  const GuestPage entry = vm->page(ipa);
  if (!entry.maps()) return std::nullopt;
  const bool agree = !host_says || page_of(*host_says) == entry.phys;
  if (!defences_.refuse_unless(kStage2Owner, agree, at_) && !agree) return host_says;
  return entry.phys + ipa % kPage;
}

// Where the guest did not ask for emulation the host learns the page and nothing of the access.
GuestExit El2::abort(std::uint32_t cpu, std::uint64_t ipa, bool write) {
  Vcpu* vcpu = loaded_vcpu(cpu);
  const Vm* vm = loaded_vm(cpu);
  if (vcpu) vcpu->fault_ipa = page_of(ipa);
  exit_to_host(cpu);
  const bool emulated = vm && (!vm->is_protected || vm->mmio.contains(page_of(ipa)));
  return {.code = pkvmproto::kExitDataAbort,
          .iss = emulated ? pkvmproto::kIssIsv | (write ? pkvmproto::kIssWnr : 0) : (write ? pkvmproto::kIssWnr : 0),
          .ipa = page_of(ipa)};
}

// ---- registers ------------------------------------------------------------------------------------------------------

std::uint64_t El2::registers_page(std::uint32_t cpu) const {
  const Vcpu* vcpu = vcpu_on(cpu);
  const Vm* vm = vm_on(cpu);
  if (!vcpu || !vm) return 0;
  const bool hidden = vm->is_protected && settings_.state_hidden && !defences_.lifted(kStateHidden);
  return hidden ? vcpu->at : vcpu->host_vcpu;
}

void El2::save(std::uint32_t cpu, base::View registers) {
  const std::uint64_t page = registers_page(cpu);
  if (page != 0) (void)memory_.write(kRaw, page + pkvmproto::kRegistersAt, registers);
  exit_to_host(cpu);
}

base::Bytes El2::load(std::uint32_t cpu, std::size_t count) {
  base::Bytes registers(count);
  const std::uint64_t page = registers_page(cpu);
  if (page != 0) (void)memory_.read(kRaw, page + pkvmproto::kRegistersAt, registers);
  return registers;
}

// simplified: one register file of id registers stands for ID_AA64*; the guest's kernel asks it by leaf.
cpu::CpuidLeaf El2::id_register(std::uint32_t leaf, std::uint32_t subleaf) const {
  const auto found = std::ranges::find_if(settings_.id_registers,
                                          [&](const auto& l) { return l.leaf == leaf && l.subleaf == subleaf; });
  return found == settings_.id_registers.end() ? cpu::CpuidLeaf{.leaf = leaf, .subleaf = subleaf} : *found;
}

}  // namespace pkvm
