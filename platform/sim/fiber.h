#pragma once
// Ordinary blocking code on its own guarded stack, inside a Sim. A fiber that is killed or overspends is unwound from
// where it waits, by an exception that is none of std::exception's: destructors of its locals run, and wait for nothing.
// What the body throws comes out of Sim::run.
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "platform/sim/channel.h"
#include "platform/sim/sim.h"

namespace sim {

inline constexpr std::size_t kStackBytes = 256 * 1024;
inline constexpr std::size_t kStackGuardBytes = 64 * 1024;    // below it; a larger frame could step over one page
inline constexpr std::uint64_t kStepsMax = 100'000'000;         // "fiber.steps_max"

struct FiberSettings {
  std::size_t stack_bytes = kStackBytes;     // at least 16 KiB; rounded up to whole pages
  std::uint64_t steps_max = kStepsMax;
};

// Makes a fiber that overruns its stack end the process with exit code 2 and, on stderr, "glacis: guest NAME
// overran its stack of N KiB (limit fiber.stack_bytes)". Once per process and, as signal stacks belong to threads, on each thread that runs worlds. Other
// faults go where they went before.
void install_stack_guard_handler();

class Fiber final : private Waiter, private Reader {
 public:
  enum class State {
    kReady,        // not started
    kRunning,
    kWaiting,      // in sleep, block or receive
    kDone,
    kFailed,       // the body threw
    kKilled,
    kOverspent,    // fiber.steps_max
  };

  // `body` begins at the present time, after whatever is already due. The Fiber outlives its use by others, not the
  // Sim.
  Fiber(Sim& sim, std::string name, std::function<void(Fiber&)> body, FiberSettings settings = {});
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  const std::string& name() const { return name_; }
  State state() const { return state_; }
  bool ended() const { return state_ >= State::kDone; }
  std::uint64_t steps() const { return steps_; }
  Sim& sim() const { return sim_; }

  // By the body, on the fiber. --------------------------------------------------------------------------------------

  void sleep(Time span) { sleep_until(after(sim_.now(), span)); }
  void sleep_until(Time at);
  // Until wake(); at once if one came since the last block().
  void block() { block_until(kNever); }
  // False when nobody woke it before the absolute time `deadline`.
  bool block_until(Time deadline);
  // One unit of work, such as a call of the guest ABI. The fiber never returns from the step that overspends its
  // budget.
  void step() {
    if (++steps_ > settings_.steps_max) overspend();
  }
  template <class T>
  T receive(Channel<T>& from) {
    return *receive_until(from, kNever);
  }
  // Empty when nothing has landed at the absolute time `deadline`.
  template <class T>
  std::optional<T> receive_until(Channel<T>& from, Time deadline) {
    while (!from.ready()) {
      if (sim_.now() >= deadline) return std::nullopt;
      const Time lands = from.next_landing();
      if (lands == kNever) from.hang(*this);
      pause(lands < deadline ? lands : deadline);
      let_go();
    }
    return from.take();
  }

  // By anybody. -----------------------------------------------------------------------------------------------------

  // Ends a block(), now or the next one. Does not shorten a sleep.
  void wake();
  // The body never runs again, but for its destructors. On the fiber itself: never returns.
  void kill();

 private:
  struct Stack;
  struct Unwinding {};

  void run_body();
  void fire() override;
  void on_sent(Time lands) override;
  void pause(Time until);
  void switch_in();
  void enter();
  void switch_out(bool for_good);
  void overspend();
  void drop();

  Sim& sim_;
  std::string name_;
  std::function<void(Fiber&)> body_;
  FiberSettings settings_;
  State state_ = State::kReady;
  std::uint64_t steps_ = 0;
  Time until_ = kNever;       // of the pause under way
  bool blocked_ = false;      // in block_until, so that wake() counts
  bool woken_ = false;        // a wake() not yet used
  TimerId timer_;
  std::exception_ptr bug_;
  Stack* stack_ = nullptr;    // until it has ended
};

}  // namespace sim
