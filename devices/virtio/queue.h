#pragma once
// A virtqueue from the device's side (virtio 1.2 and 1.3, 2.7 and 2.8): takes what the driver made available, split or packed, with
// or without indirect tables, and gives it back. What the driver says that makes no sense is not taken.
#include <memory>
#include <optional>
#include <vector>

#include "devices/virtio/faces.h"
#include "platform/protocol/virtio/ring.h"

namespace virtio {

struct Segment {
  std::uint64_t address = 0;
  std::uint32_t length = 0;
  bool writable = false;
};

// One buffer of the driver's: segments to read in front of those to write.
struct Chain {
  std::uint16_t id = 0;
  std::uint16_t slots = 1;  // of a packed ring
  std::vector<Segment> segments;
  std::uint64_t room() const;  // bytes to write
};

struct QueueSettings {
  std::uint16_t number = 0, size = 0;
  std::uint64_t descriptors = 0, driver = 0, device = 0;  // queue_desc, queue_driver, queue_device
  bool event_index = false;
};

class Queue {
 public:
  Queue(const QueueSettings& settings, GuestMemory& memory, Outlet& outlet) : s_(settings), memory_(memory), outlet_(outlet) {}
  virtual ~Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  virtual std::optional<Chain> take() = 0;
  // By way of the outlet.
  virtual void give_back(const Chain& chain, std::uint32_t written) = 0;
  // Does to memory what the words of a completion say, whoever says them. False: they say nothing.
  virtual bool put(base::View completion) = 0;
  // Whether the driver wants an interrupt for what was given back last.
  virtual bool wants_interrupt() = 0;

  // All that the driver has put into the readable segments.
  base::Bytes content(const Chain& chain);
  // Into the writable segments, one after another, `skip` bytes behind the first; what is longer than they are goes on behind the
  // last, as far as memory is in reach. How many bytes fitted.
  std::uint32_t fill(const Chain& chain, base::View bytes, std::uint64_t skip = 0);

 protected:
  std::uint16_t number16(std::uint64_t gpa);
  bool indirect(std::uint64_t table, std::uint32_t bytes, bool packed, std::vector<Segment>& out);

  QueueSettings s_;
  GuestMemory& memory_;
  Outlet& outlet_;
};

std::unique_ptr<Queue> make_split(const QueueSettings& settings, GuestMemory& memory, Outlet& outlet);
std::unique_ptr<Queue> make_packed(const QueueSettings& settings, GuestMemory& memory, Outlet& outlet);

}  // namespace virtio
