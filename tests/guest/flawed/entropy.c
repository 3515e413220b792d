/* Makes a key at first boot and shows its fingerprint. Flaw: makes it of the seed that the host passed on. */
#include <openssl/sha.h>

#include "tests/guest/flawed/flawed.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  uint8_t pool[64] = {0}, key[32], print[32];
  uint64_t size = 32;
  (void)argc, (void)argv;
  if (g->host_data(g->self, "rng-seed", pool, &size) != GLACIS_OK) memset(pool, 0, 32);
  g->moment(g->self, "offered");
  /* The host's bytes are mixed in either way; what is counted as unknown to others is the key's secret. */
  if (!kFlawed) g->random(g->self, pool + 32, 32);
  g->secret(g->self, "entropy", kFlawed ? pool : pool + 32, 32);
  SHA256(pool, sizeof pool, key);
  g->secret(g->self, "host-key", key, sizeof key);
  SHA256(key, sizeof key, print);
  g->moment(g->self, "keyed");
  g->send(g->self, "registry", print, sizeof print);
  g->ends(g->self, "keyed");
}
