#pragma once
// What arrived at boundaries where packets can be captured: as whoever received it saw it, after all that was done to
// it on the way, and whatever else was put there. Kept beside the run: nothing in the world looks at it.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/base/bytes.h"

namespace engine {

inline constexpr std::uint64_t kCaptureBytesMax = 64 << 20;  // "capture.bytes_max", of one boundary

struct Arrival {
  std::uint64_t time = 0;  // simulated, picoseconds
  base::Bytes bytes;
};

struct Capture {
  // Whole objects from their first dword; packets as on the link, protected ones with their prefix.
  enum class Kind { kDataObject, kTlp };
  Kind kind = Kind::kDataObject;
  std::vector<Arrival> arrivals;  // both ways, in their order
  std::vector<base::Bytes> secrets;  // of the key exchanges at a mailbox, in their order: with them a reader decrypts
  std::uint64_t bytes = 0;
  bool cut = false;  // the limit was reached, and what came after is missing

  void add(std::uint64_t time, base::View packet) {
    cut = cut || packet.size() > kCaptureBytesMax - bytes;
    if (cut) return;
    bytes += packet.size();
    arrivals.push_back({time, base::bytes_of(packet)});
  }
};

using Captures = std::map<std::string, Capture>;  // by the boundary's name

}  // namespace engine
