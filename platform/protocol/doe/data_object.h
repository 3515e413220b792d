#pragma once
// A data object of the Data Object Exchange mailbox (PCIe 6.x, 6.30): two dwords of header, then whole dwords of
// content. Little-endian.
//
// An object does not say how many of its last bytes are padding. Whoever hashes or signs a message that came in one
// needs the message's own bytes: see decode_padded.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace doe {

inline constexpr std::uint16_t kVendorPciSig = 0x0001;

enum class ObjectType : std::uint8_t {  // of vendor PCI-SIG
  kDiscovery = 0,
  kSpdm = 1,         // CMA: one SPDM message in clear
  kSecuredSpdm = 2,  // one record of a session
  kSpdmWithConnectionId = 3,
  kSecuredSpdmWithConnectionId = 4,
};

inline constexpr std::size_t kDword = 4;
inline constexpr std::size_t kHeaderDwords = 2;
inline constexpr std::size_t kObjectDwordsMax = 1u << 18;
inline constexpr std::uint32_t kLengthMask = kObjectDwordsMax - 1;  // the 18 bits that count

struct ObjectHeader {
  std::uint16_t vendor_id = kVendorPciSig;
  ObjectType type{};
  std::uint32_t length = kHeaderDwords;  // in dwords, with the header's own two; bits 31:18 are reserved
  bool operator==(const ObjectHeader&) const = default;
  // 0 stands for 2^18.
  std::size_t dwords() const { return (length & kLengthMask) == 0 ? kObjectDwordsMax : length & kLengthMask; }
  using Wire = wire::Layout<&ObjectHeader::vendor_id, &ObjectHeader::type, wire::Loose<1>{}, &ObjectHeader::length>;
};
static_assert(wire::min_size<ObjectHeader>() == kHeaderDwords * kDword);

struct Object {
  ObjectHeader header{};
  base::Bytes content{};  // whole dwords
  bool operator==(const Object&) const = default;
  std::size_t content_size() const {
    return header.dwords() < kHeaderDwords ? 0 : (header.dwords() - kHeaderDwords) * kDword;
  }
  using Wire = wire::Layout<&Object::header, wire::Run<&Object::content, &Object::content_size>{}>;
};

// With padding and the length that they deserve. Content of 2^20 - 8 bytes at most: more is a Bug.
Object object_of(ObjectType type, base::View content, std::uint16_t vendor_id = kVendorPciSig);
// Exactly one object. Refuses a length of 1, which leaves no room for the header.
wire::Decoded<Object> decode_object(base::View raw);

// Is this what may follow a message in an object: fewer than four bytes, all zero?
bool is_padding(base::View tail);

// A message and its own bytes, without what the object adds.
template <wire::Message M>
struct Padded {
  M message;
  base::Bytes raw{};
};
template <wire::Message M>
wire::Decoded<Padded<M>> decode_padded(base::View content, M form = M{}) {
  base::View tail = content;
  auto message = wire::decode_front<M>(tail, std::move(form));
  if (!message) return message.error();
  const std::size_t size = content.size() - tail.size();
  if (!is_padding(tail)) return wire::Error{size, "", "no padding behind the message"};
  return Padded<M>{*std::move(message), base::bytes_of(content.first(size))};
}

}  // namespace doe
