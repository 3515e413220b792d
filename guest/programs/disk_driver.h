#pragma once
// A guest's driver for an NVMe disk: polls, one command at a time. Where its queues lie, and so who can touch them, is the
// guest's choice; what it finds in them it takes once and checks.
#include <functional>
#include <optional>

#include "guest/abi/guest.h"
#include "platform/protocol/nvme/nvme.h"

namespace programs {

class DiskDriver {
 public:
  // Lets the disk reach a page. False: nobody does that for the guest.
  using Lend = std::function<bool(std::uint64_t gpa, bool writable)>;
  DiskDriver(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}

  // Pages for queues, which the disk may reach.
  bool prepare(int attribute, const Lend& lend);
  // Resets the controller, gives it its queues, and sees that there is a namespace of blocks of 512 bytes.
  bool start();
  std::uint64_t blocks() const { return blocks_; }
  // One block, from and to a page that the disk reaches.
  bool write(std::uint64_t block, std::uint64_t from);
  bool read(std::uint64_t block, std::uint64_t into);
  bool flush();

 private:
  struct Ring {
    unsigned number;
    std::uint64_t submission = 0, completion = 0;
    std::uint32_t tail = 0, head = 0;
    bool phase = true;
  };
  bool set(std::uint64_t offset, std::uint64_t value, unsigned size);
  std::optional<std::uint64_t> get(std::uint64_t offset, unsigned size);
  bool command(Ring& ring, nvme::Command command);
  bool identify();

  abi::Guest& guest_;
  const char* device_;
  Ring admin_{.number = 0}, io_{.number = 1};
  std::uint64_t structure_ = 0;  // a page for what Identify says
  std::uint64_t blocks_ = 0;
  std::uint16_t ids_ = 0;
};

}  // namespace programs
