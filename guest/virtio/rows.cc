#include "guest/virtio/rows.h"

namespace virtio_guest {

const std::vector<trust::Defence>& rows() {
  using trust::Act;
  static const std::vector<trust::Defence> kRows = {
      {"guest.device-filter.allow-list", "Linux CoCo threat model, undesired devices", "A driver is given to no device that the image does not list.", Act::kRefuse},
      {"guest.pci.identity-once", "Intel TDX guest hardening, PCI", "The device that was let in is the one that a driver is given to.", Act::kRefuse},
      {"guest.pci.bar-place", "Intel TDX guest hardening, PCI", "No register block lies over the guest's own memory.", Act::kRefuse},
      {"guest.pci.capability-range", "virtio 1.2, 4.1.4.1", "A structure lies inside of the BAR that its capability names.", Act::kRefuse},
      {"guest.virtio.version-1", "virtio 1.2, 6.1", "The device is no legacy device, for which there is no platform address.", Act::kRefuse},
      {"guest.virtio.access-platform", "virtio 1.2, 6.1; Linux CoCo threat model", "The device is handed nothing but shared memory.", Act::kRefuse},
      {"guest.virtio.features-once", "virtio 1.2, 3.1.1", "A device that takes back what was agreed on is left alone.", Act::kRefuse},
      {"guest.virtio.config-once", "virtio 1.2, 2.5; Intel TDX guest hardening, virtio", "What was sized by a value of the device is used by that value.", Act::kRefuse},
      {"guest.virtio.used-length", "virtio 1.2, 2.7.8.2", "A device has written no more into a buffer than it holds.", Act::kRefuse},
      {"guest.virtio.used-once", "Linux CoCo threat model, malformed runtime input", "What a used element says is what was checked.", Act::kRefuse},
      {"guest.virtio.used-id", "virtio 1.2, 2.7.8", "A used element names a buffer that the queue can have.", Act::kRefuse},
      {"guest.virtio.in-flight", "virtio 1.2, 2.7.8", "A buffer comes back once for each time that it went out.", Act::kRefuse},
      {"guest.virtio.used-index", "virtio 1.2, 2.7.8", "No more buffers come back than went out.", Act::kRefuse},
      {"guest.virtio.private-descriptors", "Linux drivers/virtio, desc_extra", "Where a buffer lies is what the driver remembers.", Act::kRefuse},
      {"guest.virtio.bounce-once", "Linux CoCo threat model, malformed runtime input", "What is used of a buffer is what was verified.", Act::kRefuse},
      {"guest.virtio.net-buffers", "virtio 1.2, 5.1.6.4", "A frame lies in buffers that came back.", Act::kRefuse},
      {"guest.virtio.net-checksum", "virtio 1.2, 5.1.6.4", "A checksum is completed inside of its frame.", Act::kRefuse},
      {"guest.entropy.no-credit", "Linux CoCo threat model, entropy", "A device's bytes are mixed in and count for nothing.", Act::kRefuse},
      {"guest.console.no-login", "Linux CoCo threat model, console", "Nobody logs in at a console that the host reads.", Act::kRefuse},
      {"guest.vsock.proof", "Linux CoCo threat model, vsock", "An order over a socket proves that it is the owner's.", Act::kDetect},
      {"guest.virtio.config-generation", "virtio 1.2, 2.5.1", "A value of several words was read while nothing changed.", Act::kDetect, trust::Kind::kConformance},
      {"guest.pci.capability-loop", "PCI Local Bus 3.0, 6.7", "A list of capabilities comes to an end.", Act::kDetect, trust::Kind::kConformance},
  };
  return kRows;
}

}  // namespace virtio_guest
