// Whatever calls a host and a TD make, in whatever order and with whatever operands, the module answers. An input is a row of calls:
// who calls (0 host, 1 TD, 2 an exit), the leaf, and the three operands that leaves take, each as a byte that is scaled to the addresses
// in use.
#include "tests/fuzz/target.h"
#include "tsm/tdx/bare_module.h"

namespace {

constexpr std::size_t kCallsMax = 64, kCallBytes = 6;

// Addresses of both kinds, sizes and numbers that some call could want.
std::uint64_t operand(std::uint8_t byte, std::uint8_t low) {
  using B = tdx::BareModule;
  constexpr std::uint64_t kKnown[] = {B::kTdr, B::kTdvpr, B::kSource, B::kParams, B::kMapped, B::kPending, B::kFree, B::kMappedPage,
                                      B::kPendingPage, B::kFreePage, B::kHkid, 0, 1ull << 47, ~0ull, 0x20'0000, 0xFFFF'F000};
  const std::uint64_t base = kKnown[byte & 15] + ((byte >> 4) << 12);
  return base | (low & 7);
}

base::Bytes seed() {
  using S = tdx::Seamcall;
  base::Bytes out;
  const auto call = [&](std::uint8_t who, std::uint64_t leaf, std::uint8_t rcx, std::uint8_t rdx, std::uint8_t r8) {
    out.insert(out.end(), {who, static_cast<std::uint8_t>(leaf), rcx, rdx, r8, 0});
  };
  const auto host = [&](S leaf, std::uint8_t rcx, std::uint8_t rdx = 0, std::uint8_t r8 = 0) {
    call(0, static_cast<std::uint64_t>(leaf), rcx, rdx, r8);
  };
  host(S::kVpEnter, 1);
  call(1, 6, 5, 0, 0);
  host(S::kMemRangeBlock, 4);
  host(S::kMemTrack, 0);
  call(2, 0, 0, 0, 0);
  host(S::kMemPageRemove, 4);
  host(S::kMemPageAug, 6, 0, 9);
  host(S::kVpEnter, 1);
  call(1, 2, 5, 11, 0);
  call(1, 0, 11, 0, 0);
  host(S::kVpFlush, 1);
  host(S::kMngVpflushdone, 0);
  host(S::kPhymemCacheWb, 0);
  host(S::kMngKeyFreeid, 0);
  host(S::kPhymemPageReclaim, 7);
  return out;
}

void play(base::View in) {
  for (const auto stage : {tdx::Stage::kNothing, tdx::Stage::kUninitialized, tdx::Stage::kInitialized, tdx::Stage::kRunnable}) {
    tdx::BareModule m(stage);
    base::View rest = in;
    for (std::size_t i = 0; i < kCallsMax && rest.size() >= kCallBytes; ++i, rest = rest.subspan(kCallBytes)) {
      tdx::Registers registers{.rax = rest[1], .rcx = operand(rest[2], rest[5]), .rdx = operand(rest[3], rest[5] >> 3)};
      registers.r8 = operand(rest[4], rest[5] >> 6);
      registers.r9 = tdx::BareModule::kSource;
      if (rest[0] % 3 == 0) (void)m.module.seamcall(1 + (rest[0] >> 7), registers);
      else if (rest[0] % 3 == 1) (void)m.module.tdcall(1, registers);
      else m.module.exit_to_host(1);
      (void)m.module.translate(1, registers.rcx, registers.r8);
    }
  }
}

}  // namespace

FUZZ_TARGET(play, seed())
