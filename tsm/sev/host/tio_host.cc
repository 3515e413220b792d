// The host's part in SEV-TIO: what KVM and the ccp driver do when a guest asks for a device, and before.
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

std::string SevMachine::start_tio(DeviceHost& device, std::uint16_t root_port, std::uint16_t function, std::uint32_t interface,
                                  std::uint8_t stream) {
  tio_ = {.device = &device, .dev_ctx = host_.take_page(), .tdi_ctx = host_.take_page(), .stream = stream};
  if (!ask(Command::kTioInit, {}).ok()) return "TIO_INIT";
  const command::TioDevCreate create{.dev_ctx = tio_.dev_ctx, .device_id = function, .root_port_id = root_port};
  if (!ask(Command::kTioDevCreate, wire::encode(create)).ok()) return "TIO_DEV_CREATE";
  const command::TioTdiCreate tdi{.dev_ctx = tio_.dev_ctx, .tdi_ctx = tio_.tdi_ctx, .function_id = interface};
  return ask(Command::kTioTdiCreate, wire::encode(tdi)).ok() ? "" : "TIO_TDI_CREATE";
}

CallResult SevMachine::bind_device(const Guest& guest, std::uint16_t run_flags) {
  const command::TioTdiBind bind{.dev_ctx = tio_.dev_ctx, .tdi_ctx = tio_.tdi_ctx, .gctx_paddr = guest.gctx, .lock_flags = kLockFlags,
                                 .run_flags = run_flags};
  return ask(Command::kTioTdiBind, wire::encode(bind));
}

CallResult SevMachine::unbind_device(const cpu::Vm& vm) {
  const command::TioTdi unbind{.dev_ctx = tio_.dev_ctx, .tdi_ctx = tio_.tdi_ctx, .gctx_paddr = guests_[vm.name].gctx};
  auto done = ask(Command::kTioTdiUnbind, wire::encode(unbind));
  tio_.device->take_memory(vm);
  return done;
}

// Answers with firmware's status in info2 and the new id in RCX.
void SevMachine::device_op(cpu::Vm& vm, const cpu::Exit& exit, cpu::Exit& answer) {
  answer.info2 = static_cast<std::uint32_t>(sevproto::Status::kUnsupported);
  const auto guest = guests_.find(vm.name);
  if (!tio_.device || guest == guests_.end()) return;
  CallResult done{sevproto::Status::kInvalidParam, {}};
  switch (static_cast<sevproto::TioOp>(exit.info1 >> 32)) {
    case sevproto::TioOp::kBind: {
      // A device that was reset has lost its session: the host connects it anew and tries once more.
      for (int tries = 0; tries < 2 && !done.ok(); ++tries) {
        if (!tio_.connected || tries > 0) {
          if (tio_.connected) (void)ask(Command::kTioDevDisconnect, wire::encode(command::TioDev{.dev_ctx = tio_.dev_ctx, .flags = command::TioDev::kForce}));
          command::TioDevConnect connect{.dev_ctx = tio_.dev_ctx};
          connect.ide_stream_id[0] = tio_.stream;
          done = ask(Command::kTioDevConnect, wire::encode(connect));
          tio_.connected = done.ok();
          if (!done.ok()) break;
          tio_.device->connected();
        }
        tio_.device->give_memory(vm);
        done = bind_device(guest->second, 0);
      }
      if (done.ok()) (void)ask(Command::kTioDevMeasurements, wire::encode(command::TioDev{.dev_ctx = tio_.dev_ctx}));
      if (const auto id = wire::decode<command::TioTdiId>(done.out); id && done.ok()) answer.rcx = id->tdi_id;
      break;
    }
    case sevproto::TioOp::kRun:
      done = bind_device(guest->second, command::TioTdiBind::kRun);
      break;
    case sevproto::TioOp::kStop:
    case sevproto::TioOp::kUnbind: done = unbind_device(vm); break;
  }
  answer.info2 = static_cast<std::uint32_t>(done.status);
}

}  // namespace sev
