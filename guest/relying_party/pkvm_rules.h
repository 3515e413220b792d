#pragma once
// What makes the owner turn evidence of a protected VM down, in the order in which a verifier looks. A row stands for
// itself: an absent part answers "no" wherever it is asked.
//
// Clauses: "DICE" is the Open Profile for DICE 2.5, "Android" the Android profile for DICE (android.18), "AVF"
// Android's virtualization framework.
#include <algorithm>

#include "guest/relying_party/pkvm_policy.h"
#include "platform/trust/defence.h"

namespace relying_party {

// Evidence as received, and what the owner expects.
struct PkvmCase {
  const PkvmPolicy& policy;
  const base::Block<64>& expected;
  std::optional<pkvmproto::DiceChain> chain;
  std::optional<cose::Sign1> evidence;
  std::optional<base::Bytes> challenge;  // that the evidence names

  // Null when there is none.
  const pkvmproto::DiceEntry* leaf() const { return chain ? &chain->entries.back() : nullptr; }
};

// The questions that take more than a line, in pkvm_checks.cc.
bool pkvm_root_is_endorsed(const PkvmCase& c);
bool pkvm_chain_is_signed(const PkvmCase& c);
bool pkvm_names_link(const PkvmCase& c);
bool pkvm_configs_are_hashed(const PkvmCase& c);
bool pkvm_components_are_expected(const PkvmCase& c);
bool pkvm_modes_are_normal(const PkvmCase& c);
bool pkvm_firmware_is_known(const PkvmCase& c);
bool pkvm_firmware_is_new_enough(const PkvmCase& c);
bool pkvm_authority_is_expected(const PkvmCase& c);
bool pkvm_code_is_expected(const PkvmCase& c);
bool pkvm_version_is_new_enough(const PkvmCase& c);
bool pkvm_configuration_is_expected(const PkvmCase& c);
bool pkvm_device_is_known(const PkvmCase& c);
bool pkvm_evidence_is_signed(const PkvmCase& c);

inline constexpr trust::Rule<PkvmCase> kPkvmRules[] = {
    {{"owner.pkvm.format", "DICE, 9; Android, DICE chain", "Chain and evidence have their exact form.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const PkvmCase& c) { return c.chain && c.evidence && c.challenge; }},
    {{"owner.pkvm.chain.root", "Android, remote key provisioning",
      "The chain begins with a key that the device's vendor endorses.", trust::Act::kDetect},
     pkvm_root_is_endorsed},
    {{"owner.pkvm.chain.signatures", "Android, DICE chain", "Each layer's key signed the next layer's certificate.",
      trust::Act::kDetect},
     pkvm_chain_is_signed},
    {{"owner.pkvm.chain.names", "DICE, 9.2, issuer and subject",
      "Each certificate names the key that signed it and the one that it is for.", trust::Act::kDetect},
     pkvm_names_link},
    {{"owner.pkvm.chain.config", "DICE, 9.2, configuration hash",
      "Each configuration is the one that went into the layer's secrets.", trust::Act::kDetect},
     pkvm_configs_are_hashed},
    {{"owner.pkvm.components", "Android, configuration descriptor, component name",
      "What was booted, in order, is what the owner means, and no more.", trust::Act::kDetect,
      trust::Kind::kConformance},
     pkvm_components_are_expected},
    {{"owner.pkvm.mode", "DICE, 3.2, mode", "No layer runs in any mode but the normal one.", trust::Act::kDetect},
     pkvm_modes_are_normal},
    {{"owner.pkvm.firmware", "DICE, 3.2, code hash; AVF, pvmfw",
      "Hypervisor and VM firmware are ones that the owner knows.", trust::Act::kDetect, trust::Kind::kConformance},
     pkvm_firmware_is_known},
    {{"owner.pkvm.firmware-version", "Android, configuration descriptor, security version",
      "Hypervisor and VM firmware are not older than the owner accepts.", trust::Act::kDetect},
     pkvm_firmware_is_new_enough},
    {{"owner.pkvm.authority", "DICE, 3.2, authority hash; AVF, pvmfw, verified boot",
      "Who answers for the VM's kernel is the owner.", trust::Act::kDetect},
     pkvm_authority_is_expected},
    {{"owner.pkvm.code", "DICE, 3.2, code hash; AVF, pvmfw", "The VM's kernel is the owner's.", trust::Act::kDetect},
     pkvm_code_is_expected},
    {{"owner.pkvm.security-version", "AVF, pvmfw, rollback index",
      "The VM's kernel is not older than the owner accepts.", trust::Act::kDetect},
     pkvm_version_is_new_enough},
    {{"owner.pkvm.configuration", "AVF, microdroid, DICE node of the payload",
      "The configuration that the host chose is the one expected, where the owner expects one.", trust::Act::kDetect},
     pkvm_configuration_is_expected},
    {{"owner.pkvm.device.allow-list", "Android, remote key provisioning",
      "The device is one of those that the owner knows, where the owner keeps such a list.", trust::Act::kDetect},
     pkvm_device_is_known},
    {{"owner.pkvm.evidence.signature", "RFC 9052, 4.4", "The key of the VM's certificate signed the evidence.",
      trust::Act::kDetect, trust::Kind::kConformance},
     pkvm_evidence_is_signed},
    {{"owner.pkvm.challenge", "RFC 9711, 4.1; RFC 9334, 10.2",
      "The evidence was made for this nonce and this channel key.", trust::Act::kDetect},
     [](const PkvmCase& c) { return c.challenge && std::ranges::equal(*c.challenge, c.expected); }},
};

}  // namespace relying_party
