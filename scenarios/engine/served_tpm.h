#pragma once
// The TPM of a VM that has booted, for programs outside: what the boot measured is in its registers.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/engine/engine.h"
#include "tsm/vtpm/tpm.h"

namespace engine {

class World;
struct VmState;

class ServedTpm {
 public:
  // Throws base::UserError when the machine has no such VM, or that has no TPM.
  ServedTpm(const Run& run, const std::string& vm);
  ~ServedTpm();
  ServedTpm(const ServedTpm&) = delete;
  ServedTpm& operator=(const ServedTpm&) = delete;

  vtpm::Tpm& tpm();
  // What was measured, a line each: "PCR 0: 1234...", by the launch and not by the TPM's word.
  std::vector<std::string> prepared() const;

 private:
  Run run_;
  std::unique_ptr<World> world_;
  VmState* vm_ = nullptr;
};

}  // namespace engine
