#pragma once
// A coroutine that starts when awaited and is destroyed with its owner. A parent resumes its child in place, and the
// scheduler resumes the parent when the child has ended: the native stack never grows with the number of awaits.
//
// g++ 12 destroys aggregates and lambdas built inside a co_await expression twice: name them on the line before.
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace sim {

// What the kernel knows of every coroutine frame. Frames of one actor form a chain from its root to the one that waits.
struct Frame {
  enum class Wait : std::uint8_t {
    kNone,      // it runs, or its child does
    kQueued,    // one entry of the event queue points here: the frame must not be destroyed
    kParked,    // something outside points here and lets go when the frame is destroyed
  };

  std::coroutine_handle<> self;
  Frame* caller = nullptr;
  Frame* child = nullptr;
  std::uint32_t actor = 0;       // of the root
  Wait wait = Wait::kNone;
  bool killed = false;           // lives on only because the queue points to it
  std::exception_ptr bug;
};

template <class T>
struct Outcome {
  std::optional<T> value;
  void return_value(T v) { value.emplace(std::move(v)); }
  T take() { return std::move(*value); }
};
template <>
struct Outcome<void> {
  void return_void() {}
  void take() {}
};

template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type : Frame, Outcome<T> {
    Task get_return_object() {
      auto handle = std::coroutine_handle<promise_type>::from_promise(*this);
      self = handle;
      return Task(handle);
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() { bug = std::current_exception(); }
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    static_assert(std::is_base_of_v<Frame, Promise>, "a Task is awaited by a Task");
    Frame& above = parent.promise();
    Frame& frame = handle_.promise();
    frame.caller = &above;
    frame.killed = above.killed;
    above.child = &frame;
    handle_.resume();
    if (!handle_.done()) return true;
    above.child = nullptr;
    return false;
  }
  T await_resume() { return result(); }

  bool done() const { return handle_.done(); }
  Frame& frame() const { return handle_.promise(); }
  T result() {
    if (handle_.promise().bug) std::rethrow_exception(handle_.promise().bug);
    return handle_.promise().take();
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace sim
