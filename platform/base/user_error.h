#pragma once
// The user's file, flag or environment is wrong. `main` prints the text and ends with exit code 2.
#include <stdexcept>
#include <string>

namespace base {

struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace base
