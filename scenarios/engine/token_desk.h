#pragma once
// The owner's desk for tokens, and the services that take them: parties on the network that keep nothing of a guest but a challenge.
#include <optional>
#include <string>

#include "platform/trust/boundary.h"

namespace engine {

class World;
struct VmState;

// A token for the session that this message names, if the owner accepted one. Nothing: it is no request for a token.
std::optional<base::Bytes> answer_token_request(World& world, base::View message);
// Whether a peer is a service: "service0".
bool is_service(const std::string& peer);
// That service as one guest reaches it.
trust::Boundary::Party service_for(World& world, const VmState& asks, const std::string& name);

}  // namespace engine
