#pragma once
// SEV-TIO in the security processor: the host's TIO commands and the guests' messages about interfaces, on top of the shared engine
// that speaks to devices (tsm/tio). What a guest is told is sealed under its VMPCK like every answer; a refusal that only the guest
// should read is the status inside.
//
// simplified: one device, which has to be attached before TIO_INIT; one interface, the function itself.
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
  void attach(tio::DeviceManager& device, tio::MmioTable& mmio) { device_ = &device, mmio_ = &mmio; }

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

  bool has_tdi(std::uint64_t dev_ctx, std::uint64_t tdi_ctx) const { return dev_ctx_ != 0 && dev_ctx == dev_ctx_ && tdi_ctx != 0 && tdi_ctx == tdi_ctx_; }
  // The payload of the answer to a guest's message about the interface; empty when firmware does not know the message.
  std::optional<base::Bytes> answer(const GuestContext& context, sevproto::MessageType type, base::View payload);
  // A guest is gone: nothing is bound to it any more.
  void forget(std::uint32_t asid);

 private:
  CallResult device(std::uint64_t dev_ctx) const;  // success, or why there is none
  static CallResult result_of(const trust::Result<>& done);
  sevproto::TdiInfoResponse info(tio::Owner guest, const sevproto::TdiInfoRequest& request) const;
  sevproto::MmioStatus validate(tio::Owner guest, const sevproto::MmioValidateRequest& request, bool& changed);
  std::uint16_t write_sdte(tio::Owner guest, const sevproto::SdteWriteRequest& request);
  void freeze(bool immutable);

  PspState& psp_;
  tio::DeviceManager* device_ = nullptr;
  tio::MmioTable* mmio_ = nullptr;
  bool initialized_ = false;
  std::uint64_t dev_ctx_ = 0, tdi_ctx_ = 0;
};

}  // namespace sev
