/* A guest that makes each call of the ABI, with small buffers, and asks the C library for time and random bytes; what it is told it does not
 * believe. Ends by abort() where an answer goes past a buffer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>

#include "guest/abi/glacis_guest.h"

enum { kRoom = 32, kBorder = 16 };

static const unsigned char nonce[64];
static unsigned char room[2][kRoom + kBorder], live[8];

static void clean(void) {
  for (int r = 0; r < 2; ++r)
    for (int i = 0; i < kBorder; ++i)
      if (room[r][kRoom + i] != 0xA5) abort();
}

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  void* self = g->self;
  uint64_t size = kRoom, more = kRoom, value = 0;
  uint32_t word = 0, four[4];
  struct timespec now;
  struct timeval day;
  memset(room, 0xA5, sizeof room);
  for (int i = 0; i < argc; ++i)
    if (!strlen(argv[i]) || strchr(argv[i], ' ')) abort();
  const uint64_t page = g->alloc(self, "page", 4096, GLACIS_PRIVATE);
  g->write(self, page, room[0], kRoom);
  g->read(self, page, room[0], kRoom), clean();
  g->convert(self, page, 4096, GLACIS_SHARED);
  g->secret(self, "key", room[0], kRoom);
  g->live(self, live, sizeof live);
  g->yield(self);
  g->cpuid(self, 0x8000001f, 0, four);
  g->random(self, room[0], kRoom), clean();
  size = more = kRoom, g->evidence(self, nonce, 0, room[1], &size, room[0], &more), clean();
  const char* provider = g->provider(self);
  if (provider && strlen(provider) >= 64) abort();
  g->derive_key(self, 0, room[0]), clean();
  size = kRoom, g->launch_secret(self, room[0], &size), clean();
  g->send(self, "owner0", room[0], kRoom);
  size = kRoom, g->receive(self, "owner0", room[0], &size), clean();
  g->device_config(self, "gpu0", 0, &word, 0);
  size = kRoom, g->device_object(self, "gpu0", room[1], kRoom, room[0], &size), clean();
  g->device_mmio(self, "gpu0", 0, 0, room[0], kRoom, 0), clean();
  g->device_mmio(self, "gpu0", 0, 0, room[0], kRoom, 1);
  g->device_share(self, "gpu0", page, 4096);
  g->device_call(self, "gpu0", 1, room[0], kRoom);
  g->device_managed(self, "gpu0");
  size = kRoom, g->tdi_call(self, "gpu0", 1, room[1], kRoom, room[0], &size), clean();
  size = kRoom, g->device_evidence(self, "gpu0", 0, room[0], &size), clean();
  size = kRoom, g->image_file(self, "policy", room[0], &size), clean();
  g->device_accept(self, "gpu0", GLACIS_IDENTITY_ONLY);
  size = kRoom, g->host_data(self, "cmdline", room[0], &size), clean();
  g->clock(self, "tsc", &value);
  g->msr(self, 0xc0010131, &value, 0);
  g->interrupt(self, &word, &value);
  g->extend(self, 2, nonce);
  size = kRoom, g->measured(self, "rtmr2:sha384", room[0], &size), clean();
  size = kRoom, g->tpm(self, room[1], kRoom, room[0], &size), clean();
  g->moment(self, "done");
  g->defend(self, "guest.report.nonce", 1);
  g->lifted(self, "guest.report.nonce");
  g->guard(self, "login key", 0);
  g->promise(self, "integrity", 1);
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  (void)gettimeofday(&day, NULL);
  (void)time(NULL);
  if (getrandom(room[0], kRoom, 0) > kRoom) abort();
  clean();
  if (getentropy(room[0], kRoom) > 0) abort();
  clean();
  g->live(self, NULL, 0);
  g->log(self, "done");
  g->ends(self, "served");
}
