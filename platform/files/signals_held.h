#pragma once
// Signals that wait while this thread does what must not be cut in two. One that is ignored or handled is left alone, and so is one that
// waits already for somebody else.
#include <csignal>
#include <initializer_list>
#include <stdexcept>

namespace files {

// Thrown to clean up before a signal does what it does; nobody catches it.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted by a signal") {}
};

class SignalsHeld {
 public:
  explicit SignalsHeld(std::initializer_list<int> signals) {
    sigemptyset(&held_);
    for (const int signal : signals) {
      struct sigaction now {};
      if (sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_DFL) sigaddset(&held_, signal);
    }
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
    outer_ = ours();
    for (const int signal : signals) {
      if (sigismember(&before_, signal) == 1 && sigismember(&outer_, signal) != 1) sigdelset(&held_, signal);
      if (sigismember(&held_, signal) == 1) sigaddset(&ours(), signal);
    }
  }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() {
    ours() = outer_;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  // Throws Interrupted when one waits: it comes with the end of this object.
  void give_way() const {
    sigset_t waiting;
    sigpending(&waiting);
    for (int signal = 1; signal < NSIG; ++signal)
      if (sigismember(&held_, signal) == 1 && sigismember(&waiting, signal) == 1) throw Interrupted();
  }

  // One that waits has not come.
  void forget(int signal) const {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    const timespec at_once{};
    if (sigismember(&held_, signal) == 1) sigtimedwait(&one, nullptr, &at_once);
  }

 private:
  // Those that objects of this class have waiting in this thread: one within another gives way to them.
  static sigset_t& ours() {
    static thread_local sigset_t waiting = [] {
      sigset_t none;
      sigemptyset(&none);
      return none;
    }();
    return waiting;
  }

  sigset_t held_, before_, outer_;
};

}  // namespace files
