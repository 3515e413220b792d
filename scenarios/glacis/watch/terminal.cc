#include "scenarios/glacis/watch/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "platform/base/user_error.h"

namespace watch {

namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP};
// A screen of its own, no cursor; and back.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[2J", kLeave = "\x1b[m\x1b[?25h\x1b[?1049l";

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // it is gone; `wait` will say so
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

bool Terminal::present() { return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1; }

Terminal::Terminal() {
  if (!present() || tcgetattr(STDIN_FILENO, &before_) != 0)
    throw base::UserError("watch: standard input and output are no terminal; `--plain` prints the steps instead");
  sigemptyset(&signals_);
  for (const int signal : kSignals) sigaddset(&signals_, signal);
  signal_fd_ = signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd_ < 0) throw base::UserError("watch: the system gives no descriptor for signals");
  enter();
}

Terminal::~Terminal() {
  leave();
  if (signal_fd_ >= 0) close(signal_fd_);
}

void Terminal::enter() {
  if (inside_) return;
  inside_ = true;
  pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
  raw.c_cc[VMIN] = 1, raw.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
  write_all(kEnter);
}

void Terminal::leave() {
  if (!inside_) return;
  inside_ = false;
  write_all(kLeave);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void Terminal::stop() {
  leave();
  raise(SIGTSTP);
  enter();
}

Size Terminal::size() const {
  winsize there{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &there) != 0 || there.ws_col == 0 || there.ws_row == 0) return {};
  return {there.ws_col, there.ws_row};
}

void Terminal::show(const std::string& bytes) { write_all(bytes); }

Terminal::Input Terminal::wait(std::optional<int> milliseconds) {
  Input out;
  std::array<pollfd, 2> ready{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signal_fd_, POLLIN, 0}};
  const int count = poll(ready.data(), ready.size(), milliseconds.value_or(-1));
  if (count < 0 && errno != EINTR) out.end = SIGHUP;
  if (count <= 0) return out;
  signalfd_siginfo told{};
  while (ready[1].revents != 0 && ::read(signal_fd_, &told, sizeof told) == static_cast<ssize_t>(sizeof told)) {
    const int signal = static_cast<int>(told.ssi_signo);
    if (signal == SIGTSTP) stop();
    if (signal == SIGTSTP || signal == SIGWINCH) out.again = true;
    else out.end = signal;
  }
  if (out.end != 0 || ready[0].revents == 0) return out;
  std::array<char, 256> bytes;
  const auto got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (got > 0) out.bytes.assign(bytes.data(), static_cast<std::size_t>(got));
  else if (got == 0 || errno != EINTR) out.end = SIGHUP;
  return out;
}

void end_by(int signal) {
  std::signal(signal, SIG_DFL);
  raise(signal);
  std::_Exit(128 + signal);  // where it is ignored
}

}  // namespace watch
