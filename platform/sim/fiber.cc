#include "platform/sim/fiber.h"

#include <cstring>
#include <cxxabi.h>
#include <utility>

#include <boost/context/detail/fcontext.hpp>

#include "platform/base/check.h"
#include "platform/sim/fiber_stack.h"

namespace sim {
namespace {

namespace context = boost::context::detail;

// What the C++ runtime keeps per thread about exceptions in flight (Itanium C++ ABI, 2.2.2). It belongs to the stack,
// so each stack gets its own: guest code may wait inside a catch block.
struct ExceptionState {
  void* caught = nullptr;
  unsigned int uncaught = 0;

  void swap() {
    ExceptionState other = *this;
    void* globals = abi::__cxa_get_globals();
    std::memcpy(static_cast<void*>(this), globals, sizeof(*this));
    std::memcpy(globals, &other, sizeof(other));
  }
};

}  // namespace

struct Fiber::Stack {
  explicit Stack(std::size_t bytes, const char* name) : memory(bytes, name) {
    own = context::make_fcontext(memory.top(), memory.bytes(), [](context::transfer_t from) {
      Fiber& fiber = *static_cast<Fiber*>(from.data);
      fiber.stack_->scheduler = from.fctx;
      fiber.stack_->memory.arrived_on_fiber();
      fiber.run_body();
    });
  }

  FiberStack memory;
  context::fcontext_t own = nullptr;
  context::fcontext_t scheduler = nullptr;
  ExceptionState exceptions;
};

Fiber::Fiber(Sim& sim, std::string name, std::function<void(Fiber&)> body, FiberSettings settings)
    : sim_(sim), name_(std::move(name)), body_(std::move(body)), settings_(settings) {
  base::check(settings_.stack_bytes >= 16 * 1024, "a fiber's stack has at least 16 KiB");
  timer_ = sim_.arm(sim_.now(), *this);
}

Fiber::~Fiber() { kill(); }

void Fiber::run_body() {
  try {
    body_(*this);
    state_ = State::kDone;
  } catch (const Unwinding&) {  // state_ says why
  } catch (...) {
    bug_ = std::current_exception();
    state_ = State::kFailed;
  }
  switch_out(true);
}

void Fiber::fire() {
  timer_ = {};
  switch_in();
}

void Fiber::switch_in() {
  state_ = State::kRunning;
  enter();
  if (!ended()) return;
  drop();
  if (bug_) std::rethrow_exception(std::exchange(bug_, nullptr));
}

void Fiber::enter() {
  if (!stack_) stack_ = new Stack(settings_.stack_bytes, name_.c_str());
  Pulse& pulse = sim_.pulse();
  const char* before = pulse.running.exchange(name_.c_str(), std::memory_order_relaxed);
  pulse.beats.fetch_add(1, std::memory_order_relaxed);
  stack_->exceptions.swap();
  stack_->memory.leave_scheduler();
  stack_->own = context::jump_fcontext(stack_->own, this).fctx;
  stack_->memory.arrived_on_scheduler();
  stack_->exceptions.swap();
  pulse.beats.fetch_add(1, std::memory_order_relaxed);
  pulse.running.store(before, std::memory_order_relaxed);
}

void Fiber::switch_out(bool for_good) {
  stack_->memory.leave_fiber(for_good);
  stack_->scheduler = context::jump_fcontext(stack_->scheduler, nullptr).fctx;
  stack_->memory.arrived_on_fiber();
}

void Fiber::pause(Time until) {
  base::check(state_ == State::kRunning, "only the body of a fiber waits");
  until_ = until;
  if (until != kNever) timer_ = sim_.arm(until, *this);
  state_ = State::kWaiting;
  switch_out(false);
  if (state_ == State::kKilled) throw Unwinding();
}

void Fiber::sleep_until(Time at) { pause(at < sim_.now() ? sim_.now() : at); }

bool Fiber::block_until(Time deadline) {
  if (!woken_ && sim_.now() < deadline) {
    blocked_ = true;
    pause(deadline);
    blocked_ = false;
  }
  return std::exchange(woken_, false);
}

void Fiber::wake() {
  if (ended() || woken_) return;
  woken_ = true;
  if (!blocked_) return;
  sim_.disarm(timer_);
  timer_ = sim_.arm(sim_.now(), *this);
}

void Fiber::on_sent(Time lands) {
  if (lands >= until_) return;
  sim_.disarm(timer_);
  timer_ = sim_.arm(lands, *this);
}

void Fiber::kill() {
  if (ended()) return;
  const bool myself = state_ == State::kRunning;
  state_ = State::kKilled;
  sim_.disarm(timer_);
  let_go();
  if (myself) throw Unwinding();
  if (stack_) enter();
  drop();
}

void Fiber::overspend() {
  base::check(state_ == State::kRunning, "only the body of a fiber takes steps");
  sim_.report_limit("fiber.steps_max", name_);
  state_ = State::kOverspent;
  throw Unwinding();
}

void Fiber::drop() { delete std::exchange(stack_, nullptr); }

}  // namespace sim
