#define FUSE_USE_VERSION 31
#include "scenarios/gateway/mount.h"

#include <fcntl.h>
#include <fuse3/fuse.h>
#include <fuse3/fuse_lowlevel.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

#include "platform/base/user_error.h"

namespace gateway {

namespace {

namespace fs = std::filesystem;

constexpr int kIdleMilliseconds = 1000;

// One open of one file. What is read is kept from the first read on, as the kernel's own file systems of this kind keep it.
struct OpenFile {
  std::string path;
  tsm::Tree::Node node;
  bool filled = false, read = false, written = false;
  base::Bytes bytes;
};

struct Served {
  tsm::Tree& tree;
  std::map<const OpenFile*, std::unique_ptr<OpenFile>> open{};  // some are still, where the end comes before the kernel says that they are closed
};

Served& served() { return *static_cast<Served*>(fuse_get_context()->private_data); }
tsm::Tree& tree() { return served().tree; }
OpenFile& file_of(const fuse_file_info* info) { return *reinterpret_cast<OpenFile*>(info->fh); }
int negative(tsm::Errno error) { return -static_cast<int>(error); }

// No exception crosses the library's frames.
template <class Call>
int guarded(Call call) {
  try {
    return call();
  } catch (...) {
    return -EIO;
  }
}

int get_attributes(const char* path, struct stat* out, fuse_file_info*) {
  return guarded([&] {
    const auto node = tree().find(path);
    if (!node) return -ENOENT;
    std::memset(out, 0, sizeof *out);
    out->st_mode = (node->directory ? S_IFDIR : S_IFREG) | node->mode;
    out->st_nlink = node->directory ? 2 : 1;
    out->st_size = static_cast<off_t>(node->size);
    out->st_uid = fuse_get_context()->uid;
    out->st_gid = fuse_get_context()->gid;
    return 0;
  });
}

int read_directory(const char* path, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info*, fuse_readdir_flags) {
  return guarded([&] {
    for (const char* name : {".", ".."}) fill(buffer, name, nullptr, 0, fuse_fill_dir_flags{});
    for (const auto& name : tree().list(path)) fill(buffer, name.c_str(), nullptr, 0, fuse_fill_dir_flags{});
    return 0;
  });
}

int make_directory(const char* path, mode_t) {
  return guarded([&] { return negative(tree().make_directory(path)); });
}
int remove_directory(const char* path) {
  return guarded([&] { return negative(tree().remove_directory(path)); });
}

// Files come and go with their directory alone.
int remove_file(const char*) { return -EPERM; }
int create_file(const char*, mode_t, fuse_file_info*) { return -EACCES; }
int truncate_file(const char* path, off_t, fuse_file_info*) {
  return guarded([&] {
    const auto node = tree().find(path);
    if (!node) return -ENOENT;
    return node->writes == tsm::Tree::Writes::kNever ? -EACCES : 0;
  });
}

// The modes hold for everybody, root too.
int open_file(const char* path, fuse_file_info* info) {
  return guarded([&] {
    const auto node = tree().find(path);
    if (!node) return -ENOENT;
    const int access = info->flags & O_ACCMODE;
    if (access != O_WRONLY && (node->mode & 0444) == 0) return -EACCES;
    if (access != O_RDONLY && node->writes == tsm::Tree::Writes::kNever) return -EACCES;
    auto file = std::make_unique<OpenFile>(OpenFile{.path = path, .node = *node, .bytes = {}});
    info->fh = reinterpret_cast<std::uint64_t>(file.get());
    served().open[file.get()] = std::move(file);
    info->direct_io = 1;  // sizes are not known before a read
    return 0;
  });
}

int read_file(const char*, char* out, std::size_t size, off_t offset, fuse_file_info* info) {
  return guarded([&] {
    OpenFile& file = file_of(info);
    if (file.written && file.node.writes == tsm::Tree::Writes::kWhenClosed) return -ETXTBSY;
    if (!file.filled) {
      auto content = tree().read(file.path);
      if (!content) return negative(content.error);
      file.bytes = std::move(content.bytes);
      file.filled = file.read = true;
    }
    const auto at = static_cast<std::size_t>(offset);
    if (at >= file.bytes.size()) return 0;
    const std::size_t count = std::min(size, file.bytes.size() - at);
    std::memcpy(out, file.bytes.data() + at, count);
    return static_cast<int>(count);
  });
}

int write_file(const char*, const char* in, std::size_t size, off_t offset, fuse_file_info* info) {
  return guarded([&] {
    OpenFile& file = file_of(info);
    const base::View bytes(reinterpret_cast<const std::uint8_t*>(in), size);
    const auto at = static_cast<std::size_t>(offset);
    if (file.node.writes == tsm::Tree::Writes::kAtOnce) {
      file.filled = false;
      const auto error = tree().write(file.path, at, bytes);
      return error == tsm::Errno::kOk ? static_cast<int>(size) : negative(error);
    }
    if (file.read) return -ETXTBSY;
    if (at > file.node.size_max || size > file.node.size_max - at) return -EFBIG;
    if (!tree().find(file.path)) return -ENOENT;
    file.written = true;
    if (file.bytes.size() < at + size) file.bytes.resize(at + size);
    std::copy(bytes.begin(), bytes.end(), file.bytes.begin() + static_cast<std::ptrdiff_t>(at));
    return static_cast<int>(size);
  });
}

int close_file(const char*, fuse_file_info* info) {
  return guarded([&] {
    const auto file = std::move(served().open.extract(&file_of(info)).mapped());
    if (file->written) (void)tree().write(file->path, 0, file->bytes);
    return 0;
  });
}

void* initialise(fuse_conn_info*, fuse_config* config) {
  // Whatever a file is now, it may be something else by the next look.
  config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
  config->nullpath_ok = 0;
  return fuse_get_context()->private_data;
}

fuse_operations operations() {
  fuse_operations out{};
  out.init = initialise;
  out.getattr = get_attributes;
  out.readdir = read_directory;
  out.mkdir = make_directory;
  out.rmdir = remove_directory;
  out.unlink = remove_file;
  out.create = create_file;
  out.truncate = truncate_file;
  out.open = open_file;
  out.read = read_file;
  out.write = write_file;
  out.release = close_file;
  return out;
}

}  // namespace

struct Mount::State {
  std::string directory;
  std::unique_ptr<Served> served{};
  fuse* handle = nullptr;
  bool mounted = false, handlers = false;
};

Mount::Mount(const std::string& directory) : state_(std::make_unique<State>()) {
  state_->directory = directory;
  std::error_code error;
  if (!fs::is_directory(directory, error)) throw base::UserError("`" + directory + "` is no directory to mount at");
  if (!fs::is_empty(directory, error) || error) throw base::UserError("`" + directory + "` is not empty, and what is in it would be hidden");
  if (!fs::exists("/dev/fuse", error)) throw base::UserError("this machine has no /dev/fuse, so nothing can be mounted");
}

Mount::~Mount() {
  if (!state_->handle) return;
  if (state_->handlers) fuse_remove_signal_handlers(fuse_get_session(state_->handle));
  if (state_->mounted) fuse_unmount(state_->handle);
  fuse_destroy(state_->handle);
}

void Mount::serve(tsm::Tree& tree, const std::function<void()>& ready, const std::function<void()>& idle) {
  const auto calls = operations();
  std::string name = "glacis", options = "-ofsname=glacis,subtype=tsm";
  char* arguments[] = {name.data(), options.data()};
  fuse_args args = FUSE_ARGS_INIT(2, arguments);
  state_->served = std::make_unique<Served>(Served{tree});
  state_->handle = fuse_new(&args, &calls, sizeof calls, state_->served.get());
  fuse_opt_free_args(&args);
  if (!state_->handle) throw base::UserError("libfuse takes none of our options");
  if (fuse_mount(state_->handle, state_->directory.c_str()) != 0)
    throw base::UserError("`" + state_->directory + "` cannot be mounted at: " + std::strerror(errno));
  state_->mounted = true;
  auto* session = fuse_get_session(state_->handle);
  state_->handlers = fuse_set_signal_handlers(session) == 0;
  ready();
  fuse_buf buffer{};
  auto last = std::chrono::steady_clock::now();
  while (!fuse_session_exited(session)) {
    if (const auto now = std::chrono::steady_clock::now(); now - last >= std::chrono::milliseconds(kIdleMilliseconds)) {
      idle();
      last = now;
    }
    pollfd one{.fd = fuse_session_fd(session), .events = POLLIN, .revents = 0};
    if (poll(&one, 1, kIdleMilliseconds) <= 0) continue;  // a signal has set the session's end
    const int got = fuse_session_receive_buf(session, &buffer);
    if (got == -EINTR || got == -EAGAIN) continue;
    if (got <= 0) break;  // unmounted
    fuse_session_process_buf(session, &buffer);
  }
  std::free(buffer.mem);
}

}  // namespace gateway
