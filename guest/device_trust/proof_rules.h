#pragma once
// What makes a conversation no proof that the other end is the device of the chain.
#include "guest/device_trust/device_case.h"

namespace device_trust {

// proof_checks.cc
bool device_is_authenticated(const DeviceCase& c);
bool algorithms_are_accepted(const DeviceCase& c);
bool holds_leaf_key(const DeviceCase& c);
bool nonces_are_ours(const DeviceCase& c);
bool came_as_the_tsm_says(const DeviceCase& c);

// Whether there is anything to judge.
inline constexpr trust::Rule<DeviceCase> kPresenceRules[] = {
    {{"cma.device.authenticated", "PCIe 6.1, 6.31; DSP0274 1.3, 10.4",
      "A device that does not authenticate itself is not used where the owner wants authentication.",
      trust::Act::kDetect},
     device_is_authenticated},
};

inline constexpr trust::Rule<DeviceCase> kNegotiationRules[] = {
    {{"cma.vca.form", "DSP0274 1.3, 10.3 to 10.5", "The conversation opens with the six messages that agree on it.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return c.negotiated.well_formed; }},
    {{"cma.vca.version", "DSP0274 1.3, 10.3", "SPDM is spoken in a version that the owner accepts.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return c.negotiated.algorithms.version >= c.policy.negotiation.version_min; }},
    {{"cma.vca.capabilities", "DSP0274 1.3, 10.4", "The device can do all that the owner wants, sessions included.",
      trust::Act::kDetect},
     [](const DeviceCase& c) {
       return (c.negotiated.capabilities & c.policy.negotiation.capabilities) == c.policy.negotiation.capabilities;
     }},
    {{"cma.vca.algorithms", "DSP0274 1.3, 10.5", "Only algorithms that the owner accepts are in use.",
      trust::Act::kDetect},
     algorithms_are_accepted},
};

inline constexpr trust::Rule<DeviceCase> kProofRules[] = {
    {{"cma.proof.form", "DSP0274 1.3, 10.8 and 10.14",
      "The proof is one whole answer to a challenge or a key exchange, in the conversation at hand.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return c.proof.well_formed; }},
    {{"cma.slot.verified", "DSP0274 1.3, 10.8.3 and 12",
      "The device holds the private key of the leaf in the slot that verified.", trust::Act::kDetect},
     holds_leaf_key},
    {{"guest.proof.own", "DSP0274 1.3, 10.8",
      "The device answers the guest itself, and not only its security manager, where the owner wants that.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const DeviceCase& c) { return !c.policy.require_own_proof || c.question.asked.proof; }},
    {{"guest.nonce.fresh", "DSP0274 1.3, 10.8 and 10.11", "What came back answers the guest's own nonces of this time.",
      trust::Act::kDetect, trust::Kind::kConformance},
     nonces_are_ours},
    {{"guest.evidence.digest", "RMM 1.1, RSI_VDEV_GET_INFO; SEV-TIO firmware interface, TDI_INFO",
      "Evidence that the host carried is what the security manager saw.",
      trust::Act::kDetect},
     came_as_the_tsm_says},
};

}  // namespace device_trust
