#pragma once
// Error numbers as Linux numbers them (include/uapi/asm-generic/errno-base.h and errno.h), so that whoever shows these files to other
// programs hands them on as they are.
#include <string_view>

#include "platform/base/bytes.h"

namespace tsm {

enum class Errno : int {
  kOk = 0,
  kNotPermitted = 1,    // EPERM
  kNoEntry = 2,         // ENOENT
  kIo = 5,              // EIO
  kNoDevice = 6,        // ENXIO
  kNoMemory = 12,       // ENOMEM
  kAccess = 13,         // EACCES
  kBusy = 16,           // EBUSY
  kExists = 17,         // EEXIST
  kInvalid = 22,        // EINVAL
  kNoTty = 25,          // ENOTTY
  kTextBusy = 26,       // ETXTBSY
  kTooBig = 27,         // EFBIG
  kRange = 34,          // ERANGE
  kNameTooLong = 36,    // ENAMETOOLONG
  kTimedOut = 110,      // ETIMEDOUT
};
std::string_view name_of(Errno error);

// What a read of a file gives: its whole content, or an error.
struct Content {
  Errno error = Errno::kOk;
  base::Bytes bytes{};
  explicit operator bool() const { return error == Errno::kOk; }
};

}  // namespace tsm
