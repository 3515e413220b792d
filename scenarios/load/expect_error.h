#pragma once
// For tests: what a call complains about, or "" when it does not.
#include <string>

#include "platform/base/user_error.h"

namespace load {

template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const base::UserError& e) {
    return e.what();
  }
  return "";
}

}  // namespace load
