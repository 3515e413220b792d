#pragma once
// A driver for virtio-blk (virtio 1.2, 5.2): sectors between a page of the guest's own and the disk.
#include <functional>
#include <memory>
#include <optional>

#include "guest/virtio/ring.h"
#include "platform/protocol/virtio/devices.h"

namespace virtio_guest {

class Disk {
 public:
  explicit Disk(Transport& transport) : transport_(transport), guest_(transport.guest()) {}
  bool start();
  std::uint64_t sectors() const { return sectors_; }
  // Asked of the device again, as a driver does at each use of a disk whose size may change.
  std::uint64_t sectors_now() { return transport_.config64(0); }
  // A page for the guest's own use, that reads and writes may go from and to.
  std::uint64_t page(const char* name);

  bool write(std::uint64_t sector, std::uint64_t from);
  bool flush();
  // How many bytes the device gave, and only if `verify` agrees to them.
  using Verify = std::function<bool(base::View)>;
  std::optional<std::uint32_t> read(std::uint64_t sector, std::uint64_t into, const Verify& verify = {});
  // Without waiting: `which` of two that may be under way.
  bool begin_read(unsigned which, std::uint64_t sector, std::uint64_t into);
  // Which has come.
  std::optional<unsigned> finish_read();
  void drain();  // of what comes unasked

 private:
  std::optional<std::uint16_t> begin(unsigned which, virtio::BlkRequest type, std::uint64_t sector, std::uint64_t own, bool device_writes);
  std::optional<Done> carry_out(virtio::BlkRequest type, std::uint64_t sector, std::uint64_t own, bool device_writes);
  std::uint64_t data_at(unsigned which, std::uint64_t own) const;
  bool good(const Done& done);

  Transport& transport_;
  abi::Guest& guest_;
  std::unique_ptr<Ring> ring_;
  std::uint64_t sectors_ = 0, state_ = 0, bounce_ = 0;
  bool bounces_ = true;
  std::uint16_t ids_[2] = {};
};

}  // namespace virtio_guest
