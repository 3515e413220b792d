#include "platform/protocol/ide/ide.h"

#include <algorithm>


namespace ide {
namespace {

// How far from the next counter a unit is looked for, to tell a replay or a gap from a forgery.
constexpr std::uint64_t kSearchBack = 64, kSearchAhead = 64;
constexpr std::size_t kDigestSize = 4, kHeaderMax = 16;  // bytes, without prefixes

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb8'8320u : 0u);  // 04C11DB7h, reflected
    table[i] = crc;
  }
  return table;
}();

tlp::Tlp local_message(tlp::RequesterId requester, MessageKind kind, StreamId stream) {
  auto packet = tlp::message(requester, tlp::Routing::kLocal, kMessageCode);
  packet.routing[0] = static_cast<std::uint8_t>(kind);
  packet.routing[1] = stream;
  return packet;
}

}  // namespace

SubStream sub_stream_of(const tlp::Tlp& packet) {
  switch (packet.flow()) {
    case tlp::Flow::kPosted: return SubStream::kPosted;
    case tlp::Flow::kNonPosted: return SubStream::kNonPosted;
    case tlp::Flow::kCompletion: break;
  }
  return SubStream::kCompletion;
}

std::string_view name_of(SubStream sub_stream) {
  switch (sub_stream) {
    case SubStream::kPosted: return "PR";
    case SubStream::kNonPosted: return "NPR";
    case SubStream::kCompletion: return "CPL";
  }
  return "?";
}

Prefix prefix_of(StreamId stream, SubStream sub_stream, unsigned key_set, bool trusted, std::uint8_t pr_sent_counter) {
  const unsigned flags = static_cast<unsigned>(sub_stream) << 4 | 4u | (key_set & 1) << 1 | (trusted ? 1u : 0u);
  return {.pr_sent_counter = pr_sent_counter, .stream = stream, .flags = static_cast<std::uint8_t>(flags)};
}

std::array<std::uint8_t, 12> iv_of(SubStream sub_stream, std::uint64_t counter) {
  std::array<std::uint8_t, 12> iv{};
  iv[0] = static_cast<std::uint8_t>(static_cast<unsigned>(sub_stream) << 4);
  wire::Placer(iv.data() + 4).number(counter, 8, wire::Order::kBig);
  return iv;
}

void append_aad(base::Bytes& to, const Prefix& prefix, const tlp::Tlp& packet) {
  wire::append_encoded(to, prefix);
  wire::append_encoded(to, packet);
  // The digest, if any, stands behind the payload.
  const std::size_t tail = packet.has_digest() ? kDigestSize : 0, size = packet.payload.size();
  if (tail > 0) std::copy_n(to.end() - kDigestSize, kDigestSize, to.end() - static_cast<std::ptrdiff_t>(tail + size));
  to.resize(to.size() - size);
}

std::array<std::uint8_t, 4> pcrc_of(const tlp::Tlp& packet) {
  std::uint32_t crc = ~0u;
  for (const std::uint8_t byte : wire::encode(packet)) crc = crc >> 8 ^ kCrcTable[(crc ^ byte) & 0xff];
  std::array<std::uint8_t, 4> out{};
  base::store_le(std::span<std::uint8_t>(out), 0, ~crc);
  return out;
}

std::optional<Packet> read_packet(base::View bytes) {
  std::optional<Packet> out(std::in_place);
  wire::QuickReader reader(bytes);
  if (!wire::walk(reader, *out) || !reader.finish()) out.reset();
  return out;
}

base::View head_of(const Packet& packet, base::View bytes) {
  const std::size_t tail = packet.tlp.payload.size() + (packet.has_pcrc() ? packet.pcrc.size() : 0) +
                           (packet.has_mac() ? kMacSize : 0);
  return packet.tlp.has_digest() || tail > bytes.size() ? base::View{} : bytes.first(bytes.size() - tail);
}

base::Bytes Sealer::seal(const Prefix& prefix, const tlp::Tlp& packet) {
  const std::size_t size = packet.payload.size(), tail = packet.has_digest() ? kDigestSize : 0;
  const bool alone = count_++ == 0 && prefix.mac() && !prefix.pcrc() && tail == 0;
  base::Bytes out(wire::min_size<Prefix>() + kHeaderMax + size + tail + kMacSize);
  wire::Placer placer(out.data());
  wire::walk(placer, prefix);
  wire::walk(placer, packet);
  out.resize(placer.at() + (alone ? kMacSize : 0));
  const std::size_t head = placer.at() - size - tail;
  if (alone) {
    const std::span<std::uint8_t> all(out);  // sealed in place
    cipher_.seal(iv_of(prefix.sub_stream(), counter_), all.first(head), all.subspan(head, size), out.data() + head,
                 all.last(kMacSize));
  } else {
    append_aad(aad_, prefix, packet);
    const std::size_t start = plain_.size();
    base::append(plain_, packet.payload);
    if (prefix.pcrc()) base::append(plain_, pcrc_of(packet));
    scratch_.resize(plain_.size());
    std::array<std::uint8_t, kMacSize> mac;
    cipher_.seal(iv_of(prefix.sub_stream(), counter_), aad_, plain_, scratch_.data(), mac);
    const base::View sealed = base::View(scratch_).subspan(start);
    std::copy_n(sealed.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(head));
    base::append(out, sealed.subspan(size));
    if (prefix.mac()) base::append(out, mac);
  }
  if (!prefix.mac()) return out;
  ++counter_;
  count_ = 0;
  aad_.clear();
  plain_.clear();
  return out;
}

bool Opener::open(std::span<Packet> unit, base::View head, std::uint64_t* found) {
  const Packet& last = unit.back();
  base::View aad = head, sealed = last.tlp.payload;
  if (unit.size() > 1 || head.empty() || last.has_pcrc()) {
    aad_.clear();
    sealed_.clear();
    for (const Packet& packet : unit) {
      append_aad(aad_, packet.prefix, packet.tlp);
      base::append(sealed_, packet.tlp.payload);
      if (packet.has_pcrc()) base::append(sealed_, packet.pcrc);
    }
    aad = aad_;
    sealed = sealed_;
  }
  plain_.resize(sealed.size());
  const auto open_at = [&](std::uint64_t counter) {
    return cipher_.open(iv_of(last.prefix.sub_stream(), counter), aad, sealed, plain_.data(), last.mac) &&
           last.has_mac();
  };
  *found = counter_;
  bool fits = open_at(counter_);
  const std::uint64_t from = counter_ > kSearchBack ? counter_ - kSearchBack : kFirstCounter;
  for (std::uint64_t counter = from; !fits && counter <= counter_ + kSearchAhead; ++counter)
    if (open_at(counter)) fits = true, *found = counter;
  if (!fits) open_at(counter_);
  if (unit.size() == 1 && !last.has_pcrc()) {
    unit.front().tlp.payload.swap(plain_);
    return fits;
  }
  std::size_t at = 0;
  const auto take = [&](std::span<std::uint8_t> part) {
    std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(at), part.size(), part.begin());
    at += part.size();
  };
  for (Packet& packet : unit) {
    take(packet.tlp.payload);
    if (packet.has_pcrc()) take(packet.pcrc);
  }
  return fits;
}

tlp::Tlp sync_message(tlp::RequesterId requester, StreamId stream, std::uint8_t pr_sent_npr, std::uint8_t pr_sent_cpl) {
  auto packet = local_message(requester, MessageKind::kSync, stream);
  packet.routing[2] = pr_sent_npr;
  packet.routing[3] = pr_sent_cpl;
  return packet;
}

tlp::Tlp fail_message(tlp::RequesterId requester, StreamId stream) {
  return local_message(requester, MessageKind::kFail, stream);
}

std::optional<Message> message_of(const tlp::Tlp& packet) {
  if (!packet.is_message() || packet.code != kMessageCode || packet.routing[0] > 1) return std::nullopt;
  return Message{static_cast<MessageKind>(packet.routing[0]), packet.routing[1], packet.routing[2], packet.routing[3]};
}

}  // namespace ide
