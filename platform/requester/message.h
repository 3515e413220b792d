#pragma once
// What a requester hands to whoever carries its messages, and takes back. Requesters do not wait, and know no carrier:
//
//   while (auto message = requester.next()) {
//     auto answer = carry(*message);
//     if (auto r = requester.receive(answer); !r) return r.refusal();
//   }
#include <cstdint>
#include <functional>
#include <span>

#include "platform/base/bytes.h"

namespace requester {

struct Message {
  base::Bytes bytes{};
  bool secured = false;                 // a record of a session; in DOE another type of object
  std::uint64_t wait_microseconds = 0;  // to let pass before it is sent
  bool operator==(const Message&) const = default;
};

// Fills the span. Everything random in a requester comes from here, in the order of its messages.
using Random = std::function<void(std::span<std::uint8_t>)>;

enum class Progress : std::uint8_t { kGoOn, kDone };

}  // namespace requester
