#include "scenarios/report/atomic_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/base/user_error.h"

namespace report {

namespace {

[[noreturn]] void fail(const std::string& path) {
  throw base::UserError("cannot write `" + path + "`: " + std::strerror(errno));
}

bool write_all(int fd, base::View bytes) {
  while (!bytes.empty()) {
    auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// Behind what is there and what has been printed: /dev/stdout may be a file.
void write_stream(const std::string& path, base::View bytes) {
  std::fflush(stdout);
  int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) fail(path);
  bool good = write_all(fd, bytes);
  int error = errno;
  ::close(fd);
  errno = error;
  if (!good) fail(path);
}

std::string write_beside(const std::string& path, base::View bytes) {
  auto name = path + ".XXXXXX";
  int fd = ::mkstemp(name.data());
  if (fd < 0) fail(path);
  // mkstemp gives 0600; a report is an ordinary file.
  auto mask = ::umask(0);
  ::umask(mask);
  bool good = ::fchmod(fd, 0666 & ~mask) == 0 && write_all(fd, bytes) && ::fsync(fd) == 0;
  int error = errno;
  ::close(fd);
  if (!good) {
    ::unlink(name.c_str());
    errno = error;
    fail(path);
  }
  return name;
}

// What a link leads to, so that the link stays one.
std::string target_of(const std::string& path) {
  char* found = ::realpath(path.c_str(), nullptr);
  std::string target = found ? found : path;
  std::free(found);
  return target;
}

}  // namespace

OutputFiles::~OutputFiles() {
  for (const auto& file : files_) ::unlink(file.neighbour.c_str());
}

void OutputFiles::add(const std::string& path, base::View bytes) {
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    fail(path);
  }
  // A pipe or a device has no name to take over, and /dev/stdout is one whatever it leads to.
  if (there && (!S_ISREG(info.st_mode) || path.starts_with("/dev/") || path.starts_with("/proc/"))) {
    streams_.push_back({path, base::bytes_of(bytes)});
    return;
  }
  const std::string target = target_of(path);
  files_.push_back({target, write_beside(target, bytes)});
}

void OutputFiles::commit() {
  for (const auto& stream : streams_) write_stream(stream.path, stream.bytes);
  streams_.clear();
  for (; !files_.empty(); files_.erase(files_.begin()))
    if (::rename(files_.front().neighbour.c_str(), files_.front().path.c_str()) != 0) fail(files_.front().path);
}

void write_file(const std::string& path, base::View bytes) {
  OutputFiles one;
  one.add(path, bytes);
  one.commit();
}

void write_file(const std::string& path, std::string_view text) { write_file(path, base::view_of(text)); }

void write_new_file(const std::string& path, std::string_view text) {
  auto name = write_beside(path, base::view_of(text));
  // link, unlike rename, fails when the name is taken.
  int result = ::link(name.c_str(), path.c_str());
  int error = errno;
  ::unlink(name.c_str());
  errno = error;
  if (result != 0 && error == EEXIST) throw base::UserError("`" + path + "` is there already; nothing was written");
  if (result != 0) fail(path);
}

}  // namespace report
