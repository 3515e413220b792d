#pragma once
// A function's configuration space as text that `lspci -F` of pciutils reads.
#include <string>

#include "platform/pcie/config_space.h"
#include "platform/protocol/tlp/tlp.h"

namespace pcie {

// A line that names the function, 256 lines of 16 bytes, an empty line.
std::string lspci_dump(tlp::RequesterId at, const ConfigSpace& config);

}  // namespace pcie
