// Whatever a driver writes into an accelerator's registers, each write ends with a status, nothing that one interface's owner left is there
// for the next, and what a card asks of memory it asks as whose it is. An input is a row of steps of ten bytes: what is done, which, and
// eight bytes.
#include <algorithm>

#include "devices/accelerator/test_machine.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace accelerator;

constexpr std::size_t kStepBytes = 10, kStepsMax = 64;

// Addresses and sizes in use, and their ends.
std::uint64_t known(std::uint8_t byte) {
  constexpr std::uint64_t kKnown[] = {0, 8, 0x40, 0x1000, 0x1234, 0x3000, 0x8000, 0xFFF8, 0x10000, 0xFFF9, 0x20000, ~0ull, 1ull << 63, 0x9000, 1, ~0ull - 7};
  return kKnown[byte & 15] + (std::uint64_t{byte} >> 4);
}

struct Card : Machine {
  void step(base::View in) {
    const auto value = base::load_le<std::uint64_t>(in, 2);
    const bool ran = state() == tdisp::State::kRun;
    switch (in[0] % 7) {
      case 0: (void)write(in[1] % (kRegisterCount + 2) * 8, value, trusted); break;
      case 1: ended(command(static_cast<Command>(in[1] % 7), known(in[2]), known(in[3]), known(in[4]), trusted)); break;
      case 2: (void)root.mmio_read(kBar + place(in[1], in[2]), 1 + in[3] % 64, trusted); break;
      case 3: (void)root.mmio_write(kBar + place(in[1], in[2]), in.subspan(2, 1 + in[3] % 8), trusted); break;
      case 4: (void)root.mmio_write(kBar + place(in[1], in[2]), in.subspan(2, 8), !trusted); break;  // the other party
      case 5: in[1] & 1 ? leave() : enter(); break;
      default: (void)(in[1] & 1 ? root.config_write(endpoint::id_of(0), pcie::kCommand, 2, value & 6) : root.config_write(endpoint::id_of(0), in[1] * 4u, 4, in[2])); break;
    }
    base::check(engine(0).memory().size() == Settings{}.memory_size, "a private memory keeps its size");
    const bool runs = state() == tdisp::State::kRun;
    for (const auto& access : memory.seen) base::check(ran != runs || access.trusted == runs, "a card asks as whose it is");
    memory.seen.clear();
    base::check(!ran || state() != tdisp::State::kConfigUnlocked || wiped(), "nothing of the one before is left");
    trusted = runs;
  }

 private:
  static constexpr std::uint64_t kBar = endpoint::kBar0At;
  static std::uint64_t place(std::uint8_t high, std::uint8_t low) { return high & 1 ? kWindow + high * 128u + low : low; }
  void ended(Status status) const {
    // All ones: nobody answered.
    base::check(static_cast<std::uint64_t>(status) <= static_cast<std::uint64_t>(Status::kBusError) || ~static_cast<std::uint64_t>(status) == 0, "a command ends with a status");
  }
  void enter() {
    if (state() != tdisp::State::kConfigUnlocked) return;
    if (!secured_) secure();
    secured_ = true;
    trusted = lock(0) && start(0);
  }
  void leave() { stop(0); }

  bool trusted = false, secured_ = false;
};

void drive(base::View in) {
  Card card;
  for (std::size_t steps = 0; steps < kStepsMax && in.size() >= kStepBytes; ++steps, in = in.subspan(kStepBytes)) card.step(in);
}

// What a driver does with it: fetch, copy, checksum, fill, give; the same for a confidential VM, and its end.
base::Bytes seed() {
  base::Bytes out;
  const auto step = [&](std::initializer_list<std::uint8_t> bytes) {
    out.insert(out.end(), bytes);
    out.resize((out.size() + kStepBytes - 1) / kStepBytes * kStepBytes);
  };
  for (int twice = 0; twice < 2; ++twice) {
    step({1, 1, 4, 2, 5});  // 3000h bytes from 1234h to 40h
    step({1, 3, 2, 6, 5});
    step({1, 5, 6, 0, 5});
    step({0, kPattern / 8, 0x5a});
    step({1, 4, 0, 6, 2});
    step({1, 2, 6, 13, 2});
    step({2, 1, 0, 63});
    step({5, 0});
  }
  step({5, 1});
  return out;
}

}  // namespace

FUZZ_TARGET(drive, seed())
