#pragma once
// What was said to a responder outside and what it answered, as lines of text: for each conversation `begin`, then for
// each object `ask TIME HEX` with simulated time in picoseconds, and `answer HEX` or `silence`.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace gateway {

struct Exchange {
  std::uint64_t time = 0;
  base::Bytes object;
  std::optional<base::Bytes> answer;
  bool operator==(const Exchange&) const = default;
};
using Conversation = std::vector<Exchange>;

inline constexpr std::size_t kRecordingBytesMax = 64 << 20;

std::string text_of(const std::vector<Conversation>& conversations);
// Throws base::UserError with `file` and the line for anything that `text_of` does not write.
std::vector<Conversation> conversations_of(std::string_view text, const std::string& file);

}  // namespace gateway
