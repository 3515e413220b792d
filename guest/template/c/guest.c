/* A guest in C: keeps a secret page, serves a public one, and looks whether the secret is still what it was. */
#include <string.h>

#include "guest/abi/glacis_guest.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  unsigned char secret[64], back[64];
  (void)argc, (void)argv; /* how the scenario file calls its program: "keep-two-pages" */
  if (g->version != GLACIS_GUEST_ABI_VERSION) return;
  const uint64_t kept = g->alloc(g->self, "secret", 4096, GLACIS_PRIVATE), served = g->alloc(g->self, "decoy", 4096, GLACIS_PRIVATE);
  g->random(g->self, secret, sizeof secret);
  g->secret(g->self, "secret", secret, sizeof secret); /* ground truth: these bytes are nobody's but ours */
  g->write(g->self, kept, secret, sizeof secret);
  g->write(g->self, served, "public", 6);
  g->moment(g->self, "stored"); /* the scenario's attack begins here */
  g->yield(g->self);
  g->read(g->self, kept, back, sizeof back);
  g->promise(g->self, "integrity", !memcmp(back, secret, sizeof back));
  g->ends(g->self, "served");
}
