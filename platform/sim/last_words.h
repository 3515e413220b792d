#pragma once
// How a process ends when a guest's native code cannot be stopped any other way. For sim alone.
#include <cstddef>

namespace sim {

// A line put together without memory of its own: usable in a signal handler. What does not fit is cut.
class LastWords {
 public:
  LastWords& operator<<(const char* text);
  LastWords& operator<<(std::size_t number);
  // Writes the line to stderr in one piece and ends the process with exit code 2. When several threads come here, one speaks.
  [[noreturn]] void speak();

 private:
  char line_[256];
  std::size_t size_ = 0;
};

}  // namespace sim
