#include "scenarios/engine/served_tpm.h"

#include "platform/base/user_error.h"
#include "scenarios/engine/vm_tpm.h"
#include "scenarios/engine/world.h"

namespace engine {

ServedTpm::ServedTpm(const Run& run, const std::string& vm) : run_(run), world_(std::make_unique<World>(run_, false)) {
  const load::Part* part = run.machine->find(vm);
  if (!part || part->is != "vm") throw base::UserError(run.machine->file + ": the machine has no VM `" + vm + "`");
  world_->boot();
  world_->populate();
  (void)world_->sim.run();
  vm_ = world_->vms.front().get();  // the only one that the run has
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
