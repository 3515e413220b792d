#include "platform/protocol/ide_km/ide_km.h"

namespace ide_km {
namespace {

// Turns each group of four bytes around, which is its own inverse.
template <std::size_t N>
base::Block<N> with_words_turned(const base::Block<N>& in) {
  base::Block<N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = in[i / 4 * 4 + 3 - i % 4];
  return out;
}

}  // namespace

std::string_view name_of(Object object) {
  switch (object) {
    case Object::kQuery: return "QUERY";
    case Object::kQueryResp: return "QUERY_RESP";
    case Object::kKeyProg: return "KEY_PROG";
    case Object::kKpAck: return "KP_ACK";
    case Object::kSetGo: return "K_SET_GO";
    case Object::kSetStop: return "K_SET_STOP";
    case Object::kGoStopAck: return "K_GOSTOP_ACK";
  }
  return "?";
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kSuccess: return "success";
    case Status::kIncorrectLength: return "incorrect length";
    case Status::kUnsupportedPortIndex: return "unsupported port index";
    case Status::kUnsupportedValue: return "unsupported value";
    case Status::kUnspecifiedFailure: return "unspecified failure";
  }
  return "?";
}

base::Block<32> wire_key_of(const ide::Key& key) { return with_words_turned(key); }
ide::Key key_of(const base::Block<32>& wire_key) { return with_words_turned(wire_key); }

base::Block<8> wire_ifv_of(std::uint64_t ifv) {
  base::Block<8> out{};
  base::store_le(out, 0, static_cast<std::uint32_t>(ifv >> 32));
  base::store_le(out, 4, static_cast<std::uint32_t>(ifv));
  return out;
}

std::uint64_t ifv_of(const base::Block<8>& wire_ifv) {
  return static_cast<std::uint64_t>(base::load_le<std::uint32_t>(wire_ifv, 0)) << 32 |
         base::load_le<std::uint32_t>(wire_ifv, 4);
}

std::optional<Object> object_of(base::View payload) {
  if (payload.size() < 2 || payload[0] != kProtocolId || payload[1] > static_cast<unsigned>(Object::kGoStopAck))
    return std::nullopt;
  return static_cast<Object>(payload[1]);
}

}  // namespace ide_km
