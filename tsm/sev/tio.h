#pragma once
// SEV-TIO in the security processor: the host's TIO commands and the guests' messages about interfaces, on top of the shared engine
// that speaks to devices (tsm/tio). What a guest is told is sealed under its VMPCK like every answer; a refusal that only the guest
// should read is the status inside.
//
// simplified: a device is attached before its TIO_DEV_CREATE.
#include <functional>
#include <vector>

#include "platform/protocol/sev/guest_message.h"
#include "platform/protocol/sev/tio.h"
#include "tsm/sev/commands.h"
#include "tsm/sev/psp_state.h"
#include "tsm/sev/tio_commands.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"

namespace sev {

class Tio {
 public:
  explicit Tio(PspState& psp) : psp_(psp) {}
  void attach(tio::DeviceManager& device, tio::MmioTable& mmio) { devices_.push_back({.firmware = &device, .mmio = &mmio, .interfaces = {}}); }

  CallResult status(const command::Empty&);
  CallResult init(const command::Empty&);
  CallResult dev_create(const command::TioDevCreate& request);
  CallResult dev_connect(const command::TioDevConnect& request);
  CallResult dev_disconnect(const command::TioDev& request);
  CallResult dev_measurements(const command::TioDev& request);
  CallResult roll_key(const command::TioDev& request);
  CallResult tdi_create(const command::TioTdiCreate& request);
  CallResult tdi_bind(const command::TioTdiBind& request);
  CallResult tdi_unbind(const command::TioTdi& request);

  bool has_tdi(std::uint64_t dev_ctx, std::uint64_t tdi_ctx);
  // The payload of the answer to a guest's message about the interface; empty when firmware does not know the message.
  std::optional<base::Bytes> answer(const GuestContext& context, sevproto::MessageType type, base::View payload);
  // A guest is gone: nothing is bound to it any more.
  void forget(std::uint32_t asid);

 private:
  struct Interface {
    std::uint64_t tdi_ctx = 0;
    tdisp::FunctionId function{};
    std::uint64_t id = 0;  // by which its guest names it, a new one at each binding; 0: not bound
  };
  struct Device {
    tio::DeviceManager* firmware = nullptr;
    tio::MmioTable* mmio = nullptr;
    std::uint64_t dev_ctx = 0;  // 0: TIO_DEV_CREATE was not yet
    std::vector<Interface> interfaces;
  };
  struct Known {
    Device* device = nullptr;
    Interface* interface = nullptr;
    explicit operator bool() const { return interface != nullptr; }
  };
  // Of the host's name for it. Why there is none goes into `why`.
  Device* find(std::uint64_t dev_ctx, CallResult& why);
  Known find_tdi(std::uint64_t dev_ctx, std::uint64_t tdi_ctx, CallResult& why);
  Known find_id(std::uint64_t tdi_id);  // of the guest's
  CallResult with_device(std::uint64_t dev_ctx, const std::function<CallResult(Device&)>& act);
  static CallResult result_of(const trust::Result<>& done);
  sevproto::TdiInfoResponse info(tio::Owner guest, const sevproto::TdiInfoRequest& request);
  sevproto::MmioStatus validate(tio::Owner guest, const sevproto::MmioValidateRequest& request, bool& changed);
  std::uint16_t write_sdte(tio::Owner guest, const sevproto::SdteWriteRequest& request);
  CallResult unbind(const Known& tdi);
  static void freeze(const Known& tdi, bool immutable);

  PspState& psp_;
  bool initialized_ = false;
  std::uint64_t bindings_ = 0;
  std::vector<Device> devices_;
};

}  // namespace sev
