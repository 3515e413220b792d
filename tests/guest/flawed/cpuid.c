/* Makes room for the processor's extended state. Flaw: takes its size from CPUID, which the host may answer. */
#include "tests/guest/flawed/flawed.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  enum { kNeeded = 0x988 }; /* of the features that this image is built for: its own knowledge */
  uint32_t words[4];
  (void)argc, (void)argv;
  g->moment(g->self, "started");
  g->cpuid(g->self, 0xD, 0, words);
  if (!kFlawed && !g->defend(g->self, "size of the extended state", words[1] >= kNeeded)) return g->ends(g->self, "refused");
  g->alloc(g->self, "state", words[1], GLACIS_PRIVATE);
  g->ends(g->self, "sized");
}
