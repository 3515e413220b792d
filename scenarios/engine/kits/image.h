#pragma once
// What owners build and hosts load, whatever the technology: pages whose content follows from what they are.
#include <string_view>

#include "platform/cpu/technology.h"

namespace engine {

struct VmState;

// A page of bytes that nothing else is; the same for the same word.
base::Bytes image_page(std::string_view what);
// The firmware of that VM, which is the owner's or the host's own.
cpu::LaunchPage firmware_page(const VmState& vm);
cpu::LaunchPage kernel_page();         // loaded by the host, not measured at launch
cpu::LaunchPage configuration_page();  // of the host's choice

}  // namespace engine
