// The host's part in SEV-TIO: what KVM and the ccp driver do when a guest asks for a device, and before.
#include <algorithm>

#include "platform/protocol/sev/ghcb.h"
#include "platform/protocol/sev/tio.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "tsm/sev/host/sev_machine.h"
#include "tsm/sev/tio_commands.h"

namespace sev {

namespace {
using sevproto::Command;
// As the drivers lock: no update, and nothing past the root complex where the device knows how.
constexpr std::uint16_t kLockFlags = tdisp::kLockNoFwUpdate;
}  // namespace

std::string SevMachine::attach_device(const tio::Attachment& device) {
  psp_->attach(*device.firmware, *device.mmio);
  if (tio_devices_.empty() && !ask(Command::kTioInit, {}).ok()) return "TIO_INIT";
  tio_devices_.push_back({.host = device.host, .dev_ctx = host_.take_page(), .stream = device.stream});
  const std::uint64_t dev_ctx = tio_devices_.back().dev_ctx;
  const command::TioDevCreate create{.dev_ctx = dev_ctx, .device_id = device.functions.front().id, .root_port_id = device.root_port};
  if (!ask(Command::kTioDevCreate, wire::encode(create)).ok()) return "TIO_DEV_CREATE";
  for (const auto& function : device.functions) {
    const command::TioTdiCreate tdi{.dev_ctx = dev_ctx, .tdi_ctx = host_.take_page(), .function_id = function.interface.bits};
    if (!ask(Command::kTioTdiCreate, wire::encode(tdi)).ok()) return "TIO_TDI_CREATE";
    tio_interfaces_.push_back({.device = tio_devices_.size() - 1, .tdi_ctx = tdi.tdi_ctx, .function = function.id});
  }
  return "";
}

SevMachine::TioInterface* SevMachine::find_interface(std::uint32_t function) {
  const auto found = std::ranges::find(tio_interfaces_, function, &TioInterface::function);
  return found == tio_interfaces_.end() ? nullptr : &*found;
}

CallResult SevMachine::bind_device(const Guest& guest, const TioInterface& interface, std::uint16_t run_flags) {
  const command::TioTdiBind bind{.dev_ctx = tio_devices_[interface.device].dev_ctx, .tdi_ctx = interface.tdi_ctx,
                                 .gctx_paddr = guest.gctx, .guest_device_id = interface.function, .lock_flags = kLockFlags,
                                 .run_flags = run_flags};
  return ask(Command::kTioTdiBind, wire::encode(bind));
}

CallResult SevMachine::unbind_device(const cpu::Vm& vm, const TioInterface& interface) {
  const TioDevice& device = tio_devices_[interface.device];
  const command::TioTdi unbind{.dev_ctx = device.dev_ctx, .tdi_ctx = interface.tdi_ctx, .gctx_paddr = guests_[vm.name].gctx};
  auto done = ask(Command::kTioTdiUnbind, wire::encode(unbind));
  device.host->take_memory(vm, interface.function);
  return done;
}

// What of it was bound to whomever is bound no more, and its memory is the host's again.
void SevMachine::disconnect_device(const cpu::Vm& vm, std::size_t device) {
  const std::uint64_t dev_ctx = tio_devices_[device].dev_ctx;
  for (const TioInterface& interface : tio_interfaces_) {
    if (interface.device != device) continue;
    (void)ask(Command::kTioTdiUnbind, wire::encode(command::TioTdi{.dev_ctx = dev_ctx, .tdi_ctx = interface.tdi_ctx}));
    tio_devices_[device].host->take_memory(vm, interface.function);
  }
  (void)ask(Command::kTioDevDisconnect, wire::encode(command::TioDev{.dev_ctx = dev_ctx, .flags = command::TioDev::kForce}));
}

// A device that was reset has lost its session: the host connects it anew and tries once more.
CallResult SevMachine::take_device(const cpu::Vm& vm, const Guest& guest, const TioInterface& interface) {
  TioDevice& device = tio_devices_[interface.device];
  const command::TioDev named{.dev_ctx = device.dev_ctx};
  CallResult done{sevproto::Status::kInvalidParam, {}};
  for (int tries = 0; tries < 2 && !done.ok(); ++tries) {
    if (!device.connected || tries > 0) {
      if (device.connected) disconnect_device(vm, interface.device);
      command::TioDevConnect connect{.dev_ctx = device.dev_ctx};
      connect.ide_stream_id[0] = device.stream;
      done = ask(Command::kTioDevConnect, wire::encode(connect));
      device.connected = done.ok();
      if (!done.ok()) return done;
      device.host->connected();
    }
    device.host->give_memory(vm, interface.function);
    done = bind_device(guest, interface, 0);
  }
  if (done.ok()) (void)ask(Command::kTioDevMeasurements, wire::encode(named));
  return done;
}

// Answers with firmware's status in info2 and the new id in RCX.
void SevMachine::device_op(cpu::Vm& vm, const cpu::Exit& exit, cpu::Exit& answer) {
  answer.info2 = static_cast<std::uint32_t>(sevproto::Status::kUnsupported);
  const auto guest = guests_.find(vm.name);
  const auto device = static_cast<std::uint32_t>(exit.info1);
  const TioInterface* interface = find_interface(device);
  if (!interface || guest == guests_.end()) return;
  guest->second.device = device;
  CallResult done{sevproto::Status::kInvalidParam, {}};
  switch (static_cast<sevproto::TioOp>(exit.info1 >> 32)) {
    case sevproto::TioOp::kBind:
      done = take_device(vm, guest->second, *interface);
      if (const auto id = wire::decode<command::TioTdiId>(done.out); id && done.ok()) answer.rcx = id->tdi_id;
      break;
    case sevproto::TioOp::kRun: done = bind_device(guest->second, *interface, command::TioTdiBind::kRun); break;
    case sevproto::TioOp::kStop:
    case sevproto::TioOp::kUnbind: done = unbind_device(vm, *interface); break;
  }
  answer.info2 = static_cast<std::uint32_t>(done.status);
}

}  // namespace sev
