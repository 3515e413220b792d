#include "platform/protocol/ats/ats.h"

#include <bit>

namespace ats {
namespace {

constexpr std::uint64_t kPageMask = ~(tlp::kPage - 1);
constexpr std::uint64_t kRead = 1 << 0, kWrite = 1 << 1, kSizes = 1 << 11;
constexpr std::uint64_t kAll = 0x7fff'ffff'ffff'f000;  // with S: an address whose lowest clear bit is the highest (10.3.1)
constexpr std::uint8_t kRequestCode = 0x01, kCompletionCode = 0x02;
constexpr std::uint8_t kTagMask = 0x1f;

bool is(const tlp::Tlp& packet, std::uint8_t code) {
  return packet.is_message() && packet.message_routing() == tlp::Routing::kById && packet.code == code;
}

void set_target(tlp::Tlp& packet, tlp::RequesterId target) {
  packet.routing[0] = static_cast<std::uint8_t>(target >> 8);
  packet.routing[1] = static_cast<std::uint8_t>(target);
}

}  // namespace

base::Bytes bytes_of(const Entry& entry) {
  return wire::encode(Word{(entry.address & kPageMask) | (entry.readable ? kRead : 0) | (entry.writable ? kWrite : 0)});
}

std::optional<Entry> entry_of(base::View data) {
  const auto word = wire::decode<Word>(data);
  if (!word || word->bits & kSizes) return std::nullopt;
  return Entry{word->bits & kPageMask, (word->bits & kRead) != 0, (word->bits & kWrite) != 0};
}

tlp::Tlp translation_request(tlp::RequesterId requester, std::uint64_t page) {
  auto packet = tlp::memory_read(requester, 0, page & kPageMask, wire::min_size<Word>());
  packet.set_address_type(kAsks);
  return packet;
}

tlp::Tlp invalidate_request(tlp::RequesterId requester, const Invalidation& what) {
  const Word range{what.page ? *what.page & kPageMask : kAll | kSizes};
  auto packet = tlp::message(requester, tlp::Routing::kById, kRequestCode, wire::encode(range));
  packet.tag_bits = what.tag & kTagMask;
  set_target(packet, what.target);
  return packet;
}

std::optional<Invalidation> invalidation_of(const tlp::Tlp& packet) {
  if (!is(packet, kRequestCode)) return std::nullopt;
  const auto range = wire::decode<Word>(packet.payload);
  if (!range) return std::nullopt;
  Invalidation out{.target = *target_of(packet), .tag = static_cast<std::uint8_t>(packet.tag_bits & kTagMask)};
  if (!(range->bits & kSizes)) out.page = range->bits & kPageMask;
  return out;
}

// Which tags are confirmed is a vector of bits in the fourth DW.
tlp::Tlp invalidate_completion(const Confirmation& what, tlp::RequesterId to) {
  auto packet = tlp::message(what.function, tlp::Routing::kById, kCompletionCode);
  set_target(packet, to);
  packet.routing[3] = 1;  // this many such messages in all
  const std::uint32_t vector = 1u << (what.tag & kTagMask);
  for (unsigned i = 0; i < 4; ++i) packet.routing[4 + i] = static_cast<std::uint8_t>(vector >> (24 - 8 * i));
  return packet;
}

std::optional<Confirmation> confirmation_of(const tlp::Tlp& packet) {
  if (!is(packet, kCompletionCode) || !packet.payload.empty()) return std::nullopt;
  std::uint32_t vector = 0;
  for (unsigned i = 0; i < 4; ++i) vector = vector << 8 | packet.routing[4 + i];
  if (!std::has_single_bit(vector)) return std::nullopt;
  return Confirmation{packet.requester, static_cast<std::uint8_t>(std::countr_zero(vector))};
}

std::optional<tlp::RequesterId> target_of(const tlp::Tlp& packet) {
  if (!packet.is_message() || packet.message_routing() != tlp::Routing::kById) return std::nullopt;
  return static_cast<tlp::RequesterId>(packet.routing[0] << 8 | packet.routing[1]);
}

}  // namespace ats
