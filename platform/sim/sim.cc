#include "platform/sim/sim.h"

#include <algorithm>
#include <utility>

#include "platform/base/check.h"

namespace sim {
namespace {

// Holds true while a run is under way, also when an actor's exception leaves it.
class Running {
 public:
  explicit Running(bool& flag) : flag_(flag) {
    base::check(!flag_, "a simulation is not run from inside itself");
    flag_ = true;
  }
  ~Running() { flag_ = false; }

 private:
  bool& flag_;
};

}  // namespace

std::string_view name_of(Stop stop) {
  switch (stop) {
    case Stop::kIdle: return "idle";
    case Stop::kReached: return "reached";
    case Stop::kEventLimit: return "sim.events_max";
    case Stop::kTimeLimit: return "sim.time_max";
  }
  return "?";
}

Sim::~Sim() { clear(); }

// What comes next is on its way while this event runs. The queue has fetched the bell; its listener is a step further.
inline void Sim::prefetch_next() const {
  const EventQueue::Entry* next = queue_.find_next();
  if (!next || (next->what & kTagMask) != kBell) return;
  const Bell& bell = *reinterpret_cast<const Bell*>(next->what & ~kTagMask);
  __builtin_prefetch(bell.frame_);
  __builtin_prefetch(bell.listener_);
}

Stop Sim::run_until(Time until) {
  Running running(running_);
  const Time last = std::min(until, limits_.time_max);
  EventQueue::Entry entry;
  for (;;) {
    if (events_ >= limits_.events_max && !queue_.empty()) return Stop::kEventLimit;
    if (!queue_.pop(last, entry)) break;
    prefetch_next();
    switch (entry.what & kTagMask) {
      case kFrame: {
        Frame& frame = *reinterpret_cast<Frame*>(entry.what);
        if (frame.killed) {
          bury(frame);
          continue;
        }
        now_ = entry.at;
        ++events_;
        frame.wait = Frame::Wait::kNone;
        run_frame(frame);
        break;
      }
      case kTimer: {
        Waiter* waiter = take_timer(entry.what);
        if (!waiter) continue;
        now_ = entry.at;
        ++events_;
        waiter->fire();
        break;
      }
      case kBell: {
        Bell& bell = *reinterpret_cast<Bell*>(entry.what & ~kTagMask);
        now_ = entry.at;
        ++events_;
        if (!bell.listener_) {
          ++bell.unheard_;
          break;
        }
        bell.listener_ = nullptr;
        Frame& frame = *bell.frame_;
        frame.wait = Frame::Wait::kNone;
        run_frame(frame);
        break;
      }
      default: base::check(false, "an entry of the event queue has a known tag");
    }
  }
  if (queue_.empty() && until == kNever) return Stop::kIdle;
  now_ = std::max(now_, last);
  return until <= limits_.time_max ? Stop::kReached : Stop::kTimeLimit;
}

// A frame that ends is resumed no more: its caller is, from here, so that no native stack is spent on the chain.
void Sim::run_frame(Frame& leaf) {
  Frame* frame = &leaf;
  for (;;) {
    frame->self.resume();
    if (!frame->self.done()) return;
    if (!frame->caller) break;
    frame = frame->caller;
    frame->child = nullptr;
  }
  const std::uint32_t actor = frame->actor;
  std::exception_ptr bug = std::move(frame->bug);
  if (bug) culprit_ = actors_[actor].name;
  release(actor);
  if (bug) std::rethrow_exception(bug);
}

ActorId Sim::spawn(Task<> task, std::string name) {
  if (actors_free_.empty()) {
    actors_free_.push_back(static_cast<std::uint32_t>(actors_.size()));
    actors_.emplace_back();
  }
  const std::uint32_t index = actors_free_.back();
  actors_free_.pop_back();
  Actor& actor = actors_[index];
  actor.name = std::move(name);
  actor.killed = false;
  actor.task.emplace(std::move(task));
  actor.task->frame().actor = index;
  schedule(now_, actor.task->frame());
  return {index, actor.generation};
}

bool Sim::alive(ActorId id) const {
  return id.index < actors_.size() && actors_[id.index].generation == id.generation && actors_[id.index].task &&
         !actors_[id.index].killed;
}

std::string_view Sim::name_of(ActorId id) const { return alive(id) ? actors_[id.index].name : std::string_view(); }

bool Sim::kill(ActorId id) {
  if (!alive(id)) return false;
  actors_[id.index].killed = true;
  Frame* frame = &actors_[id.index].task->frame();
  for (;; frame = frame->child) {
    frame->killed = true;
    if (!frame->child) break;
  }
  if (frame->wait == Frame::Wait::kParked) release(id.index);
  return true;
}

void Sim::bury(Frame& leaf) {
  Frame* root = &leaf;
  while (root->caller) root = root->caller;
  release(root->actor);
}

void Sim::release(std::uint32_t actor) {
  // Destructors of the actor's locals may spawn, and so move actors_.
  std::optional<Task<>> task = std::exchange(actors_[actor].task, std::nullopt);
  ++actors_[actor].generation;
  task.reset();
  actors_free_.push_back(actor);
}

void Sim::clear() {
  base::check(!running_, "a simulation is not cleared from inside itself");
  for (std::uint32_t i = 0; i < actors_.size(); ++i) {
    if (actors_[i].task) release(i);
  }
  queue_.clear();
}

TimerId Sim::arm(Time at, Waiter& waiter) {
  if (timers_free_.empty()) {
    timers_free_.push_back(static_cast<std::uint32_t>(timers_.size()));
    timers_.emplace_back();
  }
  const std::uint32_t index = timers_free_.back();
  timers_free_.pop_back();
  Timer& timer = timers_[index];
  timer.waiter = &waiter;
  queue_.push(at, std::uintptr_t{timer.generation} << 32 | std::uintptr_t{index} << 3 | kTimer);
  return {index, timer.generation};
}

void Sim::disarm(TimerId& id) {
  if (!id) return;
  Timer& timer = timers_[id.index];
  if (timer.generation == id.generation) {
    timer.waiter = nullptr;
    if (++timer.generation == 0) timer.generation = 1;
    timers_free_.push_back(id.index);
  }
  id = {};
}

// Empty for a timer that was disarmed after it was queued.
Waiter* Sim::take_timer(std::uintptr_t what) {
  const TimerId id{static_cast<std::uint32_t>(what & 0xffffffff) >> 3, static_cast<std::uint32_t>(what >> 32)};
  Timer& timer = timers_[id.index];
  if (timer.generation != id.generation) return nullptr;
  Waiter* waiter = timer.waiter;
  TimerId done = id;
  disarm(done);
  return waiter;
}

void Bell::Hearing::listen(Frame& frame) {
  if (!bell_->sim_->park(frame)) return;
  base::check(!bell_->listener_, "a bell has one listener at a time");
  bell_->listener_ = this;
  bell_->frame_ = &frame;
}

}  // namespace sim
