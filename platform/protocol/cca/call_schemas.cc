#include "platform/protocol/cca/call_schemas.h"

#include "platform/protocol/cca/da.h"
#include "platform/protocol/cca/measurement.h"
#include "platform/protocol/cca/registers.h"
#include "platform/protocol/cca/structures.h"

namespace ccaproto {

const std::vector<wire::Schema>& call_schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Registers>("cca.SMC"),
      wire::schema_of<RealmParams>("cca.REALM_PARAMS"),
      wire::schema_of<RecParams>("cca.REC_PARAMS"),
      wire::schema_of<RecRun>("cca.REC_RUN"),
      wire::schema_of<RealmConfig>("cca.REALM_CONFIG"),
      wire::schema_of<HostCall>("cca.HOST_CALL"),
      wire::schema_of<PdevParams>("cca.PDEV_PARAMS"),
      wire::schema_of<PublicKeyParams>("cca.PUBLIC_KEY_PARAMS"),
      wire::schema_of<PdevStreamParams>("cca.PDEV_STREAM_PARAMS"),
      wire::schema_of<VdevParams>("cca.VDEV_PARAMS"),
      wire::schema_of<VdevMeasureParams>("cca.VDEV_MEASURE_PARAMS"),
      wire::schema_of<DevCommData>("cca.DEV_COMM_DATA"),
      wire::schema_of<VdevInfo>("cca.VDEV_INFO"),
      wire::schema_of<DataDescriptor>("cca.MEASUREMENT_DATA"),
      wire::schema_of<RecDescriptor>("cca.MEASUREMENT_REC"),
      wire::schema_of<RipasDescriptor>("cca.MEASUREMENT_RIPAS"),
  };
  return kSchemas;
}

}  // namespace ccaproto
