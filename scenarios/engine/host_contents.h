#pragma once
// What an honest host hands a guest to start on: tables, a ramdisk, boot parameters, files of the firmware configuration, a device's ROM.
#include <vector>

#include "scenarios/engine/host_data.h"

namespace engine {

const std::vector<HostData>& boot_contents();

}  // namespace engine
