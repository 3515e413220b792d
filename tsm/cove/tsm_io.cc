// The TSM's calls about devices.
#include "tsm/cove/tsm_io.h"

namespace cove {

Tsm::~Tsm() = default;

void Tsm::attach_device(tio::DeviceManager& device, tio::MmioTable& mmio, std::uint16_t root_port) {
  devices_->io.attach(device, mmio, root_port);
}

CallResult Tsm::io_call(Covh function, const Ecall& in) { return devices_->io.host_call(function, in); }

EcallResult Tsm::io_guest_call(std::uint32_t hart, Tvm& tvm, Covg function, const Ecall& in) {
  return devices_->io.guest_call(hart, tvm, function, in);
}

CallResult Tsm::rdsm_call(std::uint8_t domain, const Ecall& in) {
  const auto answer = devices_->io.rdsm_call(domain, in);
  return {answer.ret, answer.refusal};
}

void Tsm::forget_devices_of(const Tvm& tvm) { devices_->io.forget(tvm); }

}  // namespace cove
