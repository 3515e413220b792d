// Whatever calls a host and a TD make about devices, in whatever order and with whatever operands, the module answers. An input is a row of
// calls: who calls, which leaf, and the operands, each a byte that stands for an address or a number in use.
#include "tests/fuzz/target.h"
#include "tsm/tdx/test_device.h"

namespace {

constexpr std::size_t kCallsMax = 48, kCallBytes = 6;

std::uint64_t operand(std::uint8_t byte, std::uint8_t low) {
  using M = tdx::ConnectedModule;
  constexpr std::uint64_t kKnown[] = {0, 1, M::kFunction, M::kNeighbour, M::kTdr, M::kMemory, M::kMemory | 1, M::kMapped, M::kMappedPage, M::kFreePage,
                                      tdxproto::interface_id(0, 1, 0x101), tdxproto::dmar_index(0, 0x100), tdxproto::dmar_index(2, 0x100),
                                      tdxproto::mmiomt_set(1, 0x100), tdxproto::kInvWait, ~0ull};
  return kKnown[byte & 15] + ((byte >> 4) << 12) + (low & 3);
}

base::Bytes seed() {
  using S = tdx::Seamcall;
  base::Bytes out;
  const auto call = [&](std::uint8_t who, S leaf, std::uint8_t rcx, std::uint8_t rdx = 0, std::uint8_t r8 = 0) {
    out.insert(out.end(), {who, static_cast<std::uint8_t>(leaf), rcx, rdx, r8, 0});
  };
  call(0, S::kTdiUnbind, 2);
  call(0, S::kMmioBlock, 5, 4);
  call(0, S::kMemTrack, 4);
  call(2, S::kMemTrack, 0);
  call(0, S::kMmioUnmap, 5, 4);
  call(0, S::kDmarBlock, 11);
  call(0, S::kIqInvReq, 0, 4, 2);
  call(0, S::kIqInvProc, 0);
  call(0, S::kDmarRemove, 11);
  call(0, S::kTdiRemove, 2);
  call(1, static_cast<S>(67), 2, 1);
  call(1, static_cast<S>(71), 5, 0, 2);
  call(0, S::kIdeStreamBlock, 0, 1);
  call(0, S::kIdeStreamDelete, 0, 1);
  call(0, S::kSpdmDelete, 0);
  return out;
}

void play(base::View in) {
  for (const auto step : {tdx::Step::kNothing, tdx::Step::kRunning}) {
    tdx::ConnectedModule m(step);
    base::View rest = in;
    for (std::size_t i = 0; i < kCallsMax && rest.size() >= kCallBytes; ++i, rest = rest.subspan(kCallBytes)) {
      tdx::Registers registers{.rax = rest[1], .rcx = operand(rest[2], rest[5]), .rdx = operand(rest[3], rest[5] >> 2),
                               .r8 = operand(rest[4], rest[5] >> 4)};
      registers.r9 = operand(rest[4], rest[5] >> 6);
      if (rest[0] % 3 == 0) (void)m.module.seamcall(1, registers);
      else if (rest[0] % 3 == 1) (void)m.module.tdcall(1, registers);
      else m.module.exit_to_host(1);
      (void)m.dma(registers.rcx);
      (void)m.module.device_memory(1, registers.rcx, registers.r8);
    }
  }
}

}  // namespace

FUZZ_TARGET(play, seed())
