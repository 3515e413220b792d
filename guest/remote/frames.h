#pragma once
// Frames of glacis_protocol.h, as Glacis reads and writes them: everything that comes in is somebody else's.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guest/remote/glacis_protocol.h"
#include "platform/base/bytes.h"

namespace remote {

struct Request {
  std::uint32_t call = 0;
  std::vector<std::uint64_t> words;
  std::vector<base::Bytes> blobs;  // the live variable first
  friend bool operator==(const Request&, const Request&) = default;
  // Zero and empty where the guest sent fewer.
  std::uint64_t word(std::size_t i) const { return i < words.size() ? words[i] : 0; }
  base::View blob(std::size_t i) const { return i < blobs.size() ? base::View(blobs[i]) : base::View(); }
  // A name or a line: control characters, which could forge lines of a play, become question marks, and what is beyond 4096 bytes is left
  // out.
  std::string text(std::size_t i) const;
};

struct Reply {
  std::int64_t result = 0;
  std::uint64_t value = 0;
  std::vector<base::Bytes> blobs;
  friend bool operator==(const Reply&, const Reply&) = default;
};

// Without the length before it. Nothing: not a frame of the protocol (too many parts, a part past the end, a tail, a call without its
// live variable).
std::optional<Request> decode_request(base::View frame);
base::Bytes encode(const Request& request);
std::optional<Reply> decode_reply(base::View frame);
base::Bytes encode(const Reply& reply);

// "read", as the ABI has it; "call 77" for what it has not.
std::string name_of_call(std::uint32_t call);

}  // namespace remote
