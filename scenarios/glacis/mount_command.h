#pragma once
// What `glacis serve` does when it is given a directory.
#include <cstdint>
#include <string>

#include "scenarios/glacis/commands.h"

namespace glacis {

struct MountOptions {
  std::string directory, machine, platform, pcr_map;
  std::uint64_t seed = 1;
};

// Until a signal ends it. Throws base::UserError for what cannot be mounted, or not there.
void serve_mount(Session& session, const MountOptions& options);

}  // namespace glacis
