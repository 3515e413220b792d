#pragma once
// Honest disturbances of a run: what a faithful host, the network or others on the machine may do at any time, and no
// attack may gain or lose by. Drawn from a random stream of its own, so a run stays a function of its arguments.
#include <string>
#include <vector>

#include "platform/sim/random.h"
#include "platform/sim/time.h"

namespace engine {

class Weather {
 public:
  // Of the names in `weathers()`; any number at once, none is calm.
  Weather(const std::vector<std::string>& names, std::uint64_t seed);

  sim::Time exit_time(sim::Time calm) const;
  sim::Time network_time() const;  // that a message is under way for; zero where it is calm
  // Whether an interrupt comes right now for a VM that has `stream`. All VMs have the same one: which of them runs
  // ahead is the host's choice, so the adversary's and not the weather's.
  bool interrupts(sim::Random& stream) const;
  sim::Random interrupt_stream() const { return sim::Random(seed_, "weather.interrupts"); }
  bool busy_memory() const { return busy_memory_; }
  std::uint64_t pages_of_others();  // that others take before the next page is given away

 private:
  std::uint64_t seed_;
  sim::Random random_;
  bool slow_host_, slow_network_, interrupted_, busy_memory_;
};

}  // namespace engine
