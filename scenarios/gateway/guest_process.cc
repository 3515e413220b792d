#include "scenarios/gateway/guest_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "guest/remote/glacis_protocol.h"
#include "platform/base/user_error.h"

namespace gateway {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kStreamOfRunner = 3;
constexpr std::chrono::milliseconds kLeaveMax{1'000};  // for a child to end that has closed its stream
constexpr std::chrono::milliseconds kLook{5};

// A stream to a guest, and the child at its other end where it is ours.
class StreamLink final : public engine::GuestLink {
 public:
  StreamLink(int fd, pid_t child, std::chrono::milliseconds silence) : fd_(fd), child_(child), silence_(silence) {}
  StreamLink(const StreamLink&) = delete;
  StreamLink& operator=(const StreamLink&) = delete;
  ~StreamLink() override {
    close(fd_);
    if (child_ > 0 && !reaped_) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
  }

  bool send(base::View frame) override {
    base::Bytes all;
    base::append_le<std::uint32_t>(all, static_cast<std::uint32_t>(frame.size()));
    base::append(all, frame);
    const auto until = Clock::now() + silence_;
    std::size_t done = 0;
    while (done < all.size()) {
      if (!wait(POLLOUT, until)) return false;
      const ssize_t sent = ::send(fd_, all.data() + done, all.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (sent <= 0) return gone(), false;
      done += static_cast<std::size_t>(sent);
    }
    return true;
  }

  std::optional<base::Bytes> receive() override {
    const auto until = Clock::now() + silence_;
    base::Bytes length(4);
    if (!read(length, until)) return std::nullopt;
    const auto size = base::load_le<std::uint32_t>(length);
    if (size > GLACIS_FRAME_MAX) return end_ = {.why = "sends a frame that is too large", .limit = {}}, std::nullopt;
    base::Bytes frame(size);
    if (!read(frame, until)) return std::nullopt;
    return frame;
  }

  End ended() const override { return end_; }

 private:
  bool wait(short events, Clock::time_point until) {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      pollfd one{.fd = fd_, .events = events, .revents = 0};
      const int ready = poll(&one, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
      if (ready > 0) return true;
      if (ready < 0 && errno == EINTR) continue;
      end_ = {.why = "called nothing for " + std::to_string(silence_.count() / 1000) + " s", .limit = "guest.silence_max"};
      return false;
    }
  }

  bool read(base::Bytes& into, Clock::time_point until) {
    std::size_t done = 0;
    while (done < into.size()) {
      if (!wait(POLLIN, until)) return false;
      const ssize_t got = recv(fd_, into.data() + done, into.size() - done, MSG_DONTWAIT);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) return gone(), false;
      done += static_cast<std::size_t>(got);
    }
    return true;
  }

  // The other end has closed. A child says by its exit why.
  void gone() {
    end_ = {.why = "closed its stream", .limit = {}};
    if (child_ <= 0 || reaped_) return;
    int status = 0;
    pid_t left = 0;
    for (const auto until = Clock::now() + kLeaveMax; (left = waitpid(child_, &status, WNOHANG)) == 0 && Clock::now() < until;) std::this_thread::sleep_for(kLook);
    if (left == 0) end_.why = "closed its stream and went on";
    if (left != child_) return;
    reaped_ = true;
    if (WIFSIGNALED(status)) {
      const int number = WTERMSIG(status);
      end_.why = std::string("was ended by SIG") + sigabbrev_np(number);
      end_.memory_error = number == SIGSEGV || number == SIGBUS || number == SIGILL;
    } else {
      end_.why = "left with exit code " + std::to_string(WEXITSTATUS(status)) + " before it returned";
    }
  }

  int fd_;
  pid_t child_;
  std::chrono::milliseconds silence_;
  bool reaped_ = false;
  End end_{.why = "closed its stream", .limit = {}};
};

// Beside this program, or where GLACIS_GUEST_RUNNER says.
std::string runner_path() {
  if (const char* said = std::getenv("GLACIS_GUEST_RUNNER"); said && *said) return said;
  std::error_code error;
  const auto self = fs::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "glacis-guest-runner";
  if (error || access(beside.c_str(), X_OK) != 0)
    throw base::UserError("guest libraries are run by glacis-guest-runner, which is not at `" + beside.string() + "`; ./glacis builds it, or set GLACIS_GUEST_RUNNER");
  return beside;
}

std::unique_ptr<engine::GuestLink> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw base::UserError("`unix:" + path + "` is longer than a socket's path can be");
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto until = Clock::now() + kGuestSilenceMax;
  int failed = -1;
  // EAGAIN: as many wait there already as it lets wait.
  while (fd >= 0 && (failed = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address)) != 0 && errno == EAGAIN && Clock::now() < until)
    std::this_thread::sleep_for(kLook);
  if (failed != 0) {
    const std::string why = errno == EAGAIN ? "it takes no connection for " + std::to_string(kGuestSilenceMax.count() / 1000) + " s (limit guest.silence_max)" : std::strerror(errno);
    if (fd >= 0) close(fd);
    throw base::UserError("no guest listens at `unix:" + path + "`: " + why);
  }
  return std::make_unique<StreamLink>(fd, 0, kGuestSilenceMax);
}

}  // namespace

std::unique_ptr<engine::GuestLink> start_guest(const std::string& program, const std::string& argument, std::chrono::milliseconds silence) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw base::UserError(std::string("no stream for a guest: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // Above the number it is to have: a descriptor that is its own copy would keep the flag that closes it.
  const int theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, kStreamOfRunner + 1);
  posix_spawn_file_actions_adddup2(&actions, theirs, kStreamOfRunner);
  std::string name = program, said = argument;
  char* const argv[] = {name.data(), said.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(theirs), close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    throw base::UserError("`" + program + "` cannot be started: " + std::strerror(failed));
  }
  return std::make_unique<StreamLink>(ends[0], child, silence);
}

std::unique_ptr<engine::GuestLink> open_guest(const load::Thread& thread) {
  if (thread.from == load::Thread::From::kConnect) return connect_to(thread.program.value);
  std::error_code error;
  const auto library = fs::absolute(thread.program.value, error);
  if (!fs::is_regular_file(library, error)) throw base::UserError("there is no guest library `" + thread.program.value + "`");
  return start_guest(runner_path(), library.string(), kGuestSilenceMax);
}

}  // namespace gateway
