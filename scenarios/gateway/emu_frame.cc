#include "scenarios/gateway/emu_frame.h"

namespace gateway {

base::Bytes encode_frame(EmuCommand command, std::uint32_t transport, base::View payload) {
  base::Bytes out = wire::encode(EmuHeader{command, transport, static_cast<std::uint32_t>(payload.size())});
  base::append(out, payload);
  return out;
}

}  // namespace gateway
