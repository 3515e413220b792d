// Generated worlds of actors that sleep, ring, hear, send, receive, beget and kill, once over the fast event queue and once over the plain
// one: everybody does the same at the same time, in the same order.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>

#include "platform/sim/channel.h"
#include "platform/sim/random.h"
#include "platform/sim/sim.h"

namespace sim {
namespace {

constexpr std::size_t kActorsMax = 400, kBells = 8;

class GeneratedWorld {
 public:
  GeneratedWorld(std::uint64_t seed, EventQueue::Form form) : sim({.events_max = 60'000, .time_max = kNever}, form), random(seed, "worlds_test"), spread(random.below(2) ? 6 : 1'000'000) {
    for (std::size_t i = 0; i < kBells; ++i) bells.push_back(std::make_unique<Bell>(sim));
    for (std::size_t i = 0; i < 4; ++i) channels.push_back(std::make_unique<Channel<int>>(sim, random.below(spread)));
  }
  ~GeneratedWorld() { sim.clear(); }

  std::string play() {
    for (std::size_t i = 0; i < kBells; ++i) beget(hearer(i));
    for (std::size_t i = 0; i < channels.size(); ++i) beget(reader(i));
    for (int i = 0; i < 12; ++i) beget(walker(actors.size()));
    // In pieces, as a world is run: times up to which nothing was due can still be used.
    Stop stop = Stop::kReached;
    for (Time until = 1; stop == Stop::kReached && until < kNever / 4; until *= 3) {
      stop = sim.run_until(until);
      note("ran", until);
      if (actors.size() < kActorsMax) beget(walker(actors.size()));
    }
    note(std::string(name_of(stop)), sim.events());
    return log;
  }

 private:
  void note(const std::string& what, std::uint64_t number) { log += std::to_string(sim.now()) + " " + what + " " + std::to_string(number) + "\n"; }
  void beget(Task<> task) { actors.push_back(sim.spawn(std::move(task))); }
  Time delay() { return random.below(3) == 0 ? 0 : random.below(spread); }

  Task<> walker(std::size_t self) {
    for (std::uint64_t step = 0; step < 60; ++step) {
      note("walks", self * 1000 + step);
      switch (random.below(8)) {
        case 0: bells[random.below(kBells)]->ring(delay()); break;
        case 1: channels[random.below(channels.size())]->send(static_cast<int>(step)); break;
        case 2:
          if (actors.size() < kActorsMax) beget(walker(actors.size()));
          break;
        case 3:
          if (random.below(4) == 0) note("kills", sim.kill(actors[random.below(actors.size())]));
          break;
        default: {
          const Time span = delay();
          co_await sim.sleep(span);
        }
      }
    }
  }
  Task<> hearer(std::size_t self) {
    for (;;) {
      co_await bells[self]->heard();
      note("hears", self);
      if (random.below(2) == 0) bells[(self + 1) % kBells]->ring(delay() + 1);
    }
  }
  Task<> reader(std::size_t self) {
    for (;;) {
      const int got = co_await channels[self]->receive();
      note("receives", self * 1000 + static_cast<std::uint64_t>(got));
    }
  }

  Sim sim;
  Random random;
  Time spread;
  std::vector<std::unique_ptr<Bell>> bells;
  std::vector<std::unique_ptr<Channel<int>>> channels;
  std::vector<ActorId> actors;
  std::string log;
};

TEST(Worlds, AreTheSameOverEitherQueue) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const std::string fast = GeneratedWorld(seed, EventQueue::Form::kFast).play();
    EXPECT_GT(fast.size(), 10'000u) << "seed " << seed;
    EXPECT_EQ(fast == GeneratedWorld(seed, EventQueue::Form::kPlain).play(), true) << "seed " << seed;
  }
}

}  // namespace
}  // namespace sim
