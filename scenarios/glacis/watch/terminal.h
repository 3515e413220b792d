#pragma once
// A terminal that is watched on: keys come as they are pressed, the screen is one of its own. However the program leaves, the terminal is
// as it was: the destructor gives it back, and a signal that would have ended the program is seen as input first.
#include <termios.h>

#include <csignal>
#include <optional>
#include <string>

#include "scenarios/glacis/watch/viewer.h"

namespace watch {

class Terminal {
 public:
  // Throws base::UserError where standard input or output is none.
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  static bool present();
  Size size() const;
  void show(const std::string& bytes);

  struct Input {
    std::string bytes;
    bool again = false;  // the screen has another size, or is ours again
    int end = 0;         // the signal that ends the program; a terminal that is gone counts as SIGHUP
  };
  // Waits for any; nothing comes back empty but after `milliseconds`, where they are given.
  Input wait(std::optional<int> milliseconds);

  // Gives the terminal back for a while, with signals as they were.
  void leave();
  void enter();

 private:
  void stop();  // as a job of the shell's, until it goes on

  termios before_{};
  sigset_t signals_{}, mask_before_{};
  int signal_fd_ = -1;
  bool inside_ = false;
};

// After the terminal is back: ends as the signal would have ended the program.
[[noreturn]] void end_by(int signal);

}  // namespace watch
