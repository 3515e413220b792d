/* Keeps a sealed ledger in shared memory. Flaw: seals each version of it under one and the same nonce. */
#include "tests/guest/flawed/ledger.h"

static uint64_t iv_of(uint64_t version) { return kFlawed ? 1 : version; }
static int is_current(uint64_t read, uint64_t last) { return read == last; }

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  (void)argc, (void)argv;
  keep_a_ledger(g, iv_of, is_current);
}
