// A socket device (virtio 1.2 and 1.3, 5.10): connections between the guest and an agent of the host's, whichever port it is asked at.
#include <deque>

#include "devices/virtio/backend.h"
#include "platform/protocol/virtio/schemas.h"

namespace virtio {

namespace {

constexpr unsigned kReceive = 0, kTransmit = 1;
constexpr std::uint32_t kCredit = 64 << 10;
constexpr std::size_t kWaitingMax = 64;

class Socket final : public Backend {
 public:
  Socket(std::uint64_t cid, FarEnd agent, Outlet& outlet) : cid_(cid), agent_(std::move(agent)), outlet_(outlet) {}
  Type type() const override { return Type::kSocket; }
  std::uint32_t class_code() const override { return 0x02'80'00; }
  unsigned queues() const override { return 3; }  // the third is for events
  base::Bytes config() const override { return wire::encode(SocketConfig{.guest_cid = cid_}); }
  const char* config_schema() const override { return "virtio.SOCKET_CONFIG"; }
  void reset() override { waiting_.clear(); }

  void serve(const std::vector<std::unique_ptr<Queue>>& queues, unsigned) override {
    static const wire::Schema& kContent = *find_schema("virtio.CONTENT");
    if (Queue* out = queues.at(kTransmit).get())
      while (const auto chain = out->take()) {
        base::Bytes sent = out->content(*chain);
        if (outlet_.passes("TAKEN", sent, kContent))
          if (const auto packet = wire::decode<SocketPacket>(sent)) take(*packet);
        out->give_back(*chain, 0);
      }
    static const wire::Schema& kPacket = *find_schema("virtio.SOCKET_PACKET");
    Queue* in = queues.at(kReceive).get();
    while (in && !waiting_.empty()) {
      const auto chain = in->take();
      if (!chain) return;
      base::Bytes arrives = wire::encode(waiting_.front());
      waiting_.pop_front();
      std::uint32_t written = 0;
      if (outlet_.passes("PACKET", arrives, kPacket)) written = in->fill(*chain, arrives);
      in->give_back(*chain, written);
    }
  }

 private:
  void take(const SocketPacket& packet) {
    const auto& h = packet.header;
    if (h.dst_cid != kHostCid || h.src_cid != cid_ || h.type != kStream || h.len > packet.payload.size()) return;
    switch (h.op) {
      case SocketOp::kRequest: return say(h, SocketOp::kResponse, {});
      case SocketOp::kData:
        for (auto& answer : agent_(base::View(packet.payload).first(h.len))) say(h, SocketOp::kData, std::move(answer));
        return;
      case SocketOp::kShutdown: return say(h, SocketOp::kReset, {});
      case SocketOp::kCreditRequest: return say(h, SocketOp::kCreditUpdate, {});
      default: return;
    }
  }
  void say(const SocketHeader& to, SocketOp op, base::Bytes payload) {
    if (waiting_.size() >= kWaitingMax) return;
    waiting_.push_back({{.src_cid = kHostCid, .dst_cid = cid_, .src_port = to.dst_port, .dst_port = to.src_port,
                         .len = static_cast<std::uint32_t>(payload.size()), .op = op, .buf_alloc = kCredit},
                        std::move(payload)});
  }

  std::uint64_t cid_;
  FarEnd agent_;
  Outlet& outlet_;
  std::deque<SocketPacket> waiting_;
};

}  // namespace

std::unique_ptr<Backend> make_socket(std::uint64_t guest_cid, FarEnd agent, Outlet& outlet) {
  return std::make_unique<Socket>(guest_cid, std::move(agent), outlet);
}

}  // namespace virtio
