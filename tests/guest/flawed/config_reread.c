/* Keeps a map of a virtio disk, a bit a sector, in private memory with its own marks behind. Flaw: makes the map as large as the disk said
 * that it is, and goes by what it says later. */
#include "tests/guest/flawed/virtio.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  enum { kMarks = 64 };
  struct disk d;
  uint8_t marks[kMarks], now[kMarks], byte, sector[kSectorBytes];
  if (!disk_open(&d, g, argc > 1 ? argv[1] : "blk0")) return g->ends(g->self, "no-device");
  const uint64_t sectors = disk_sectors(&d);
  if (sectors < 8 || sectors > 8 * (kPageBytes - kMarks)) return g->ends(g->self, "disk-failed");
  const uint64_t map = g->alloc(g->self, "map", kPageBytes, GLACIS_PRIVATE), end = map + sectors / 8;
  for (uint64_t at = map; at < end; at += 8) g->write(g->self, at, "\0\0\0\0\0\0\0", 8);
  g->random(g->self, marks, sizeof marks);
  g->write(g->self, end, marks, sizeof marks);
  g->moment(g->self, "kept");
  g->random(g->self, sector, sizeof sector);
  g->write(g->self, d.bounce + kDataAt, sector, sizeof sector);
  if (disk_request(&d, 1, 7) < 0) return g->ends(g->self, "disk-failed");
  g->moment(g->self, "stored");
  uint64_t last = disk_sectors(&d) - 1; /* its size may have changed */
  if (!kFlawed && last != sectors - 1) last = sectors - 1;
  if (last / 8 < kPageBytes) {
    g->read(g->self, map + last / 8, &byte, 1);
    byte ^= (uint8_t)(1u << last % 8);
    g->write(g->self, map + last / 8, &byte, 1);
  }
  g->read(g->self, end, now, sizeof now);
  g->promise(g->self, "integrity", !memcmp(now, marks, sizeof now));
  if (disk_request(&d, 0, 7) < 0) return g->ends(g->self, "disk-failed");
  g->ends(g->self, "disk-done");
}
