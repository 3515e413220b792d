// Devices that pass bytes between their driver and somebody: network card, source of entropy, console (virtio 1.2 and 1.3, 5.1, 5.4, 5.3).
#include "devices/virtio/pair.h"

namespace virtio {

namespace {

// With a far end that answers each message.
class Talk : public Pair {
 public:
  Talk(FarEnd far_end, Outlet& outlet) : Pair(outlet), far_end_(std::move(far_end)) {}

 protected:
  void hear(base::View sent) override {
    for (const auto& answer : far_end_(unwrap(sent))) say(wrap(answer));
  }
  virtual base::View unwrap(base::View sent) const { return sent; }
  virtual base::Bytes wrap(const base::Bytes& message) const { return message; }

 private:
  FarEnd far_end_;
};

class Net final : public Talk {
 public:
  Net(const std::array<std::uint8_t, 6>& mac, FarEnd station, Outlet& outlet) : Talk(std::move(station), outlet), mac_(mac) {}
  Type type() const override { return Type::kNet; }
  std::uint32_t class_code() const override { return 0x02'00'00; }
  std::uint64_t features() const override { return bit(kNetGuestChecksum) | bit(kNetMac) | bit(kNetMergeBuffers); }
  base::Bytes config() const override { return wire::encode(NetConfig{.mac = mac_, .status = 1, .max_virtqueue_pairs = 1, .mtu = 1500}); }
  const char* config_schema() const override { return "virtio.NET_CONFIG"; }

 protected:
  base::View unwrap(base::View sent) const override { return sent.size() < kNetHeaderSize ? base::View{} : sent.subspan(kNetHeaderSize); }
  base::Bytes wrap(const base::Bytes& frame) const override {
    return wire::encode(NetFrame{.header = {.flags = kDataValid, .num_buffers = 1}, .frame = frame});
  }
  const char* object() const override { return "FRAME"; }
  const char* schema() const override { return "virtio.NET_FRAME"; }

 private:
  std::array<std::uint8_t, 6> mac_;
};

class Console final : public Talk {
 public:
  using Talk::Talk;
  Type type() const override { return Type::kConsole; }
  std::uint32_t class_code() const override { return 0x07'80'00; }
  base::Bytes config() const override { return wire::encode(ConsoleConfig{.cols = 80, .rows = 25}); }
  const char* config_schema() const override { return "virtio.CONSOLE_CONFIG"; }
};

class Entropy final : public Backend {
 public:
  Entropy(RandomSource source, Outlet& outlet) : source_(std::move(source)), outlet_(outlet) {}
  Type type() const override { return Type::kEntropy; }
  std::uint32_t class_code() const override { return 0x10'00'00; }
  unsigned queues() const override { return 1; }
  void serve(const std::vector<std::unique_ptr<Queue>>& queues, unsigned) override {
    static const wire::Schema& kContent = *find_schema("virtio.CONTENT");
    Queue* queue = queues.at(0).get();
    while (queue)
      if (const auto chain = queue->take()) {
        base::Bytes bytes(std::min<std::uint64_t>(chain->room(), 4096));
        source_(bytes);
        std::uint32_t written = 0;
        if (outlet_.passes("BUFFER", bytes, kContent)) written = queue->fill(*chain, bytes);
        queue->give_back(*chain, written);
      } else {
        return;
      }
  }

 private:
  RandomSource source_;
  Outlet& outlet_;
};

}  // namespace

std::unique_ptr<Backend> make_net(const std::array<std::uint8_t, 6>& mac, FarEnd station, Outlet& outlet) {
  return std::make_unique<Net>(mac, std::move(station), outlet);
}
std::unique_ptr<Backend> make_console(FarEnd person, Outlet& outlet) { return std::make_unique<Console>(std::move(person), outlet); }
std::unique_ptr<Backend> make_entropy(RandomSource source, Outlet& outlet) { return std::make_unique<Entropy>(std::move(source), outlet); }

}  // namespace virtio
