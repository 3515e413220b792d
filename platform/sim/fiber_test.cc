#include "platform/sim/fiber.h"

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sim {
namespace {

using Log = std::vector<std::string>;

TEST(Fiber, SleepsInSimulatedTimeBesideOthers) {
  Sim sim;
  Log log;
  auto body = [&](Fiber& fiber) {
    for (int i = 0; i < 2; ++i) {
      fiber.sleep(10);
      log.push_back(fiber.name() + std::to_string(sim.now()));
    }
  };
  Fiber a(sim, "a", body);
  Fiber b(sim, "b", body);
  EXPECT_EQ(a.state(), Fiber::State::kReady);
  EXPECT_EQ(sim.run(), Stop::kIdle);
  EXPECT_EQ(log, (Log{"a10", "b10", "a20", "b20"}));
  EXPECT_EQ(a.state(), Fiber::State::kDone);
}

TEST(Fiber, ThrowsWhatItsBodyThrewFromRun) {
  Sim sim;
  Fiber fiber(sim, "g", [](Fiber& self) {
    self.sleep(4);
    throw std::runtime_error("guest bug");
  });
  EXPECT_THROW(sim.run(), std::runtime_error);
  EXPECT_EQ(sim.now(), 4u);
  EXPECT_EQ(fiber.state(), Fiber::State::kFailed);
  EXPECT_EQ(sim.run(), Stop::kIdle);
}

TEST(Fiber, WaitsInsideACatchBlockWhileAnotherThrows) {
  Sim sim;
  Log log;
  auto body = [&](Fiber& self) {
    try {
      throw std::runtime_error(self.name());
    } catch (const std::runtime_error&) {
      self.sleep(self.name() == "a" ? 10 : 5);
      try {
        throw;
      } catch (const std::runtime_error& again) {
        log.push_back(again.what());
      }
    }
  };
  Fiber a(sim, "a", body);
  Fiber b(sim, "b", body);
  sim.run();
  EXPECT_EQ(log, (Log{"b", "a"}));
}

TEST(Fiber, BlocksUntilItIsWokenAndKeepsAnEarlyWake) {
  Sim sim;
  Log log;
  Fiber sleeper(sim, "s", [&](Fiber& self) {
    self.block();
    log.push_back("first@" + std::to_string(sim.now()));
    self.sleep(100);
    self.block();
    log.push_back("second@" + std::to_string(sim.now()));
    log.push_back(self.block_until(200) ? "woken" : "deadline");
    log.push_back(std::to_string(sim.now()));
  });
  sim.run_until(30);
  EXPECT_EQ(sleeper.state(), Fiber::State::kWaiting);
  sleeper.wake();
  sim.run_until(50);
  sleeper.wake();
  sim.run();
  EXPECT_EQ(log, (Log{"first@30", "second@130", "deadline", "200"}));
}

Task<> send_at(Channel<int>& to, Sim& sim, Time at, int item) {
  co_await sim.sleep_until(at);
  to.send(item);
}

TEST(Fiber, ReceivesFromAChannelAndGivesUpAtADeadline) {
  Sim sim;
  Log log;
  Channel<int> channel(sim, 10);
  Fiber reader(sim, "r", [&](Fiber& self) {
    auto note = [&](std::optional<int> item) {
      log.push_back((item ? std::to_string(*item) : "none") + "@" + std::to_string(sim.now()));
    };
    note(self.receive(channel));
    note(self.receive_until(channel, 50));
    note(self.receive_until(channel, 110));
    note(self.receive_until(channel, 115));
    note(self.receive(channel));
  });
  sim.spawn(send_at(channel, sim, 5, 1));
  sim.spawn(send_at(channel, sim, 100, 2));
  sim.spawn(send_at(channel, sim, 106, 3));
  sim.run();
  EXPECT_EQ(log, (Log{"1@15", "none@50", "2@110", "none@115", "3@116"}));
}

struct Witness {
  explicit Witness(int& destroyed) : destroyed(destroyed) {}
  ~Witness() { ++destroyed; }
  int& destroyed;
};

TEST(Fiber, IsUnwoundWhenKilled) {
  Sim sim;
  int destroyed = 0;
  Channel<int> channel(sim, 0);
  std::vector<int> seen;
  Fiber fiber(sim, "g", [&](Fiber& self) {
    Witness witness(destroyed);
    std::string owned(1000, 'x');
    seen.push_back(self.receive(channel));
  });
  sim.run_until(5);
  fiber.kill();
  EXPECT_EQ(fiber.state(), Fiber::State::kKilled);
  channel.send(1);
  sim.run();
  EXPECT_EQ(destroyed, 1);
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ(channel.poll(), 1);
  fiber.wake();
  EXPECT_EQ(sim.run(), Stop::kIdle);
}

TEST(Fiber, IsUnwoundWhereverItWaitsAndWhoeverEndsIt) {
  int destroyed = 0;
  Sim sim;
  const auto waits = [&](Fiber& self) {
    Witness witness(destroyed);
    try {
      throw 1;
    } catch (int) {
      Witness another(destroyed);
      try {
        self.block();
      } catch (const std::exception&) {
        ADD_FAILURE() << "taken for an error";
      }
    }
  };
  {
    Fiber left_over(sim, "left over", waits);
    sim.run_until(1);
    Fiber never_ran(sim, "never ran", [&](Fiber&) { Witness witness(destroyed); });
  }
  EXPECT_EQ(destroyed, 2);
  Fiber victim(sim, "victim", waits);
  Fiber killer(sim, "killer", [&](Fiber& self) {
    Witness witness(destroyed);
    victim.kill();
    EXPECT_EQ(destroyed, 4);
    EXPECT_STREQ(sim.pulse().running.load(), "killer");
    self.sleep(1);
    self.kill();
  });
  Fiber spinner(sim, "spinner", [&](Fiber& self) {
    Witness witness(destroyed);
    for (;;) self.step();
  }, {.steps_max = 10});
  EXPECT_EQ(sim.run(), Stop::kIdle);
  EXPECT_EQ(destroyed, 6);
  EXPECT_EQ(victim.state(), Fiber::State::kKilled);
  EXPECT_EQ(killer.state(), Fiber::State::kKilled);
  EXPECT_EQ(spinner.state(), Fiber::State::kOverspent);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST(Fiber, CanKillItselfAndBeKilledBeforeItStarts) {
  Sim sim;
  bool survived = false;
  Fiber suicide(sim, "s", [&](Fiber& self) {
    self.kill();
    survived = true;
  });
  Fiber unborn(sim, "u", [&](Fiber&) { survived = true; });
  unborn.kill();
  sim.run();
  EXPECT_FALSE(survived);
  EXPECT_EQ(suicide.state(), Fiber::State::kKilled);
}

TEST(Fiber, StopsAtItsStepBudgetAndTheWorldGoesOn) {
  Sim sim;
  Fiber spinner(sim, "spinner", [](Fiber& self) {
    for (;;) self.step();
  }, {.steps_max = 1000});
  int polls = 0;
  Fiber honest(sim, "honest", [&](Fiber& self) {
    for (; polls < 1000; ++polls) self.step();
  }, {.steps_max = 1000});
  EXPECT_EQ(sim.run(), Stop::kIdle);
  EXPECT_EQ(spinner.state(), Fiber::State::kOverspent);
  EXPECT_EQ(honest.state(), Fiber::State::kDone);
  ASSERT_EQ(sim.limits_hit().size(), 1u);
  EXPECT_EQ(sim.limits_hit()[0].limit, "fiber.steps_max");
  EXPECT_EQ(sim.limits_hit()[0].who, "spinner");
}

TEST(Fiber, TellsAWatchdogWhoRuns) {
  Sim sim;
  std::string running;
  Fiber fiber(sim, "vm0", [&](Fiber& self) { running = self.sim().pulse().running.load(); });
  const std::uint64_t before = sim.pulse().beats;
  sim.run();
  EXPECT_EQ(running, "vm0");
  EXPECT_EQ(sim.pulse().running.load(), nullptr);
  EXPECT_EQ(sim.pulse().beats, before + 2);
}

TEST(Fiber, RunsAWorldInsideAWorld) {
  Sim outer;
  Time inner_end = 0;
  Fiber host(outer, "host", [&](Fiber& self) {
    Sim inner;
    Fiber guest(inner, "guest", [](Fiber& nested) { nested.sleep(77); });
    inner.run();
    inner_end = inner.now();
    self.sleep(1);
  });
  outer.run();
  EXPECT_EQ(inner_end, 77u);
  EXPECT_EQ(outer.now(), 1u);
}

int overrun(int depth) {
  volatile char here[2048];
  here[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : overrun(depth - 1) + here[0];
}

// On a stack of its own, or on one that another fiber has left.
void run_overrun(bool used) {
  install_stack_guard_handler();
  Sim sim;
  for (int before = 0; used && before < 20; ++before) {
    Fiber fiber(sim, "modest", [](Fiber&) {}, {.stack_bytes = 128 * 1024});
    sim.run();
  }
  Fiber fiber(sim, "greedy", [](Fiber&) {
    volatile int depth = 1000;
    depth = overrun(depth);
  }, {.stack_bytes = 128 * 1024});
  sim.run();
}

TEST(Fiber, ALeftStackServesTheNextFiberOfItsSize) {
  Sim sim;
  int alive = 0;
  std::vector<std::unique_ptr<Fiber>> many;  // more at a time than are kept
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i)
      many.push_back(std::make_unique<Fiber>(sim, "one", [&](Fiber& fiber) {
        ++alive;
        fiber.sleep(1);
        volatile char frame[4096];
        for (auto& byte : frame) byte = 1;
        --alive;
      }, FiberSettings{.stack_bytes = i % 2 ? 64u * 1024 : 128u * 1024}));
    sim.run();
    EXPECT_EQ(alive, 0);
    if (round == 1) many.clear();
  }
  for (const auto& fiber : many) EXPECT_EQ(fiber->state(), Fiber::State::kDone);
}

#if !defined(__SANITIZE_THREAD__)
TEST(FiberDeathTest, AnOverrunStackIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run_overrun(false), testing::ExitedWithCode(2), "guest greedy overran its stack of 128 KiB");
  EXPECT_EXIT(run_overrun(true), testing::ExitedWithCode(2), "guest greedy overran its stack of 128 KiB");
}
#endif

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void run_null_write() {
  install_stack_guard_handler();
  Sim sim;
  volatile int* volatile nowhere = nullptr;
  Fiber fiber(sim, "wild", [&](Fiber&) { *nowhere = 1; });
  sim.run();
}

TEST(FiberDeathTest, AnotherFaultGoesItsFormerWay) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run_null_write(), testing::KilledBySignal(SIGSEGV), "");
}
#endif

}  // namespace
}  // namespace sim
