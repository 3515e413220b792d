#pragma once
// Protected VM firmware: the first code of a protected VM, put there by EL2. It looks at what the host loaded before
// any of it runs, makes the VM's secrets by DICE, and hands them over with the chain.
//
// Promise: it gives a handover, or it gives nothing and the VM ends; every policy is a row of pvmfw_rules.h.
//
// simplified: kernel, ramdisk and their description each lie where the layout says, without a device tree; rollback is
// kept by an instance image (Android's first way; the later one asks another VM, Secretkeeper).
#include <optional>
#include <string>
#include <vector>

#include "platform/protocol/pkvm/dice.h"
#include "platform/protocol/pkvm/instance.h"
#include "platform/protocol/pkvm/pvmfw_config.h"
#include "platform/protocol/pkvm/vbmeta.h"
#include "platform/trust/defence.h"
#include "tsm/pkvm/vm.h"

namespace pkvm {

// The binary: a page with the key by which it judges images.
base::Bytes pvmfw_binary(base::View trusted_point, std::string_view version);
// Empty for bytes that are no such binary.
std::optional<base::Bytes> trusted_point_of(base::View binary);
// As the bootloader leaves it in memory: the binary, and its configuration at the next page.
base::Bytes pvmfw_image(base::View binary, const pkvmproto::PvmfwConfig& config);

// A nonce and AES-256-GCM under a key from the firmware's CDI_Seal.
using pkvmproto::InstanceRecord;
base::Bytes seal_instance(const pkvmproto::Cdi& seal, const InstanceRecord& record);
std::optional<InstanceRecord> open_instance(const pkvmproto::Cdi& seal, base::View sealed);

struct Loaded {
  base::View firmware;  // the VM's own first pages, kPvmfwPages of them
  base::View kernel, ramdisk, vbmeta;
  base::View instance;  // empty: this VM never ran
  bool environment_fits = true;  // what the host says of the machine, beside firmware's own template of it
};
struct Started {
  pkvmproto::Handover handover;
  base::Bytes instance;  // for the host to keep
  pkvmproto::DiceMode mode = pkvmproto::DiceMode::kNormal;
};

class Pvmfw {
 public:
  Pvmfw(crypto::Library& library, trust::Defences& defences, std::string at)
      : library_(library), defences_(defences), at_(std::move(at)) {}
  // `fresh` becomes the salt of an instance that is new. `edit` sees the claims of kVmComponent.
  trust::Result<Started> start(const Loaded& loaded, const pkvmproto::DiceHash& fresh,
                               const pkvmproto::DiceEdit& edit = {});

 private:
  crypto::Library& library_;
  trust::Defences& defences_;
  std::string at_;
};

// What a kernel with its ramdisk comes to, and who answers for it.
pkvmproto::DiceHash vm_code_hash(base::View kernel, base::View ramdisk);
pkvmproto::DiceHash vm_authority_hash(base::View trusted_point);

std::vector<const trust::Defence*> pvmfw_defences();

}  // namespace pkvm
