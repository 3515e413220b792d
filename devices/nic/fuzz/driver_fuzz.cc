// Whatever a driver writes into a network card's registers and rings, and whatever frames come in, each write ends, no frame goes out that is
// none, and the card asks for memory as a confidential VM's while that has it in RUN and no longer. An input is a row of steps of ten bytes:
// what is done, which, and eight bytes.
#include <algorithm>

#include "devices/nic/test_driver.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace nic;

constexpr std::size_t kStepBytes = 10, kStepsMax = 64;

// Addresses and sizes in use, and their ends.
std::uint64_t known(std::uint8_t byte) {
  constexpr std::uint64_t kKnown[] = {kOut, kIn, kFrames, kRooms, kEntries, 0, 2, 1, 256, 0xFFF0, 0x10000, kControlTransmit | kControlReceive, ~0ull, kEntries - 1, 0xFF00, 60};
  return kKnown[byte & 15] + (std::uint64_t{byte} >> 4);
}

struct Card : Driver {
  Card() {
    station().on_frame([this](base::View frame) {
      base::check(frame.size() >= kFrameMin && frame.size() <= kFrameMax, "a frame has a frame's size");
      sent.push_back(base::bytes_of(frame));
      if (then) std::exchange(then, nullptr)(frame);
    });
  }
  void step(base::View in) {
    const auto value = base::load_le<std::uint64_t>(in, 2);
    const bool ran = state() == tdisp::State::kRun;
    switch (in[0] % 10) {
      case 0: set(in[1] % (kRegistersEnd / 8 + 2) * 8, value); break;
      case 1: set(in[1] % (kRegistersEnd / 8 + 2) * 8, known(in[2])); break;
      case 2: (void)root.mmio_read(endpoint::kBar0At + in[1], 1 + in[2] % 16, trusted); break;
      case 3: (void)root.mmio_write(endpoint::kBar0At + in[1], in.subspan(2, 1 + in[2] % 8), trusted); break;
      case 4: put(in[1] & 128 ? kOut : kIn, in[1] % 8, {.address = known(in[2]), .length = base::load_le<std::uint16_t>(in, 3), .flags = static_cast<std::uint16_t>(in[5] & 3)}); break;
      case 5: std::copy_n(in.begin() + 2, 8, memory.bytes.begin() + (in[1] & 128 ? kOut : kIn) + in[1] % 128); break;
      case 6: station().arrive(base::Bytes(value % 1600, in[1])); break;
      case 7:  // in the middle of the next frame
        then = [this, what = in[1], value](base::View frame) {
          if (what % 4 == 0) station().arrive(frame);
          if (what % 4 == 1) set(known(static_cast<std::uint8_t>(value)) % kRegistersEnd / 8 * 8, value >> 8);
          if (what % 4 == 2) leave();
          if (what % 4 == 3) root.config_write(endpoint::id_of(0), pcie::kCommand, 2, value & 6);
        };
        break;
      case 8: in[1] & 1 ? leave() : enter(); break;
      default: (void)(in[1] & 1 ? root.config_write(endpoint::id_of(0), pcie::kCommand, 2, value & 6) : root.config_write(endpoint::id_of(0), in[1] * 4u, 4, in[2])); break;
    }
    const bool runs = state() == tdisp::State::kRun;
    for (const auto& access : memory.seen) base::check(ran != runs || access.trusted == runs, "a card asks as whose it is");
    memory.seen.clear();
    trusted = runs;
  }
  // As a confidential VM takes the card in, and lets it go.
  void enter() {
    if (state() != tdisp::State::kConfigUnlocked) return;
    if (!secured) secure();
    secured = true;
    trusted = lock(0) && start(0);
  }
  void leave() { stop(0); }
  bool secured = false;
};

void drive(base::View in) {
  Card card;
  card.bring_up();
  for (std::size_t steps = 0; steps < kStepsMax && in.size() >= kStepBytes; ++steps, in = in.subspan(kStepBytes)) card.step(in);
}

// A frame out, one in, the same for a confidential VM.
base::Bytes seed() {
  base::Bytes out;
  const auto step = [&](std::uint8_t what, std::uint8_t which, std::uint64_t value) {
    out.push_back(what), out.push_back(which);
    base::append_le(out, value);
  };
  const auto frames = [&] {
    step(4, 128, 60u << 8 | 2);                                // the first descriptor: 60 bytes from kFrames
    step(0, (kTransmitRing + kRingTail) / 8, 1);
    step(6, 7, 60);
    step(2, kStatus, 7);
  };
  frames();
  step(8, 0, 0);
  step(0, kControl / 8, 0);
  for (const std::uint64_t ring : {kTransmitRing, kReceiveRing}) {
    step(0, static_cast<std::uint8_t>((ring + kRingBase) / 8), ring == kTransmitRing ? kOut : kIn);
    step(0, static_cast<std::uint8_t>((ring + kRingSize) / 8), kEntries);
  }
  step(0, kControl / 8, kControlTransmit | kControlReceive);
  step(0, (kReceiveRing + kRingTail) / 8, kEntries - 1);
  frames();
  step(7, 2, 0);
  step(0, (kTransmitRing + kRingTail) / 8, 2);
  return out;
}

}  // namespace

FUZZ_TARGET(drive, seed())
