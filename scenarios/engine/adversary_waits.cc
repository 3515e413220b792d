// Why nothing came of an attack: what those steps wait for that never acted.
#include <algorithm>

#include "scenarios/engine/adversary.h"
#include "scenarios/load/names.h"

namespace engine {

namespace {

std::string times(std::uint64_t count) { return count == 1 ? "once" : std::to_string(count) + " times"; }
std::string crossed(std::uint64_t count) { return count == 0 ? "never crossed there" : "crossed there " + times(count) + " only"; }

}  // namespace

std::vector<std::pair<std::string, std::string>> Adversary::waits() const {
  std::vector<std::pair<std::string, std::string>> out;
  const auto tell = [&](const load::Step& step, const std::string& why) { out.emplace_back(step.by.value, why); };
  for (const Running& running : steps_) {
    if (!running.armed || running.done || running.times > 0) continue;
    const load::Step& step = *running.step;
    const auto& all = world_.run.scenario->variants.at(world_.run.variant).steps;
    const std::string who = "step " + std::to_string(&step - all.data() + 1);
    const std::string at = step.at ? " at `" + step.at->value + "`" : "";
    if (step.when && step.when->after && !running.moment_seen) {
      const std::string& name = step.when->after->value;
      tell(step, who + " waits for the moment `" + name + "`, which " +
                     (running.matches > 0 ? "came " + times(running.matches) + " only"
                                          : "never came" + load::advice(name, load::Names(moments_))));
    } else if (step.when && step.when->object) {
      tell(step, who + " waits for `" + step.when->object->value + "`" + at + ", which " + crossed(running.matches));
    } else {
      tell(step, who + " found nothing to act on" + at);
    }
  }
  return out;
}

}  // namespace engine
