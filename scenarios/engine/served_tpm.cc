#include "scenarios/engine/served_tpm.h"

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/vm_tpm.h"
#include "scenarios/engine/world.h"

namespace engine {

ServedTpm::ServedTpm(const Run& run, const std::string& vm) : run_(run), world_(std::make_unique<World>(run_, false)) {
  world_->boot();
  world_->populate();
  (void)world_->sim.run();
  const auto found = std::find_if(world_->vms.begin(), world_->vms.end(), [&](const auto& one) { return one->name == vm; });
  if (found == world_->vms.end()) throw base::UserError(run.machine->file + ": the machine has no VM `" + vm + "`");
  vm_ = found->get();
  if (!vm_->vtpm) throw base::UserError(run.machine->file + ": `" + vm + "` has no TPM: give it `tpm: host`");
}

ServedTpm::~ServedTpm() = default;

vtpm::Tpm& ServedTpm::tpm() { return vm_->vtpm->chip(); }

std::vector<std::string> ServedTpm::prepared() const {
  std::vector<std::string> out;
  for (const auto& [pcr, value] : boot_pcrs(*world_, *vm_, false)) out.push_back("PCR " + std::to_string(pcr) + ": " + base::to_hex(value));
  return out;
}

}  // namespace engine
