#include "tests/evidence/pkvm/situation.h"

#include "tests/evidence/pkvm/guest_side.h"

namespace pkvm_evidence {

Situation::Situation(const pkvmproto::DiceEdit& edit) {
  challenge[0] = 0xC4;
  Made made = make(library, device, challenge, edit);
  chain = std::move(made.chain), evidence = std::move(made.evidence), cdis = made.cdis;
  policy.endorsed_roots = {device.root_point()};
  policy.layers = made.layers;
}

std::string_view Situation::refusal(const std::vector<std::string>& lifted) const {
  trust::Defences defences;
  for (const auto& id : lifted) defences.lift(id);
  const auto done = appraise(defences);
  return done ? "" : done.refusal().by->id;
}

}  // namespace pkvm_evidence
