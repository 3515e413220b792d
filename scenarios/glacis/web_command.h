#pragma once
// `glacis serve --web`: the pages live, for a browser on this machine.
#include <cstdint>

#include "scenarios/glacis/commands.h"

namespace glacis {

// Until it is interrupted. Port 0: any free one.
void serve_web(Session& session, std::uint16_t port);

}  // namespace glacis
