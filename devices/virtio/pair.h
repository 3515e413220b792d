#pragma once
// A device of a receive queue and a transmit queue (virtio 1.2 and 1.3, 5.1.2, 5.3.2, 5.10.2): takes what the driver sends, and has
// what it answers wait for buffers of the driver's.
#include <deque>
#include <utility>

#include "devices/virtio/backend.h"
#include "platform/protocol/virtio/schemas.h"

namespace virtio {

class Pair : public Backend {
 public:
  static constexpr unsigned kReceive = 0, kTransmit = 1;
  static constexpr std::size_t kWaitingMax = 64;  // messages that nobody has a buffer for; more are lost

  explicit Pair(Outlet& outlet) : outlet_(outlet) {}
  unsigned queues() const override { return 2; }
  void reset() override { waiting_.clear(); }

  void serve(const std::vector<std::unique_ptr<Queue>>& queues, unsigned) override {
    static const wire::Schema& kContent = *find_schema("virtio.CONTENT");
    if (Queue* out = queues.at(kTransmit).get())
      while (const auto chain = out->take()) {
        base::Bytes sent = out->content(*chain);
        if (outlet_.passes("TAKEN", sent, kContent)) hear(sent);
        out->give_back(*chain, 0);
      }
    Queue* in = queues.at(kReceive).get();
    while (in && !waiting_.empty()) {
      const auto chain = in->take();
      if (!chain) return;
      base::Bytes arrives = std::move(waiting_.front());
      waiting_.pop_front();
      std::uint32_t written = 0;
      if (outlet_.passes(object(), arrives, *find_schema(schema()))) written = in->fill(*chain, arrives);
      in->give_back(*chain, written);
    }
  }

 protected:
  virtual void hear(base::View sent) = 0;
  // For the driver, as it lies in its buffer.
  void say(base::Bytes message) {
    if (waiting_.size() < kWaitingMax) waiting_.push_back(std::move(message));
  }
  virtual const char* object() const { return "BUFFER"; }
  virtual const char* schema() const { return "virtio.CONTENT"; }

 private:
  Outlet& outlet_;
  std::deque<base::Bytes> waiting_;
};

}  // namespace virtio
