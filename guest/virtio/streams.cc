#include "guest/virtio/streams.h"

#include "platform/wire/wire.h"

namespace virtio_guest {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kOwnAt = 0x400, kSendAt = 0x800, kSendMax = 0x800;  // in the private page; in the bounce page
constexpr std::uint32_t kRoomMax = 0x400, kOwnPort = 1024, kCredit = kRoomMax;

}  // namespace

bool Stream::start(unsigned out) {
  if (!transport_.open(virtio::bit(virtio::kRingPacked) | virtio::bit(virtio::kIndirectDesc))) return false;
  if (!transport_.bounces()) return false;
  const std::string name = transport_.slot();
  const std::uint64_t state = guest_.alloc((name + "-state").c_str(), kPage);
  bounce_ = guest_.alloc((name + "-bounce").c_str(), kPage, GLACIS_SHARED);
  guest_.write(state, base::Bytes(kPage));
  guest_.write(bounce_, base::Bytes(kPage));
  own_ = state + kOwnAt;
  if (!guest_.device_share(name.c_str(), bounce_, kPage)) return false;
  in_ = std::make_unique<Ring>(transport_, 0, state, out == 0 ? "" : "-in");
  if (!in_->set_up()) return false;
  if (out != 0) {
    out_ = std::make_unique<Ring>(transport_, out, state + kStateBytes, "-out");
    if (!out_->set_up()) return false;
  }
  transport_.drive();
  return out == 0 || post(kRoomMax);
}

bool Stream::post(std::uint32_t bytes) {
  posted_ = in_->add({{.bounce = bounce_, .own = own_, .length = std::min(bytes, kRoomMax), .device_writes = true}}).has_value();
  if (posted_) in_->kick();
  return posted_;
}

bool Stream::send(base::View bytes) {
  if (!out_ || bytes.empty() || bytes.size() > kSendMax) return false;
  guest_.write(bounce_ + kSendAt, bytes);
  if (!out_->add({{.bounce = bounce_ + kSendAt, .length = static_cast<std::uint32_t>(bytes.size())}})) return false;
  out_->kick();
  return out_->wait().has_value();
}

std::optional<base::Bytes> Stream::receive(std::uint32_t bytes) {
  if (!posted_ && !post(bytes)) return std::nullopt;
  const auto done = in_->wait();
  if (!done) return std::nullopt;
  posted_ = false;
  const auto got = guest_.read(done->parts[0].own, done->length);
  if (out_) (void)post(kRoomMax);
  return got;
}

bool Socket::say(virtio::SocketOp op, base::View payload) {
  const virtio::SocketPacket packet{.header = {.src_cid = cid_, .dst_cid = virtio::kHostCid, .src_port = kOwnPort, .dst_port = port_,
                                               .len = static_cast<std::uint32_t>(payload.size()), .op = op, .buf_alloc = kCredit},
                                    .payload = base::bytes_of(payload)};
  return stream_.send(wire::encode(packet));
}

// What is for somebody else is nobody's, and what is longer than it came is not read.
std::optional<virtio::SocketPacket> Socket::hear() {
  const auto raw = stream_.receive();
  if (!raw) return std::nullopt;
  auto packet = wire::decode<virtio::SocketPacket>(*raw);
  if (!packet) return std::nullopt;
  const auto& h = packet->header;
  if (h.src_cid != virtio::kHostCid || h.dst_cid != cid_ || h.src_port != port_ || h.dst_port != kOwnPort || h.len > packet->payload.size())
    return std::nullopt;
  packet->payload.resize(h.len);
  return *packet;
}

bool Socket::connect() {
  if (!stream_.start(1)) return false;
  cid_ = transport_.config64(0);
  if (!say(virtio::SocketOp::kRequest, {})) return false;
  const auto answer = hear();
  return answer && answer->header.op == virtio::SocketOp::kResponse;
}

std::optional<base::Bytes> Socket::receive() {
  const auto packet = hear();
  if (!packet || packet->header.op != virtio::SocketOp::kData) return std::nullopt;
  return packet->payload;
}

}  // namespace virtio_guest
