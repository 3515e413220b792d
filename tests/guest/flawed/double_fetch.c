/* Copies a request whose length lies in memory that the host writes too. Flaw: fetches the length again after it was checked. */
#include "tests/guest/flawed/flawed.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  enum { kPage = 4096, kBuffer = 64 };
  uint8_t word[4], body[kPage] = {0};
  (void)argc, (void)argv;
  const uint64_t ring = g->alloc(g->self, "ring", kPage, GLACIS_SHARED), kept = g->alloc(g->self, "kept", kPage, GLACIS_PRIVATE);
  store32(word, 48);
  g->write(g->self, ring, word, sizeof word);
  g->moment(g->self, "asked");
  g->yield(g->self);
  g->read(g->self, ring, word, sizeof word);
  if (load32(word) > kBuffer) return g->ends(g->self, "refused");
  g->moment(g->self, "checked");
  g->yield(g->self);
  if (kFlawed) g->read(g->self, ring, word, sizeof word);
  const uint32_t length = load32(word);
  g->promise(g->self, "integrity", length <= kBuffer); /* the copy stays within its buffer */
  g->read(g->self, ring + 4, body, length <= kBuffer ? length : kBuffer);
  g->write(g->self, kept, body, kBuffer);
  g->ends(g->self, "copied");
}
