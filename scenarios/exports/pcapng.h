#pragma once
// A capture file in the pcapng format, one section, little-endian: an interface for each boundary with a name of its own, times in
// picoseconds, and a comment at a packet where there is something to say.
#include <cstdint>
#include <string>
#include <vector>

#include "platform/base/bytes.h"

namespace exports {

// Link types that everybody may use for himself, as the dissector knows them.
enum class Link : std::uint16_t { kDataObject = 147, kTlp = 148, kSession = 149 };

struct Interface {
  std::string name;
  Link link{};
};

struct Frame {
  std::size_t interface = 0;  // its index
  std::uint64_t time = 0;     // picoseconds
  bool reply = false;         // inbound, as whoever sent the request sees it
  std::string comment{};
  base::Bytes bytes{};
};

base::Bytes pcapng(const std::string& comment, const std::vector<Interface>& interfaces, const std::vector<Frame>& frames);

}  // namespace exports
