// A socket device (virtio 1.2 and 1.3, 5.10): connections between the guest and an agent of the host's, whichever port it is asked at.
#include "devices/virtio/pair.h"

namespace virtio {

namespace {

constexpr std::uint32_t kCredit = 64 << 10;

class Socket final : public Pair {
 public:
  Socket(std::uint64_t cid, FarEnd agent, Outlet& outlet) : Pair(outlet), cid_(cid), agent_(std::move(agent)) {}
  Type type() const override { return Type::kSocket; }
  std::uint32_t class_code() const override { return 0x02'80'00; }
  unsigned queues() const override { return 3; }  // the third is for events
  base::Bytes config() const override { return wire::encode(SocketConfig{.guest_cid = cid_}); }
  const char* config_schema() const override { return "virtio.SOCKET_CONFIG"; }

 protected:
  void hear(base::View sent) override {
    if (const auto packet = wire::decode<SocketPacket>(sent)) take(*packet);
  }
  const char* object() const override { return "PACKET"; }
  const char* schema() const override { return "virtio.SOCKET_PACKET"; }

 private:
  void take(const SocketPacket& packet) {
    const auto& h = packet.header;
    if (h.dst_cid != kHostCid || h.src_cid != cid_ || h.type != kStream || h.len > packet.payload.size()) return;
    switch (h.op) {
      case SocketOp::kRequest: return answer(h, SocketOp::kResponse, {});
      case SocketOp::kData:
        for (auto& said : agent_(base::View(packet.payload).first(h.len))) answer(h, SocketOp::kData, std::move(said));
        return;
      case SocketOp::kShutdown: return answer(h, SocketOp::kReset, {});
      case SocketOp::kCreditRequest: return answer(h, SocketOp::kCreditUpdate, {});
      default: return;
    }
  }
  void answer(const SocketHeader& to, SocketOp op, base::Bytes payload) {
    SocketPacket packet{{.src_cid = kHostCid, .dst_cid = cid_, .src_port = to.dst_port, .dst_port = to.src_port,
                         .len = static_cast<std::uint32_t>(payload.size()), .op = op, .buf_alloc = kCredit},
                        std::move(payload)};
    say(wire::encode(packet));
  }

  std::uint64_t cid_;
  FarEnd agent_;
};

}  // namespace

std::unique_ptr<Backend> make_socket(std::uint64_t guest_cid, FarEnd agent, Outlet& outlet) {
  return std::make_unique<Socket>(guest_cid, std::move(agent), outlet);
}

}  // namespace virtio
