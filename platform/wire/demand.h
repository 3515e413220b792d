#pragma once
// A word for layouts whose later fields hang on earlier ones: the reader stops here unless the message so far makes
// sense. The writer writes whatever it is given.
#include "platform/wire/io.h"
#include "platform/wire/wire.h"

namespace wire {

// `Holds` is a const member function of the message. `Back` counts bytes back from here to the field at fault.
template <auto Holds, std::size_t Back = 0>
struct Demand {
  template <class Io, class M>
  static bool walk(Io& io, M& m, std::size_t) {
    if constexpr (Io::kReads) {
      if (!std::invoke(Holds, std::as_const(m)))
        return io.fail(io.at() - Back, io.path.text(), "a value that means nothing here");
    }
    return true;
  }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return at; }
};

}  // namespace wire
