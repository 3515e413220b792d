#include "scenarios/engine/threats.h"

namespace engine {

const std::vector<Threat>& threats() {
  using Kind = Threat::Kind;
  static const std::vector<Threat> kAll = {
      // The threat matrix.
      {"config-firmware", Kind::kThreat, "other firmware or another boot loader than the owner's"},
      {"config-kernel", Kind::kThreat, "another kernel, or other modules of it"},
      {"config-command-line", Kind::kThreat, "other parameters for the kernel"},
      {"data-confidentiality", Kind::kThreat, "data on their way to and from devices are read"},
      {"data-integrity", Kind::kThreat, "data on their way to and from devices are altered"},
      {"data-freshness", Kind::kThreat, "data on their way to and from devices are replaced by earlier ones"},
      {"malformed-input", Kind::kThreat, "input that no correct counterpart would give"},
      {"malicious-input", Kind::kThreat, "input that is well formed, and chosen to harm"},
      {"malicious-time", Kind::kThreat, "a time that is not the time"},
      {"malicious-entropy", Kind::kThreat, "randomness that somebody knows"},
      {"event-timing", Kind::kThreat, "the moment of an event is chosen to harm"},
      // The attack surface.
      {"port-io", Kind::kSurface, "accesses to ports"},
      {"mmio", Kind::kSurface, "accesses to the memory of devices"},
      {"dma", Kind::kSurface, "accesses of devices to memory"},
      {"pci-config", Kind::kSurface, "accesses to the configuration space of devices"},
      {"hypercalls", Kind::kSurface, "calls to the hypervisor"},
      {"technology-calls", Kind::kSurface, "calls that a confidential technology adds"},
      {"shared-memory", Kind::kSurface, "pages that guest and host share"},
      {"interrupts", Kind::kSurface, "interrupts and exceptions that the host injects"},
      {"image-loading", Kind::kSurface, "what the host loads when it makes a guest, until attestation has told"},
      {"security-manager", Kind::kSurface, "the manager between guest and platform, and what it takes from the host"},
      {"attestation", Kind::kSurface, "the evidence by which others learn what a guest is"},
      {"side-channels", Kind::kSurface, "what is learned from accesses, faults, and ciphertext"},
      {"transient-execution", Kind::kSurface, "what is learned from execution that never was"},
      {"acpi-tables", Kind::kSurface, "tables, and the code in them"},
      {"cpuid", Kind::kSurface, "what the processor is said to be"},
      {"msr", Kind::kSurface, "registers of the processor that the host answers for"},
      // What is kept.
      {"private-memory", Kind::kAsset, "the guest's private memory"},
      {"execution-context", Kind::kAsset, "the guest's registers, and what it executes"},
      // Who attacks.
      {"host", Kind::kActor, "the hypervisor, its kernel and its device models", {"vmm", "host-user"}},
      {"network", Kind::kActor, "whoever is on the network", {"network"}},
      {"hardware", Kind::kActor, "whoever has hands on the machine, its links and its memory", {"link-tap", "switch", "dram-bus", "dimm"}},
      {"device", Kind::kActor, "a device that its maker did not mean so", {"device-firmware"}},
      {"userspace", Kind::kActor, "less privileged software of the guest's own", {"guest-user"}},
      {"supplier", Kind::kActor, "whoever touched image or firmware before", {"supply-chain", "platform-firmware"}},
      // Named by the model in order to leave it out.
      {"denial-of-service", Kind::kOutside, "the guest is stopped: a guest that stops is safe"},
  };
  return kAll;
}

std::string name_of(Threat::Kind kind) {
  switch (kind) {
    case Threat::Kind::kThreat: return "threat";
    case Threat::Kind::kSurface: return "surface";
    case Threat::Kind::kAsset: return "asset";
    case Threat::Kind::kActor: return "actor";
    case Threat::Kind::kOutside: return "outside";
  }
  return "?";
}

std::vector<std::string> threat_names() {
  std::vector<std::string> out;
  for (const auto& threat : threats())
    if (threat.kind != Threat::Kind::kActor) out.emplace_back(threat.id);
  return out;
}

}  // namespace engine
