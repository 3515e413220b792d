#include "platform/files/whole_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/base/user_error.h"
#include "platform/files/signals_held.h"

namespace files {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kChunkBytes = 1 << 20;  // between two looks at signals that wait

[[noreturn]] void fail(const std::string& path) {
  throw base::UserError("cannot write `" + path + "`: " + std::strerror(errno));
}

bool write_all(int fd, std::string_view bytes, const SignalsHeld* held = nullptr) {
  while (!bytes.empty()) {
    if (held) held->give_way();
    const auto count = ::write(fd, bytes.data(), std::min(bytes.size(), kChunkBytes));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// 0, or what was wrong; EPIPE without its signal where the reader has gone away.
int write_to_reader(int fd, std::string_view bytes) {
  const SignalsHeld held({SIGPIPE});
  if (write_all(fd, bytes)) return 0;
  const int error = errno;
  held.forget(SIGPIPE);
  return error;
}

// Behind what is there and what has been printed: /dev/stdout may be a file.
int write_stream(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = write_to_reader(fd, bytes);
  ::close(fd);
  return error;
}

// What a link leads to, so that the link stays one.
std::string target_of(const std::string& path) {
  char* found = ::realpath(path.c_str(), nullptr);
  std::string target = found ? found : path;
  std::free(found);
  return target;
}

// Files that have no name yet and folders that were made for them. Whatever is left here at the end goes.
class Unnamed {
 public:
  explicit Unnamed(const SignalsHeld& held) : held_(held) {}
  Unnamed(const Unnamed&) = delete;
  Unnamed& operator=(const Unnamed&) = delete;
  ~Unnamed() {
    for (const auto& file : files_) ::unlink(file.neighbour.c_str());
    for (auto made = made_.rbegin(); made != made_.rend(); ++made) ::rmdir(made->c_str());
  }

  void folder(const fs::path& path) {
    std::error_code error;
    if (path.empty() || fs::is_directory(path, error)) return;
    folder(path.parent_path());
    if (fs::create_directory(path, error)) made_.push_back(path.string());
    if (error) throw base::UserError("cannot make the folder `" + path.string() + "`: " + error.message());
  }

  // `path` is what the user calls it.
  void write(const std::string& path, const std::string& target, std::string_view bytes) {
    held_.give_way();
    auto name = target + ".XXXXXX";
    const int fd = ::mkstemp(name.data());
    if (fd < 0) fail(path);
    files_.push_back({path, target, name});
    try {
      // mkstemp gives 0600; a report is an ordinary file.
      const auto mask = ::umask(0);
      ::umask(mask);
      if (::fchmod(fd, 0666 & ~mask) != 0 || !write_all(fd, bytes, &held_) || ::fsync(fd) != 0) fail(path);
    } catch (...) {
      ::close(fd);
      throw;
    }
    if (::close(fd) != 0) fail(path);
  }

  void name_all() {
    for (; !files_.empty(); files_.erase(files_.begin()))
      if (::rename(files_.front().neighbour.c_str(), files_.front().target.c_str()) != 0) fail(files_.front().path);
    made_.clear();
  }

  // link, unlike rename, fails when the name is taken. The neighbour goes in any case.
  void name_anew() const {
    const auto& file = files_.front();
    if (::link(file.neighbour.c_str(), file.target.c_str()) == 0) return;
    if (errno == EEXIST) throw base::UserError("`" + file.path + "` is there already; nothing was written");
    fail(file.path);
  }

 private:
  struct File {
    std::string path, target, neighbour;
  };
  const SignalsHeld& held_;
  std::vector<File> files_;
  std::vector<std::string> made_;
};

}  // namespace

void OutputFiles::print(std::string_view text) {
  if (reader_gone_) return;
  const bool good = std::fflush(stdout) == 0 && !std::ferror(stdout);
  const int error = good ? write_to_reader(STDOUT_FILENO, text) : errno;
  reader_gone_ = error == EPIPE;
  if (error != 0 && error != EPIPE) throw base::UserError("cannot write to standard output");
}

void OutputFiles::add(const std::string& path, base::View bytes) { add(path, std::string(bytes.begin(), bytes.end())); }

void OutputFiles::add(const std::string& path, std::string bytes) {
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    fail(path);
  }
  // A pipe or a device has no name to take over, and /dev/stdout is one whatever it leads to.
  const bool stream = there && (!S_ISREG(info.st_mode) || path.starts_with("/dev/") || path.starts_with("/proc/"));
  (stream ? streams_ : files_).push_back({path, std::move(bytes)});
}

void OutputFiles::commit() {
  std::fflush(stdout);
  for (const auto& stream : streams_) {
    errno = write_stream(stream.path, stream.bytes);
    if (errno != 0 && errno != EPIPE) fail(stream.path);
    reader_gone_ = reader_gone_ || errno == EPIPE;
  }
  {
    const SignalsHeld held({SIGINT, SIGTERM, SIGHUP});
    Unnamed unnamed(held);
    for (const auto& folder : folders_) unnamed.folder(folder);
    for (const auto& file : files_) unnamed.write(file.path, target_of(file.path), file.bytes);
    held.give_way();
    unnamed.name_all();
  }
  folders_.clear(), files_.clear(), streams_.clear();
  if (!reader_gone_) return;
  std::raise(SIGPIPE);
  throw base::UserError("nobody reads what this command prints");  // where SIGPIPE is ignored
}

void write_file(const std::string& path, base::View bytes) {
  OutputFiles one;
  one.add(path, bytes);
  one.commit();
}

void write_file(const std::string& path, std::string_view text) { write_file(path, base::view_of(text)); }

void write_new_file(const std::string& path, std::string_view text) {
  const SignalsHeld held({SIGINT, SIGTERM, SIGHUP});
  Unnamed unnamed(held);
  unnamed.write(path, path, text);
  unnamed.name_anew();
}

void need_place(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    errno = S_ISDIR(info.st_mode) ? EISDIR : 0;
    if (errno != 0 || (!S_ISREG(info.st_mode) && ::access(path.c_str(), W_OK) != 0)) fail(path);
    if (!S_ISREG(info.st_mode)) return;
  }
  const auto folder = fs::path(target_of(path)).parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) fail(path);
}

void need_folder(const std::string& path) {
  const SignalsHeld held({SIGINT, SIGTERM, SIGHUP});
  Unnamed unnamed(held);
  unnamed.folder(path);
  if (::access(path.c_str(), W_OK | X_OK) != 0) throw base::UserError("cannot write into the folder `" + path + "`");
}

}  // namespace files
