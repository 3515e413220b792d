#pragma once
// Virtqueues, split and packed, as they lie in memory that driver and device share (virtio 1.2 and 1.3, 2.7 and 2.8), and the
// arithmetic of both. Little-endian throughout.
#include <cstdint>

#include "platform/wire/wire.h"

namespace virtio {

inline constexpr std::uint16_t kNext = 1, kWrite = 2, kIndirect = 4;  // flags of a descriptor
inline constexpr unsigned kQueueSizeMax = 32768;                      // 2.7; also of a packed ring
inline constexpr std::size_t kDescriptorSize = 16, kUsedElementSize = 8;

// struct virtq_desc (2.7.5).
struct Descriptor {
  std::uint64_t addr = 0;
  std::uint32_t len = 0;
  std::uint16_t flags = 0, next = 0;
  bool operator==(const Descriptor&) const = default;
  using Wire = wire::Layout<&Descriptor::addr, &Descriptor::len, &Descriptor::flags, &Descriptor::next>;
};

// struct virtq_used_elem (2.7.8).
struct UsedElement {
  std::uint32_t id = 0, len = 0;
  bool operator==(const UsedElement&) const = default;
  using Wire = wire::Layout<&UsedElement::id, &UsedElement::len>;
};

// Where the parts of a split ring of `size` entries lie from their starts.
constexpr std::uint64_t available_entry(unsigned i) { return 4 + 2ull * i; }
constexpr std::uint64_t used_event(unsigned size) { return available_entry(size); }
constexpr std::uint64_t available_bytes(unsigned size) { return used_event(size) + 2; }
constexpr std::uint64_t used_entry(unsigned i) { return 4 + kUsedElementSize * i; }
constexpr std::uint64_t available_event(unsigned size) { return used_entry(size); }
constexpr std::uint64_t used_bytes(unsigned size) { return available_event(size) + 2; }
inline constexpr std::uint64_t kIndexOffset = 2;  // of either ring

// Whether going from index `before` to `now` passes the event index that the other side asked to be told at (2.7.7.2).
constexpr bool passes_event(std::uint16_t event, std::uint16_t now, std::uint16_t before) {
  return static_cast<std::uint16_t>(now - event - 1) < static_cast<std::uint16_t>(now - before);
}

// struct pvirtq_desc (2.8.13).
inline constexpr std::uint16_t kAvailable = 1 << 7, kUsed = 1 << 15;
struct PackedDescriptor {
  std::uint64_t addr = 0;
  std::uint32_t len = 0;
  std::uint16_t id = 0, flags = 0;
  bool operator==(const PackedDescriptor&) const = default;
  using Wire = wire::Layout<&PackedDescriptor::addr, &PackedDescriptor::len, &PackedDescriptor::id, &PackedDescriptor::flags>;
};
inline constexpr std::uint64_t kPackedId = 12, kPackedFlags = 14, kPackedLen = 8;

// What the two bits say to a side whose wrap counter is `wrap` (2.8.1).
constexpr std::uint16_t available_flags(bool wrap) { return wrap ? kAvailable : kUsed; }
constexpr std::uint16_t used_flags(bool wrap) { return wrap ? kAvailable | kUsed : 0; }
constexpr bool is_available(std::uint16_t flags, bool wrap) { return (flags & (kAvailable | kUsed)) == available_flags(wrap); }
constexpr bool is_used(std::uint16_t flags, bool wrap) { return (flags & (kAvailable | kUsed)) == used_flags(wrap); }

// A place in a packed ring and the counter that flips at its end.
struct Position {
  std::uint16_t slot = 0;
  bool wrap = true;
  void advance(unsigned by, unsigned size) {
    const unsigned to = slot + by;
    if (to >= size) wrap = !wrap;
    slot = static_cast<std::uint16_t>(to >= size ? to - size : to);
  }
  bool operator==(const Position&) const = default;
};

// struct pvirtq_event_suppress (2.8.14).
enum class Events : std::uint16_t { kEnable = 0, kDisable = 1, kAtDescriptor = 2 };
struct EventSuppression {
  std::uint16_t desc = 0;  // offset in 14:0, wrap counter in 15
  std::uint16_t flags = 0; // Events in 1:0
  bool operator==(const EventSuppression&) const = default;
  using Wire = wire::Layout<&EventSuppression::desc, &EventSuppression::flags>;
};
constexpr std::uint16_t event_position(const Position& at) { return static_cast<std::uint16_t>(at.slot | (at.wrap ? 1 << 15 : 0)); }

}  // namespace virtio
