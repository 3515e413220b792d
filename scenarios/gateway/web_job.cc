#include "scenarios/gateway/web_job.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace gateway {

namespace asio = boost::asio;
using Error = boost::system::error_code;

namespace {

constexpr std::size_t kComplaintBytesMax = 8 << 10;
constexpr std::chrono::milliseconds kLook{5};  // between two looks at a child that has closed its output

class Spawning {
 public:
  Spawning() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // A group of its own: an interrupt at the terminal is for the server, and its children are ended together.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none, usual;
    sigemptyset(&none), sigemptyset(&usual), sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
  }
  ~Spawning() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

// The last line that is not empty: a command says there what was wrong.
std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == text.npos) return "";
  const auto begin = text.rfind('\n', end);
  return text.substr(begin == text.npos ? 0 : begin + 1, end - (begin == text.npos ? 0 : begin + 1) + 1);
}

}  // namespace

class WebJobs::Child : public std::enable_shared_from_this<Child> {
 public:
  Child(WebJobs& jobs, std::vector<std::string> command, std::string input, std::function<void(WebJobEnd)> done)
      : jobs_(jobs), alive_(jobs.alive_), limits_(jobs.limits_), command_(std::move(command)), input_(std::move(input)), done_(std::move(done)),
        in_(jobs.io_), out_(jobs.io_), complaint_(jobs.io_), clock_(jobs.io_), look_(jobs.io_) {}
  ~Child() {
    if (pid_ > 0) reap_now();
  }

  void run() {
    std::array<int, 2> in{-1, -1}, out{-1, -1}, complaint{-1, -1};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(complaint.data(), O_CLOEXEC) != 0) {
      const std::string why = std::strerror(errno);
      for (const int fd : {in[0], in[1], out[0], out[1]})
        if (fd >= 0) ::close(fd);
      return end({false, "no pipe for a run: " + why});
    }
    Spawning spawning;
    posix_spawn_file_actions_adddup2(&spawning.actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&spawning.actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&spawning.actions, complaint[1], STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&spawning.actions, STDERR_FILENO + 1);  // the server's sockets among them
    std::vector<char*> argv;
    for (auto& word : command_) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int failed = ::posix_spawn(&pid_, command_[0].c_str(), &spawning.actions, &spawning.attributes, argv.data(), environ);
    ::close(in[0]), ::close(out[1]), ::close(complaint[1]);
    in_.assign(in[1]), out_.assign(out[0]), complaint_.assign(complaint[0]);
    if (failed != 0) {
      pid_ = 0;
      return end({false, "`" + command_[0] + "` cannot be started: " + std::strerror(failed)});
    }
    clock_.expires_after(limits_.time_max);
    clock_.async_wait([self = shared_from_this()](const Error& error) {
      if (!error) self->end({false, fmt::format("the run took more than {} s and was ended (limit web.run_time_max)", self->limits_.time_max.count() / 1000)});
    });
    feed();
    read_output();
    read_complaint();
  }

  void forget() { done_ = nullptr, end({}); }

 private:
  void feed() {
    asio::async_write(in_, asio::buffer(input_), [self = shared_from_this()](const Error&, std::size_t) {
      Error ignored;
      self->in_.close(ignored);
    });
  }

  void read_output() {
    out_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](const Error& error, std::size_t count) {
      if (self->over_) return;
      if (error) return self->closed();
      self->said_.append(self->chunk_.data(), count);
      if (self->said_.size() > self->limits_.output_bytes_max)
        return self->end({false, fmt::format("the run's film is larger than {} MiB and was dropped (limit web.run_bytes_max)", self->limits_.output_bytes_max >> 20)});
      self->read_output();
    });
  }

  void read_complaint() {
    complaint_.async_read_some(asio::buffer(complaint_chunk_), [self = shared_from_this()](const Error& error, std::size_t count) {
      if (self->over_) return;
      if (error) return self->closed();
      if (self->complained_.size() < kComplaintBytesMax) self->complained_.append(self->complaint_chunk_.data(), count);
      self->read_complaint();
    });
  }

  // Both streams are at their end, and the child about to be.
  void closed() {
    if (++closed_ == 2) look();
  }

  void look() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) {
      look_.expires_after(kLook);
      look_.async_wait([self = shared_from_this()](const Error& error) {
        if (!error && !self->over_) self->look();
      });
      return;
    }
    ::kill(-pid_, SIGKILL);  // whatever it left behind
    pid_ = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return end({true, std::move(said_)});
    const auto line = last_line(complained_);
    if (!line.empty()) return end({false, line});
    end({false, WIFSIGNALED(status) ? fmt::format("the run was ended by SIG{}", sigabbrev_np(WTERMSIG(status))) : fmt::format("the run left with exit code {}", WEXITSTATUS(status))});
  }

  void reap_now() {
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }

  void end(WebJobEnd how) {
    if (over_) return;
    over_ = true;
    if (pid_ > 0) reap_now();
    Error ignored;
    clock_.cancel(), look_.cancel();
    in_.close(ignored), out_.close(ignored), complaint_.close(ignored);
    if (done_) asio::post(out_.get_executor(), [done = std::move(done_), how = std::move(how)]() mutable { done(std::move(how)); });
    done_ = nullptr;
    if (*alive_) jobs_.left(this);
  }

  WebJobs& jobs_;
  std::shared_ptr<bool> alive_;  // whether jobs_ is still there
  const WebJobLimits limits_;
  std::vector<std::string> command_;
  std::string input_, said_, complained_;
  std::function<void(WebJobEnd)> done_;
  asio::posix::stream_descriptor in_, out_, complaint_;
  asio::steady_timer clock_, look_;
  std::array<char, 64 << 10> chunk_;
  std::array<char, 1 << 10> complaint_chunk_;
  pid_t pid_ = 0;
  int closed_ = 0;
  bool over_ = false;
};

class WebJobs::Handle final : public WebJob {
 public:
  explicit Handle(std::shared_ptr<Child> child) : child_(std::move(child)) {}
  ~Handle() override { child_->forget(); }

 private:
  std::shared_ptr<Child> child_;
};

// A child that leaves before it has read its input is an error of that write, not the end of this process.
WebJobs::WebJobs(asio::io_context& io, WebJobLimits limits) : io_(io), limits_(limits) { ::signal(SIGPIPE, SIG_IGN); }

WebJobs::~WebJobs() { *alive_ = false; }

std::unique_ptr<WebJob> WebJobs::start(std::vector<std::string> command, std::string input, std::function<void(WebJobEnd)> done) {
  auto child = std::make_shared<Child>(*this, std::move(command), std::move(input), std::move(done));
  waiting_.push_back(child);
  next();
  return std::make_unique<Handle>(std::move(child));
}

void WebJobs::next() {
  while (!waiting_.empty() && running_.size() < limits_.at_once_max) {
    const auto child = waiting_.front().lock();
    waiting_.pop_front();
    if (!child) continue;
    running_.push_back(child.get());
    child->run();
  }
}

void WebJobs::left(const Child* child) {
  if (std::erase(running_, child) == 0)
    std::erase_if(waiting_, [&](const auto& other) { return other.expired() || other.lock().get() == child; });
  asio::post(io_, [this, alive = alive_] {
    if (*alive) next();
  });
}

}  // namespace gateway
