// What the host does for a VM that runs: its exits, its pages, and calls by name.
#include "platform/protocol/pkvm/guest_calls.h"
#include "tsm/pkvm/host/pkvm_machine.h"

namespace pkvm {

namespace {

constexpr std::int64_t number(Errno error) { return static_cast<std::int64_t>(error); }

}  // namespace

cpu::Exit exit_of(const GuestExit& exit) {
  if (exit.code == pkvmproto::kExitDataAbort) return {.code = exit.code, .info1 = exit.iss, .info2 = exit.ipa};
  return {.code = exit.code, .info1 = exit.shown.x0, .rbx = exit.shown.x1, .rcx = exit.shown.x2, .rdx = exit.shown.x3};
}

std::string object_of(const cpu::Exit& exit) {
  if (exit.code == pkvmproto::kExitDataAbort) return exit.info1 & pkvmproto::kIssIsv ? "MMIO" : "DATA_ABORT";
  return exit.info1 == static_cast<std::uint64_t>(GuestCall::kPsciSystemOff) ? "PSCI_SYSTEM_OFF" : "HVC";
}

cpu::Exit PkvmMachine::handle(cpu::Vm& vm, const cpu::Exit& exit) {
  cpu::Exit answer = exit;
  if (exit.code != pkvmproto::kExitDataAbort)
    answer.rax = exit.info1 == static_cast<std::uint64_t>(GuestCall::kPsciSystemOff)
                     ? 0
                     : static_cast<std::uint64_t>(pkvmproto::kSmcccNotSupported);
  else if ((exit.info1 & pkvmproto::kIssIsv) && guests_[vm.name].has_protection)
    answer.rax = static_cast<std::uint64_t>(number(Errno::kFault));  // this host emulates no device for it
  else answer.rax = static_cast<std::uint64_t>(stage2_map(vm, exit.info2));
  return answer;
}

// As pkvm_mem_abort and pkvm_pgtable_stage2_map do.
std::int64_t PkvmMachine::stage2_map(cpu::Vm& vm, std::uint64_t ipa) {
  const std::uint64_t at = page_of(ipa);
  Guest& guest = guests_[vm.name];
  if (!vm.space.contains(at, kPage)) return number(Errno::kFault);
  if (guest.given.contains(at)) {
    // There is a page already: another processor was faster, or the host itself took it away.
    const auto poisoned = ask(vm.asid, HostCall::kVcpuInPoisonFault, {});
    return poisoned.ok() && poisoned.out.x1 == 0 ? 0 : number(Errno::kFault);
  }
  const std::uint64_t page = host_.back(vm, at);
  if (page == 0) return number(Errno::kNoMem);
  const auto given = guest.has_protection
                         ? ask(vm.asid, HostCall::kDonateGuest, {.x1 = page / kPage, .x2 = at / kPage})
                         : ask(vm.asid, HostCall::kShareGuest,
                               {.x1 = page / kPage, .x2 = at / kPage, .x3 = 1, .x4 = pkvmproto::kProtRwx});
  if (!given.ok()) return number(given.error());
  guest.given.insert(at);
  return 0;
}

std::string PkvmMachine::take_by_force(cpu::Vm& vm, std::uint64_t gpa) {
  const auto page = vm.nested.translate(gpa);
  if (!page) return "there is no page";
  const auto taken = ask(vm.asid, HostCall::kForceReclaimGuestPage, {.x1 = page_of(page->spa)});
  return taken.ok() ? ""
                    : std::string(pkvmproto::name_of(HostCall::kForceReclaimGuestPage)) + ": " +
                          std::string(pkvmproto::name_of(taken.error()));
}

// ---- calls by name --------------------------------------------------------------------------------------------------

std::optional<base::Bytes> PkvmMachine::call(cpu::Vm& vm, const std::string& name,
                                             const std::map<std::string, std::uint64_t>& args) {
  const auto wanted = pkvmproto::host_call_of(name);
  if (!wanted) return std::nullopt;
  const Guest& guest = guests_[vm.name];
  const auto arg = [&](const char* key, std::uint64_t otherwise) {
    const auto found = args.find(key);
    return found == args.end() ? otherwise : found->second;
  };
  const std::uint64_t phys = arg("spa", arg("pfn", 0) * kPage), ipa = arg("gpa", arg("gfn", 0) * kPage),
                      handle = arg("handle", guest.handle);
  Registers in;
  using C = HostCall;
  switch (*wanted) {
    case C::kVcpuRun: in.x1 = guest.host_vcpu; break;
    case C::kShareHyp:
    case C::kUnshareHyp: in.x1 = phys / kPage; break;
    case C::kDonateGuest: in.x1 = phys / kPage, in.x2 = ipa / kPage; break;
    case C::kShareGuest: in.x1 = phys / kPage, in.x2 = ipa / kPage, in.x3 = 1, in.x4 = pkvmproto::kProtRwx; break;
    case C::kRelaxPermsGuest:
    case C::kMkyoungGuest: in.x1 = ipa / kPage, in.x2 = pkvmproto::kProtRwx; break;
    case C::kForceReclaimGuestPage: in.x1 = page_of(phys); break;
    case C::kUnshareGuest:
    case C::kWrprotectGuest:
    case C::kTestClearYoungGuest: in.x1 = handle, in.x2 = ipa / kPage, in.x3 = 1; break;
    case C::kReclaimDyingGuestPage: in.x1 = handle, in.x2 = ipa / kPage; break;
    case C::kVcpuLoad: in.x1 = handle, in.x2 = arg("index", 0); break;
    default: in.x1 = handle; break;
  }
  const auto result = ask(vm.asid, *wanted, in);
  if (!result.ok()) return std::nullopt;
  // An adversary that has had its page taken or put back does not stand in the way of its own bookkeeping.
  Guest& known = guests_[vm.name];
  if (*wanted == C::kDonateGuest) known.given.insert(page_of(ipa));
  if (*wanted == C::kReclaimDyingGuestPage) known.given.erase(page_of(ipa));
  base::Bytes out;
  base::append_le<std::uint64_t>(out, result.out.x1);
  return out;
}

}  // namespace pkvm
