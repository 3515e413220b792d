#include "devices/dsm/logic.h"

#include "platform/protocol/tdisp/tdisp.h"

namespace dsm {

const wire::Schema& report_schema() {
  static const wire::Schema kSchema = wire::schema_of<tdisp::InterfaceReport>("tdisp.INTERFACE_REPORT");
  return kSchema;
}
const wire::Schema& mmio_schema() {
  static const wire::Schema kSchema = wire::schema_of<MmioDecision>("device.MMIO");
  return kSchema;
}
const wire::Schema& dma_schema() {
  static const wire::Schema kSchema = wire::schema_of<DmaDecision>("device.DMA");
  return kSchema;
}
const wire::Schema& scrub_schema() {
  static const wire::Schema kSchema = wire::schema_of<Scrub>("device.SCRUB");
  return kSchema;
}

}  // namespace dsm
