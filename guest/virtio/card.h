#pragma once
// A driver for virtio-net (virtio 1.2, 5.1): frames, in room of the guest's own for each buffer.
#include <memory>
#include <optional>

#include "guest/virtio/ring.h"
#include "platform/protocol/virtio/devices.h"

namespace virtio_guest {

class Card {
 public:
  explicit Card(Transport& transport) : transport_(transport), guest_(transport.guest()) {}
  bool start();
  bool send(base::View frame);
  struct Received {
    std::uint64_t at = 0;  // of the frame's first byte, in the guest's own memory
    base::Bytes frame;
  };
  // Its room stays taken.
  std::optional<Received> receive();

 private:
  bool complete_checksum(const virtio::NetHeader& header, std::uint64_t at, std::uint64_t length);

  Transport& transport_;
  abi::Guest& guest_;
  std::unique_ptr<Ring> in_, out_;
  std::uint64_t state_ = 0, frames_ = 0, bounce_ = 0;
};

}  // namespace virtio_guest
