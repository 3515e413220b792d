#pragma once
// The registers that take part in a call to EL2. From the host: x0 names the call, x1 to x4 are its arguments; back
// come x0, an SMCCC result, and x1, what the function returned. From a guest: x0 is the function identifier, x1 to x3
// its arguments; x0 to x3 come back.
#include <cstdint>

#include "platform/wire/wire.h"

namespace pkvmproto {

struct Registers {
  std::uint64_t x0 = 0, x1 = 0, x2 = 0, x3 = 0, x4 = 0;
  bool operator==(const Registers&) const = default;
  using Wire = wire::Layout<&Registers::x0, &Registers::x1, &Registers::x2, &Registers::x3, &Registers::x4>;
};

}  // namespace pkvmproto
