#include "platform/sim/last_words.h"

#include <atomic>
#include <unistd.h>

namespace sim {

LastWords& LastWords::operator<<(const char* text) {
  while (*text && size_ < sizeof(line_) - 1) line_[size_++] = *text++;
  return *this;
}

LastWords& LastWords::operator<<(std::size_t number) {
  char digits[24];
  char* at = digits + sizeof(digits) - 1;
  *at = 0;
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return *this << at;
}

void LastWords::speak() {
  static constinit std::atomic_flag spoken;
  while (spoken.test_and_set()) pause();    // another thread is about to end us
  line_[size_++] = '\n';
  for (std::size_t done = 0; done < size_;) {
    const ssize_t count = write(STDERR_FILENO, line_ + done, size_ - done);
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  _exit(2);
}

}  // namespace sim
