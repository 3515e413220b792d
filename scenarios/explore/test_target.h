#pragma once
// A small world to explore: two VMs on a machine without protection, played by a fabricated stage or by the engine.
#include "scenarios/engine/engine.h"
#include "scenarios/explore/target.h"
#include "scenarios/load/machine_loader.h"

namespace explore {

// The engine's own, of a machine file below scenarios/ and one program in vm0.
inline Target real_target(const std::string& machine, const std::string& platform, const std::string& program, std::vector<std::string> lift = {}) {
  Target out;
  out.stage.run = [](const engine::Run& run) { return engine::run(run); };
  out.scenario.file = "explored.yaml";
  out.scenario.machines.push_back({"", {machine, {}}});
  out.scenario.has_platforms = true;
  out.scenario.platforms = {platform};
  load::Thread thread;
  thread.vm = "vm0", thread.program.value = program;
  out.scenario.guest.push_back(thread);
  out.machine = load::load_machine("scenarios", machine, platform, engine::machine_vocabulary());
  out.platform = platform;
  out.lift = std::move(lift);
  return out;
}

}  // namespace explore
