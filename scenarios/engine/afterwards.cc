// The honest retry: once the attack has stopped, the same world (memory, firmware, owner) must serve the same guests
// again. The old VMs are ended as a faithful host ends them and launched anew; what the adversary did to the machine
// stays done, unless the file resets it.
#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

// Whether firmware restarts. VMs are launched anew in any case.
bool firmware_restarts(const load::Scenario& scenario) {
  bool restarts = false;
  for (const auto& part : scenario.afterwards->reset) {
    const bool vm = std::any_of(scenario.guest.begin(), scenario.guest.end(),
                                [&](const load::Thread& thread) { return thread.vm == part.value; });
    const bool firmware = part.value == "psp0" || part.value == "tsm0";
    restarts = restarts || firmware;
    if (vm || firmware) continue;
    throw base::UserError(scenario.file + ":" + std::to_string(part.pos.line) + ":" + std::to_string(part.pos.column) +
                          ": `reset` knows the VMs of this file, psp0 and tsm0, not `" + part.value + "`");
  }
  return restarts;
}

}  // namespace

// What the VM held is the host's again.
void World::end(VmState& vm) {
  if (vm.gone) return;
  vm.gone = true;
  if (vm.fiber) vm.fiber->kill();
  technology->retire(vm.vm);
  for (const auto& bay : bays) bay->part_from(vm);
  oracle.forgot(vm.name, 0, kVmBytes);
}

void World::clear_away() {
  for (auto& vm : vms) end(*vm);
  nets.clear();
  honest_sessions.clear();
  vms.clear();
}

// Power goes off and on for the security processor: the machine is as its file says once more, and the host offers an
// empty ownership table. Memory keeps its content, and modules stay what they are; cards lose power with the rest of the machine.
void World::forget_firmware() {
  kit->power_off();
  memory.write_back_all();
  technology.reset();
  bays.clear();
  fabric.reset();
  old_firmware = false;
  settings = settings_of(run);
  memory.set_ciphertext_hiding(settings.memory.ciphertext_hiding);
}

Retry World::retry() {
  const bool restarts = firmware_restarts(*run.scenario);
  const std::size_t broken_before = oracle.breaches().size();
  adversary->stop();
  debug_asked = false;
  verdict = Verdict{};
  record.say("vmm", "attacks no more");
  if (technology) clear_away();
  ++generation;
  if (restarts) {
    record.say(kit->keeper(), "restarts");
    forget_firmware();
  }
  Retry out;
  if (technology || boot()) {
    populate();
    do run_guests();
    while (succeed());
  } else {
    record.say("firmware", "starts no confidential guest");
  }
  for (const auto& vm : vms)
    if (!vm->stopped.empty()) out.stopped[vm->name] = vm->stopped;
  out.ends = verdict.ends;
  out.breaches.assign(oracle.breaches().begin() + static_cast<std::ptrdiff_t>(broken_before), oracle.breaches().end());
  out.limit = verdict.limit;
  out.trace = record.bytes();
  return out;
}

}  // namespace engine
