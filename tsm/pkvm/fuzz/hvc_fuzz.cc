// Whatever calls a host and its guests make, in whatever order and with whatever operands, no page has two owners and
// the host reaches none that somebody else owns. An input is a row of calls: who calls (0 host, 1 guest, else an exit)
// and on which processor, which call, and the operands, each as a byte that is scaled to the addresses and handles in
// use.
#include "platform/base/check.h"
#include "tests/fuzz/target.h"
#include "tsm/pkvm/test_machine.h"

namespace {

using pkvm::Bare;
using pkvm::HostCall;
using pkvm::kPage;
using pkvm::PageState;

constexpr std::size_t kCallsMax = 96, kCallBytes = 5;
constexpr std::uint64_t kArena = Bare::kFirst + 0x20 * kPage, kArenaPages = 16, kIpas = 8;

std::uint64_t pfn(std::uint8_t byte) {
  if (byte == 0xFF) return Bare::kCarveout / kPage;
  if (byte == 0xFE) return Bare::kBytes / kPage;
  return kArena / kPage + byte % kArenaPages;
}
std::uint64_t gfn(std::uint8_t byte) { return byte == 0xFF ? Bare::kPvmfw / kPage : 4 + byte % kIpas; }
std::uint64_t handle(std::uint8_t byte) { return pkvm::kHandleOffset + byte % 4; }

void host_call(Bare& b, std::uint32_t cpu, std::uint8_t which, std::uint8_t one, std::uint8_t two, std::uint8_t three) {
  using C = HostCall;
  const auto call = static_cast<C>(which % static_cast<std::uint8_t>(C::kCount));
  pkvm::Registers in{
      .x0 = static_cast<std::uint64_t>(call), .x1 = handle(one), .x2 = gfn(two), .x3 = 1, .x4 = three & 7u};
  switch (call) {
    case C::kShareHyp:
    case C::kUnshareHyp:
    case C::kDonateGuest:
    case C::kShareGuest: in.x1 = pfn(one); break;
    case C::kForceReclaimGuestPage: in.x1 = pfn(one) * kPage; break;
    case C::kInitVm: in.x1 = pfn(one) * kPage, in.x2 = pfn(two) * kPage, in.x3 = pfn(three) * kPage; break;
    case C::kInitVcpu: in.x2 = pfn(two) * kPage, in.x3 = pfn(three) * kPage; break;
    case C::kVcpuLoad: in.x2 = 0; break;
    case C::kVcpuRun: in.x1 = b.host_vcpu[1 + one % 2]; break;
    default: break;
  }
  (void)b.el2->host_call(cpu, in);
}

void check_owners(Bare& b) {
  std::map<std::uint64_t, unsigned> owned;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const pkvm::Vm* vm = b.el2->vm(pkvm::kHandleOffset + i);
    if (!vm) continue;
    for (const auto& [ipa, page] : vm->stage2) {
      if (!page.maps()) continue;
      const auto host = b.host(page.phys).state;
      switch (page.state) {
        case PageState::kOwned:
          base::check(vm->is_protected && host == PageState::kNoPage && !b.host_reaches(page.phys),
                      "what a guest owns the host has not");
          base::check(++owned[page.phys] == 1, "a page has one owner");
          break;
        case PageState::kSharedOwned:
          base::check(host == PageState::kSharedBorrowed && b.host_reaches(page.phys),
                      "what a guest shares the host borrows");
          base::check(++owned[page.phys] == 1, "a page has one owner");
          break;
        default:
          base::check(!vm->is_protected && host == PageState::kSharedOwned, "what a guest borrows the host owns");
      }
    }
  }
  for (std::uint64_t i = 0; i < kArenaPages; ++i) {
    const std::uint64_t phys = kArena + i * kPage;
    const auto host = b.host(phys).state;
    const auto annotation = b.el2->pages().annotation(phys);
    base::check((host == PageState::kNoPage) == annotation.has_value(), "the host's tables map what it has");
    if (host == PageState::kOwned)
      base::check(owned[phys] == 0 && b.el2->pages().hyp(phys) == PageState::kNoPage,
                  "what the host owns nobody else has");
  }
}

base::Bytes seed() {
  base::Bytes out;
  const auto host = [&](HostCall call, std::uint8_t one = 0, std::uint8_t two = 0, std::uint8_t three = 0,
                        std::uint8_t cpu = 1) {
    out.insert(out.end(), {static_cast<std::uint8_t>(cpu << 4), static_cast<std::uint8_t>(call), one, two, three});
  };
  const auto guest = [&](std::uint8_t call, std::uint8_t one) { out.insert(out.end(), {0x11, call, one, 0, 0}); };
  host(HostCall::kDonateGuest, 1, 1);
  host(HostCall::kDonateGuest, 2, 2);
  host(HostCall::kDonateGuest, 1, 5);
  host(HostCall::kDonateGuest, 5, 1);
  host(HostCall::kShareGuest, 1, 1, 7, 2);
  host(HostCall::kShareHyp, 1);
  guest(3, 1);
  guest(4, 1);
  host(HostCall::kForceReclaimGuestPage, 2);
  host(HostCall::kShareGuest, 3, 3, 7, 2);
  host(HostCall::kUnshareGuest, 1, 3);
  host(HostCall::kShareHyp, 4);
  host(HostCall::kVcpuPut);
  host(HostCall::kStartTeardownVm, 0);
  host(HostCall::kReclaimDyingGuestPage, 0, 1);
  host(HostCall::kFinalizeTeardownVm, 0);
  return out;
}

void play(base::View in) {
  Bare b;
  for (std::size_t i = 0; i < kCallsMax && in.size() >= kCallBytes; ++i, in = in.subspan(kCallBytes)) {
    const std::uint32_t cpu = in[0] >> 4 & 3;
    const unsigned who = in[0] & 3;
    if (who == 0) host_call(b, cpu, in[1], in[2], in[3], in[4]);
    else if (who == 1)
      (void)b.el2->guest_call(cpu, {.x0 = 0xC600'0000u | (in[1] & 15u), .x1 = gfn(in[2]) * kPage | (in[3] & 1u)});
    else (void)b.el2->abort(cpu, gfn(in[2]) * kPage, in[3] & 1);
    (void)b.el2->translate(cpu, gfn(in[2]) * kPage, pfn(in[3]) * kPage);
    check_owners(b);
  }
}

}  // namespace

FUZZ_TARGET(play, seed())
