#include "devices/virtio/queue.h"

#include <algorithm>

#include "platform/protocol/virtio/crossings.h"
#include "platform/protocol/virtio/schemas.h"

namespace virtio {

namespace {
constexpr std::uint64_t kBufferBytesMax = 1 << 20;
constexpr unsigned kIndirectMax = 128;  // entries of an indirect table that this device takes
}  // namespace

std::uint64_t Chain::room() const {
  std::uint64_t out = 0;
  for (const auto& segment : segments)
    if (segment.writable) out += segment.length;
  return out;
}

std::uint16_t Queue::number16(std::uint64_t gpa) {
  base::Block<2> raw{};
  (void)memory_.read(gpa, raw);
  return base::load_le<std::uint16_t>(raw);
}

base::Bytes Queue::content(const Chain& chain) {
  base::Bytes out;
  for (const auto& segment : chain.segments) {
    if (segment.writable || segment.length > kBufferBytesMax - out.size()) continue;
    const std::size_t at = out.size();
    out.resize(at + segment.length);
    (void)memory_.read(segment.address, std::span(out).subspan(at));
  }
  return out;
}

std::uint32_t Queue::fill(const Chain& chain, base::View bytes, std::uint64_t skip) {
  std::uint32_t fitted = 0;
  std::uint64_t behind = 0;
  for (const auto& segment : chain.segments) {
    if (!segment.writable) continue;
    behind = segment.address + segment.length;
    if (skip >= segment.length) {
      skip -= segment.length;
      continue;
    }
    const auto count = std::min<std::uint64_t>(segment.length - skip, bytes.size());
    (void)memory_.write(segment.address + skip, bytes.first(count));
    bytes = bytes.subspan(count);
    fitted += static_cast<std::uint32_t>(count);
    skip = 0;
  }
  if (!bytes.empty() && behind != 0) (void)memory_.write(behind, bytes);
  return fitted;
}

// 2.7.5.3 and 2.8.7: entries are as those of the ring itself. In a split ring they are chained; in a packed one they lie in order, and
// of their flags WRITE alone counts.
bool Queue::indirect(std::uint64_t table, std::uint32_t bytes, bool packed, std::vector<Segment>& out) {
  const unsigned count = bytes / kDescriptorSize;
  if (bytes % kDescriptorSize != 0 || count == 0 || count > kIndirectMax) return false;
  base::Bytes raw(bytes);
  if (!memory_.read(table, raw)) return false;
  const auto entry = [&](unsigned i) { return base::View(raw).subspan(i * kDescriptorSize, kDescriptorSize); };
  if (packed) {
    for (unsigned i = 0; i < count; ++i) {
      const auto one = wire::decode<PackedDescriptor>(entry(i));
      out.push_back({one->addr, one->len, (one->flags & kWrite) != 0});
    }
    return true;
  }
  for (unsigned i = 0, taken = 0; taken < count; ++taken) {
    const auto one = wire::decode<Descriptor>(entry(i));
    if ((one->flags & kIndirect) != 0) return false;
    out.push_back({one->addr, one->len, (one->flags & kWrite) != 0});
    if ((one->flags & kNext) == 0) return true;
    i = one->next;
    if (i >= count) return false;
  }
  return false;
}

namespace {

// 2.7.4.2: what the device writes stands behind what it reads; another order is not taken.
std::optional<Chain> in_order(Chain chain) {
  if (!std::ranges::is_partitioned(chain.segments, [](const Segment& segment) { return !segment.writable; })) return std::nullopt;
  return chain;
}

class SplitQueue final : public Queue {
 public:
  using Queue::Queue;

  std::optional<Chain> take() override {
    const std::uint16_t available = number16(s_.driver + kIndexOffset);
    if (available == next_) return std::nullopt;
    Chain chain{.id = number16(s_.driver + available_entry(next_ % s_.size)), .segments = {}};
    ++next_;
    if (s_.event_index) {
      base::Bytes event;
      base::append_le(event, next_);
      (void)memory_.write(s_.device + available_event(s_.size), event);
    }
    std::uint16_t i = chain.id;
    for (unsigned taken = 0; taken < s_.size; ++taken) {
      if (i >= s_.size) return std::nullopt;
      base::Bytes raw(kDescriptorSize);
      if (!memory_.read(s_.descriptors + kDescriptorSize * i, raw)) return std::nullopt;
      const auto one = wire::decode<Descriptor>(raw);
      if ((one->flags & kIndirect) != 0) {
        if ((one->flags & kNext) != 0 || !indirect(one->addr, one->len, false, chain.segments)) return std::nullopt;
        return in_order(std::move(chain));
      }
      chain.segments.push_back({one->addr, one->len, (one->flags & kWrite) != 0});
      if ((one->flags & kNext) == 0) return in_order(std::move(chain));
      i = one->next;
    }
    return std::nullopt;
  }

  void give_back(const Chain& chain, std::uint32_t written) override {
    static const wire::Schema& kSchema = *find_schema("virtio.COMPLETION");
    base::Bytes words = wire::encode(Completion{.queue = s_.number, .id = chain.id, .len = written});
    if (outlet_.passes("USED", words, kSchema)) (void)put(words);
  }

  bool put(base::View completion) override {
    const auto words = wire::decode<Completion>(completion);
    if (!words) return false;
    (void)memory_.write(s_.device + used_entry(used_ % s_.size), wire::encode(UsedElement{words->id, words->len}));
    before_ = used_++;
    static const wire::Schema& kSchema = *find_schema("virtio.USED_INDEX");
    base::Bytes moved = wire::encode(UsedIndex{.queue = s_.number, .idx = used_});
    if (!outlet_.passes("USED_INDEX", moved, kSchema)) return true;
    const auto told = wire::decode<UsedIndex>(moved);
    if (!told) return false;
    base::Bytes index;
    base::append_le(index, told->idx);
    return memory_.write(s_.device + kIndexOffset, index);
  }

  bool wants_interrupt() override {
    if (!s_.event_index) return (number16(s_.driver) & 1) == 0;  // VIRTQ_AVAIL_F_NO_INTERRUPT
    return passes_event(number16(s_.driver + used_event(s_.size)), used_, before_);
  }

 private:
  std::uint16_t next_ = 0, used_ = 0, before_ = 0;
};

class PackedQueue final : public Queue {
 public:
  using Queue::Queue;

  std::optional<Chain> take() override {
    Chain chain{.slots = 0, .segments = {}};
    Position at = next_;
    for (unsigned taken = 0; taken < s_.size; ++taken) {
      base::Bytes raw(kDescriptorSize);
      if (!memory_.read(s_.descriptors + kDescriptorSize * at.slot, raw)) return std::nullopt;
      const auto one = wire::decode<PackedDescriptor>(raw);
      if (taken == 0 && !is_available(one->flags, at.wrap)) return std::nullopt;
      at.advance(1, s_.size);
      ++chain.slots;
      chain.id = one->id;  // 2.8.6: that of the last one counts
      if ((one->flags & kIndirect) != 0) {
        const bool whole = taken == 0 && indirect(one->addr, one->len, true, chain.segments);
        next_ = at;
        return whole ? in_order(std::move(chain)) : std::nullopt;
      }
      chain.segments.push_back({one->addr, one->len, (one->flags & kWrite) != 0});
      if ((one->flags & kNext) == 0) {
        next_ = at;
        return in_order(std::move(chain));
      }
    }
    return std::nullopt;
  }

  void give_back(const Chain& chain, std::uint32_t written) override {
    static const wire::Schema& kSchema = *find_schema("virtio.PACKED_COMPLETION");
    const auto flags = static_cast<std::uint16_t>(used_flags(used_.wrap) | (written != 0 ? kWrite : 0));
    base::Bytes words = wire::encode(PackedCompletion{.queue = s_.number, .id = chain.id, .flags = flags, .len = written});
    if (outlet_.passes("USED_PACKED", words, kSchema)) {
      slots_ = chain.slots;
      (void)put(words);
    }
  }

  // Overwrites the first of the buffer's slots; flags come last (2.8.9), which are whose turn it is.
  bool put(base::View completion) override {
    const auto words = wire::decode<PackedCompletion>(completion);
    if (!words) return false;
    const std::uint64_t slot = s_.descriptors + kDescriptorSize * used_.slot;
    base::Bytes said;
    base::append_le(said, words->len);
    base::append_le(said, words->id);
    base::append_le(said, words->flags);
    const bool wrote = memory_.write(slot + kPackedLen, said);
    used_.advance(slots_, s_.size);
    return wrote;
  }

  bool wants_interrupt() override {
    base::Bytes raw(4);
    if (!memory_.read(s_.driver, raw)) return false;
    const auto wish = wire::decode<EventSuppression>(raw);
    switch (static_cast<Events>(wish->flags & 3)) {
      case Events::kEnable: return true;
      case Events::kAtDescriptor: return s_.event_index && wish->desc == event_position(used_);
      default: return false;
    }
  }

 private:
  Position next_, used_;
  std::uint16_t slots_ = 1;
};

}  // namespace

std::unique_ptr<Queue> make_split(const QueueSettings& settings, GuestMemory& memory, Outlet& outlet) {
  return std::make_unique<SplitQueue>(settings, memory, outlet);
}
std::unique_ptr<Queue> make_packed(const QueueSettings& settings, GuestMemory& memory, Outlet& outlet) {
  return std::make_unique<PackedQueue>(settings, memory, outlet);
}

}  // namespace virtio
