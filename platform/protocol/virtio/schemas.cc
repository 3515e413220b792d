#include "platform/protocol/virtio/schemas.h"

#include "platform/protocol/virtio/crossings.h"
#include "platform/protocol/virtio/devices.h"
#include "platform/protocol/virtio/pci.h"
#include "platform/protocol/virtio/ring.h"

namespace virtio {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Capability>("virtio.CAPABILITY"),
      wire::schema_of<NotifyCapability>("virtio.NOTIFY_CAPABILITY"),
      wire::schema_of<CapabilityHead>("virtio.CAPABILITY_HEAD"),
      wire::schema_of<CommonConfig>("virtio.COMMON_CONFIG"),
      wire::schema_of<Descriptor>("virtio.DESCRIPTOR"),
      wire::schema_of<UsedElement>("virtio.USED_ELEMENT"),
      wire::schema_of<PackedDescriptor>("virtio.PACKED_DESCRIPTOR"),
      wire::schema_of<EventSuppression>("virtio.EVENT_SUPPRESSION"),
      wire::schema_of<BlkHeader>("virtio.BLK_HEADER"),
      wire::schema_of<BlkConfig>("virtio.BLK_CONFIG"),
      wire::schema_of<NetFrame>("virtio.NET_FRAME"),
      wire::schema_of<NetConfig>("virtio.NET_CONFIG"),
      wire::schema_of<ConsoleConfig>("virtio.CONSOLE_CONFIG"),
      wire::schema_of<SocketPacket>("virtio.SOCKET_PACKET"),
      wire::schema_of<SocketConfig>("virtio.SOCKET_CONFIG"),
      wire::schema_of<Completion>("virtio.COMPLETION"),
      wire::schema_of<PackedCompletion>("virtio.PACKED_COMPLETION"),
      wire::schema_of<UsedIndex>("virtio.USED_INDEX"),
      wire::schema_of<RegisterWrite>("virtio.REGISTER_WRITE"),
      wire::schema_of<Content>("virtio.CONTENT"),
  };
  return kSchemas;
}

const wire::Schema* find_schema(std::string_view name) {
  for (const auto& schema : schemas())
    if (schema.name == name) return &schema;
  return nullptr;
}

}  // namespace virtio
