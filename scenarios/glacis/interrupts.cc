#include "scenarios/glacis/interrupts.h"

#include <initializer_list>

namespace glacis {

Interrupts::Interrupts() {
  sigemptyset(&watched_);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction now {};
    // Whoever started us with the signal ignored (nohup, a job in the background) meant it.
    if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&watched_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
}

Interrupts::~Interrupts() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool Interrupts::asked() const {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return (sigismember(&watched_, SIGINT) == 1 && sigismember(&pending, SIGINT) == 1) ||
         (sigismember(&watched_, SIGTERM) == 1 && sigismember(&pending, SIGTERM) == 1);
}

int Interrupts::take() {
  const timespec none{};
  const int signal = sigtimedwait(&watched_, nullptr, &none);
  return signal > 0 ? signal : 0;
}

}  // namespace glacis
