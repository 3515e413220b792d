#include "platform/protocol/nvme/schemas.h"

#include "platform/protocol/nvme/logs.h"
#include "platform/protocol/nvme/nvme.h"

namespace nvme {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Command>("nvme.COMMAND"),
      wire::schema_of<Completion>("nvme.COMPLETION"),
      wire::schema_of<IdentifyController>("nvme.IDENTIFY_CONTROLLER"),
      wire::schema_of<IdentifyNamespace>("nvme.IDENTIFY_NAMESPACE"),
      wire::schema_of<NamespaceDescriptor>("nvme.NAMESPACE_DESCRIPTOR"),
      wire::schema_of<ErrorEntry>("nvme.ERROR_ENTRY"),
      wire::schema_of<HealthLog>("nvme.HEALTH_LOG"),
      wire::schema_of<FirmwareLog>("nvme.FIRMWARE_LOG"),
  };
  return kSchemas;
}

}  // namespace nvme
