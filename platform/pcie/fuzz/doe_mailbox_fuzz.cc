// Whatever software writes into a DOE mailbox's registers, its status is one that the clause has, its handler sees whole objects alone, an
// answer that is ready is read as it was given, and an abort makes it serve again. An input is a row of steps of six bytes: what is done,
// a register or a count, and a double word, little-endian.
#include <algorithm>

#include "platform/base/check.h"
#include "platform/pcie/doe_mailbox.h"
#include "platform/pcie/registers.h"
#include "platform/pcie/test_config.h"
#include "tests/fuzz/target.h"

namespace {

using namespace pcie;

constexpr std::size_t kStepBytes = 6, kStepsMax = 512, kObjectMax = 64, kHeader = 8;

class Software {
 public:
  Software() {
    mailbox_.serve(kPciSigVendor, kDoeCma, [this](base::View object) { return answer(object); });
    mailbox_.on_interrupt([this](unsigned message) {
      base::check(message == 0 && (status() & kDoeInterruptStatus), "who is called finds the status");
    });
  }

  void step(base::View in) {
    const auto word = base::load_le<std::uint32_t>(in, 2);
    switch (in[0] % 8) {
      case 0: put(in[1], word); break;  // any register, whole
      case 1: config_.write(place(in[1], 1u << (word & 1)), 1u << (word & 1), word >> 8); break;  // a part of one
      case 2: (void)config_.read(place(in[1], 1u << (word % 3)), 1u << (word % 3)); break;
      case 3: put(kDoeWrite, word); break;
      case 4: put(kDoeControl, kDoeGo | (word & kDoeInterruptEnable)); break;
      case 5: take(); break;
      case 6: config_.reset(word & 1), mailbox_.reset(); break;
      default: serves_again(); break;
    }
    consistent();
  }
  // An abort, and a walk of discovery (PCIe 6.0, 6.30.1.1).
  void serves_again() {
    put(kDoeControl, kDoeAbort);
    base::check((status() & (kDoeError | kDoeReady | kDoeBusy)) == 0, "an abort leaves it idle");
    constexpr std::uint32_t kAnswers[] = {0x01000001, 0x00010001, 0x00ffffff};
    for (std::uint32_t index = 0; index < 3; ++index) {
      for (const std::uint32_t word : {1u, 3u, index}) put(kDoeWrite, word);
      put(kDoeControl, kDoeGo);
      for (const std::uint32_t word : {1u, 3u, kAnswers[index]}) {
        base::check((status() & kDoeReady) && config_.read(at_ + kDoeRead, 4) == word, "discovery is answered");
        put(kDoeRead, 0);
      }
    }
    base::check((status() & kDoeReady) == 0, "an answer ends");
  }

 private:
  std::uint32_t status() { return config_.read(at_ + kDoeStatus, 4); }
  unsigned place(unsigned which, unsigned size) const { return at_ + which % 0x18 / size * size; }
  void put(unsigned which, std::uint32_t word) { config_.write(place(which, 4), 4, word); }

  // Sizes of every kind, as the object's third byte behind its header says.
  std::optional<base::Bytes> answer(base::View object) {
    base::check(object.size() >= kHeader && object.size() <= kObjectMax && object.size() == 4 * (base::load_le<std::uint32_t>(object, 4) & 0x3ffff),
                "an object is as long as it says");
    const std::uint8_t kind = object.size() > kHeader ? object[kHeader] : 0;
    if (kind == 1) return std::nullopt;
    base::Bytes out = base::bytes_of(object);
    if (kind == 2) out.resize(object.size() > kHeader + 1 ? object[kHeader + 1] : 0, 0xA5);
    given_ = out;
    return out;
  }
  // All that is ready, if it is an answer of the handler's from its start.
  void take() {
    if (!(status() & kDoeReady)) return;
    base::Bytes out;
    while ((status() & kDoeReady) && out.size() <= kObjectMax) {
      base::append_le(out, config_.read(at_ + kDoeRead, 4));
      put(kDoeRead, 0);
    }
    base::check(out.size() <= kObjectMax, "an answer ends within the size that the mailbox has");
    given_.resize((given_.size() + 3) / 4 * 4);
    const bool end_of_it = out.size() <= given_.size() && std::equal(out.rbegin(), out.rend(), given_.rbegin());
    base::check(end_of_it || out.size() <= 12, "what is read is the rest of what was given, or discovery's");
  }
  void consistent() {
    const auto now = status();
    base::check((now & ~(kDoeBusy | kDoeInterruptStatus | kDoeError | kDoeReady)) == 0, "reserved bits are zero");
    base::check(!(now & kDoeError) || !(now & kDoeReady), "an error ends an answer");
    base::check((now & kDoeReady) || config_.read(at_ + kDoeRead, 4) == 0, "nothing is read while nothing is ready");
  }

  ConfigSpace config_;
  unsigned at_ = build_endpoint(config_).doe;
  DoeMailbox mailbox_{config_, at_, kObjectMax};
  base::Bytes given_;
};

void drive(base::View in) {
  Software software;
  for (std::size_t steps = 0; steps < kStepsMax && in.size() >= kStepBytes; ++steps, in = in.subspan(kStepBytes)) software.step(in);
  software.serves_again();
}

// GET_VERSION of SPDM in an object, as a driver hands it over with interrupts on, and its answer.
base::Bytes seed() {
  base::Bytes out;
  const auto step = [&](std::uint8_t what, std::uint8_t which, std::uint32_t word) {
    out.push_back(what), out.push_back(which);
    base::append_le(out, word);
  };
  step(0, kDoeControl, kDoeInterruptEnable);
  for (const std::uint32_t word : {0x00010001u, 3u, 0x00008410u}) step(3, 0, word);
  step(4, 0, kDoeInterruptEnable);
  step(2, kDoeStatus, 2);
  step(5, 0, 0);
  step(0, kDoeStatus, kDoeInterruptStatus);
  step(7, 0, 0);
  return out;
}

}  // namespace

FUZZ_TARGET(drive, seed())
