#pragma once
// The discrete-event kernel: one thread, one clock, one queue ordered by (time, insertion). Actors are coroutines
// (Task) or fibers (fiber.h). The same calls give the same run; every run ends at a named limit at the latest.
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/sim/event_queue.h"
#include "platform/sim/task.h"
#include "platform/sim/time.h"

namespace sim {

struct Limits {
  std::uint64_t events_max = 1'000'000'000;    // "sim.events_max"
  Time time_max = 3600 * kSecond;              // "sim.time_max"
};

// Why a run came to rest.
enum class Stop {
  kIdle,          // nobody has anything left to do
  kReached,       // the time asked for
  kEventLimit,    // sim.events_max
  kTimeLimit,     // sim.time_max
};
// The name of the limit, or "idle" or "reached".
std::string_view name_of(Stop stop);

// A limit met by one actor while the rest of the world went on, such as a guest's step budget or a full channel.
struct LimitHit {
  std::string_view limit;    // "fiber.steps_max"; a literal
  std::string who;
  Time at;
};

struct ActorId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;    // 0 names nobody
  bool operator==(const ActorId&) const = default;
};

// What a wall-clock watchdog on another thread may look at: when `beats` stands still while `running` names a guest,
// that guest spins without calling anybody. The only part of a world that is shared between threads.
struct Pulse {
  std::atomic<std::uint64_t> beats{0};             // one per switch to or from a fiber
  std::atomic<const char*> running{nullptr};       // name of the fiber that runs; valid as long as the fiber lives
};

class Bell;

// Is told once when its timer is due. Disarm it before it is destroyed.
class Waiter {
 public:
  virtual void fire() = 0;

 protected:
  ~Waiter() = default;
};

struct TimerId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;    // 0 is no timer
  explicit operator bool() const { return generation != 0; }
};

class Sim {
 public:
  explicit Sim(Limits limits = {}, EventQueue::Form queue = EventQueue::Form::kFast) : limits_(limits), queue_(queue) {}
  ~Sim();
  Sim(const Sim&) = delete;
  Sim& operator=(const Sim&) = delete;

  Time now() const { return now_; }
  std::uint64_t events() const { return events_; }
  std::size_t pending() const { return queue_.size(); }    // cancelled timers included, until their time comes
  const Limits& limits() const { return limits_; }

  // Exceptions of actors come out here, at their simulated time; culprit() then names the actor. The world may be run
  // on.
  Stop run() { return run_until(kNever); }
  // Does everything due up to and including `until`, and leaves the clock there unless a limit came first.
  Stop run_until(Time until);
  const std::string& culprit() const { return culprit_; }

  // Starts `task` at the present time, after whatever is already due now. Its parameters outlive the simulation or are
  // values; it is no lambda with captures.
  ActorId spawn(Task<> task, std::string name = {});
  bool alive(ActorId id) const;
  std::string_view name_of(ActorId id) const;    // empty for the dead
  // The actor never runs again. One that is running goes on to its next wait. Its frames are destroyed now, or when the
  // queue's entry for it comes up. False when it has ended already.
  bool kill(ActorId id);
  // Destroys all actors and forgets all that is due. A world calls this before the parts that its actors refer to go.
  void clear();

  class Sleep {
   public:
    Sleep(Sim& sim, Time wake) : sim_(sim), wake_(wake) {}
    bool await_ready() const { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      sim_.schedule(wake_, handle.promise());
    }
    void await_resume() const {}

   private:
    Sim& sim_;
    Time wake_;
  };
  Sleep sleep(Time span) { return Sleep(*this, after(now_, span)); }
  Sleep sleep_until(Time at) { return Sleep(*this, at < now_ ? now_ : at); }

  void report_limit(std::string_view limit, std::string who) { limits_hit_.push_back({limit, std::move(who), now_}); }
  const std::vector<LimitHit>& limits_hit() const { return limits_hit_; }
  Pulse& pulse() { return pulse_; }

  // For awaitables and fibers. --------------------------------------------------------------------------------------

  // Resumes the coroutine at `at`, which is not in the past. A frame has one entry at a time.
  void schedule(Time at, Frame& frame) {
    frame.wait = Frame::Wait::kQueued;
    queue_.push(at, reinterpret_cast<std::uintptr_t>(&frame) | kFrame);
  }
  // Marks the coroutine as held by something outside the queue. False when it was killed meanwhile: then hold
  // nothing, the kernel takes care of it.
  bool park(Frame& frame) {
    if (frame.killed) {
      schedule(now_, frame);
      return false;
    }
    frame.wait = Frame::Wait::kParked;
    return true;
  }
  TimerId arm(Time at, Waiter& waiter);
  // Does nothing to a timer that has fired. Clears `timer`.
  void disarm(TimerId& timer);

 private:
  friend class Bell;
  enum Tag : std::uintptr_t { kFrame = 0, kTimer = 1, kBell = 2, kTagMask = 7 };
  struct Actor {
    std::optional<Task<>> task;
    std::uint32_t generation = 1;
    bool killed = false;
    std::string name;
  };
  struct Timer {
    Waiter* waiter = nullptr;
    std::uint32_t generation = 1;
  };

  void run_frame(Frame& frame);
  void prefetch_next() const;
  void bury(Frame& leaf);
  void release(std::uint32_t actor);
  Waiter* take_timer(std::uintptr_t what);

  Limits limits_;
  EventQueue queue_;
  Time now_ = 0;
  std::uint64_t events_ = 0;
  bool running_ = false;
  std::vector<Actor> actors_;
  std::vector<std::uint32_t> actors_free_;
  std::vector<Timer> timers_;
  std::vector<std::uint32_t> timers_free_;
  std::vector<LimitHit> limits_hit_;
  std::string culprit_;
  Pulse pulse_;
};

// Rings at the times asked for, in any order and number; one actor listens. Rings that nobody heard are kept.
// Outlives the last run.
class Bell {
 public:
  explicit Bell(Sim& sim) : sim_(&sim) {}
  ~Bell() {
    if (listener_) listener_->bell_ = nullptr;
  }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring(Time delay = 0) {
    sim_->queue_.push(after(sim_->now_, delay), reinterpret_cast<std::uintptr_t>(this) | Sim::kBell);
  }

  class Hearing {
   public:
    explicit Hearing(Bell& bell) : bell_(&bell) {}
    Hearing(const Hearing&) = delete;
    ~Hearing() {
      if (bell_ && bell_->listener_ == this) bell_->listener_ = nullptr;
    }
    bool await_ready() {
      if (bell_->unheard_ == 0) return false;
      --bell_->unheard_;
      return true;
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      listen(handle.promise());
    }
    void await_resume() const {}

   private:
    friend class Bell;
    friend class Sim;
    void listen(Frame& frame);
    Bell* bell_;
  };
  // co_await bell.heard(): until the next ring.
  Hearing heard() { return Hearing(*this); }

 private:
  friend class Sim;
  Sim* sim_;
  Hearing* listener_ = nullptr;
  Frame* frame_ = nullptr;    // of the listener, kept here so that it is found without a look at the listener
  std::uint64_t unheard_ = 0;
};

}  // namespace sim
