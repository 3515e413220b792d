#pragma once
// The one place that looks at a wall clock, and only to end a run that would never end: a guest's native code that loops without
// calling anybody cannot be stopped from inside its world. No verdict, trace or file ever depends on it.
#include <chrono>
#include <cstdint>

#include "platform/sim/sim.h"

namespace sim {

inline constexpr std::chrono::milliseconds kSilenceMax{10'000};    // "fiber.silence_max"

// While it lives, a fiber that runs for `silence_max` without a switch ends the process with exit code 2 and, on stderr,
// "guest NAME called nothing for N s (limit fiber.silence_max)". Lives inside the life of the world's fibers. A process that is
// stopped or a machine that sleeps does not use the time up. One thread looks after all of them: it starts with the first, takes no
// signal, and stays; a child that forks and does not become another program has none.
class Watchdog {
 public:
  explicit Watchdog(const Pulse& pulse, std::chrono::milliseconds silence_max = kSilenceMax);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  class Thread;
  using Clock = std::chrono::steady_clock;

  void look();    // ends the process when it has been silent too long

  const Pulse& pulse_;
  const std::chrono::milliseconds silence_max_;
  std::uint64_t beats_ = 0;   // at the last look
  int still_ = 0;             // looks since they changed
  Clock::time_point next_;    // look
};

}  // namespace sim
