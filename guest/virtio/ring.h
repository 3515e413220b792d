#pragma once
// A virtqueue from the driver's side (virtio 1.2, 2.7 and 2.8), split or packed, with or without indirect tables. What it knows of a buffer
// lies in private memory, an entry of 32 bytes for each descriptor; what the device says is read once, and checked against that.
#include <optional>
#include <set>
#include <vector>

#include "guest/virtio/transport.h"
#include "platform/protocol/virtio/ring.h"

namespace virtio_guest {

// A piece of a buffer: where the device gets at it, and where the guest has it (0: nowhere of its own).
struct Part {
  std::uint64_t bounce = 0, own = 0;
  std::uint32_t length = 0;
  bool device_writes = false;
};

struct Done {
  std::uint16_t id = 0;
  std::uint32_t length = 0;  // that the device says it wrote
  std::vector<Part> parts;
};

inline constexpr std::uint64_t kStateBytes = 32ull * kQueueSize;  // of private memory that a ring needs
// In the page that a ring has: descriptors, what the driver writes, what the device writes.
inline constexpr std::uint64_t kDriverArea = 0x100, kDeviceArea = 0x200;

class Ring {
 public:
  // `state` in private memory. Pages are called after the slot: NAME-ring, and NAME-indirect; with `suffix` behind.
  Ring(Transport& transport, unsigned queue, std::uint64_t state, const std::string& suffix = "");
  bool set_up();
  // Readable parts in front. Nothing: there is no room.
  std::optional<std::uint16_t> add(const std::vector<Part>& parts);
  void kick() { transport_.notify(queue_); }
  // A buffer that has come back, what the device wrote copied to where the guest has it. Nothing: none has, or the device lies.
  std::optional<Done> poll();
  // The same, for a while.
  std::optional<Done> wait();

 private:
  struct Kept {
    std::uint64_t bounce = 0, own = 0;
    std::uint32_t length = 0;
    std::uint16_t flags = 0, next = 0;
  };
  struct Said {
    std::uint32_t id = 0, length = 0;
  };
  Kept kept(std::uint32_t id);
  void keep(std::uint32_t id, const Kept& entry);
  std::optional<Said> next_said();
  std::uint64_t length_place() const;  // of the element said last
  std::vector<Part> parts_of(std::uint32_t id, std::vector<std::uint16_t>& ids);
  void remember_places(std::vector<Part>& parts, const std::vector<std::uint16_t>& ids);
  std::uint64_t place_of(const std::vector<std::uint16_t>& ids, std::size_t i) const;
  void write_split(const std::vector<std::uint16_t>& ids, const std::vector<Part>& parts);
  void write_packed(const std::vector<std::uint16_t>& ids, const std::vector<Part>& parts);
  base::Bytes table_of(const std::vector<Part>& parts) const;

  Transport& transport_;
  abi::Guest& guest_;
  unsigned queue_;
  std::uint64_t state_, page_ = 0, indirect_ = 0;
  std::string suffix_;
  bool packed_ = false;
  std::set<std::uint16_t> free_;
  std::uint16_t in_flight_ = 0;
  std::uint16_t available_ = 0, used_ = 0;           // split
  virtio::Position next_, last_;                     // packed: where buffers go out, where they come back
  std::uint16_t slots_[kQueueSize] = {};             // packed: where that buffer's first descriptor lies
  bool broken_ = false;
};

}  // namespace virtio_guest
