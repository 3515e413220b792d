#pragma once
// What Glacis says on the stream, for targets that stand on its other end.
#include <cstddef>
#include <cstdint>

#include "guest/remote/frames.h"
#include "platform/base/bytes.h"

namespace remote {

inline constexpr std::size_t kStreamBytesMax = 64 * 1024;  // what a socket takes without a reader

// A reply as a whole frame, after what was said before.
inline void say(base::Bytes& stream, const Reply& reply) {
  const auto frame = encode(reply);
  base::append_le(stream, static_cast<std::uint32_t>(frame.size()));
  base::append(stream, frame);
}

}  // namespace remote
