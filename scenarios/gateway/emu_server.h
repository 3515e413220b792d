#pragma once
// A responder on the spdm-emu socket protocol, on loopback. Hands each data object to `Answer` and sends back what that gives; says nothing
// and closes the connection where it gives nothing, as a mailbox without an answer would leave the requester waiting. One client at a
// time, from its first whole frame to its end: who has said one waits for its turn, and who has said none waits without holding up anybody.
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "platform/base/bytes.h"

namespace gateway {

struct ServerSettings {
  std::uint16_t port = 2323;    // 0: any free one, named in the first line of the log
  std::uint32_t transport = 2;  // of every frame, both ways
  std::chrono::milliseconds idle{600'000};   // a client may think so long between frames
  std::chrono::milliseconds patience{5'000};  // and take so long within one
  std::uint64_t connections_max = 0;  // 0: until SHUTDOWN
  std::size_t clients_max = 32;       // open at once; a newcomer takes the place of the first who has said nothing yet
};

using Answer = std::function<std::optional<base::Bytes>(base::View object)>;
using NewPeer = std::function<void()>;  // a client's turn begins: whatever the last peer left open is reset
using Log = std::function<void(const std::string& line)>;

// Serves until a client says SHUTDOWN, so many connections have ended, or SIGINT or SIGTERM comes. Throws base::UserError when the port cannot be had.
void serve(const ServerSettings& settings, const Answer& answer, const NewPeer& new_peer, const Log& log);

}  // namespace gateway
