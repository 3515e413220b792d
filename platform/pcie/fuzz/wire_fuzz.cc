// Whatever whoever holds a wire puts on it, and whatever software writes into configuration space and mailbox, ports and endpoint take it
// or turn it down; of a stream that is secure nothing forged reaches memory or registers. An input is whether streams are secure, and a
// row of acts: which, a length in two bytes, bytes.
#include "platform/base/check.h"
#include "platform/pcie/test_machine.h"
#include "tests/fuzz/target.h"

namespace {

using namespace pcie;

constexpr std::size_t kActsMax = 32;

void act(base::View in) {
  if (in.empty()) return;
  const bool secure = in[0] & 1;
  TestMachine m;
  if (secure) m.secure();
  in = in.subspan(1);
  for (std::size_t acts = 0; acts < kActsMax && in.size() >= 3; ++acts) {
    const std::size_t size = std::min<std::size_t>(base::load_le<std::uint16_t>(in, 1), in.size() - 3);
    const base::View bytes = in.subspan(3, size);
    const auto word = bytes.size() >= 6 ? base::load_le<std::uint32_t>(bytes, 2) : 0;
    const unsigned offset = bytes.size() >= 2 ? base::load_le<std::uint16_t>(bytes) & 0xFFCu : 0;
    switch (in[0] % 6) {
      case 0: m.link.inject_down(bytes); break;
      case 1: m.link.inject_up(bytes); break;
      case 2: m.root.config_write(kEndpointId, offset, 4, word); break;
      case 3: m.root.config_write(tlp::requester_id(0, 1, 0), offset, 4, word); break;
      case 4: (void)m.root.mmio_write(kBarBase + word % 0x20000, base::View(bytes).first(std::min<std::size_t>(bytes.size(), 64)), secure); break;
      default: (void)m.root.mmio_read(kBarBase + word % 0x20000, 1 + offset % 64, secure); break;
    }
    in = in.subspan(3 + size);
  }
}

base::Bytes seed() {
  TestMachine m;
  m.secure();
  (void)m.root.mmio_write(kBarBase, base::Bytes(4, 7), true);
  base::Bytes out{1};
  for (const auto& message : m.tap.seen) {
    out.push_back(0);
    base::append_le(out, static_cast<std::uint16_t>(message.bytes.size()));
    base::append(out, message.bytes);
  }
  return out;
}

}  // namespace

FUZZ_TARGET(act, seed())
