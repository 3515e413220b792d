/* A guest library that reads one file of the host's firmware configuration, with a flaw that takes two lies at once: of an item whose
 * number says that it is of the old interface, it believes how long it is. Either lie alone does nothing that is seen from outside. */
#include <stdint.h>

#include "guest/abi/glacis_guest.h"

enum { kFirstFile = 0x20, kRoom = 256 };

static char line[kRoom];
unsigned old_items, lines_cut; /* stores, so that no compiler makes one path of two */

static uint32_t big(const unsigned char* at, int bytes) {
  uint32_t out = 0;
  for (int i = 0; i < bytes; ++i) out = out << 8 | at[i];
  return out;
}

static uint32_t length_of(const unsigned char* entry) {
  const uint32_t said = big(entry, 4), item = big(entry + 4, 2);
  if (item < kFirstFile) {
    ++old_items;
    return said; /* the flaw */
  }
  if (said < kRoom) return said;
  ++lines_cut;
  return kRoom - 1;
}

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  unsigned char directory[512];
  uint64_t bytes = sizeof directory;
  (void)argc, (void)argv;
  if (g->host_data(g->self, "fw_cfg/directory", directory, &bytes) != GLACIS_OK || bytes < 4 + 64) return;
  bytes = kRoom - 1;
  if (g->host_data(g->self, "fw_cfg/opt/glacis/tuning", line, &bytes) != GLACIS_OK) return;
  line[length_of(directory + 4)] = 0;
  g->log(g->self, line);
  g->ends(g->self, "served");
}
