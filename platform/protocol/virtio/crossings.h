#pragma once
// What a device does, as it crosses to its driver: a buffer given back, an index moved, the value of a register, the content of a
// buffer. The form is ours; what comes of it in memory is the specification's.
#include <cstdint>
#include <vector>

#include "platform/wire/wire.h"

namespace virtio {

// A buffer goes back through a split ring.
struct Completion {
  std::uint16_t queue = 0;
  std::uint32_t id = 0, len = 0;
  bool operator==(const Completion&) const = default;
  using Wire = wire::Layout<&Completion::queue, &Completion::id, &Completion::len>;
};
// And through a packed one.
struct PackedCompletion {
  std::uint16_t queue = 0, id = 0, flags = 0;
  std::uint32_t len = 0;
  bool operator==(const PackedCompletion&) const = default;
  using Wire = wire::Layout<&PackedCompletion::queue, &PackedCompletion::id, &PackedCompletion::flags, &PackedCompletion::len>;
};
// The used ring's index after it.
struct UsedIndex {
  std::uint16_t queue = 0, idx = 0;
  bool operator==(const UsedIndex&) const = default;
  using Wire = wire::Layout<&UsedIndex::queue, &UsedIndex::idx>;
};
// A register is written; `offset` is that into the BAR, or into configuration space.
struct RegisterWrite {
  std::uint32_t offset = 0;
  std::vector<std::uint8_t> value;
  bool operator==(const RegisterWrite&) const = default;
  using Wire = wire::Layout<&RegisterWrite::offset, wire::Rest<&RegisterWrite::value>{}>;
};
// A register as it is read, or what a buffer holds.
struct Content {
  std::vector<std::uint8_t> value;
  bool operator==(const Content&) const = default;
  using Wire = wire::Layout<wire::Rest<&Content::value>{}>;
};

}  // namespace virtio
