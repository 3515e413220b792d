#pragma once
// IDE key management (PCIe 6.0, 6.33.3): how the keys of a port's streams are asked for, set and switched. Each object
// is the payload of an SPDM VENDOR_DEFINED message and starts with its protocol id; receivers ignore reserved bytes.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/protocol/ide/ide.h"
#include "platform/wire/wire.h"

namespace ide_km {

// The SPDM envelope: registry 3 (PCI-SIG), a vendor id of 2 bytes, then payload length and payload.
inline constexpr std::uint16_t kStandardId = 3;
inline constexpr std::uint16_t kVendorId = 1;
inline constexpr std::uint8_t kProtocolId = 0;

enum class Object : std::uint8_t {
  kQuery = 0,
  kQueryResp = 1,
  kKeyProg = 2,
  kKpAck = 3,
  kSetGo = 4,
  kSetStop = 5,
  kGoStopAck = 6,
};
std::string_view name_of(Object object);

enum class Status : std::uint8_t {
  kSuccess = 0,
  kIncorrectLength = 1,
  kUnsupportedPortIndex = 2,
  kUnsupportedValue = 3,
  kUnspecifiedFailure = 4,
};
std::string_view name_of(Status status);

// Key set 0, direction 1 (as the responder sees it), sub-stream 7:4.
struct KeySubStream {
  unsigned key_set = 0;
  ide::Direction direction{};
  unsigned sub_stream = 0;  // 0 to 2 mean something on PCIe
  bool operator==(const KeySubStream&) const = default;
};
constexpr std::uint8_t bits_of(const KeySubStream& s) {
  return static_cast<std::uint8_t>((s.key_set & 1) | (static_cast<unsigned>(s.direction) & 1) << 1 |
                                   (s.sub_stream & 15) << 4);
}
constexpr KeySubStream key_sub_stream_of(std::uint8_t bits) {
  return {bits & 1u, static_cast<ide::Direction>(bits >> 1 & 1), static_cast<unsigned>(bits >> 4)};
}

// A key and an initial counter as they stand in KEY_PROG: 32-bit words, the most significant first, each little-endian.
base::Block<32> wire_key_of(const ide::Key& key);
ide::Key key_of(const base::Block<32>& wire_key);
base::Block<8> wire_ifv_of(std::uint64_t ifv);
std::uint64_t ifv_of(const base::Block<8>& wire_ifv);

struct Query {
  std::uint8_t protocol_id = kProtocolId;
  Object object_id = Object::kQuery;
  std::uint8_t port_index = 0;
  bool operator==(const Query&) const = default;
  using Wire = wire::Layout<&Query::protocol_id, &Query::object_id, wire::Loose<1>{}, &Query::port_index>;
};

// A port above `max_port_index` is answered with its own index and no registers (convention: the sources define no
// refusal).
struct QueryResp {
  std::uint8_t protocol_id = kProtocolId;
  Object object_id = Object::kQueryResp;
  std::uint8_t port_index = 0;
  std::uint8_t dev_func = 0;
  std::uint8_t bus = 0;
  std::uint8_t segment = 0;
  std::uint8_t max_port_index = 0;
  base::Bytes registers;  // the IDE extended capability from its offset 4 on
  bool operator==(const QueryResp&) const = default;
  using Wire = wire::Layout<&QueryResp::protocol_id, &QueryResp::object_id, wire::Loose<1>{}, &QueryResp::port_index,
                            &QueryResp::dev_func, &QueryResp::bus, &QueryResp::segment, &QueryResp::max_port_index,
                            wire::Rest<&QueryResp::registers>{}>;
};

struct KeyProg {
  std::uint8_t protocol_id = kProtocolId;
  Object object_id = Object::kKeyProg;
  std::uint8_t stream_id = 0;
  std::uint8_t key_sub_stream = 0;
  std::uint8_t port_index = 0;
  base::Block<32> key{};  // as wire_key_of gives it
  base::Block<8> ifv{};   // as wire_ifv_of gives it
  bool operator==(const KeyProg&) const = default;
  using Wire = wire::Layout<&KeyProg::protocol_id, &KeyProg::object_id, wire::Loose<2>{}, &KeyProg::stream_id,
                            wire::Loose<1>{}, &KeyProg::key_sub_stream, &KeyProg::port_index, &KeyProg::key,
                            &KeyProg::ifv>;
};
inline constexpr std::size_t kKeyProgSize = 48;
static_assert(wire::min_size<KeyProg>() == kKeyProgSize);

struct KpAck {
  std::uint8_t protocol_id = kProtocolId;
  Object object_id = Object::kKpAck;
  std::uint8_t stream_id = 0;
  Status status{};
  std::uint8_t key_sub_stream = 0;
  std::uint8_t port_index = 0;
  bool operator==(const KpAck&) const = default;
  using Wire = wire::Layout<&KpAck::protocol_id, &KpAck::object_id, wire::Loose<2>{}, &KpAck::stream_id, &KpAck::status,
                            &KpAck::key_sub_stream, &KpAck::port_index>;
};

// K_SET_GO, K_SET_STOP and K_GOSTOP_ACK look alike.
template <Object kObject>
struct KeySet {
  std::uint8_t protocol_id = kProtocolId;
  Object object_id = kObject;
  std::uint8_t stream_id = 0;
  std::uint8_t key_sub_stream = 0;
  std::uint8_t port_index = 0;
  bool operator==(const KeySet&) const = default;
  using Wire = wire::Layout<&KeySet::protocol_id, &KeySet::object_id, wire::Loose<2>{}, &KeySet::stream_id,
                            wire::Loose<1>{}, &KeySet::key_sub_stream, &KeySet::port_index>;
};
using SetGo = KeySet<Object::kSetGo>;
using SetStop = KeySet<Object::kSetStop>;
using GoStopAck = KeySet<Object::kGoStopAck>;

// The object id of a payload that speaks this protocol; nothing for another protocol or an unknown object.
std::optional<Object> object_of(base::View payload);

}  // namespace ide_km
