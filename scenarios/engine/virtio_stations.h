#pragma once
// Who is at the far ends of emulated devices in an honest world: a station on a cable, an operator at a console, the owner's agent
// behind a socket.
#include <string>

#include "devices/virtio/faces.h"
#include "platform/sim/random.h"

namespace engine {

// A station gives back each frame whose payload begins with 'E', and to one that begins with 'P' sends a question, 'Q', of its own.
virtio::FarEnd station_on_cable(sim::Random& random);
// Logs in where a login is offered.
virtio::FarEnd operator_at_console(std::string password);
// To a nonce of 16 bytes sends an order and HMAC-SHA-256 of nonce and order under the owner's key.
virtio::FarEnd agent_of_owner(base::Bytes key);
inline constexpr const char* kOrder = "start the service";

}  // namespace engine
