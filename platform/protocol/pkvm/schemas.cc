#include "platform/protocol/pkvm/schemas.h"

#include "platform/protocol/pkvm/host_structs.h"
#include "platform/protocol/pkvm/instance.h"
#include "platform/protocol/pkvm/pvmfw_config.h"
#include "platform/protocol/pkvm/registers.h"
#include "platform/protocol/pkvm/vbmeta.h"

namespace pkvmproto {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Registers>("pkvm.HVC"),          wire::schema_of<HostKvm>("pkvm.HOST_KVM"),
      wire::schema_of<HostVcpu>("pkvm.HOST_VCPU"),     wire::schema_of<PvmfwHeader>("pkvm.PVMFW_CONFIG"),
      wire::schema_of<VbmetaHeader>("pkvm.VBMETA"),    wire::schema_of<HashDescriptor>("pkvm.HASH_DESCRIPTOR"),
      wire::schema_of<PvmfwEntry>("pkvm.PVMFW_ENTRY"), wire::schema_of<InstanceRecord>("pkvm.INSTANCE"),
  };
  return kSchemas;
}

}  // namespace pkvmproto
