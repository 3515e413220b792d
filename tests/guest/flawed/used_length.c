/* Serves a sector of a virtio disk, from a page in which a note of its own lies behind. Flaw: serves as many bytes as the device says that it
 * wrote. */
#include "tests/guest/flawed/virtio.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  enum { kNote = 64 };
  struct disk d;
  uint8_t page[kPageBytes] = {0}, note[kNote];
  const uint64_t work = g->alloc(g->self, "work", kPageBytes, GLACIS_PRIVATE);
  if (!disk_open(&d, g, argc > 1 ? argv[1] : "blk0")) return g->ends(g->self, "no-device");
  g->random(g->self, note, sizeof note);
  g->secret(g->self, "note", note, sizeof note);
  g->write(g->self, work + kSectorBytes, note, sizeof note);
  g->moment(g->self, "kept");
  g->random(g->self, page, kSectorBytes);
  g->write(g->self, d.bounce + kDataAt, page, kSectorBytes);
  if (disk_request(&d, 1, 7) < 0) return g->ends(g->self, "disk-failed");
  g->moment(g->self, "stored");
  const int64_t said = disk_request(&d, 0, 7);
  if (said < 1) return g->ends(g->self, "disk-failed");
  if (!kFlawed && !g->defend(g->self, "a buffer holds what was written", said <= kSectorBytes + 1)) return g->ends(g->self, "disk-failed");
  const uint64_t count = said - 1 < kPageBytes ? (uint64_t)said - 1 : kPageBytes; /* the last byte is the status */
  g->read(g->self, d.bounce + kDataAt, page, kSectorBytes);
  g->write(g->self, work, page, kSectorBytes);
  g->read(g->self, work, page, count);
  g->send(g->self, "peer0", page, count);
  g->ends(g->self, "disk-done");
}
