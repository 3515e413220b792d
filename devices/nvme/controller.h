#pragma once
// An NVMe controller with one namespace (NVM Express Base 1.4): registers, doorbells, the admin queue and up to four
// pairs of I/O queues with interrupts. A doorbell's write returns when the controller has nothing left to do.
//
// A misused doorbell is an error event, for which a driver waits with Asynchronous Event Requests.
//
// Left out, and refused as the specification wants it: SGLs, fused commands, metadata, and what is optional.
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "devices/endpoint/function.h"
#include "devices/nvme/medium.h"
#include "devices/nvme/prp.h"
#include "devices/nvme/queues.h"
#include "platform/protocol/nvme/features.h"
#include "platform/protocol/nvme/logs.h"
#include "platform/protocol/nvme/registers.h"

namespace nvme {

inline constexpr unsigned kEventRequestsMax = 4;            // waiting at once
inline constexpr std::size_t kTransferMax = kPageSize << 5;  // as Identify says

struct Shape {
  std::uint16_t vendor = 0, subsystem_vendor = 0;
  std::uint64_t serial = 1;
  std::uint64_t blocks = 0x800;  // of 512 bytes
  unsigned vectors = 4;
};

class Controller final : public endpoint::Logic {
 public:
  explicit Controller(const Shape& shape) : shape_(shape), medium_(shape.blocks) {}

  // Who must not ask over the bus: tests, and oracles.
  const Medium& medium() const { return medium_; }
  // Who has the disk in hand, past the controller.
  Medium& medium() { return medium_; }

  void connect(endpoint::Bus& bus) override { bus_ = &bus; }
  void set_version(std::uint32_t version) override { version_ = version; }
  std::optional<base::Bytes> read(unsigned bar, std::uint64_t offset, std::size_t size) override;
  bool write(unsigned bar, std::uint64_t offset, base::View bytes) override;
  void quiesce() override {}  // a command begins with a doorbell alone
  void reset() override;
  void scrub() override;

 private:
  // The outcome of a command.
  struct Done {
    Status status = Status::kSuccess;
    std::uint32_t result = 0;
    bool held = false;  // completes later
  };
  // What was begun is worth nothing any more once one of these has changed.
  struct Era {
    unsigned controller, bus;
    bool operator==(const Era&) const = default;
  };
  Era era() const { return {era_, bus_->generation()}; }

  // controller.cc: registers, queues
  base::Bytes registers() const;
  void write_register(std::uint64_t offset, std::uint32_t value);
  void configure(std::uint32_t value);
  void enable();
  void forget_queues();
  void doorbell(std::uint64_t index, std::uint32_t value);
  bool works() const;
  std::optional<std::uint16_t> next_queue() const;
  void run();
  void serve(std::uint16_t queue);
  void complete(std::uint16_t queue, const Command& command, const Done& done);
  void fail();

  // admin.cc
  Done admin(const Command& command);
  Done identify(const Command& command);
  Done create_completion_queue(const Command& command);
  Done create_submission_queue(const Command& command);
  Done delete_completion_queue(std::uint16_t id);
  Done delete_submission_queue(std::uint16_t id);

  // features.cc
  bool has_place(Feature feature, std::uint32_t dword11) const;
  std::uint32_t feature(Feature feature, std::uint32_t place = 0) const;
  Done get_features(const Command& command);
  Done set_features(const Command& command);
  Done number_of_queues(std::uint32_t asked);

  // logs.cc
  Done log_page(const Command& command);
  HealthLog health() const;
  std::array<std::uint8_t, 8> firmware_revision() const;
  Done wait_for_event(const Command& command);
  void misused(const Event& event, std::uint16_t queue);
  void happened(const Event& event);
  std::optional<Event> next_event() const;
  void tell(const Event& event);
  Done abort(const Command& command);

  // io.cc
  Done io(const Command& command);
  Pieces pieces(const Command& command, std::size_t size);
  Status give(const Command& command, base::View data);
  Status take(const Command& command, std::span<std::uint8_t> data);

  Shape shape_;
  Medium medium_;
  std::uint32_t version_ = 0;
  endpoint::Bus* bus_ = nullptr;
  std::uint32_t cc_ = 0, csts_ = 0, aqa_ = 0;
  std::uint64_t asq_ = 0, acq_ = 0;
  Queues queues_;
  std::uint16_t served_ = 0;  // the last one
  unsigned era_ = 0;
  bool running_ = false;

  // What a disk counts over its life.
  struct Use {
    std::uint64_t reads = 0, writes = 0, blocks_read = 0, blocks_written = 0;
  };
  Use use_;
  std::uint64_t errors_ = 0;
  ErrorEntry error_;  // the last one
  std::deque<Event> events_;
  std::deque<Command> waiting_;  // requests for events
  std::set<EventType> told_;     // whose page nobody has read since
  std::map<std::pair<Feature, std::uint32_t>, std::uint32_t> features_;  // that were set
};

}  // namespace nvme
