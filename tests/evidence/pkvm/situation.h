#pragma once
// For tests: a protected VM on a device, its evidence, and an owner who expects exactly that.
#include "guest/relying_party/pkvm_verifier.h"
#include "tsm/pkvm/pvmfw/device.h"

namespace pkvm_evidence {

struct Situation {
  // Each claim set can be altered before it is signed; `challenge` is what the VM signs.
  explicit Situation(const pkvmproto::DiceEdit& edit = {});

  trust::Result<relying_party::PkvmAppraisal> appraise(trust::Defences& defences) const {
    return relying_party::appraise({.evidence = evidence, .chain = chain}, policy, challenge, defences);
  }
  // The first row that refuses; empty: accepted.
  std::string_view refusal(const std::vector<std::string>& lifted = {}) const;

  crypto::Library library{1};
  pkvm::Device device = pkvm::Device::from_seed(base::view_of("device"));
  pkvmproto::Cdis cdis;  // of the VM
  base::Block<64> challenge{};
  base::Bytes chain, evidence;
  relying_party::PkvmPolicy policy;
};

}  // namespace pkvm_evidence
