#pragma once
// Drivers for the devices that pass bytes: source of entropy, console, socket (virtio 1.2, 5.4, 5.3, 5.10).
#include <memory>
#include <optional>
#include <string>

#include "guest/virtio/ring.h"
#include "platform/protocol/virtio/devices.h"

namespace virtio_guest {

// A receive queue with one buffer under way, and a transmit queue.
class Stream {
 public:
  explicit Stream(Transport& transport) : transport_(transport), guest_(transport.guest()) {}
  // `out` is the number of the transmit queue; 0: there is none.
  bool start(unsigned out);
  bool send(base::View bytes);
  // At most `bytes`, what the device gave.
  std::optional<base::Bytes> receive(std::uint32_t bytes = 1024);

 private:
  bool post(std::uint32_t bytes);
  Transport& transport_;
  abi::Guest& guest_;
  std::unique_ptr<Ring> in_, out_;
  std::uint64_t own_ = 0, bounce_ = 0;
  bool posted_ = false;
};

// One connection to a port of the host's.
class Socket {
 public:
  Socket(Transport& transport, std::uint32_t port) : transport_(transport), stream_(transport), port_(port) {}
  bool connect();
  bool send(base::View bytes) { return say(virtio::SocketOp::kData, bytes); }
  std::optional<base::Bytes> receive();

 private:
  bool say(virtio::SocketOp op, base::View payload);
  std::optional<virtio::SocketPacket> hear();
  Transport& transport_;
  Stream stream_;
  std::uint32_t port_;
  std::uint64_t cid_ = 0;
};

}  // namespace virtio_guest
