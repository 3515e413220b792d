#pragma once
// The memory under a fiber: a stack with a guard region below it, and what the sanitizers and the guard's signal
// handler must be told at each switch. For fiber.cc alone.
#include <cstddef>

namespace sim {

class FiberStack {
 public:
  // `name` outlives the stack.
  FiberStack(std::size_t bytes, const char* name);
  ~FiberStack();
  FiberStack(const FiberStack&) = delete;
  FiberStack& operator=(const FiberStack&) = delete;

  void* top() const { return low_ + bytes_; }
  std::size_t bytes() const { return bytes_; }
  const char* name() const { return name_; }
  bool guards(const void* address) const;

  // Around every jump: leave on the side that jumps, arrived on the side that goes on.
  void leave_scheduler();
  void arrived_on_fiber();
  void leave_fiber(bool for_good);
  void arrived_on_scheduler();

 private:
  char* base_ = nullptr;             // of the guard
  char* low_ = nullptr;              // of the stack proper
  std::size_t bytes_ = 0;
  const char* name_;
  const FiberStack* outer_ = nullptr;    // which ran before on this thread: worlds may nest

  // Address sanitizer: fake stacks and the bounds of the scheduler's stack. Thread sanitizer: the two fibers.
  void* fake_scheduler_ = nullptr;
  void* fake_fiber_ = nullptr;
  const void* scheduler_low_ = nullptr;
  std::size_t scheduler_bytes_ = 0;
  void* tsan_fiber_ = nullptr;
  void* tsan_scheduler_ = nullptr;
};

}  // namespace sim
