#include "scenarios/engine/weather.h"

#include <algorithm>

#include "scenarios/engine/engine.h"

namespace engine {

namespace {

constexpr sim::Time kSlowExit = 10;  // times as long
constexpr sim::Time kSlowMessage = 50 * sim::kMillisecond;
constexpr std::uint64_t kInterruptOneIn = 4;    // accesses to memory
constexpr std::uint64_t kPagesOfOthersMax = 3;  // before each page that is given away

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

const std::vector<Named>& weathers() {
  static const std::vector<Named> kAll = {
      {"busy-memory", "others on the machine take pages, use them and give them back, between any two that a VM gets"},
      {"interrupted", "interrupts for the host make the guest exit before one in four of its accesses to memory"},
      {"slow-host", "each exit takes ten times as long"},
      {"slow-network", "each message of a guest to its peers is under way for 50 ms"}};
  return kAll;
}

Weather::Weather(const std::vector<std::string>& names, std::uint64_t seed)
    : seed_(seed), random_(seed, "weather.pages"), slow_host_(among(names, "slow-host")),
      slow_network_(among(names, "slow-network")), interrupted_(among(names, "interrupted")), busy_memory_(among(names, "busy-memory")) {}

sim::Time Weather::exit_time(sim::Time calm) const { return slow_host_ ? calm * kSlowExit : calm; }

sim::Time Weather::network_time() const { return slow_network_ ? kSlowMessage : 0; }

bool Weather::interrupts(sim::Random& stream) const { return interrupted_ && stream.below(kInterruptOneIn) == 0; }

std::uint64_t Weather::pages_of_others() { return random_.below(kPagesOfOthersMax + 1); }

}  // namespace engine
