#include "guest/virtio/card.h"

#include <algorithm>

#include "platform/wire/wire.h"

namespace virtio_guest {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr unsigned kRooms = 4;
constexpr std::uint32_t kRoom = 256;
constexpr std::uint64_t kSendAt = 0x800, kSendMax = 0x800;  // in the page of bounce memory
constexpr std::uint64_t kWanted = virtio::bit(virtio::kNetMac) | virtio::bit(virtio::kNetGuestChecksum) | virtio::bit(virtio::kNetMergeBuffers) |
                                  virtio::bit(virtio::kRingPacked) | virtio::bit(virtio::kIndirectDesc);

// RFC 1071.
std::uint16_t internet_checksum(base::View bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

bool Card::start() {
  if (!transport_.open(kWanted)) return false;
  const auto agreed = transport_.bounces();
  if (!agreed) return false;
  const bool bounces = *agreed;
  const std::string name = transport_.slot();
  state_ = guest_.alloc((name + "-state").c_str(), kPage);
  frames_ = guest_.alloc((name + "-frames").c_str(), kPage, bounces ? GLACIS_PRIVATE : GLACIS_SHARED);
  bounce_ = guest_.alloc((name + "-bounce").c_str(), kPage, GLACIS_SHARED);
  guest_.write(frames_, base::Bytes(kPage));
  guest_.write(bounce_, base::Bytes(kPage));
  if (!guest_.device_share(name.c_str(), bounce_, kPage)) return false;
  in_ = std::make_unique<Ring>(transport_, 0, state_, "-in");
  out_ = std::make_unique<Ring>(transport_, 1, state_ + kStateBytes, "-out");
  if (!in_->set_up() || !out_->set_up()) return false;
  transport_.drive();
  // From the last room to the first, as from a stack.
  for (unsigned i = kRooms; i-- > 0;)
    if (!in_->add({{.bounce = (bounces ? bounce_ : frames_) + i * kRoom, .own = bounces ? frames_ + i * kRoom : 0, .length = kRoom, .device_writes = true}}))
      return false;
  in_->kick();
  return true;
}

bool Card::send(base::View frame) {
  base::Bytes out = wire::encode(virtio::NetHeader{});
  base::append(out, frame);
  if (out.size() > kSendMax) return false;
  guest_.write(bounce_ + kSendAt, out);
  if (!out_->add({{.bounce = bounce_ + kSendAt, .length = static_cast<std::uint32_t>(out.size())}})) return false;
  out_->kick();
  return out_->wait().has_value();
}

// The sum goes where the header says, over what the header says (virtio 1.2, 5.1.6.4).
bool Card::complete_checksum(const virtio::NetHeader& header, std::uint64_t at, std::uint64_t length) {
  if ((header.flags & virtio::kNeedsChecksum) == 0) return true;
  const std::uint64_t to = static_cast<std::uint64_t>(header.csum_start) + header.csum_offset;
  if (!guest_.defend("guest.virtio.net-checksum", header.csum_start <= length && to + 2 <= length)) return false;
  const std::uint64_t from = std::min<std::uint64_t>(header.csum_start, length);
  const std::uint16_t sum = internet_checksum(guest_.read(at + from, length - from));
  guest_.write(at + to, base::Bytes{static_cast<std::uint8_t>(sum >> 8), static_cast<std::uint8_t>(sum)});
  return true;
}

std::optional<Card::Received> Card::receive() {
  const auto done = in_->wait();
  if (!done || done->length < virtio::kNetHeaderSize) return std::nullopt;
  const std::uint64_t room = done->parts[0].own != 0 ? done->parts[0].own : done->parts[0].bounce;
  const auto header = wire::decode<virtio::NetHeader>(guest_.read(room, virtio::kNetHeaderSize));
  Received out{.at = room + virtio::kNetHeaderSize, .frame = {}};
  std::uint64_t length = done->length - virtio::kNetHeaderSize;
  base::Bytes rest;
  for (unsigned i = 1; i < header->num_buffers && i < kRooms; ++i) {
    if (const auto more = in_->poll()) {
      const std::uint64_t there = more->parts[0].own != 0 ? more->parts[0].own : more->parts[0].bounce;
      base::append(rest, guest_.read(there, more->length));
    } else if (guest_.defend("guest.virtio.net-buffers", false)) {
      base::append(rest, guest_.read(room + i * kRoom, kRoom));  // the room that would have come next
    } else {
      return std::nullopt;
    }
  }
  if (!complete_checksum(*header, out.at, length)) return std::nullopt;
  out.frame = guest_.read(out.at, length);
  base::append(out.frame, rest);
  return out;
}

}  // namespace virtio_guest
