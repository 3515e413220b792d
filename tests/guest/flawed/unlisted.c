/* Looks into two slots, and again later. Flaw: gives a driver to whatever device it finds. */
#include "tests/guest/flawed/virtio.h"

static void look(const struct glacis_guest* g, const char* slot) {
  uint32_t id = 0xffffffffu;
  if (g->device_config(g->self, slot, 0, &id, 0) != GLACIS_OK || (id & 0xffff) != 0x1af4) return;
  if (!kFlawed && !g->defend(g->self, "only devices that the image lists", is_listed(g, slot, id))) return;
  g->device_accept(g->self, slot, GLACIS_IDENTITY_ONLY);
}

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) look(g, argv[i]);
  g->moment(g->self, "settled");
  g->yield(g->self);
  for (int i = 1; i < argc; ++i) look(g, argv[i]);
  g->ends(g->self, "settled");
}
