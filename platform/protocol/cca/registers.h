#pragma once
// The general-purpose registers that take part in an SMC of host or realm: X0 is the function on the way in and the status on the way
// out, the others are operands and results (Arm SMC Calling Convention 1.2).
#include <cstdint>

#include "platform/wire/wire.h"

namespace ccaproto {

struct Registers {
  std::uint64_t x0 = 0, x1 = 0, x2 = 0, x3 = 0, x4 = 0, x5 = 0, x6 = 0, x7 = 0, x8 = 0, x9 = 0, x10 = 0;
  bool operator==(const Registers&) const = default;
  using Wire = wire::Layout<&Registers::x0, &Registers::x1, &Registers::x2, &Registers::x3, &Registers::x4, &Registers::x5,
                            &Registers::x6, &Registers::x7, &Registers::x8, &Registers::x9, &Registers::x10>;
};

// What the monitor answers for a function that nobody has: all ones.
inline constexpr std::uint64_t kSmcNotSupported = ~std::uint64_t{0};

}  // namespace ccaproto
