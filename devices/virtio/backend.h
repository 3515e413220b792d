#pragma once
// What a virtio device is for, behind its queues (virtio 1.2 and 1.3, 5): a disk, a network card with a station on its cable, a source
// of entropy, a console with somebody at it, a socket with an agent at its other end.
#include <memory>

#include "devices/nvme/medium.h"
#include "devices/virtio/faces.h"
#include "devices/virtio/queue.h"
#include "platform/protocol/virtio/devices.h"
#include "platform/protocol/virtio/pci.h"

namespace virtio {

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Type type() const = 0;
  virtual std::uint32_t class_code() const = 0;
  virtual unsigned queues() const = 0;
  virtual std::uint64_t features() const { return 0; }
  virtual base::Bytes config() const { return {}; }  // device-specific configuration
  virtual const char* config_schema() const { return "virtio.CONTENT"; }
  // Queues by number; one that is not set up is null. `which` was notified.
  virtual void serve(const std::vector<std::unique_ptr<Queue>>& queues, unsigned which) = 0;
  virtual void reset() {}
};

std::unique_ptr<Backend> make_block(std::uint64_t sectors, Outlet& outlet);
std::unique_ptr<Backend> make_net(const std::array<std::uint8_t, 6>& mac, FarEnd station, Outlet& outlet);
std::unique_ptr<Backend> make_entropy(RandomSource source, Outlet& outlet);
std::unique_ptr<Backend> make_console(FarEnd person, Outlet& outlet);
std::unique_ptr<Backend> make_socket(std::uint64_t guest_cid, FarEnd agent, Outlet& outlet);

}  // namespace virtio
