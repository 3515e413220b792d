#pragma once
// A responder that somebody else runs, behind a mailbox of ours: data objects out, data objects in. The engine knows no
// socket and no file; whoever starts a run lends it functions.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "platform/base/bytes.h"

namespace engine {

// The answer to a data object, or nothing where the responder gives none. Throws base::UserError when there is no
// responder, or it is too slow, or what it says is no data object. `time` is simulated (picoseconds), for a record.
using Ask = std::function<std::optional<base::Bytes>(std::uint64_t time, base::View object)>;

struct Outside {
  std::function<Ask()> begin;       // a conversation for one world
  std::optional<base::Bytes> root;  // DER: in a guest's image, in the place of our manufacturer's
};

struct Heard {
  base::Bytes object;
  std::optional<base::Bytes> answer;
};

// The same, and what is said is kept in `into`, which outlives it.
Outside overheard(const Outside& outside, std::vector<Heard>& into);
// Says `from` again, which outlives it, and nothing to an object that is another one.
Outside repeated(const Outside& outside, const std::vector<Heard>& from);

}  // namespace engine
