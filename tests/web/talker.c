/* A guest library that talks: makes as many CPUID exits as its first argument says, after it has logged the second. */
#include <stdlib.h>

#include "guest/abi/glacis_guest.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  const long exits = argc > 0 ? strtol(argv[0], NULL, 10) : 0;
  unsigned char secret[64];
  uint32_t answer[4];
  g->random(g->self, secret, sizeof secret);
  const uint64_t at = g->alloc(g->self, "secret", 4096, GLACIS_PRIVATE);
  g->alloc(g->self, "decoy", 4096, GLACIS_PRIVATE);
  g->secret(g->self, "secret", secret, sizeof secret);
  g->write(g->self, at, secret, sizeof secret);
  if (argc > 1) g->log(g->self, argv[1]);
  for (long i = 0; i < exits; ++i) g->cpuid(g->self, 1, (uint32_t)i, answer);
  g->moment(g->self, "stored");
  g->read(g->self, at, secret, sizeof secret);
  g->ends(g->self, "served");
}
