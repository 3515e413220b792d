#pragma once
// For tests: a machine of SEV-TIO with a guest that runs and one device.
#include "platform/pcie/config_builder.h"
#include "platform/requester/test_responder.h"
#include "tsm/sev/test_machine.h"

namespace sev {

// A device that answers nothing: what firmware refuses before it speaks to one.
struct Firmware {
  using C = sevproto::Command;
  using Status = sevproto::Status;

  explicit Firmware(bool enabled = true)
      : machine(settings(enabled)), link("link"), port("rp0", config(), link, machine.defences, {}),
        keys("psp0", port, iommu, machine.defences),
        device("psp0", {{.id = 0x100, .interface = {.bits = 0x100}}}, keys, requester::counting_random(),
               [](base::View) { return std::nullopt; }, machine.defences) {
    machine.psp.attach(device, mmio);
    machine.begin();
    (void)machine.finish();
  }
  static PspSettings settings(bool enabled) {
    PspSettings out;
    out.tio_enabled = enabled;
    return out;
  }
  pcie::ConfigSpace& config() {
    pcie::RootPort::build(space, {});
    return space;
  }
  Status call(C command) { return machine.call(command).status; }
  template <class Message>
  Status call(C command, const Message& message) {
    return machine.call(command, message).status;
  }

  TestMachine machine;
  pcie::ConfigSpace space;
  pcie::Link link;
  pcie::RootPort port;
  pcie::Iommu iommu{"iommu0", machine.defences};
  tio::PortFirmware keys;
  tio::DeviceManager device;
  tio::MmioTable mmio{machine.defences, "cpu0"};
};

}  // namespace sev
