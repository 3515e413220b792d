// The adversary's hands on a TPM that the host runs: its power and its state.
#include "platform/base/user_error.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/vm_tpm.h"

namespace engine {

void Adversary::act_on_tpm(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  for (const auto& vm : world_.vms) {
    if (step.at->value != vm->tpm.name()) continue;
    if (!vm->vtpm || vm->vtpm->holder() != VmTpm::Holder::kHost) return;  // nothing there for the host to reach
    VmTpm& tpm = *vm->vtpm;
    if (verb == "save") {
      tpm.save(text(step, verb));
      return did(running, "keeps the state of the TPM of " + vm->name);
    }
    if (verb == "restore") {
      if (!tpm.restore(text(step, verb))) cannot(step, "finds no state that was kept as `" + text(step, verb) + "`");
      return did(running, "puts the TPM of " + vm->name + " back into an earlier state");
    }
    if (verb == "reset" && text(step, verb) == "power") {
      tpm.reset();
      return did(running, "takes power from the TPM of " + vm->name + " and starts it again");
    }
    cannot(step, "does nothing to a TPM");
  }
}

}  // namespace engine
