#include "platform/sim/sim.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sim {
namespace {

using Log = std::vector<std::string>;

Task<> tick(Sim& sim, Log& log, std::string name, Time period, int times) {
  for (int i = 0; i < times; ++i) {
    co_await sim.sleep(period);
    log.push_back(name + "@" + std::to_string(sim.now()));
  }
}

TEST(Sim, RunsActorsInTheOrderOfTimeThenOfInsertion) {
  Sim sim;
  Log log;
  sim.spawn(tick(sim, log, "a", 10, 2));
  sim.spawn(tick(sim, log, "b", 5, 4));
  EXPECT_EQ(sim.run(), Stop::kIdle);
  EXPECT_EQ(log, (Log{"b@5", "a@10", "b@10", "b@15", "a@20", "b@20"}));
  EXPECT_EQ(sim.now(), 20u);
}

TEST(Sim, RunsUntilATimeAndGoesOn) {
  Sim sim;
  Log log;
  sim.spawn(tick(sim, log, "a", 10, 2));
  EXPECT_EQ(sim.run_until(15), Stop::kReached);
  EXPECT_EQ(sim.now(), 15u);
  sim.spawn(tick(sim, log, "b", 1, 1));
  sim.run();
  EXPECT_EQ(log, (Log{"a@10", "b@16", "a@20"}));
}

Task<int> add(Sim& sim, int a, int b, Time wait) {
  if (wait != 0) co_await sim.sleep(wait);
  co_return a + b;
}
Task<int> sum(Sim& sim, int n, Time wait) {
  int total = 0;
  for (int i = 0; i < n; ++i) total = co_await add(sim, total, i, wait);
  co_return total;
}
Task<> store_sum(Sim& sim, int n, Time wait, int& out) { out = co_await sum(sim, n, wait); }

TEST(Sim, SpendsNoStackOnChildrenThatWaitOrDoNot) {
  for (Time wait : {Time{0}, Time{1}}) {
    Sim sim;
    int out = 0;
    sim.spawn(store_sum(sim, 60000, wait, out));
    sim.run();
    EXPECT_EQ(out, 59999 * 30000);
    EXPECT_EQ(sim.now(), 60000 * wait);
  }
}

Task<> fails(Sim& sim, Time when) {
  co_await sim.sleep(when);
  throw std::runtime_error("broken");
}
Task<> awaits_failure(Sim& sim, Time when, bool& caught) {
  try {
    co_await fails(sim, when);
  } catch (const std::runtime_error&) {
    caught = true;
  }
}

TEST(Sim, PassesAnExceptionToTheParent) {
  Sim sim;
  bool caught = false;
  sim.spawn(awaits_failure(sim, 3, caught));
  sim.run();
  EXPECT_TRUE(caught);
}

TEST(Sim, ThrowsAnActorsExceptionFromRunAtItsTime) {
  Sim sim;
  Log log;
  sim.spawn(fails(sim, 7), "gpu0");
  sim.spawn(tick(sim, log, "a", 10, 1));
  EXPECT_THROW(sim.run(), std::runtime_error);
  EXPECT_EQ(sim.culprit(), "gpu0");
  EXPECT_EQ(sim.now(), 7u);
  EXPECT_EQ(sim.run(), Stop::kIdle);
  EXPECT_EQ(log, (Log{"a@10"}));
}

Task<> endless(Sim& sim, Time period) {
  for (;;) co_await sim.sleep(period);
}

TEST(Sim, EndsAtTheNamedLimits) {
  Sim zero_time({.events_max = 1000, .time_max = kSecond});
  zero_time.spawn(endless(zero_time, 0));
  EXPECT_EQ(zero_time.run(), Stop::kEventLimit);
  EXPECT_EQ(zero_time.events(), 1000u);
  EXPECT_EQ(name_of(Stop::kEventLimit), "sim.events_max");

  Sim timed({.events_max = 1000, .time_max = 100});
  timed.spawn(endless(timed, 30));
  EXPECT_EQ(timed.run(), Stop::kTimeLimit);
  EXPECT_EQ(timed.now(), 100u);
  EXPECT_EQ(name_of(Stop::kTimeLimit), "sim.time_max");
}

struct Witness {
  explicit Witness(int& count) : count(&count) { ++count; }
  Witness(const Witness&) = delete;
  ~Witness() { --*count; }
  int* count;
};
Task<> inner_sleep(Sim& sim, int& living) {
  Witness witness(living);
  co_await sim.sleep(10);
}
Task<> outer_sleep(Sim& sim, int& living, Log& log) {
  Witness witness(living);
  co_await inner_sleep(sim, living);
  log.push_back("woke");
}

TEST(Sim, NeverRunsAKilledActorAgainAndDestroysItsFrames) {
  Sim sim;
  Log log;
  int living = 0;
  const ActorId id = sim.spawn(outer_sleep(sim, living, log), "victim");
  sim.run_until(5);
  EXPECT_EQ(living, 2);
  EXPECT_EQ(sim.name_of(id), "victim");
  EXPECT_TRUE(sim.kill(id));
  EXPECT_FALSE(sim.alive(id));
  EXPECT_FALSE(sim.kill(id));
  sim.run();
  EXPECT_EQ(living, 0);
  EXPECT_TRUE(log.empty());
}

TEST(Sim, DoesNotMistakeASuccessorForTheDead) {
  Sim sim;
  Log log;
  const ActorId first = sim.spawn(tick(sim, log, "a", 1, 1));
  sim.run();
  const ActorId second = sim.spawn(tick(sim, log, "b", 1, 1));
  EXPECT_EQ(first.index, second.index);
  EXPECT_FALSE(sim.kill(first));
  EXPECT_TRUE(sim.alive(second));
}

Task<> kills_itself(Sim& sim, ActorId& self, Log& log, int& living) {
  Witness witness(living);
  co_await sim.sleep(1);
  sim.kill(self);
  log.push_back("last words");
  co_await inner_sleep(sim, living);
  log.push_back("ghost");
}

TEST(Sim, LetsASuicideGoOnToItsNextWaitOnly) {
  Sim sim;
  Log log;
  ActorId self;
  int living = 0;
  self = sim.spawn(kills_itself(sim, self, log, living));
  sim.run();
  EXPECT_EQ(log, (Log{"last words"}));
  EXPECT_EQ(living, 0);
}

Task<> listens(Bell& bell, Sim& sim, Log& log, int& living) {
  Witness witness(living);
  for (;;) {
    co_await bell.heard();
    log.push_back(std::to_string(sim.now()));
  }
}

TEST(Bell, IsHeardAtEachTimeItWasAskedFor) {
  Sim sim;
  Log log;
  Bell bell(sim);
  int living = 0;
  bell.ring(30);
  bell.ring(10);
  bell.ring(10);
  sim.run_until(15);
  sim.spawn(listens(bell, sim, log, living));
  sim.run();
  EXPECT_EQ(log, (Log{"15", "15", "30"}));
  sim.clear();
  EXPECT_EQ(living, 0);
}

TEST(Bell, KeepsTheRingsOfAKilledListener) {
  Sim sim;
  Log log;
  Bell bell(sim);
  int living = 0;
  const ActorId id = sim.spawn(listens(bell, sim, log, living));
  sim.run_until(1);
  bell.ring(5);
  sim.kill(id);
  EXPECT_EQ(living, 0);
  sim.run();
  sim.spawn(listens(bell, sim, log, living));
  sim.run();
  EXPECT_EQ(log, (Log{"6"}));
}

struct CountingWaiter : Waiter {
  void fire() override { ++fired; }
  int fired = 0;
};

TEST(Sim, FiresATimerOnceUnlessItIsDisarmed) {
  Sim sim;
  CountingWaiter kept;
  CountingWaiter dropped;
  TimerId early = sim.arm(5, dropped);
  sim.disarm(early);
  TimerId late = sim.arm(9, kept);
  sim.run();
  EXPECT_EQ(kept.fired, 1);
  EXPECT_EQ(dropped.fired, 0);
  sim.disarm(late);
  EXPECT_EQ(sim.now(), 9u);
  EXPECT_EQ(sim.pending(), 0u);
}

}  // namespace
}  // namespace sim
