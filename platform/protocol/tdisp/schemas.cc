#include "platform/protocol/tdisp/schemas.h"

#include "platform/protocol/tdisp/tdisp.h"

namespace tdisp {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Header>("tdisp.HEADER"),
      wire::schema_of<Plain<Code::kGetVersion>>("tdisp.GET_TDISP_VERSION"),
      wire::schema_of<Version>("tdisp.TDISP_VERSION"),
      wire::schema_of<GetCapabilities>("tdisp.GET_TDISP_CAPABILITIES"),
      wire::schema_of<Capabilities>("tdisp.TDISP_CAPABILITIES"),
      wire::schema_of<LockInterfaceRequest>("tdisp.LOCK_INTERFACE_REQUEST"),
      wire::schema_of<LockInterfaceResponse>("tdisp.LOCK_INTERFACE_RESPONSE"),
      wire::schema_of<GetDeviceInterfaceReport>("tdisp.GET_DEVICE_INTERFACE_REPORT"),
      wire::schema_of<DeviceInterfaceReport>("tdisp.DEVICE_INTERFACE_REPORT"),
      wire::schema_of<InterfaceReport>("tdisp.INTERFACE_REPORT"),
      wire::schema_of<GetDeviceInterfaceState>("tdisp.GET_DEVICE_INTERFACE_STATE"),
      wire::schema_of<DeviceInterfaceState>("tdisp.DEVICE_INTERFACE_STATE"),
      wire::schema_of<StartInterfaceRequest>("tdisp.START_INTERFACE_REQUEST"),
      wire::schema_of<StopInterfaceRequest>("tdisp.STOP_INTERFACE_REQUEST"),
      wire::schema_of<P2pStream<Code::kBindP2pStreamRequest>>("tdisp.BIND_P2P_STREAM_REQUEST"),
      wire::schema_of<UnbindP2pStreamRequest>("tdisp.UNBIND_P2P_STREAM_REQUEST"),
      wire::schema_of<SetMmioAttributeRequest>("tdisp.SET_MMIO_ATTRIBUTE_REQUEST"),
      wire::schema_of<VendorMessage<Code::kVdmRequest>>("tdisp.VDM_REQUEST"),
      wire::schema_of<Error>("tdisp.TDISP_ERROR"),
  };
  return kSchemas;
}

}  // namespace tdisp
