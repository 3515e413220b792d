/* Keeps a sealed ledger in shared memory. Flaw: takes whatever version of it opens. */
#include "tests/guest/flawed/ledger.h"

static uint64_t iv_of(uint64_t version) { return version; }
static int is_current(uint64_t read, uint64_t last) { return kFlawed || read == last; }

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  (void)argc, (void)argv;
  keep_a_ledger(g, iv_of, is_current);
}
