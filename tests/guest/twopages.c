/* A guest library: keeps a secret page, serves a public one, and does one wrong thing where its argument says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "guest/abi/glacis_guest.h"

static int deep(int n) {
  volatile char frame[4096];
  frame[0] = (char)n;
  return n == 0 ? 0 : deep(n - 1) + frame[0];
}

static void misbehave(const struct glacis_guest* g, const char* what) {
  volatile uintptr_t nowhere = 16;
  if (!strcmp(what, "nil")) *(volatile int*)nowhere = 1;
  if (!strcmp(what, "wild")) {
    volatile unsigned char* at = malloc(16);
    for (;;) *at++ = 0x41;
  }
  if (!strcmp(what, "abort")) abort();
  if (!strcmp(what, "loop"))
    for (volatile int i = 0;; ++i) {
    }
  if (!strcmp(what, "overrun")) deep(1 << 20);
  if (!strcmp(what, "leave")) exit(3);
  if (!strcmp(what, "greedy") && !malloc((size_t)3 << 30)) g->log(g->self, "gets no 3 GiB");
  if (!strcmp(what, "clock")) { /* the world's, not the machine's */
    struct timespec now;
    char line[64];
    unsigned char bytes[4];
    clock_gettime(CLOCK_REALTIME, &now);
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) abort();
    snprintf(line, sizeof line, "%lld %02x%02x%02x%02x", (long long)time(NULL), bytes[0], bytes[1], bytes[2], bytes[3]);
    g->log(g->self, line);
  }
  if (!strcmp(what, "differ")) { /* nothing stands between it and its own process id */
    char line[32];
    snprintf(line, sizeof line, "process %d", (int)getpid());
    g->log(g->self, line);
  }
}

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  unsigned char secret[64], back[64];
  g->random(g->self, secret, sizeof secret);
  const uint64_t at = g->alloc(g->self, "secret", 4096, GLACIS_PRIVATE), served = g->alloc(g->self, "decoy", 4096, GLACIS_PRIVATE);
  g->secret(g->self, "secret", secret, sizeof secret);
  g->write(g->self, at, secret, sizeof secret);
  g->write(g->self, served, "public", 6);
  g->moment(g->self, "stored");
  if (argc > 0) misbehave(g, argv[0]);
  g->read(g->self, at, back, sizeof back);
  g->promise(g->self, "integrity", !memcmp(back, secret, sizeof back));
  g->ends(g->self, "served");
}
