#pragma once
// A phone from the factory as far as a VM's owner can know it: a secret of its own, and what ROM and bootloader make of
// it by DICE until protected VM firmware runs. Its root key is emulated, says so in nothing, and is endorsed by a list
// alone (as Android's remote key provisioning keeps one), so no real verifier accepts it.
//
//   unique device secret -> bootloader measures the hypervisor -> the hypervisor's layer measures pvmfw -> pvmfw
//   measures a VM's kernel
#include <string>

#include "platform/protocol/pkvm/dice.h"

namespace pkvm {

// What the bootloader loads besides the kernel, in clear.
struct Firmware {
  base::Bytes hypervisor;
  base::Bytes pvmfw;  // the binary, without configuration
  std::uint64_t hypervisor_version = 1;
  std::uint64_t pvmfw_version = 1;
};

inline constexpr std::string_view kHypervisorComponent = "hypervisor", kPvmfwComponent = "Protected VM firmware",
                                  kVmComponent = "vm_entry";

class Device {
 public:
  // A device is its seed.
  static Device from_seed(base::View seed);

  const base::Bytes& root_point() const { return root_point_; }
  // The handover for pvmfw. `edit` sees the claims of kHypervisorComponent and of kPvmfwComponent.
  pkvmproto::Handover boot(crypto::Library& library, const Firmware& firmware,
                           const pkvmproto::DiceEdit& edit = {}) const;
  // What the owner of a list of good firmware knows of it.
  static pkvmproto::DiceHash code_hash(base::View image);
  // Who answers for the device's firmware: hash of the key that signs it.
  static pkvmproto::DiceHash vendor_authority();

 private:
  pkvmproto::Cdis secret_;
  base::Bytes root_point_;
};

}  // namespace pkvm
