// What the host does for a TVM that runs: its exits, its pages, and calls by name.
#include <algorithm>

#include "platform/protocol/cove/io.h"
#include "tsm/cove/host/cove_machine.h"

namespace cove {
namespace {

using coveproto::Cause;

std::string refused(Covh function, const CallResult& result) {
  return std::string(coveproto::name_of(function)) + ": " + std::string(coveproto::name_of(result.ret.error));
}
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

cpu::Exit exit_of(const TvmExit& exit) {
  const auto code = static_cast<std::uint64_t>(exit.cause);
  if (exit.cause != Cause::kVirtualSupervisorEnvCall)
    return {.code = code, .info1 = coveproto::htval_of(exit.gpa), .info2 = exit.gpa};
  return {.code = code, .info1 = exit.shown.a7, .info2 = exit.shown.a6, .rax = exit.shown.a0, .rbx = exit.shown.a1, .rcx = exit.shown.a2,
          .rdx = exit.shown.a3};
}

std::string object_of(const cpu::Exit& exit) {
  if (exit.code == static_cast<std::uint64_t>(Cause::kVirtualSupervisorEnvCall))
    if (const auto name = coveproto::name_of(Ecall{.a6 = exit.info2, .a7 = exit.info1}); !name.empty()) return std::string(name);
  return std::string(coveproto::name_of(static_cast<Cause>(exit.code)));
}

cpu::Exit CoveMachine::handle(cpu::Vm& vm, const cpu::Exit& exit) {
  cpu::Exit answer = exit;
  switch (static_cast<Cause>(exit.code)) {
    case Cause::kGuestLoadPageFault:
    case Cause::kGuestStorePageFault:
    case Cause::kGuestInstructionPageFault:
      page_fault(vm, coveproto::fault_address(exit.info1, coveproto::stval_of(exit.info2)));
      break;
    case Cause::kVirtualSupervisorEnvCall: ecall_exit(vm, answer); break;
    default: break;
  }
  return answer;
}

void CoveMachine::ecall_exit(cpu::Vm& vm, cpu::Exit& exit) {
  const std::uint64_t gpa = exit.rax, bytes = exit.rbx;
  const auto fid = static_cast<Covg>(coveproto::fid_of(exit.info2));
  const bool ours = exit.info1 == coveproto::kCovg;
  if (exit.info1 == coveproto::kHostDevices) return device_request(vm, exit);
  if (ours && coveproto::fid_of(exit.info2) >= coveproto::kCoveIoFirst) guest_device_call(vm, fid, exit.rax);
  // What SBI offers beside CoVE, this host does not.
  exit.rax = static_cast<std::uint64_t>(ours ? SbiError::kSuccess : SbiError::kNotSupported);
  exit.rbx = 0;
  if (ours && (fid == Covg::kShareMemoryRegion || fid == Covg::kUnshareMemoryRegion))
    change_assignment(vm, gpa, bytes, fid == Covg::kShareMemoryRegion);
}

// ---- pages ----------------------------------------------------------------------------------------------------------

// Takes away what lies there; what comes instead comes when the guest touches it.
void CoveMachine::change_assignment(cpu::Vm& vm, std::uint64_t gpa, std::uint64_t bytes, bool share) {
  if (gpa % kPage != 0 || bytes % kPage != 0 || !vm.space.contains(gpa, bytes)) return;
  Guest& guest = guests_[vm.name];
  for (std::uint64_t at = gpa; at < gpa + bytes; at += kPage) {
    const Tvm* mine = tvm(vm);
    if (mine && mine->mappings.contains(at)) (void)remove(vm, at);
    if (share) {
      guest.shared.insert(at);
    } else {
      guest.shared.erase(at);
      if (const auto page = vm.nested.translate(at)) host_.give_back(page->spa);
      vm.nested.unmap(at);
    }
  }
}

void CoveMachine::page_fault(cpu::Vm& vm, std::uint64_t gpa) {
  const std::uint64_t at = page_of(gpa);
  const Tvm* mine = tvm(vm);
  if (!mine || !vm.space.contains(at, kPage)) return;
  Guest& guest = guests_[vm.name];
  if (const auto there = mine->mappings.find(at); there != mine->mappings.end()) {
    if (there->second.invalidated) (void)unblock(vm, at);
    return;
  }
  guest.owned.erase(at);
  (void)(guest.shared.contains(at) ? add_shared(vm, guest, at) : add_zero(vm, at));
}

// A mapping may need tables that the TVM does not have yet.
std::string CoveMachine::need_tables(cpu::Vm& vm, Guest& guest, std::uint64_t) {
  for (unsigned level = 0; level < 3; ++level) {
    const std::uint64_t page = spare_page(vm.asid);
    if (page == 0) return "the host is out of memory";
    const auto result = ask(vm.asid, Covh::kAddTvmPageTablePages, {.a0 = guest.id, .a1 = page, .a2 = 1});
    if (!result.ok()) return refused(Covh::kAddTvmPageTablePages, result);
    guest.pages.insert(page);
  }
  return "";
}

std::string CoveMachine::add_shared(cpu::Vm& vm, Guest& guest, std::uint64_t gpa) {
  const std::uint64_t page = host_.back(vm, gpa);
  if (page == 0) return "the host is out of memory";
  const Ecall in{.a0 = guest.id, .a1 = page, .a2 = 0, .a3 = 1, .a4 = gpa};
  auto result = ask(vm.asid, Covh::kAddTvmSharedPages, in);
  if (result.ret.error == SbiError::kOutOfPtpages && need_tables(vm, guest, gpa).empty())
    result = ask(vm.asid, Covh::kAddTvmSharedPages, in);
  return result.ok() ? "" : refused(Covh::kAddTvmSharedPages, result);
}

// A page of the host's own that lies there in the meantime is no longer needed.
std::string CoveMachine::add_zero(cpu::Vm& vm, std::uint64_t gpa) {
  Guest& guest = guests_[vm.name];
  const std::uint64_t at = page_of(gpa), page = spare_page(vm.asid);
  if (page == 0) return "the host is out of memory";
  const Ecall in{.a0 = guest.id, .a1 = page, .a2 = 0, .a3 = 1, .a4 = at};
  auto result = ask(vm.asid, Covh::kAddTvmZeroPages, in);
  if (result.ret.error == SbiError::kOutOfPtpages && need_tables(vm, guest, at).empty())
    result = ask(vm.asid, Covh::kAddTvmZeroPages, in);
  if (!result.ok()) {
    spare_.push_back(page);
    return refused(Covh::kAddTvmZeroPages, result);
  }
  if (const auto old = vm.nested.translate(at); old && tsm_->tracking().non_confidential(old->spa)) host_.give_back(old->spa);
  note_call(vm, guest, Covh::kAddTvmZeroPages, in);
  renew_dma(vm);
  return "";
}

std::string CoveMachine::block(cpu::Vm& vm, std::uint64_t gpa) {
  const TvmId id = guests_[vm.name].id;
  auto result = ask(vm.asid, Covh::kTvmInvalidatePages, {.a0 = id, .a1 = page_of(gpa), .a2 = kPage});
  if (!result.ok()) return refused(Covh::kTvmInvalidatePages, result);
  result = ask(vm.asid, Covh::kTvmFence, {.a0 = id});
  if (!result.ok()) return refused(Covh::kTvmFence, result);
  return kick(vm);
}

std::string CoveMachine::unblock(cpu::Vm& vm, std::uint64_t gpa) {
  const auto result = ask(vm.asid, Covh::kTvmValidatePages, {.a0 = guests_[vm.name].id, .a1 = page_of(gpa), .a2 = kPage});
  return result.ok() ? "" : refused(Covh::kTvmValidatePages, result);
}

std::string CoveMachine::remove(cpu::Vm& vm, std::uint64_t gpa) {
  Guest& guest = guests_[vm.name];
  if (const auto why = block(vm, gpa); !why.empty()) return why;
  const Ecall in{.a0 = guest.id, .a1 = page_of(gpa), .a2 = kPage};
  const auto result = ask(vm.asid, Covh::kTvmRemovePages, in);
  if (!result.ok()) return refused(Covh::kTvmRemovePages, result);
  note_call(vm, guest, Covh::kTvmRemovePages, in);
  return "";
}

std::string CoveMachine::kick(cpu::Vm& vm) {
  const Vcpu* vcpu = tsm_->vcpu_on(vm.asid);
  if (!vcpu || !vcpu->inside) return "";
  tsm_->trap(vm.asid);
  const auto entered = run(vm);
  return entered.ok() ? "" : refused(Covh::kRunTvmVcpu, entered);
}

// What the host's own records say after a call that moved a page.
void CoveMachine::note_call(cpu::Vm& vm, Guest& guest, Covh function, const Ecall& in) {
  switch (function) {
    case Covh::kAddTvmMeasuredPages:
    case Covh::kAddTvmZeroPages: {
      const bool measured = function == Covh::kAddTvmMeasuredPages;
      const std::uint64_t spa = measured ? in.a2 : in.a1, gpa = measured ? in.a5 : in.a4;
      guest.pages.insert(spa);
      guest.owned.insert(gpa);
      vm.nested.map(gpa, spa, true);
      break;
    }
    case Covh::kTvmRemovePages: {
      const auto there = vm.nested.translate(in.a1);
      if (!there) break;
      vm.nested.unmap(in.a1);
      if (!guest.owned.erase(in.a1)) {
        host_.give_back(there->spa);
        break;
      }
      guest.pages.erase(there->spa);
      spare_.push_back(there->spa);
      break;
    }
    case Covh::kReclaimPages:
      guest.pages.erase(in.a0);
      std::erase(spare_, in.a0);
      break;
    default: break;
  }
}

// ---- calls by name --------------------------------------------------------------------------------------------------

std::optional<base::Bytes> CoveMachine::call(cpu::Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) {
  const auto arg = [&](const char* key) {
    const auto found = args.find(key);
    return found == args.end() ? 0 : found->second;
  };
  const auto known = guests_.find(vm.name);
  if (known == guests_.end()) return std::nullopt;
  Guest& guest = known->second;
  if (name == "HVIP") poke_shmem(guest, coveproto::nacl_csr_at(coveproto::kCsrHvip), arg("value"));
  if (name == "HVIP" || name == "IPI") return kick(vm).empty() ? std::optional(base::Bytes{}) : std::nullopt;
  const auto named = coveproto::call_named(name);
  if (named && named->fid >= coveproto::kCoveIoFirst) return device_call(vm, *named, args);
  if (!named || named->eid != coveproto::kCovh) return std::nullopt;
  const auto function = static_cast<Covh>(named->fid);
  const std::uint64_t gpa = page_of(arg("gpa"));
  const auto there = vm.nested.translate(gpa);
  const bool named_page = args.contains("spa") && (!there || page_of(there->spa) != arg("spa"));
  const auto entering = [&] { return named_page ? arg("spa") : spare_page(vm.asid); };
  Ecall in{.a0 = guest.id};
  switch (function) {
    case Covh::kGetTsmInfo: in = {.a0 = arg("spa"), .a1 = coveproto::kTsmInfoSize}; break;
    case Covh::kConvertPages:
    case Covh::kReclaimPages: in = {.a0 = arg("spa"), .a1 = 1}; break;
    case Covh::kAddTvmPageTablePages: in = {.a0 = guest.id, .a1 = entering(), .a2 = 1}; break;
    case Covh::kAddTvmMeasuredPages: {
      std::uint64_t source = arg("source");
      if (source == 0) {  // a page of the host's with content of its own
        source = host_.take_page();
        (void)host_.memory().write(memory::KeyId::kNone, source, base::Bytes(kPage, static_cast<std::uint8_t>(arg("value"))));
      }
      in = {.a0 = guest.id, .a1 = source, .a2 = entering(), .a3 = 0, .a4 = 1, .a5 = gpa};
      break;
    }
    case Covh::kAddTvmZeroPages: in = {.a0 = guest.id, .a1 = entering(), .a2 = 0, .a3 = 1, .a4 = gpa}; break;
    case Covh::kAddTvmSharedPages: in = {.a0 = guest.id, .a1 = named_page ? arg("spa") : host_.take_page(), .a2 = 0, .a3 = 1, .a4 = gpa}; break;
    case Covh::kTvmInvalidatePages:
    case Covh::kTvmValidatePages:
    case Covh::kTvmRemovePages: in = {.a0 = guest.id, .a1 = gpa, .a2 = kPage}; break;
    case Covh::kGlobalFence:
    case Covh::kLocalFence: in = {}; break;
    default: break;
  }
  if (function == Covh::kDestroyTvm) tsm_->trap(vm.asid);  // an IPI, and the vCPU is not run again
  const std::uint32_t hart = function == Covh::kLocalFence ? static_cast<std::uint32_t>(arg("value")) : vm.asid;
  const auto result = ask(hart, function, in);
  if (!result.ok()) return std::nullopt;
  if (function == Covh::kAddTvmSharedPages) vm.nested.map(gpa, in.a1, true);
  note_call(vm, guest, function, in);
  // The host's own tables remember where the page was.
  if (function == Covh::kTvmRemovePages && there) vm.nested.map(gpa, there->spa, true);
  return base::Bytes{};
}

}  // namespace cove
