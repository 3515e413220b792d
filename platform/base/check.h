#pragma once
// A broken invariant of ours. Thrown, so that the runner can name the time, the actor and the seed; never for anything an
// adversary or a user's file can cause.
#include <stdexcept>
#include <string>

namespace base {

struct Bug : std::logic_error {
  using std::logic_error::logic_error;
};

inline void check(bool holds, const char* what) {
  if (!holds) throw Bug(what);
}

}  // namespace base
