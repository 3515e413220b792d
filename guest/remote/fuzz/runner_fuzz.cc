// Whatever stands on the stream in Glacis's place, glacis-guest-runner plays its guest or leaves, with 0 or 70; all it says are frames of the
// protocol, and none says that the guest was at fault. An input is what the stream says. The runner is a process, whose coverage nobody
// sees; client_fuzz has the same reader within this program.
#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/abi/glacis_guest.h"
#include "guest/remote/frames.h"
#include "guest/remote/fuzz/reply_stream.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

constexpr int kStream = 3;

// Under Bazel's test, or beside this program.
std::string find(const std::string& of_top, const std::string& of_program) {
  if (std::filesystem::exists(of_top)) return of_top;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path() / of_program;
  base::check(std::filesystem::exists(beside), "the runner and its guest are built");
  return beside.string();
}

base::Bytes all_of(int fd) {
  base::Bytes out;
  std::array<std::uint8_t, 65536> some;
  for (;;) {
    const auto got = ::read(fd, some.data(), some.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return out;
    base::append(out, base::View(some).first(static_cast<std::size_t>(got)));
  }
}

struct Ended {
  int status = 0;
  base::Bytes said;
};
Ended play(base::View in) {
  static const std::string kRunner = find("guest/remote/runner", "../runner");
  static const std::string kGuest = find("guest/remote/fuzz/libevery_call.so", "libevery_call.so");
  int ends[2];
  base::check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "there are sockets");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], kStream);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
  char* const words[] = {const_cast<char*>(kRunner.c_str()), const_cast<char*>(kGuest.c_str()), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, kRunner.c_str(), &actions, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  base::check(failed == 0, "the runner starts");
  const std::size_t size = std::min(in.size(), remote::kStreamBytesMax);
  if (size > 0) (void)!::send(ends[0], in.data(), size, MSG_NOSIGNAL);  // who has left takes nothing
  ::shutdown(ends[0], SHUT_WR);
  Ended out;
  out.said = all_of(ends[0]);
  ::close(ends[0]);
  while (::waitpid(child, &out.status, 0) < 0 && errno == EINTR) {
  }
  return out;
}

void stream(base::View in) {
  const Ended ended = play(in);
  base::check(WIFEXITED(ended.status), "the runner is ended by no signal");
  const int code = WEXITSTATUS(ended.status);
  base::check(code == 0 || code == 70, "the runner leaves in one of its ways");
  for (base::View left = ended.said; !left.empty();) {
    base::check(left.size() >= 4 && base::load_le<std::uint32_t>(left) <= left.size() - 4, "what is said are whole frames");
    const auto frame = left.subspan(4, base::load_le<std::uint32_t>(left));
    const auto request = remote::decode_request(frame);
    base::check(request.has_value(), "what is said is of the protocol");
    base::check(request->call != GLACIS_CALL_FAULT, "no answer is the guest's fault");
    base::check(request->call != GLACIS_CALL_COVERAGE || request->blob(1).size() == GLACIS_COVERAGE_BYTES, "coverage has its size");
    left = left.subspan(4 + frame.size());
  }
}

// What Glacis says to this guest: the version with two arguments, then an answer to each call.
base::Bytes seed() {
  base::Bytes out;
  remote::say(out, {.result = GLACIS_GUEST_ABI_VERSION, .value = 0, .blobs = {{}, {'a', ' ', 'b'}}});
  base::Bytes live;
  for (unsigned call = 0; call < 64; ++call) {
    if (call == 5) live.resize(8);  // from `live` on
    const std::size_t size = call == 7 ? 16 : 32;  // `cpuid`
    remote::say(out, {.result = GLACIS_OK, .value = 0x1000 + call, .blobs = {live, base::Bytes(size, static_cast<std::uint8_t>(call)), base::Bytes(16, 7)}});
  }
  return out;
}

}  // namespace

SLOW_FUZZ_TARGET(stream, seed())
