#include "tests/evidence/pkvm/guest_side.h"

#include "tsm/abi/pkvm_guest.h"
#include "tsm/pkvm/pvmfw/pvmfw.h"

namespace pkvm_evidence {

namespace {

// A guest that only signs asks nothing of its machine.
class NoMachine final : public tsm_abi::PkvmPlatform {
 public:
  base::Bytes read(std::uint64_t, std::size_t count) override { return base::Bytes(count); }
  void write(std::uint64_t, base::View) override {}
  pkvmproto::Registers hvc(const pkvmproto::Registers&) override { return {}; }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count); }
};

}  // namespace

Made make(crypto::Library& library, const pkvm::Device& device, const base::Block<64>& challenge,
          const pkvmproto::DiceEdit& edit) {
  const auto key = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{1}, "image");
  const pkvm::Firmware firmware{.hypervisor = base::Bytes(100, 1),
                                .pvmfw = pkvm::pvmfw_binary(key.public_point(), "1"),
                                .hypervisor_version = 4,
                                .pvmfw_version = 5};
  const base::Bytes kernel(4096, 7), ramdisk(4096, 8);
  const base::Bytes vbmeta = pkvmproto::sign_vbmeta(
      library, {.actor = "owner", .purpose = "image"}, key,
      {.rollback_index = 7,
       .images = {pkvmproto::digest_of_image("boot", kernel), pkvmproto::digest_of_image("initrd_normal", ramdisk)},
       .public_key = key.public_point()});
  base::Bytes image = pkvm::pvmfw_image(
      firmware.pvmfw,
      {.handover = pkvmproto::encode_handover(device.boot(library, firmware, edit)), .debug_policy = {}});
  trust::Defences defences;
  pkvm::Pvmfw pvmfw(library, defences, "vm0");
  auto started =
      pvmfw.start({.firmware = image, .kernel = kernel, .ramdisk = ramdisk, .vbmeta = vbmeta, .instance = {}},
                  pkvmproto::DiceHash{3}, edit);
  Made out;
  const pkvmproto::DiceHash vendor = pkvm::Device::vendor_authority();
  out.layers = {{std::string(pkvm::kHypervisorComponent), {pkvm::Device::code_hash(firmware.hypervisor)}, {vendor}, 4},
                {std::string(pkvm::kPvmfwComponent), {pkvm::Device::code_hash(firmware.pvmfw)}, {vendor}, 5},
                {std::string(pkvm::kVmComponent),
                 {pkvm::vm_code_hash(kernel, ramdisk)},
                 {pkvm::vm_authority_hash(key.public_point())},
                 7}};
  if (!started) return out;  // firmware would not go on from what an edit made of its own chain
  out.chain = started->handover.chain, out.cdis = started->handover.cdis;
  NoMachine machine;
  tsm_abi::PkvmGuest guest(machine, defences);
  // An edit may have left no entry that can be read.
  if (!guest.take_handover(pkvmproto::encode_handover(started->handover))) return out;
  out.evidence = *guest.attest(library, challenge, edit);
  return out;
}

}  // namespace pkvm_evidence
