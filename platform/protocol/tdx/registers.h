#pragma once
// The registers that take part in a call into the TDX module, from either side: RAX is the leaf on the way in and the status on the
// way out, the others are operands and results.
#include <cstdint>

#include "platform/wire/wire.h"

namespace tdxproto {

struct Registers {
  std::uint64_t rax = 0, rcx = 0, rdx = 0, rbx = 0, r8 = 0, r9 = 0, r10 = 0, r11 = 0, r12 = 0, r13 = 0, r14 = 0, r15 = 0;
  bool operator==(const Registers&) const = default;
  using Wire = wire::Layout<&Registers::rax, &Registers::rcx, &Registers::rdx, &Registers::rbx, &Registers::r8, &Registers::r9,
                            &Registers::r10, &Registers::r11, &Registers::r12, &Registers::r13, &Registers::r14, &Registers::r15>;
};

}  // namespace tdxproto
