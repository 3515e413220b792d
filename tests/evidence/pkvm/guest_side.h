#pragma once
// For tests: what device, firmware and VM make, and what an owner who built that VM expects of each layer.
#include "guest/relying_party/pkvm_policy.h"
#include "tsm/pkvm/pvmfw/device.h"

namespace pkvm_evidence {

struct Made {
  base::Bytes chain, evidence;
  pkvmproto::Cdis cdis;
  std::vector<relying_party::PkvmLayer> layers;
};
Made make(crypto::Library& library, const pkvm::Device& device, const base::Block<64>& challenge,
          const pkvmproto::DiceEdit& edit);

}  // namespace pkvm_evidence
