// Whatever a host writes into a disk's registers and queues, the controller ends each write, and touches no block that is not there. An
// input is a row of steps of ten bytes: a register, an admin command, an I/O command, or bytes of memory.
#include "devices/nvme/test_driver.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace nvme;

constexpr std::size_t kStepBytes = 10, kStepsMax = 64;

// Addresses in use, and their ends.
std::uint64_t address(std::uint8_t byte) {
  constexpr std::uint64_t kKnown[] = {kAdminSubmission, kAdminCompletion, kIoSubmission, kIoCompletion, kData, kData + 0xFFC, 0, 0xF000};
  return kKnown[byte & 7] + (std::uint64_t{byte} >> 3 << 8);
}

void drive(base::View in) {
  TestDriver driver;
  driver.bring_up();
  for (std::size_t steps = 0; steps < kStepsMax && in.size() >= kStepBytes; ++steps, in = in.subspan(kStepBytes)) {
    const auto number = base::load_le<std::uint32_t>(in, 2);
    switch (in[0] % 4) {
      case 0: driver.set(in[1] < 0x40 ? in[1] & ~3u : 0x1000u + in[1] % 0x20 * 4, number); break;
      case 1:
      case 2: {
        Command command{.opcode = in[1], .prp1 = address(in[8]), .prp2 = address(in[9]), .dword10 = number};
        command.namespace_id = in[6] & 1;
        command.dword11 = in[6] >> 1, command.dword12 = in[7];
        command.command_id = static_cast<std::uint16_t>(steps);
        const unsigned queue = in[0] % 4 - 1;
        if (driver.rings[queue].submission == 0) break;
        driver.put(queue, command);
        driver.ring(queue);
        (void)driver.poll(queue);
        break;
      }
      default:
        const auto at = address(in[1]) % (driver.memory.bytes.size() - 8);
        std::copy_n(in.begin() + 2, 8, driver.memory.bytes.begin() + static_cast<std::ptrdiff_t>(at));
        break;
    }
  }
  (void)driver.get(kCsts);
}

base::Bytes seed() {
  base::Bytes out;
  for (const std::initializer_list<std::uint8_t> step : {std::initializer_list<std::uint8_t>{1, 6, 1, 0, 0, 0, 0, 0, 4, 4}, {2, 1, 0, 0, 0, 0, 1, 1, 4, 12}, {2, 2, 0, 0, 0, 0, 1, 1, 4, 12},
                                                         {1, 9, 7, 0, 0, 0, 1, 0, 0, 0}, {0, 0x14, 0, 0, 0, 0, 0, 0, 0, 0}})
    out.insert(out.end(), step);
  return out;
}

}  // namespace

FUZZ_TARGET(drive, seed())
