#include "devices/nic/station.h"

#include <algorithm>

namespace nic {
namespace {

constexpr std::size_t kRegister = 8;
constexpr std::size_t kArrivedMax = 16;  // frames that wait while one is being put into memory

}  // namespace

std::array<std::uint8_t, 6> Station::address() const {
  std::array<std::uint8_t, 6> out{0x02, 'G', 'L'};  // locally administered
  for (unsigned i = 0; i < 3; ++i) out[5 - i] = static_cast<std::uint8_t>(serial_ >> 8 * i);
  return out;
}

// ---- registers ------------------------------------------------------------------------------------------------------

base::Bytes Station::registers() const {
  std::uint64_t mac = 0;
  for (unsigned i = 0; i < 6; ++i) mac |= std::uint64_t{address()[i]} << 8 * i;
  base::Bytes out;
  const std::uint64_t version = version_;
  for (const std::uint64_t value : {version, control_, status_, mac, dropped_}) base::append_le(out, value);
  for (const Ring* ring : {&out_, &in_})
    for (const std::uint64_t value : {ring->base, ring->size, ring->head, ring->tail}) base::append_le(out, value);
  return out;
}

std::optional<base::Bytes> Station::read(unsigned bar, std::uint64_t offset, std::size_t size) {
  if (bar != 0 || offset >= kRegistersEnd || size > kRegister - offset % kRegister) return std::nullopt;
  return base::bytes_of(base::View(registers()).subspan(offset, size));
}

bool Station::write(unsigned bar, std::uint64_t offset, base::View bytes) {
  if (bar != 0 || offset >= kRegistersEnd || offset % kRegister != 0 || bytes.size() != kRegister) return false;
  write_register(offset, base::load_le<std::uint64_t>(bytes));
  return true;
}

void Station::write_register(std::uint64_t at, std::uint64_t value) {
  if (at == kControl) {
    ++era_;
    control_ = value & (kControlTransmit | kControlReceive);
    status_ = 0;
    out_.head = out_.tail = in_.head = in_.tail = 0;
    return;
  }
  if (at >= kReceiveRing) {
    if (write_ring(in_, at - kReceiveRing, value)) deliver();
  } else if (at >= kTransmitRing) {
    if (write_ring(out_, at - kTransmitRing, value)) transmit();
  }
}

// Whether it was the doorbell. A ring stays as it is while the card is on.
bool Station::write_ring(Ring& ring, std::uint64_t at, std::uint64_t value) {
  if (at == kRingTail && value < ring.size) {
    ring.tail = value;
    return true;
  }
  if (control_ != 0) return false;
  if (at == kRingBase && value % kDescriptorSize == 0) ring.base = value;
  if (at == kRingSize && value >= kEntriesMin && value <= kEntriesMax) ring.size = value;
  return false;
}

// A frame would begin a transfer by itself: into rings that were somebody else's, for all that the card knows.
void Station::quiesce() {
  ++era_;
  control_ = 0;
  arrived_.clear();
}

void Station::reset() {
  ++era_;
  control_ = status_ = dropped_ = 0;
  out_ = in_ = {};
  arrived_.clear();
}

// ---- rings ----------------------------------------------------------------------------------------------------------

// Nothing: out of reach, or the work was ended meanwhile. A descriptor that makes no sense comes back as an error.
std::optional<Descriptor> Station::take(const Ring& ring, Era begun) {
  base::Bytes raw(kDescriptorSize);
  const auto read = bus_->read(ring.base + ring.head * kDescriptorSize, raw);
  if (begun != era()) return std::nullopt;
  if (read != endpoint::Transfer::kDone) {
    status_ |= kStatusFault;
    return std::nullopt;
  }
  const auto descriptor = wire::decode<Descriptor>(raw);
  return descriptor ? *descriptor : Descriptor{.flags = kError};
}

bool Station::give_back(const Ring& ring, std::uint64_t place, const Descriptor& descriptor, Era begun) {
  const auto written = bus_->write(ring.base + place * kDescriptorSize, wire::encode(descriptor));
  if (begun != era()) return false;
  if (written != endpoint::Transfer::kDone) status_ |= kStatusFault;
  return written == endpoint::Transfer::kDone;
}

// A doorbell rung while a frame is on its way only moves the tail.
void Station::transmit() {
  if (transmitting_) return;
  transmitting_ = true;
  while (on(kControlTransmit) && !out_.empty()) {
    const Era begun = era();
    auto descriptor = take(out_, begun);
    if (!descriptor) break;
    const std::uint64_t place = out_.head;
    out_.step();
    base::Bytes frame(descriptor->length);
    bool good = descriptor->flags == 0 && frame.size() >= kFrameMin && frame.size() <= kFrameMax;
    good = good && bus_->read(descriptor->address, frame) == endpoint::Transfer::kDone;
    if (begun != era()) break;
    if (good && told_) told_(frame);
    if (begun != era()) break;
    descriptor->flags = good ? kDone : kDone | kError;
    if (!give_back(out_, place, *descriptor, begun)) break;
    bus_->interrupt(kTransmitVector);
  }
  transmitting_ = false;
}

void Station::arrive(base::View frame) {
  if (frame.size() < kFrameMin || frame.size() > kFrameMax || arrived_.size() >= kArrivedMax || !on(kControlReceive)) {
    ++dropped_;
    return;
  }
  arrived_.push_back(base::bytes_of(frame));
  deliver();
}

void Station::deliver() {
  if (delivering_) return;
  delivering_ = true;
  for (; on(kControlReceive) && !arrived_.empty() && !in_.empty();) {
    const Era begun = era();
    auto descriptor = take(in_, begun);
    if (!descriptor) break;
    const base::Bytes frame = std::move(arrived_.front());
    arrived_.pop_front();
    const std::uint64_t place = in_.head;
    in_.step();
    bool good = descriptor->flags == 0 && descriptor->length >= frame.size();
    good = good && bus_->write(descriptor->address, frame) == endpoint::Transfer::kDone;
    if (begun != era()) break;
    if (!good) ++dropped_;
    descriptor->length = good ? static_cast<std::uint16_t>(frame.size()) : descriptor->length;
    descriptor->flags = good ? kDone : kDone | kError;
    if (!give_back(in_, place, *descriptor, begun)) break;
    bus_->interrupt(kReceiveVector);
  }
  delivering_ = false;
}

}  // namespace nic
