// What the host does for a TD that runs: its exits, its pages, and calls by name.
#include <algorithm>

#include "platform/protocol/tdx/tdvmcall.h"
#include "tsm/tdx/connect.h"
#include "tsm/tdx/host/tdx_machine.h"

namespace tdx {
namespace {

using tdxproto::Tdvmcall;

constexpr std::uint64_t kPage = 4096;

std::string refused(Seamcall leaf, const CallResult& result) {
  return std::string(tdxproto::name_of(leaf)) + ": " + std::string(tdxproto::name_of(result.status()));
}

std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

}  // namespace

cpu::Exit exit_of(const TdExit& exit) {
  if (exit.reason != tdxproto::kExitTdcall)
    return {.code = exit.reason, .info1 = exit.qualification, .info2 = exit.gpa, .rax = exit.extended};
  return {.code = exit.reason, .info1 = exit.shown.r11, .info2 = exit.shown.r10, .rax = exit.shown.r12, .rbx = exit.shown.r13,
          .rcx = exit.shown.r14, .rdx = exit.shown.r15};
}

std::string object_of(const cpu::Exit& exit) {
  if (exit.code == tdxproto::kExitEptViolation) return "EPT_VIOLATION";
  if (exit.code == tdxproto::kExitTdcall) return std::string(tdxproto::name_of(static_cast<Tdvmcall>(exit.info1)));
  return "EXIT";
}

cpu::Exit TdxMachine::handle(cpu::Vm& vm, const cpu::Exit& exit) {
  cpu::Exit answer = exit;
  if (exit.code == tdxproto::kExitEptViolation) ept_violation(vm, exit.info2);
  if (exit.code == tdxproto::kExitTdcall) hypercall(vm, answer);
  return answer;
}

void TdxMachine::hypercall(cpu::Vm& vm, cpu::Exit& exit) {
  exit.info2 = tdxproto::kVmcallSuccess;
  switch (static_cast<Tdvmcall>(exit.info1)) {
    case Tdvmcall::kGetTdVmCallInfo: exit.info1 = exit.rax = exit.rbx = exit.rcx = 0; break;  // only what every host does
    case Tdvmcall::kMapGpa: exit.info2 = map_gpa(vm, exit.rax, exit.rbx); break;
    case Tdvmcall::kGetQuote: exit.info2 = get_quote(vm, exit.rax, exit.rbx); break;
    case Tdvmcall::kReportFatalError: guests_[vm.name].fatal_error = exit.rax; break;
    case Tdvmcall::kCpuid: {
      const auto leaf = host_.cpuid(static_cast<std::uint32_t>(exit.rax), static_cast<std::uint32_t>(exit.rbx));
      exit.rax = leaf.eax, exit.rbx = leaf.ebx, exit.rcx = leaf.ecx, exit.rdx = leaf.edx;
      break;
    }
    case Tdvmcall::kHlt: break;
    case Tdvmcall::kTdcm: exit.info2 = tdcm(vm, exit.rax, exit.rbx, exit.rcx); break;
    default: exit.info2 = tdxproto::kVmcallSubfuncUnsupported; break;
  }
}

// ---- pages ----------------------------------------------------------------------------------------------------------

// The SHARED bit of the address says what the guest wants the range to be.
std::uint64_t TdxMachine::map_gpa(cpu::Vm& vm, std::uint64_t gpa, std::uint64_t bytes) {
  const Td* mine = td(vm);
  if (!mine) return tdxproto::kVmcallInvalidOperand;
  const bool shared = gpa & mine->shared_bit();
  const std::uint64_t first = gpa & ~mine->shared_bit();
  if (first % kPage != 0 || bytes % kPage != 0) return tdxproto::kVmcallAlignError;
  if (bytes == 0 || !vm.space.contains(first, bytes)) return tdxproto::kVmcallInvalidOperand;
  Guest& guest = guests_[vm.name];
  for (std::uint64_t at = first; at < first + bytes; at += kPage) {
    if (shared && guest.owned.contains(at) && !remove(vm, at).empty()) return tdxproto::kVmcallInvalidOperand;
    if (shared && host_.back(vm, at) == 0) return tdxproto::kVmcallInvalidOperand;
    if (shared || guest.owned.contains(at)) continue;
    // A private page comes when the guest accepts one.
    if (const auto page = vm.nested.translate(at)) host_.give_back(page->spa);
    vm.nested.unmap(at);
  }
  return tdxproto::kVmcallSuccess;
}

void TdxMachine::ept_violation(cpu::Vm& vm, std::uint64_t gpa) {
  const Td* mine = td(vm);
  if (!mine) return;
  Guest& guest = guests_[vm.name];
  const std::uint64_t page = page_of(gpa & ~mine->shared_bit());
  if (!vm.space.contains(page, kPage)) {
    guest.stopped = true;
    return;
  }
  if (gpa & mine->shared_bit()) {
    // The shared half of a page that is private: the guest has to say that it wants it so.
    if (!guest.owned.contains(page)) (void)host_.back(vm, page);
    return;
  }
  if (!guest.owned.contains(page)) {
    (void)augment(vm, page);
    return;
  }
  const auto entry = ask(vm.asid, Seamcall::kMemSeptRd, {.rcx = page, .rdx = guest.tdr});
  const auto state = static_cast<SeptState>(entry.out.rdx >> 8);
  if (entry.ok() && is_blocked(state)) (void)unblock(vm, page);
  if (entry.ok() && state == SeptState::kFree) {
    guest.owned.erase(page);
    (void)augment(vm, page);
  }
}

std::string TdxMachine::augment(cpu::Vm& vm, std::uint64_t gpa) {
  Guest& guest = guests_[vm.name];
  const std::uint64_t at = page_of(gpa);
  if (const auto why = add_tables(vm, guest, at); !why.empty()) return why;
  const auto there = vm.nested.translate(at);
  const bool own = there && !guest.pages.contains(there->spa);  // a page of the host's lies there already
  const std::uint64_t page = own ? there->spa : host_.take_page();
  if (page == 0) return "the host is out of memory";
  const Registers in{.rcx = at, .rdx = guest.tdr, .r8 = page};
  const auto result = ask(vm.asid, Seamcall::kMemPageAug, in);
  if (!result.ok()) return refused(Seamcall::kMemPageAug, result);
  note_call(vm, guest, Seamcall::kMemPageAug, in, result.out);
  return "";
}

std::string TdxMachine::block(cpu::Vm& vm, std::uint64_t gpa) {
  const std::uint64_t tdr = guests_[vm.name].tdr;
  auto result = ask(vm.asid, Seamcall::kMemRangeBlock, {.rcx = page_of(gpa), .rdx = tdr});
  if (!result.ok()) return refused(Seamcall::kMemRangeBlock, result);
  result = ask(vm.asid, Seamcall::kMemTrack, {.rcx = tdr});
  if (!result.ok()) return refused(Seamcall::kMemTrack, result);
  return kick(vm);
}

std::string TdxMachine::unblock(cpu::Vm& vm, std::uint64_t gpa) {
  const std::uint64_t tdr = guests_[vm.name].tdr;
  auto result = ask(vm.asid, Seamcall::kMemTrack, {.rcx = tdr});
  if (!result.ok()) return refused(Seamcall::kMemTrack, result);
  if (const auto why = kick(vm); !why.empty()) return why;
  result = ask(vm.asid, Seamcall::kMemRangeUnblock, {.rcx = page_of(gpa), .rdx = tdr});
  return result.ok() ? "" : refused(Seamcall::kMemRangeUnblock, result);
}

std::string TdxMachine::remove(cpu::Vm& vm, std::uint64_t gpa) {
  Guest& guest = guests_[vm.name];
  if (const auto why = block(vm, gpa); !why.empty()) return why;
  flush_devices(vm);
  const Registers in{.rcx = page_of(gpa), .rdx = guest.tdr};
  const auto result = ask(vm.asid, Seamcall::kMemPageRemove, in);
  if (!result.ok()) return refused(Seamcall::kMemPageRemove, result);
  note_call(vm, guest, Seamcall::kMemPageRemove, in, result.out);
  host_.give_back(result.out.rcx);
  return "";
}

std::string TdxMachine::kick(cpu::Vm& vm) {
  const Vcpu* vcpu = module_->vcpu_on(vm.asid);
  if (!vcpu || !vcpu->inside) return "";
  module_->exit_to_host(vm.asid);
  const auto entered = enter_on(vm);
  return entered.ok() ? "" : refused(Seamcall::kVpEnter, entered);
}

// What the host's own tables say after a call that moved a page.
void TdxMachine::note_call(cpu::Vm& vm, Guest& guest, Seamcall leaf, const Registers& in, const Registers& out) {
  const std::uint64_t gpa = page_of(in.rcx);
  switch (leaf) {
    case Seamcall::kMemPageAug:
    case Seamcall::kMemPageAdd:
      guest.pages.insert(in.r8);
      guest.owned.insert(gpa);
      vm.nested.map(gpa, in.r8, true);
      break;
    case Seamcall::kMemPageRelocate:
      guest.pages.erase(out.rcx);
      guest.pages.insert(in.r8);
      vm.nested.map(gpa, in.r8, true);
      break;
    case Seamcall::kMemPageRemove:
      guest.pages.erase(out.rcx);
      guest.owned.erase(gpa);
      vm.nested.unmap(gpa);
      break;
    case Seamcall::kPhymemPageReclaim: guest.pages.erase(in.rcx); break;
    default: break;
  }
}

// ---- calls by name --------------------------------------------------------------------------------------------------

std::optional<base::Bytes> TdxMachine::call(cpu::Vm& vm, const std::string& name, const std::map<std::string, std::uint64_t>& args) {
  const auto arg = [&](const char* key) {
    const auto found = args.find(key);
    return found == args.end() ? std::uint64_t{0} : found->second;
  };
  if (name == "TDCM.BIND" || name == "TDCM.UNBIND") {
    Interface* interface = first_interface(vm);
    if (!interface) return std::nullopt;
    if (name == "TDCM.BIND") return bind_device(vm, *interface) ? std::optional(base::Bytes{}) : std::nullopt;
    unbind_device(vm, *interface);
    return base::Bytes{};
  }
  if (name == "IPI") return kick(vm).empty() ? std::optional(base::Bytes{}) : std::nullopt;
  const auto leaf = tdxproto::seamcall_named(name);
  const auto known = guests_.find(vm.name);
  if (!leaf || known == guests_.end()) return std::nullopt;
  if (Connect::is_call(*leaf)) return connect_call(vm, *leaf, args);
  Guest& guest = known->second;
  Registers in;
  switch (*leaf) {
    case Seamcall::kMemPageAdd:
    case Seamcall::kMemPageAug:
      in = {.rcx = arg("gpa") | arg("level"), .rdx = guest.tdr, .r8 = args.contains("spa") ? arg("spa") : host_.take_page(), .r9 = arg("source")};
      break;
    // To another page, where the caller names none but the one that it is in.
    case Seamcall::kMemPageRelocate: {
      const auto here = vm.nested.translate(arg("gpa"));
      const bool named = args.contains("spa") && !(here && here->spa == arg("spa"));
      in = {.rcx = arg("gpa"), .rdx = guest.tdr, .r8 = named ? arg("spa") : host_.take_page()};
      break;
    }
    case Seamcall::kMemRangeBlock:
    case Seamcall::kMemRangeUnblock:
    case Seamcall::kMemPageRemove:
    case Seamcall::kMemSeptRd:
    case Seamcall::kMemSeptRemove:
    case Seamcall::kMrExtend: in = {.rcx = arg("gpa") | arg("level"), .rdx = guest.tdr}; break;
    case Seamcall::kMemRd:
    case Seamcall::kMemWr: in = {.rcx = arg("gpa"), .rdx = guest.tdr, .r8 = arg("data")}; break;
    case Seamcall::kVpRd:
    case Seamcall::kVpWr: in = {.rcx = guest.tdvpr, .rdx = arg("field"), .r8 = arg("data")}; break;
    case Seamcall::kVpEnter:
    case Seamcall::kVpFlush: in = {.rcx = guest.tdvpr}; break;
    case Seamcall::kPhymemPageReclaim:
    case Seamcall::kPhymemPageRdmd: in = {.rcx = arg("spa")}; break;
    case Seamcall::kPhymemCacheWb: break;
    case Seamcall::kMngInit: in = {.rcx = guest.tdr, .rdx = arg("source")}; break;
    default: in = {.rcx = guest.tdr}; break;
  }
  // Whoever looks wants the whole of it; the interface gives 8 bytes at a time.
  const std::size_t bytes = *leaf == Seamcall::kMemRd ? kPage : *leaf == Seamcall::kVpRd ? cpu::kRegisterBytesMax : 0;
  base::Bytes seen;
  do {
    const auto result = ask(vm.asid, *leaf, in);
    if (!result.ok()) return std::nullopt;
    if (bytes == 0) note_call(vm, guest, *leaf, in, result.out);
    else base::append_le<std::uint64_t>(seen, result.out.r8);
    if (*leaf == Seamcall::kMemRd) in.rcx += 8;
    else in.rdx += bytes != 0;
  } while (seen.size() < bytes);
  return seen;
}

// ---- quotes ---------------------------------------------------------------------------------------------------------

bool TdxMachine::copy_shared(cpu::Vm& vm, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) {
  const std::size_t count = in.empty() ? out.size() : in.size();
  for (std::size_t done = 0; done < count;) {
    const std::uint64_t at = gpa + done;
    const std::size_t part = std::min<std::size_t>(count - done, kPage - at % kPage);
    const auto page = vm.nested.translate(at);
    if (!page || guests_[vm.name].owned.contains(page_of(at))) return false;
    const auto outcome = in.empty() ? host_.memory().read(memory::KeyId::kNone, page->spa, out.subspan(done, part))
                                    : host_.memory().write(memory::KeyId::kNone, page->spa, in.subspan(done, part));
    if (!outcome) return false;
    done += part;
  }
  return true;
}

std::uint64_t TdxMachine::get_quote(cpu::Vm& vm, std::uint64_t gpa, std::uint64_t bytes) {
  const Td* mine = td(vm);
  if (!mine) return tdxproto::kVmcallInvalidOperand;
  const std::uint64_t at = gpa & ~mine->shared_bit();
  if (at % kPage != 0 || bytes % kPage != 0) return tdxproto::kVmcallAlignError;
  if (bytes == 0 || !vm.space.contains(at, bytes)) return tdxproto::kVmcallInvalidOperand;
  base::Bytes head(tdxproto::kGetQuoteHeaderSize);
  if (!copy_shared(vm, at, head, {})) return tdxproto::kVmcallInvalidOperand;
  auto header = wire::decode<tdxproto::GetQuoteHeader>(head);
  const std::size_t room = bytes - tdxproto::kGetQuoteHeaderSize;
  if (!header || header->version != 1 || header->in_length > room) return tdxproto::kVmcallInvalidOperand;
  base::Bytes report(header->in_length);
  if (!copy_shared(vm, at + tdxproto::kGetQuoteHeaderSize, report, {})) return tdxproto::kVmcallInvalidOperand;
  const auto quote = quotes_ ? quotes_(report) : std::nullopt;
  header->status = quote && quote->size() <= room ? tdxproto::kQuoteSuccess
                   : quotes_                      ? tdxproto::kQuoteError
                                                  : tdxproto::kQuoteServiceUnavailable;
  header->out_length = header->status == tdxproto::kQuoteSuccess ? static_cast<std::uint32_t>(quote->size()) : 0;
  if (header->out_length != 0) (void)copy_shared(vm, at + tdxproto::kGetQuoteHeaderSize, {}, *quote);
  (void)copy_shared(vm, at, {}, wire::encode(*header));
  return tdxproto::kVmcallSuccess;
}

}  // namespace tdx
