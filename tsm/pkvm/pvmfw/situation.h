#pragma once
// For tests: a device that booted, an owner's signed images, and protected VM firmware that looks at them.
#include "tsm/pkvm/pvmfw/device.h"
#include "tsm/pkvm/pvmfw/pvmfw.h"

namespace pkvm {

struct Situation {
  explicit Situation(const pkvmproto::DiceEdit& at_boot = {}) {
    handover = device.boot(library, firmware, at_boot);
    describe();
  }
  void describe(const crypto::EcKey* signer = nullptr) {
    const crypto::EcKey& who = signer ? *signer : key;
    vbmeta = pkvmproto::sign_vbmeta(
        library, {.actor = "owner", .purpose = "image"}, who,
        {.rollback_index = rollback_index,
         .images = {pkvmproto::digest_of_image("boot", kernel), pkvmproto::digest_of_image("initrd_normal", ramdisk),
                    pkvmproto::digest_of_image("initrd_debug", debug_ramdisk)},
         .public_key = who.public_point()});
  }
  trust::Result<Started> start(trust::Defences& defences, const pkvmproto::DiceEdit& edit = {}) {
    image = pvmfw_image(firmware.pvmfw, {.handover = pkvmproto::encode_handover(handover), .debug_policy = {}});
    image.resize(kPvmfwPages * kPage);
    Pvmfw pvmfw(library, defences, "vm0");
    return pvmfw.start(
        {.firmware = image, .kernel = kernel, .ramdisk = ramdisk, .vbmeta = vbmeta, .instance = instance}, fresh, edit);
  }

  crypto::Library library{1};
  crypto::EcKey key = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{1}, "image");
  Device device = Device::from_seed(base::view_of("device"));
  Firmware firmware{.hypervisor = base::Bytes(100, 1),
                    .pvmfw = pvmfw_binary(key.public_point(), "1"),
                    .hypervisor_version = 4,
                    .pvmfw_version = 4};
  pkvmproto::Handover handover;
  base::Bytes kernel = base::Bytes(kPage, 7), ramdisk = base::Bytes(kPage, 8), debug_ramdisk = base::Bytes(kPage, 9),
              vbmeta, instance, image;
  std::uint64_t rollback_index = 7;
  pkvmproto::DiceHash fresh{5};
};

}  // namespace pkvm
