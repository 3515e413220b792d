#pragma once
// What a confidential VM's kernel has against it, item by item: the threat model of Linux for confidential VMs (its
// Documentation/security/snp-tdx-threat-model.rst), in our words, and three of its surfaces told apart as the TDX guest's hardening notes do.
// Scenario files name the items that they exercise; who attacks follows from the positions in them.
#include <string>
#include <vector>

namespace engine {

struct Threat {
  enum class Kind { kThreat, kSurface, kAsset, kActor, kOutside };
  const char* id;  // as files name it
  Kind kind;
  const char* about;                     // one line
  std::vector<std::string> positions{};  // of an actor
};

const std::vector<Threat>& threats();
std::string name_of(Threat::Kind kind);
// Those that a file may name: all but actors.
std::vector<std::string> threat_names();

}  // namespace engine
