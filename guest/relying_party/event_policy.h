#pragma once
// What may have been extended into one register, told by the events of a log (platform/protocol/ccel). The log is the host's: its digests
// count, once the log replays to the attested registers, and nothing else in it does.
#include <cstdint>
#include <set>
#include <vector>

namespace relying_party {

template <class Digest>
struct EventPolicy {
  std::vector<Digest> required;  // each is there, in this order, and once
  std::set<Digest> allowed;      // any number of these may stand between them; nothing else may

  template <class Log>
  bool fits(const Log& log, std::uint32_t mr_index) const {
    auto next = required.begin();
    for (const auto& event : log.events) {
      if (!event.extends() || event.mr_index != mr_index) continue;
      if (next != required.end() && event.digest == *next) ++next;
      else if (!allowed.contains(event.digest)) return false;
    }
    return next == required.end();
  }
};

}  // namespace relying_party
