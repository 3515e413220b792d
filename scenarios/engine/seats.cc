#include "scenarios/engine/seats.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace engine {

namespace {

// "rp0" is the first one.
unsigned slot_of(const load::Part& port, const load::Part& asks) {
  unsigned slot = kSlotsMax;
  (void)std::from_chars(port.name.data() + port.name.find_first_of("0123456789"), port.name.data() + port.name.size(), slot);
  if (slot >= kSlotsMax) load::fail(asks.place, "`" + asks.name + "` wants a root port, rp0 to rp" + std::to_string(kSlotsMax - 1) + ", at its own");
  return slot;
}

// The part that this one stands at, when it is of that kind.
const load::Part* stands_at(const load::Machine& machine, const load::Part& part, const char* kind) {
  const load::Part* found = machine.find(part.at);
  return found && found->is == kind ? found : nullptr;
}

}  // namespace

const load::Part& root_port_of(const load::Machine& machine, const load::Part& card) {
  const load::Part* fabric = stands_at(machine, card, "switch");
  const load::Part* port = stands_at(machine, fabric ? *fabric : card, "root-port");
  if (!port)
    load::fail(card.place, "`" + card.name + "` wants a root port, rp0 to rp" + std::to_string(kSlotsMax - 1) +
                               ", at its own, or a switch at one");
  return *port;
}

void seat(const load::Machine& machine, std::vector<DeviceSettings>& cards) {
  for (auto& card : cards) {
    const load::Part& part = machine.parts.at(card.device);
    card.slot = slot_of(root_port_of(machine, part), part);
    if (const auto* fabric = stands_at(machine, part, "switch")) card.behind = fabric->name;
  }
  for (const auto& [name, part] : machine.parts)
    if (part.is == "switch" && std::none_of(cards.begin(), cards.end(), [&](const auto& card) { return card.behind == name; }))
      load::fail(part.place, "`" + name + "` has no card behind it");
  std::sort(cards.begin(), cards.end(),
            [](const auto& a, const auto& b) { return std::tie(a.slot, a.device) < std::tie(b.slot, b.device); });
  unsigned bus = 1, slot = 0;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    auto& card = cards[i];
    const load::Part& part = machine.parts.at(card.device);
    const DeviceSettings* before = i > 0 && cards[i - 1].slot == card.slot ? &cards[i - 1] : nullptr;
    if (before && (card.behind.empty() || before->behind != card.behind))
      load::fail(part.place, "`" + (before->behind.empty() ? before->device : before->behind) + "` is at " + card.port + " already");
    card.branch = before ? before->branch + 1 : 0;
    if (card.branch >= kBranchesMax) load::fail(part.place, "`" + card.behind + "` has " + std::to_string(kBranchesMax) + " ports for cards");
    // An empty root port has a bus below it too.
    if (!before) bus += card.slot - slot, slot = card.slot + 1;
    card.bus_below = before ? before->bus_below : bus;
    if (!part.attributes.contains("stream")) card.stream = static_cast<std::uint8_t>(1 + card.branch);
    for (const auto& other : cards)
      if (&other != &card && other.slot == card.slot && other.branch < card.branch && other.stream == card.stream)
        load::fail(part.place, "stream " + std::to_string(card.stream) + " of " + card.port + " is `" + other.device + "`'s already");
    bus = card.bus_below + (card.behind.empty() ? 1 : 3 + card.branch);
  }
}

}  // namespace engine
