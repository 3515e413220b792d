#pragma once
// What a host asks the processor to deliver to a vCPU as it enters it: one event of the architecture, as EVENTINJ of a VMCB and the
// interruption information of a VMCS have it. Which of it arrives is the technology's to say.
#include <cstdint>

#include "platform/wire/wire.h"

namespace cpu {

// As both vendors number them (APM vol. 2, 15.20; SDM vol. 3, 25.8.3).
enum class EventType : std::uint8_t { kInterrupt = 0, kNmi = 2, kException = 3, kSoftware = 4 };

struct Event {
  std::uint8_t vector = 0;
  EventType type = EventType::kInterrupt;
  std::uint8_t has_error = 0;
  std::uint8_t valid = 0;
  std::uint32_t error_code = 0;
  std::uint8_t pending = 0;   // the vector that the host left in the guest's doorbell page, where #HV announces one
  std::uint8_t stores = 0;    // of the interrupted instruction: it stores to `operand`, else it loads from there
  // convention: which memory the interrupted instruction is about. The host does not choose it, but the moment at which it strikes.
  std::uint64_t operand = 0;
  using Wire = wire::Layout<&Event::vector, &Event::type, &Event::has_error, &Event::valid, &Event::error_code, &Event::pending,
                            &Event::stores, &Event::operand>;
};

// The local timer's vector in our guests, and the one by which a CPU has others call a function. Where interrupts are not vectors, a
// technology carries the timer's its own way.
inline constexpr std::uint8_t kTimerVector = 0xEC, kCallVector = 0xFB, kDoorbellVector = 28;

// An event that is let through.
struct Delivered {
  // An interrupt controller that is not the host's shows the vector in service: the guest can tell where it came from.
  bool in_service = false;
};

// A guest that is interrupted after next to no progress.
struct Progress {
  std::uint32_t bytes = 0;      // by which the instruction pointer moved
  std::uint64_t tsc_ticks = 0;  // since it was entered
};

}  // namespace cpu
