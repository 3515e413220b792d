#include "platform/sim/watchdog.h"

#include <atomic>

#include <gtest/gtest.h>

#include "platform/sim/fiber.h"

namespace sim {
namespace {

using std::chrono_literals::operator""ms;

void run_silent() {
  Sim sim;
  Fiber fiber(sim, "mute", [](Fiber&) {
    std::atomic<bool> never = false;
    while (!never.load()) {}
  });
  Watchdog watchdog(sim.pulse(), 1000ms);
  sim.run();
}

TEST(WatchdogDeathTest, EndsTheProcessWhenAGuestCallsNothing) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run_silent(), testing::ExitedWithCode(2), "guest mute called nothing for 1 s .limit fiber.silence_max.");
}

// The thread that looks sleeps by then, or is about to look at somebody else.
void run_silent_after(int others) {
  {
    Sim sim;
    for (int i = 0; i < others; ++i) const Watchdog watchdog(sim.pulse());
  }
  Sim sim;
  const Watchdog patient(sim.pulse(), 60'000ms);
  run_silent();
}

TEST(WatchdogDeathTest, EndsTheProcessAfterManyWorldsAndBesideAnother) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run_silent_after(1000), testing::ExitedWithCode(2), "guest mute called nothing for 1 s .limit fiber.silence_max.");
}

TEST(Watchdog, LeavesAGuestAloneThatCallsNowAndThen) {
  Sim sim;
  const auto until = std::chrono::steady_clock::now() + 300ms;
  Fiber fiber(sim, "busy", [&](Fiber& self) {
    while (std::chrono::steady_clock::now() < until) self.sleep(kNanosecond);
  });
  Watchdog watchdog(sim.pulse(), 100ms);
  sim.run();
  EXPECT_TRUE(fiber.ended());
}

TEST(Watchdog, LeavesAWorldAloneInWhichNoGuestRuns) {
  Sim sim;
  Watchdog watchdog(sim.pulse(), 40ms);
  std::this_thread::sleep_for(120ms);
  EXPECT_EQ(sim.run(), Stop::kIdle);
}

}  // namespace
}  // namespace sim
