#pragma once
// What keeps a session going and ends it: HEARTBEAT, KEY_UPDATE, END_SESSION and their acknowledgements (DSP0274 1.3,
// 10.18 to 10.19, 10.23). Headers, all of them.
#include <cstdint>

#include "platform/protocol/spdm/header.h"

namespace spdm {

template <Code kCode>
struct Bare {
  Header header{.code = kCode};
  bool operator==(const Bare&) const = default;
  using Wire = wire::Layout<&Bare::header>;
};

using Heartbeat = Bare<Code::kHeartbeat>;
using HeartbeatAck = Bare<Code::kHeartbeatAck>;

// param1 of both; param2 is a tag that the acknowledgement repeats.
enum class KeyOperation : std::uint8_t { kUpdateKey = 1, kUpdateAllKeys = 2, kVerifyNewKey = 3 };
using KeyUpdate = Bare<Code::kKeyUpdate>;
using KeyUpdateAck = Bare<Code::kKeyUpdateAck>;

inline constexpr std::uint8_t kClearNegotiatedState = 1u << 0;  // param1 of END_SESSION
using EndSession = Bare<Code::kEndSession>;
using EndSessionAck = Bare<Code::kEndSessionAck>;

}  // namespace spdm
