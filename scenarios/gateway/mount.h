#pragma once
// A guest's tree of files (guest/tsm/tree.h) as a file system that any program of this machine can open (libfuse 3). One request at a
// time, on the caller's thread and stack. A binary attribute is written as a whole when its writer closes it, as configfs does, and
// what that gives nobody hears of; every other write is answered at once.
#include <functional>
#include <memory>
#include <string>

#include "guest/tsm/tree.h"

namespace gateway {

class Mount {
 public:
  // An empty directory that is there. Throws base::UserError when it is not, or when mounting is not possible or permitted.
  explicit Mount(const std::string& directory);
  ~Mount();  // unmounts, also what a guest that stopped left behind
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;

  // Until SIGINT or SIGTERM comes, or somebody unmounts the directory. `idle` is called at least every second.
  // `ready`: from now on the files are there.
  void serve(tsm::Tree& tree, const std::function<void()>& ready, const std::function<void()>& idle);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway
