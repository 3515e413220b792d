#pragma once
// What the card does: frames from the transmit ring go out, frames that come in are put into the receive ring or
// dropped. A doorbell's write returns when the ring has been worked off.
#include <array>
#include <deque>
#include <functional>
#include <optional>

#include "devices/endpoint/function.h"
#include "platform/protocol/nic/nic.h"

namespace nic {

class Station final : public endpoint::Logic {
 public:
  explicit Station(std::uint64_t serial) : serial_(serial) {}

  // Who gets the frames that go out.
  void on_frame(std::function<void(base::View frame)> told) { told_ = std::move(told); }
  // A frame from the network. One for which there is no room, or that is none, is dropped.
  void arrive(base::View frame);
  std::array<std::uint8_t, 6> address() const;

  void connect(endpoint::Bus& bus) override { bus_ = &bus; }
  void set_version(std::uint32_t version) override { version_ = version; }
  std::optional<base::Bytes> read(unsigned bar, std::uint64_t offset, std::size_t size) override;
  bool write(unsigned bar, std::uint64_t offset, base::View bytes) override;
  void quiesce() override;
  void reset() override;
  void scrub() override { reset(); }

 private:
  struct Ring {
    std::uint64_t base = 0, size = 0, head = 0, tail = 0;
    bool empty() const { return head == tail; }
    void step() { head = (head + 1) % size; }
  };
  struct Era {
    unsigned card, bus;
    bool operator==(const Era&) const = default;
  };
  Era era() const { return {era_, bus_->generation()}; }

  base::Bytes registers() const;
  void write_register(std::uint64_t at, std::uint64_t value);
  bool write_ring(Ring& ring, std::uint64_t at, std::uint64_t value);
  bool on(std::uint64_t which) const { return (control_ & which) != 0 && !(status_ & kStatusFault); }
  void transmit();
  void deliver();
  std::optional<Descriptor> take(const Ring& ring, Era begun);
  bool give_back(const Ring& ring, std::uint64_t place, const Descriptor& descriptor, Era begun);

  std::uint64_t serial_;
  std::uint32_t version_ = 0;
  std::uint64_t control_ = 0, status_ = 0, dropped_ = 0;
  Ring out_, in_;
  endpoint::Bus* bus_ = nullptr;
  std::function<void(base::View)> told_;
  std::deque<base::Bytes> arrived_;
  unsigned era_ = 0;
  bool transmitting_ = false, delivering_ = false;
};

}  // namespace nic
