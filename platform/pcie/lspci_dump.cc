#include "platform/pcie/lspci_dump.h"

#include <cstdio>

namespace pcie {

std::string lspci_dump(tlp::RequesterId at, const ConfigSpace& config) {
  char text[64];
  std::snprintf(text, sizeof text, " Class %04x: Device %04x:%04x\n", config.get(0x0a, 2), config.get(0, 2),
                config.get(2, 2));
  std::string out = tlp::text_of(at) + text;
  for (unsigned line = 0; line < kConfigSize; line += 16) {
    std::snprintf(text, sizeof text, "%02x:", line);
    out += text;
    for (unsigned i = 0; i < 16; ++i) {
      std::snprintf(text, sizeof text, " %02x", config.bytes()[line + i]);
      out += text;
    }
    out += '\n';
  }
  return out + '\n';
}

}  // namespace pcie
