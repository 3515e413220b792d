// A driver's ring of any content: the device takes chains or none, each with segments of its own limits, and comes to an end. The first
// byte chooses split or packed; the rest is guest memory from the ring on.
#include <algorithm>

#include "devices/virtio/queue.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::uint64_t kDescriptors = 0, kDriver = 0x100, kDevice = 0x200, kMemoryBytes = 0x1000;
constexpr std::uint16_t kSize = 8;

struct Memory final : virtio::GuestMemory {
  base::Bytes bytes = base::Bytes(kMemoryBytes);
  bool read(std::uint64_t gpa, std::span<std::uint8_t> out) override {
    if (gpa > bytes.size() || out.size() > bytes.size() - gpa) return std::ranges::fill(out, 0), false;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(gpa), out.size(), out.begin());
    return true;
  }
  bool write(std::uint64_t gpa, base::View in) override {
    if (gpa > bytes.size() || in.size() > bytes.size() - gpa) return false;
    std::copy(in.begin(), in.end(), bytes.begin() + static_cast<std::ptrdiff_t>(gpa));
    return true;
  }
};
struct Open final : virtio::Outlet {
  bool passes(std::string_view, base::Bytes&, const wire::Schema&) override { return true; }
};

void serve(base::View in) {
  if (in.empty()) return;
  Memory memory;
  Open outlet;
  std::copy_n(in.begin() + 1, std::min<std::size_t>(in.size() - 1, kMemoryBytes), memory.bytes.begin());
  const virtio::QueueSettings settings{.number = 0, .size = kSize, .descriptors = kDescriptors, .driver = kDriver, .device = kDevice, .event_index = (in[0] & 2) != 0};
  const auto queue = in[0] & 1 ? virtio::make_packed(settings, memory, outlet) : virtio::make_split(settings, memory, outlet);
  for (int taken = 0; taken < 64; ++taken) {
    const auto chain = queue->take();
    if (!chain) break;
    bool writable = false;
    for (const auto& segment : chain->segments) {
      base::check(!writable || segment.writable, "segments to read stand in front");
      writable = segment.writable;
    }
    (void)queue->content(*chain);
    base::check(queue->fill(*chain, base::Bytes(100, 7)) <= 100, "no more is written than there is");
    queue->give_back(*chain, 1);
    (void)queue->wants_interrupt();
  }
  (void)queue->put(in.subspan(1));
}

// One buffer of two segments.
base::Bytes seed() {
  base::Bytes out(1 + 0x110);
  const auto put = [&](std::size_t at, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out[1 + at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> 8 * i);
  };
  put(0, 0x400, 8), put(8, 16, 4), put(12, 1, 2), put(14, 1, 2);
  put(16, 0x500, 8), put(24, 64, 4), put(28, 2, 2);
  put(0x102, 1, 2);
  return out;
}

}  // namespace

FUZZ_TARGET(serve, seed())
