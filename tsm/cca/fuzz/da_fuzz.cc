// Whatever calls about devices a host and a realm make, in whatever order and with whatever parameters, the RMM answers. An input is the
// stage at which they begin and a row of calls: who calls (0 host, 1 realm, 2 the host enters the realm, 3 the host writes its page of
// parameters), which function, and operands, each as a byte that is scaled to the addresses in use.
#include "tests/fuzz/target.h"
#include "tsm/cca/da_bench.h"
#include "tsm/cca/rmi_steps.h"

namespace {

using B = cca::DaBench;

constexpr std::size_t kCallsMax = 48, kCallBytes = 8;

std::uint64_t operand(std::uint8_t byte) {
  constexpr std::uint64_t kKnown[] = {B::kRd, B::kRec, B::kPdev, B::kPort, B::kVdev, B::kSpare, B::kComm, B::kPage0,
                                      B::kBar, B::kMapped, B::kInfo, B::kPdev | 1, B::kName, 0, ~0ull, ccaproto::address_range(B::kBar, 1)};
  return kKnown[byte & 15] + (std::uint64_t{byte} >> 4 << 12);
}

base::Bytes seed() {
  base::Bytes out{static_cast<std::uint8_t>(cca::Stage::kStarted)};
  const auto call = [&](std::uint8_t who, std::uint8_t function, std::uint8_t x1, std::uint8_t x2, std::uint8_t x3, std::uint8_t x4) {
    out.insert(out.end(), {who, function, x1, x2, x3, x4, 1, 15});
  };
  call(2, 0, 0, 0, 0, 0);
  call(1, 0, 12, 10, 0, 0);
  call(0, 20, 1, 4, 0, 0);
  call(2, 0, 0, 0, 0, 0);
  call(0, 23, 0, 4, 8, 0x18);
  call(0, 19, 0, 2, 4, 6);
  call(0, 13, 0, 2, 4, 6);
  return out;
}

void play(base::View in) {
  if (in.empty()) return;
  B b(static_cast<cca::Stage>(in[0] % 10));
  std::vector<std::uint64_t> functions;
  for (const auto commands : {cca::pdev_commands(), cca::vdev_commands()})
    for (const auto& command : commands) functions.push_back(static_cast<std::uint64_t>(command.call));
  functions.push_back(static_cast<std::uint64_t>(cca::Rmi::kGranuleDelegate));
  functions.push_back(static_cast<std::uint64_t>(cca::Rmi::kGranuleUndelegate));
  constexpr cca::Rsi kRealm[] = {cca::Rsi::kVdevGetInfo, cca::Rsi::kVdevValidateMapping, cca::Rsi::kVdevDmaEnable, cca::Rsi::kVdevDmaDisable,
                                 cca::Rsi::kIpaStateSet};
  base::View rest = in.subspan(1);
  for (std::size_t i = 0; i < kCallsMax && rest.size() >= kCallBytes; ++i, rest = rest.subspan(kCallBytes)) {
    const cca::Registers registers{.x1 = operand(rest[2]), .x2 = operand(rest[3]), .x3 = operand(rest[4]), .x4 = operand(rest[5]),
                                   .x5 = rest[6] & 3u, .x6 = operand(rest[7])};
    switch (rest[0] % 4) {
      case 0: (void)b.call(static_cast<cca::Rmi>(functions[rest[1] % functions.size()]), registers); break;
      case 1: (void)b.rsi(kRealm[rest[1] % std::size(kRealm)], registers); break;
      case 2:
        b.put_enter(rest[1]);
        (void)b.enter();
        (void)b.rmm.resumed(1);
        break;
      default:
        if (rest[1] % 4 == 0) b.put(B::device_params());
        else if (rest[1] % 4 == 1) b.put(B::stream_params());
        else if (rest[1] % 4 == 2) b.put(B::vdev_params());
        b.write(B::kPage0 + rest[2] % 128 * 8, base::View(rest).first(rest[3] % 8));
        b.device.dead = rest[4] == 0;
        break;
    }
    (void)b.rmm.check({.who = memory::Access::Who::kGuest, .asid = 1, .gpa = registers.x2, .spa = registers.x1, .private_page = true, .by_device = true,
                       .by_address = (rest[0] & 64) != 0});
  }
}

}  // namespace

FUZZ_TARGET(play, seed())
