#pragma once
// A fuzz target: a function that any bytes leave standing, and an input to start from. Each X_fuzz.cc has one, which is called
// X_fuzz; its kept inputs lie beside it in X_fuzz.corpus. A program links the targets of a folder (fuzz.bzl).
#include <string>
#include <vector>

#include "platform/base/bytes.h"

namespace fuzz {

struct Target {
  std::string name;
  void (*run)(base::View input);
  base::Bytes (*seed)();
  bool slow = false;  // an input takes milliseconds: a test replays a tenth of them
};

// Those that are linked in, by name.
std::vector<Target> targets();
// The one of that name; of an empty name, the only one. Ends the program with exit code 2 and the names where there is none.
Target target_of(const std::string& name);

struct Registered {
  Registered(const char* file, void (*run)(base::View input), base::Bytes (*seed)(), bool slow);
};

}  // namespace fuzz

#define FUZZ_TARGET(FUNCTION, ...) FUZZ_TARGET_THAT(false, FUNCTION, __VA_ARGS__)
#define SLOW_FUZZ_TARGET(FUNCTION, ...) FUZZ_TARGET_THAT(true, FUNCTION, __VA_ARGS__)
#define FUZZ_TARGET_THAT(SLOW, FUNCTION, ...)                                                              \
  namespace {                                                                                              \
  const fuzz::Registered kRegistered(__FILE__, FUNCTION, [] { return base::Bytes(__VA_ARGS__); }, SLOW);   \
  }
