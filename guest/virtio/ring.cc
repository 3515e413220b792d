#include "guest/virtio/ring.h"

#include <algorithm>

#include "platform/wire/wire.h"

namespace virtio_guest {

namespace {

constexpr std::uint64_t kPage = 4096, kEntry = 32;
constexpr std::uint16_t kInFlight = 0x100;        // in a kept entry's flags, of a buffer's first
constexpr std::uint64_t kTable = 16 * kQueueSize;  // bytes of each indirect table
constexpr int kPollsMax = 4;
constexpr std::uint32_t kPieceMax = 1 << 16;

}  // namespace

Ring::Ring(Transport& transport, unsigned queue, std::uint64_t state, const std::string& suffix)
    : transport_(transport), guest_(transport.guest()), queue_(queue), state_(state), suffix_(suffix) {
  for (std::uint16_t i = 0; i < kQueueSize; ++i) free_.insert(i);
}

bool Ring::set_up() {
  packed_ = transport_.has(virtio::kRingPacked);
  page_ = guest_.alloc((transport_.slot() + "-ring" + suffix_).c_str(), kPage, GLACIS_SHARED);
  guest_.write(page_, base::Bytes(kPage));
  guest_.write(state_, base::Bytes(kStateBytes));
  if (transport_.has(virtio::kIndirectDesc)) {
    indirect_ = guest_.alloc((transport_.slot() + "-indirect" + suffix_).c_str(), kPage, GLACIS_SHARED);
    guest_.write(indirect_, base::Bytes(kPage));
  }
  return guest_.device_share(transport_.slot().c_str(), page_, kPage) && transport_.set_up(queue_, page_, page_ + kDriverArea, page_ + kDeviceArea);
}

Ring::Kept Ring::kept(std::uint32_t id) {
  const auto raw = guest_.read(state_ + kEntry * id, kEntry);
  return {base::load_le<std::uint64_t>(raw), base::load_le<std::uint64_t>(raw, 8), base::load_le<std::uint32_t>(raw, 16),
          base::load_le<std::uint16_t>(raw, 20), base::load_le<std::uint16_t>(raw, 22)};
}

void Ring::keep(std::uint32_t id, const Kept& entry) {
  base::Bytes raw;
  base::append_le(raw, entry.bounce);
  base::append_le(raw, entry.own);
  base::append_le(raw, entry.length);
  base::append_le(raw, entry.flags);
  base::append_le(raw, entry.next);
  guest_.write(state_ + kEntry * id, raw);
}

// Entries of a table are as those of the ring: chained in a split one, in order in a packed one (2.8.7).
base::Bytes Ring::table_of(const std::vector<Part>& parts) const {
  base::Bytes out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint16_t write = parts[i].device_writes ? virtio::kWrite : 0;
    const bool more = i + 1 < parts.size();
    if (packed_)
      wire::append_encoded(out, virtio::PackedDescriptor{parts[i].bounce, parts[i].length, 0, write});
    else
      wire::append_encoded(out, virtio::Descriptor{parts[i].bounce, parts[i].length, static_cast<std::uint16_t>(write | (more ? virtio::kNext : 0)),
                                                   static_cast<std::uint16_t>(more ? i + 1 : 0)});
  }
  return out;
}

std::optional<std::uint16_t> Ring::add(const std::vector<Part>& parts) {
  if (broken_ || parts.empty() || parts.size() > free_.size()) return std::nullopt;
  std::vector<std::uint16_t> ids;
  while (ids.size() < parts.size()) {
    ids.push_back(*free_.begin());
    free_.erase(free_.begin());
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool more = i + 1 < parts.size();
    const auto flags = static_cast<std::uint16_t>((parts[i].device_writes ? virtio::kWrite : 0) | (more ? virtio::kNext : 0) | (i == 0 ? kInFlight : 0));
    keep(ids[i], {parts[i].bounce, parts[i].own, parts[i].length, flags, static_cast<std::uint16_t>(more ? ids[i + 1] : 0)});
  }
  if (indirect_ != 0) guest_.write(indirect_ + kTable * ids[0], table_of(parts));
  if (packed_) write_packed(ids, parts);
  else write_split(ids, parts);
  ++in_flight_;
  return ids[0];
}

void Ring::write_split(const std::vector<std::uint16_t>& ids, const std::vector<Part>& parts) {
  if (indirect_ != 0) {
    const virtio::Descriptor one{indirect_ + kTable * ids[0], static_cast<std::uint32_t>(virtio::kDescriptorSize * parts.size()), virtio::kIndirect, 0};
    guest_.write(page_ + virtio::kDescriptorSize * ids[0], wire::encode(one));
  } else {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool more = i + 1 < parts.size();
      const auto flags = static_cast<std::uint16_t>((parts[i].device_writes ? virtio::kWrite : 0) | (more ? virtio::kNext : 0));
      const virtio::Descriptor one{parts[i].bounce, parts[i].length, flags, static_cast<std::uint16_t>(more ? ids[i + 1] : 0)};
      guest_.write(page_ + virtio::kDescriptorSize * ids[i], wire::encode(one));
    }
  }
  base::Bytes entry, index;
  base::append_le(entry, ids[0]);
  guest_.write(page_ + kDriverArea + virtio::available_entry(available_ % kQueueSize), entry);
  base::append_le(index, ++available_);
  guest_.write(page_ + kDriverArea + virtio::kIndexOffset, index);
}

// The first descriptor's flags come last: with them the device has the buffer (2.8.21).
void Ring::write_packed(const std::vector<std::uint16_t>& ids, const std::vector<Part>& parts) {
  slots_[ids[0]] = next_.slot;
  std::vector<std::pair<std::uint64_t, base::Bytes>> writes;
  const std::size_t count = indirect_ != 0 ? 1 : parts.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool more = i + 1 < count;
    virtio::PackedDescriptor one{parts[i].bounce, parts[i].length, ids[0],
                                 static_cast<std::uint16_t>(virtio::available_flags(next_.wrap) | (parts[i].device_writes ? virtio::kWrite : 0) | (more ? virtio::kNext : 0))};
    if (indirect_ != 0)
      one = {indirect_ + kTable * ids[0], static_cast<std::uint32_t>(virtio::kDescriptorSize * parts.size()), ids[0],
             static_cast<std::uint16_t>(virtio::available_flags(next_.wrap) | virtio::kIndirect)};
    writes.emplace_back(page_ + virtio::kDescriptorSize * next_.slot, wire::encode(one));
    next_.advance(1, kQueueSize);
  }
  for (auto write = writes.rbegin(); write != writes.rend(); ++write) guest_.write(write->first, write->second);
}

std::uint64_t Ring::length_place() const {
  return packed_ ? page_ + virtio::kDescriptorSize * last_.slot + virtio::kPackedLen
                 : page_ + kDeviceArea + virtio::used_entry(used_ % kQueueSize) + 4;
}

std::optional<Ring::Said> Ring::next_said() {
  if (packed_) {
    const auto raw = guest_.read(page_ + virtio::kDescriptorSize * last_.slot, virtio::kDescriptorSize);
    const auto one = wire::decode<virtio::PackedDescriptor>(raw);
    if (!virtio::is_used(one->flags, last_.wrap)) return std::nullopt;
    return Said{one->id, one->len};
  }
  const auto index = base::load_le<std::uint16_t>(guest_.read(page_ + kDeviceArea + virtio::kIndexOffset, 2));
  const auto pending = static_cast<std::uint16_t>(index - used_);
  if (pending == 0) return std::nullopt;
  if (!guest_.defend("guest.virtio.used-index", pending <= in_flight_)) return broken_ = true, std::nullopt;
  const auto one = wire::decode<virtio::UsedElement>(guest_.read(page_ + kDeviceArea + virtio::used_entry(used_ % kQueueSize), virtio::kUsedElementSize));
  return Said{one->id, one->len};
}

// Ends after as many descriptors as there are, whatever an entry says of the next one.
std::vector<Part> Ring::parts_of(std::uint32_t id, std::vector<std::uint16_t>& ids) {
  std::vector<Part> out;
  for (unsigned i = 0; i < kQueueSize; ++i) {
    const Kept entry = kept(id);
    out.push_back({entry.bounce, entry.own, std::min(entry.length, kPieceMax), (entry.flags & virtio::kWrite) != 0});
    ids.push_back(static_cast<std::uint16_t>(id));
    if ((entry.flags & virtio::kNext) == 0 || entry.next >= kQueueSize) break;
    id = entry.next;
  }
  return out;
}

std::uint64_t Ring::place_of(const std::vector<std::uint16_t>& ids, std::size_t i) const {
  if (indirect_ != 0) return indirect_ + kTable * ids[0] + virtio::kDescriptorSize * i;
  if (packed_) return page_ + virtio::kDescriptorSize * ((slots_[ids[0]] + i) % kQueueSize);
  return page_ + virtio::kDescriptorSize * ids[i];
}

// What the shared table says of where a buffer lies is for the device. Whoever goes by it goes where the device sends him.
void Ring::remember_places(std::vector<Part>& parts, const std::vector<std::uint16_t>& ids) {
  if (ids[0] >= kQueueSize) return;
  std::vector<Part> shared = parts;
  bool same = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto raw = guest_.read(place_of(ids, i), virtio::kDescriptorSize);
    shared[i].bounce = base::load_le<std::uint64_t>(raw);
    // A packed ring's own descriptors have the device's word for a length by now.
    if (!packed_ || indirect_ != 0) shared[i].length = std::min(base::load_le<std::uint32_t>(raw, 8), kPieceMax);
    same &= shared[i].bounce == parts[i].bounce && shared[i].length == parts[i].length;
  }
  if (!same && guest_.defend("guest.virtio.private-descriptors", false)) parts = shared;
}

std::optional<Done> Ring::poll() {
  if (broken_) return std::nullopt;
  const auto said = next_said();
  if (!said) return std::nullopt;
  const auto lies = [&](const char* row, bool holds) { return broken_ = !guest_.defend(row, holds); };
  if (lies("guest.virtio.used-id", said->id < kQueueSize)) return std::nullopt;
  if (lies("guest.virtio.in-flight", (kept(said->id).flags & kInFlight) != 0)) return std::nullopt;
  std::vector<std::uint16_t> ids;
  std::vector<Part> parts = parts_of(said->id, ids);
  std::uint64_t room = 0;
  for (const auto& part : parts) room += part.device_writes ? part.length : 0;
  if (lies("guest.virtio.used-length", said->length <= room)) return std::nullopt;
  guest_.moment("used-checked");
  Done done{.id = static_cast<std::uint16_t>(said->id), .length = said->length, .parts = {}};
  const auto again = base::load_le<std::uint32_t>(guest_.read(length_place(), 4));
  if (again != said->length && guest_.defend("guest.virtio.used-once", false)) done.length = again;
  remember_places(parts, ids);
  for (const auto& part : parts)
    if (part.device_writes && part.own != 0) guest_.write(part.own, guest_.read(part.bounce, part.length));
  done.parts = std::move(parts);

  Kept first = kept(said->id);
  first.flags &= static_cast<std::uint16_t>(~kInFlight);
  keep(said->id, first);
  for (const auto id : ids)
    if (id < kQueueSize) free_.insert(id);
  if (in_flight_ != 0) --in_flight_;
  ++used_;
  last_.advance(indirect_ != 0 ? 1 : static_cast<unsigned>(ids.size()), kQueueSize);
  return done;
}

std::optional<Done> Ring::wait() {
  for (int polls = 0; polls < kPollsMax && !broken_; ++polls) {
    if (auto done = poll()) return done;
    guest_.yield();
  }
  return std::nullopt;
}

}  // namespace virtio_guest
