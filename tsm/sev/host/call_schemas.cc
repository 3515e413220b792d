#include "tsm/sev/host/call_schemas.h"

#include <map>

#include "tsm/sev/commands.h"
#include "tsm/sev/tio_commands.h"

namespace sev {

const wire::Schema* schema_of(sevproto::Command command) {
  using C = sevproto::Command;
  static const std::map<C, wire::Schema> kSchemas = {
      {C::kSnpGctxCreate, wire::schema_of<command::Guest>("snp.GCTX_CREATE")},
      {C::kSnpLaunchStart, wire::schema_of<command::LaunchStart>("snp.LAUNCH_START")},
      {C::kSnpActivate, wire::schema_of<command::Activate>("snp.ACTIVATE")},
      {C::kSnpLaunchUpdate, wire::schema_of<command::LaunchUpdate>("snp.LAUNCH_UPDATE")},
      {C::kSnpLaunchFinish, wire::schema_of<command::LaunchFinish>("snp.LAUNCH_FINISH")},
      {C::kSnpGuestRequest, wire::schema_of<command::GuestRequest>("snp.GUEST_REQUEST")},
      {C::kTioDevCreate, wire::schema_of<command::TioDevCreate>("tio.DEV_CREATE")},
      {C::kTioDevConnect, wire::schema_of<command::TioDevConnect>("tio.DEV_CONNECT")},
      {C::kTioDevMeasurements, wire::schema_of<command::TioDev>("tio.DEV_MEASUREMENTS")},
      {C::kTioDevDisconnect, wire::schema_of<command::TioDev>("tio.DEV_DISCONNECT")},
      {C::kTioTdiCreate, wire::schema_of<command::TioTdiCreate>("tio.TDI_CREATE")},
      {C::kTioTdiBind, wire::schema_of<command::TioTdiBind>("tio.TDI_BIND")},
      {C::kTioTdiUnbind, wire::schema_of<command::TioTdi>("tio.TDI_UNBIND")},
      {C::kTioGuestRequest, wire::schema_of<command::TioGuestRequest>("tio.GUEST_REQUEST")},
      {C::kSnpDbgDecrypt, wire::schema_of<command::Debug>("snp.DBG_DECRYPT")},
      {C::kLaunchStart, wire::schema_of<command::SevLaunchStart>("sev.LAUNCH_START")},
      {C::kActivate, wire::schema_of<command::SevActivate>("sev.ACTIVATE")},
      {C::kLaunchUpdateData, wire::schema_of<command::SevLaunchUpdate>("sev.LAUNCH_UPDATE_DATA")},
      {C::kLaunchUpdateVmsa, wire::schema_of<command::SevLaunchUpdate>("sev.LAUNCH_UPDATE_VMSA")},
      {C::kLaunchMeasure, wire::schema_of<command::SevHandle>("sev.LAUNCH_MEASURE")},
      {C::kLaunchSecret, wire::schema_of<command::SevLaunchSecret>("sev.LAUNCH_SECRET")},
      {C::kLaunchFinish, wire::schema_of<command::SevHandle>("sev.LAUNCH_FINISH")},
  };
  const auto found = kSchemas.find(command);
  return found == kSchemas.end() ? nullptr : &found->second;
}

}  // namespace sev
