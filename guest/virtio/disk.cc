#include "guest/virtio/disk.h"

#include "platform/wire/wire.h"

namespace virtio_guest {

namespace {

constexpr std::uint64_t kPage = 4096;
// In a request's own page of bounce memory.
constexpr std::uint64_t kHeaderAt = 0x000, kStatusAt = 0x100, kDataAt = 0x200;
constexpr std::uint64_t kStatusesAt = kStateBytes;  // in private memory, behind the ring's
constexpr std::uint64_t kWanted = virtio::bit(virtio::kBlkFlush) | virtio::bit(virtio::kRingPacked) | virtio::bit(virtio::kIndirectDesc);

}  // namespace

bool Disk::start() {
  if (!transport_.open(kWanted)) return false;
  const auto bounces = transport_.bounces();
  if (!bounces) return false;
  bounces_ = *bounces;
  const std::string name = transport_.slot();
  state_ = guest_.alloc((name + "-state").c_str(), kPage);
  bounce_ = guest_.alloc((name + "-bounce").c_str(), 2 * kPage, GLACIS_SHARED);
  for (const auto page : {bounce_, bounce_ + kPage}) guest_.write(page, base::Bytes(kPage));
  if (!guest_.device_share(name.c_str(), bounce_, 2 * kPage)) return false;
  ring_ = std::make_unique<Ring>(transport_, 0, state_);
  if (!ring_->set_up()) return false;
  transport_.drive();
  sectors_ = transport_.config64(0);
  return sectors_ != ~0ull;
}

std::uint64_t Disk::page(const char* name) { return guest_.alloc(name, kPage, bounces_ ? GLACIS_PRIVATE : GLACIS_SHARED); }

std::uint64_t Disk::data_at(unsigned which, std::uint64_t own) const { return bounces_ ? bounce_ + which * kPage + kDataAt : own; }

std::optional<std::uint16_t> Disk::begin(unsigned which, virtio::BlkRequest type, std::uint64_t sector, std::uint64_t own, bool device_writes) {
  const std::uint64_t at = bounce_ + which * kPage, data = data_at(which, own);
  guest_.write(at + kHeaderAt, wire::encode(virtio::BlkHeader{.type = type, .sector = sector}));
  guest_.write(at + kStatusAt, base::Bytes{0xff});
  std::vector<Part> parts = {{.bounce = at + kHeaderAt, .length = 16}};
  if (own != 0) {
    if (bounces_ && !device_writes) guest_.write(data, guest_.read(own, virtio::kSector));
    parts.push_back({.bounce = data, .own = bounces_ ? own : 0, .length = virtio::kSector, .device_writes = device_writes});
  }
  parts.push_back({.bounce = at + kStatusAt, .own = state_ + kStatusesAt + which, .length = 1, .device_writes = true});
  const auto id = ring_->add(parts);
  if (!id) return std::nullopt;
  ids_[which] = *id;
  ring_->kick();
  return id;
}

bool Disk::good(const Done& done) {
  const std::uint64_t at = done.parts.back().own;
  return guest_.read(at, 1)[0] == static_cast<std::uint8_t>(virtio::BlkStatus::kOk);
}

std::optional<Done> Disk::carry_out(virtio::BlkRequest type, std::uint64_t sector, std::uint64_t own, bool device_writes) {
  const auto id = begin(0, type, sector, own, device_writes);
  const auto done = id ? ring_->wait() : std::nullopt;
  if (!done || done->id != *id || !good(*done)) return std::nullopt;
  return done;
}

bool Disk::write(std::uint64_t sector, std::uint64_t from) { return carry_out(virtio::BlkRequest::kOut, sector, from, false).has_value(); }
bool Disk::flush() { return carry_out(virtio::BlkRequest::kFlush, 0, 0, false).has_value(); }

// The last byte of what the device wrote is its status.
std::optional<std::uint32_t> Disk::read(std::uint64_t sector, std::uint64_t into, const Verify& verify) {
  const auto done = carry_out(virtio::BlkRequest::kIn, sector, into, true);
  if (!done) return std::nullopt;
  const std::uint32_t count = done->length == 0 ? 0 : done->length - 1;
  if (!verify) return count;
  const auto taken = guest_.read(into, virtio::kSector);
  if (!verify(taken)) return std::nullopt;
  guest_.moment("verified");
  const auto again = guest_.read(data_at(0, into), virtio::kSector);
  if (again != taken && guest_.defend("guest.virtio.bounce-once", false)) guest_.write(into, again);
  return count;
}

bool Disk::begin_read(unsigned which, std::uint64_t sector, std::uint64_t into) {
  return begin(which, virtio::BlkRequest::kIn, sector, into, true).has_value();
}

std::optional<unsigned> Disk::finish_read() {
  const auto done = ring_->wait();
  if (!done || !good(*done)) return std::nullopt;
  return done->id == ids_[0] ? 0 : 1;
}

void Disk::drain() {
  for (unsigned i = 0; i < kQueueSize && ring_->poll(); ++i) {}
}

}  // namespace virtio_guest
