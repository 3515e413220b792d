#include "tests/layouts/layouts.h"

#include "guest/device_trust/evidence.h"
#include "guest/device_trust/policy_file.h"
#include "guest/relying_party/cca_messages.h"
#include "guest/relying_party/cove_messages.h"
#include "guest/relying_party/messages.h"
#include "guest/relying_party/service_messages.h"
#include "guest/relying_party/stream_messages.h"
#include "guest/relying_party/tdx_messages.h"
#include "guest/relying_party/tpm_messages.h"
#include "guest/storage/format.h"
#include "guest/relying_party/token_messages.h"
#include "platform/cpu/technology.h"
#include "platform/protocol/acpi/osc.h"
#include "platform/protocol/acpi/table.h"
#include "platform/protocol/ats/ats.h"
#include "platform/protocol/boot/schemas.h"
#include "platform/protocol/cca/call_schemas.h"
#include "platform/protocol/cca/event_log.h"
#include "platform/protocol/cove/schemas.h"
#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/doe/discovery.h"
#include "platform/protocol/ide_km/schemas.h"
#include "platform/protocol/nic/schemas.h"
#include "platform/protocol/nvme/schemas.h"
#include "platform/protocol/sev/schemas.h"
#include "platform/protocol/sev/session.h"
#include "platform/protocol/spdm/schemas.h"
#include "platform/protocol/tdisp/schemas.h"
#include "platform/protocol/pkvm/schemas.h"
#include "platform/protocol/tdx/call_schemas.h"
#include "platform/protocol/tdx/evidence_schemas.h"
#include "platform/protocol/tio/calls.h"
#include "platform/protocol/tio/evidence.h"
#include "platform/protocol/tio/managed.h"
#include "platform/protocol/tpm/commands.h"
#include "platform/protocol/virtio/schemas.h"
#include "tsm/sev/commands.h"
#include "tsm/sev/guest_context.h"
#include "tsm/sev/tio_commands.h"

namespace layouts {

std::vector<wire::Schema> all() {
  namespace command = sev::command;
  std::vector<wire::Schema> out = {
      wire::schema_of<cpu::Exit>("cpu.Exit"),
      wire::schema_of<cpu::Event>("cpu.Event"),
      wire::schema_of<sevproto::Session>("sev.Session"),
      wire::schema_of<sev::GuestContext>("sev.GuestContext"),
      wire::schema_of<doe::DiscoveryRequest>("doe.DISCOVERY_REQUEST"),
      wire::schema_of<doe::DiscoveryResponse>("doe.DISCOVERY_RESPONSE"),
      wire::schema_of<acpi::OscBuffer>("acpi.OSC"),
      wire::schema_of<ats::Word>("ats.WORD"),
      wire::schema_of<relying_party::StreamMessage>("rp.STREAM"),
      wire::schema_of<storage::TagEntry>("storage.TAG_ENTRY"),
      storage::header_schema(),
      wire::schema_of<tio::ProgramKey>("tio.PROGRAM_KEY"),
      wire::schema_of<tio::Go>("tio.GO"),
      wire::schema_of<tio::Bind>("tio.BIND"),
      wire::schema_of<tio::SignedPart>("tio.SIGNED_PART"),
      wire::schema_of<tio::MapDma>("tio.MAP_DMA"),
      wire::schema_of<tio::InterfaceInfo>("tio.INTERFACE_INFO"),
      wire::schema_of<tio::MmioRange>("tio.MMIO_RANGE"),
      wire::schema_of<command::Empty>("command.Empty"),
      wire::schema_of<command::PlatformStatus>("command.PlatformStatus"),
      wire::schema_of<command::Guest>("command.Guest"),
      wire::schema_of<command::GuestStatus>("command.GuestStatus"),
      wire::schema_of<command::LaunchStart>("command.LaunchStart"),
      wire::schema_of<command::Activate>("command.Activate"),
      wire::schema_of<command::LaunchUpdate>("command.LaunchUpdate"),
      wire::schema_of<command::LaunchFinish>("command.LaunchFinish"),
      wire::schema_of<command::GuestRequest>("command.GuestRequest"),
      wire::schema_of<command::TioStatus>("command.TioStatus"),
      wire::schema_of<command::TioDevCreate>("command.TioDevCreate"),
      wire::schema_of<command::TioDevConnect>("command.TioDevConnect"),
      wire::schema_of<command::TioDev>("command.TioDev"),
      wire::schema_of<command::TioTdiCreate>("command.TioTdiCreate"),
      wire::schema_of<command::TioTdiBind>("command.TioTdiBind"),
      wire::schema_of<command::TioTdiId>("command.TioTdiId"),
      wire::schema_of<command::TioTdi>("command.TioTdi"),
      wire::schema_of<command::TioGuestRequest>("command.TioGuestRequest"),
      wire::schema_of<command::PageReclaim>("command.PageReclaim"),
      wire::schema_of<command::Config>("command.Config"),
      wire::schema_of<command::FirmwareImage>("command.FirmwareImage"),
      wire::schema_of<command::Debug>("command.Debug"),
      wire::schema_of<command::SevLaunchStart>("command.SevLaunchStart"),
      wire::schema_of<command::SevHandle>("command.SevHandle"),
      wire::schema_of<command::SevActivate>("command.SevActivate"),
      wire::schema_of<command::SevLaunchUpdate>("command.SevLaunchUpdate"),
      wire::schema_of<command::SevLaunchSecret>("command.SevLaunchSecret"),
      wire::schema_of<command::SevDebug>("command.SevDebug"),
  };
  for (const auto& schemas : {sevproto::schemas(), relying_party::schemas(), spdm::schemas(), ide_km::schemas(), tdisp::schemas(),
                              nic::schemas(), nvme::schemas(), virtio::schemas(), device_trust::schemas(), device_trust::policy_schemas(), tdxproto::call_schemas(),
                              tdxproto::evidence_schemas(), relying_party::tdx_schemas(), pkvmproto::schemas(), coveproto::schemas(),
                              relying_party::cove_schemas(), ccaproto::call_schemas(), ccaproto::event_log_schemas(),
                              relying_party::cca_schemas(), relying_party::service_schemas(), relying_party::tpm_schemas(), tpm::schemas(),
                              relying_party::token_schemas(), acpi::table_schemas(), boot::schemas()})
    out.insert(out.end(), schemas.begin(), schemas.end());
  return out;
}

}  // namespace layouts
