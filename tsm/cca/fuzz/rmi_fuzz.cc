// Whatever calls a host and a realm make, in whatever order and with whatever operands, the RMM answers. An input is a row of calls: who
// calls (0 host, 1 realm, 2 an exit), the function, and the operands, each as a byte that is scaled to the addresses in use.
#include "tests/fuzz/target.h"
#include "tsm/cca/bare_rmm.h"

namespace {

constexpr std::size_t kCallsMax = 64, kCallBytes = 7;

// Addresses of both kinds, sizes and numbers that some call could want.
std::uint64_t operand(std::uint8_t byte, std::uint8_t low) {
  using B = cca::BareRmm;
  constexpr std::uint64_t kKnown[] = {B::kRd, B::kRec, B::kData, B::kFree, B::kFreeToo, B::kHost, B::kParams, B::kRun,
                                      B::kMapped, B::kNoTable, B::kUnprotected, B::kTables, 0, 1, ~0ull, 3};
  return kKnown[byte & 15] + (std::uint64_t{byte} >> 4 << 12) + (low == 0 ? 1 : 0);
}

base::Bytes seed() {
  base::Bytes out;
  const auto call = [&](std::uint8_t who, std::uint8_t function, std::uint8_t x1, std::uint8_t x2, std::uint8_t x3, std::uint8_t x4) {
    out.insert(out.end(), {who, function, x1, x2, x3, x4, 1});
  };
  call(0, 0x0C, 1, 7, 12, 12);
  call(1, 0x47, 0x18, 0x28, 13, 13);
  call(0, 0x19, 0, 1, 0x18, 0x28);
  call(0, 0x0C, 1, 7, 12, 12);
  call(0, 0x04, 0, 3, 0x18, 0);
  call(0, 0x05, 0, 8, 0, 0);
  call(1, 0x44, 0, 0, 0, 0);
  call(1, 0x45, 8, 12, 0x1c, 0);
  call(2, 0, 0, 0, 0, 0);
  call(0, 0x0D, 0, 4, 9, 15);
  call(0, 0x0B, 1, 0, 0, 0);
  call(0, 0x09, 0, 0, 0, 0);
  return out;
}

void play(base::View in) {
  for (const bool active : {false, true}) {
    cca::BareRmm b(active);
    base::View rest = in;
    for (std::size_t i = 0; i < kCallsMax && rest.size() >= kCallBytes; ++i, rest = rest.subspan(kCallBytes)) {
      const cca::Registers registers{.x0 = 0xC400'0150u + rest[1],
                                     .x1 = operand(rest[2], rest[6] & 7),
                                     .x2 = operand(rest[3], rest[6] >> 3 & 7),
                                     .x3 = operand(rest[4], rest[6] >> 6),
                                     .x4 = operand(rest[5], 1),
                                     .x5 = rest[6] & 1u};
      if (rest[0] % 3 == 0) (void)b.rmm.rmi(1 + (rest[0] >> 7), registers);
      else if (rest[0] % 3 == 1) (void)b.rmm.rsi(1, registers);
      else if (rest[0] & 64) (void)b.rmm.fault(1, registers.x1, registers.x5, registers.x3 & 1);
      else b.rmm.exit_to_host(1, {});
      (void)b.rmm.translate(1, registers.x1, registers.x5, registers.x2);
      (void)b.rmm.resumed(1);
    }
  }
}

}  // namespace

FUZZ_TARGET(play, seed())
