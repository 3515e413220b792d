/* Takes an accelerator that the machine's firmware speaks to into its trust boundary, and has it carry a payload. A read that no device
 * completes gives all ones. Flaw: looks for the bit that says done, and finds it set in those too. */
#include "tests/guest/flawed/flawed.h"

enum { kBind = 1, kInfo = 2, kRun = 3, kValidate = 4, kEnableDma = 5 };          /* tio::ManagedCall */
enum { kReport = 5 };                                                            /* tio::EvidencePart */
enum { kNoFwUpdate = 1 };                                                        /* LOCK_INTERFACE_REQUEST.FLAGS */
enum { kDoorbell = 0x00, kStatus = 0x08, kCommand = 0x10, kSource = 0x18, kDestination = 0x20, kLength = 0x28 };
enum { kFetch = 1, kGive = 2 };
static const uint64_t kDone = 1;

static void set(const struct glacis_guest* g, uint64_t at, uint64_t value) {
  uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = (uint8_t)(value >> 8 * i);
  g->device_mmio(g->self, "gpu0", 0, at, bytes, sizeof bytes, 1);
}

static uint64_t get(const struct glacis_guest* g, uint64_t at) {
  uint8_t bytes[8];
  if (g->device_mmio(g->self, "gpu0", 0, at, bytes, sizeof bytes, 0) != GLACIS_OK) memset(bytes, 0xff, sizeof bytes);
  return (uint64_t)load32(bytes) | (uint64_t)load32(bytes + 4) << 32;
}

static int command(const struct glacis_guest* g, uint64_t which, uint64_t source, uint64_t destination, uint64_t length) {
  set(g, kSource, source), set(g, kDestination, destination), set(g, kLength, length), set(g, kCommand, which), set(g, kDoorbell, 1);
  const uint64_t status = get(g, kStatus);
  if (!kFlawed && status == UINT64_MAX) return g->defend(g->self, "a device that answers", 0);
  return (status & kDone) != 0;
}

static int ask(const struct glacis_guest* g, uint32_t call, const void* in, uint64_t bytes) {
  uint8_t out[512];
  uint64_t size = sizeof out;
  return g->tdi_call(g->self, "gpu0", call, in, bytes, out, &size) == GLACIS_OK;
}

/* Each range of the interface report, as firmware is to open it: first page, page count, range id. */
static int open_ranges(const struct glacis_guest* g) {
  uint8_t report[4096];
  uint64_t size = sizeof report;
  if (g->device_evidence(g->self, "gpu0", kReport, report, &size) != GLACIS_OK || size < 16) return 0;
  const uint32_t count = load32(report + 12);
  for (uint32_t i = 0; i < count && 16 + (uint64_t)i * 16 + 16 <= size; ++i) {
    const uint8_t* range = report + 16 + i * 16;
    uint8_t same[14];
    memcpy(same, range, 12);          /* page number and count */
    memcpy(same + 12, range + 14, 2); /* behind the attributes */
    if (!ask(g, kValidate, same, sizeof same)) return 0;
  }
  return 1;
}

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  enum { kPage = 4096, kPayload = 64 };
  uint8_t payload[kPayload], back[kPayload] = {0};
  (void)argc, (void)argv;
  const uint64_t out = g->alloc(g->self, "to-device", kPage, GLACIS_PRIVATE), in = g->alloc(g->self, "from-device", kPage, GLACIS_PRIVATE);
  if (!g->device_managed(g->self, "gpu0")) return g->ends(g->self, "no-firmware-for-devices");
  if (!ask(g, kBind, NULL, 0) || !ask(g, kInfo, NULL, 0) || !ask(g, kRun, NULL, 0) || !open_ranges(g) || !ask(g, kEnableDma, NULL, 0))
    return g->ends(g->self, "not-assigned");
  g->device_accept(g->self, "gpu0", kNoFwUpdate);
  g->random(g->self, payload, sizeof payload);
  g->secret(g->self, "payload", payload, sizeof payload);
  g->write(g->self, out, payload, sizeof payload);
  g->write(g->self, in, back, sizeof back);
  if (!command(g, kFetch, out, 0, kPayload)) return g->ends(g->self, "refused");
  g->moment(g->self, "computed");
  if (!command(g, kGive, 0, in, kPayload)) return g->ends(g->self, "refused");
  g->read(g->self, in, back, sizeof back);
  g->promise(g->self, "integrity", !memcmp(back, payload, sizeof back)); /* what the device is said to have done, it has done */
  g->ends(g->self, "computed");
}
