#pragma once
// SIGINT and SIGTERM while something long is played: they wait until they are asked for, so that what is finished can be written. Children
// inherit that, so none dies of a key pressed at the terminal and leaves a wrong verdict. Made before the threads that play.
#include <csignal>

namespace glacis {

class Interrupts {
 public:
  Interrupts();
  ~Interrupts();  // a signal that nobody took does now what it would have done
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool asked() const;
  // The signal, which is then done with; 0: none came.
  int take();

 private:
  sigset_t watched_{}, before_{};
};

}  // namespace glacis
