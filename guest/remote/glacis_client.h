/* A guest as a process of its own, in C: the guest ABI over a stream. One translation unit (glacis_client.c), the C library alone. */
#ifndef GLACIS_CLIENT_H_
#define GLACIS_CLIENT_H_

#include "guest/abi/glacis_guest.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a guest is: `argv` are the arguments of the scenario file, and nothing else. */
typedef void (*glacis_main_fn)(const struct glacis_guest* guest, int argc, const char* const* argv);

/* Is one guest over an open stream, from Glacis's first frame to the guest's return. 0: it returned, or Glacis ended it; -1: the
 * stream said something else than the protocol has, or another version. */
int glacis_serve(int fd, glacis_main_fn guest_main);

/* Listens at a path (a Unix socket, made anew) and is a guest each time that Glacis connects: in a child process for each, so that
 * none sees what another left behind. Returns only when it cannot listen. */
int glacis_listen(const char* path, glacis_main_fn guest_main);

/* Simulated nanoseconds, and random bytes as the `random` of the ABI gives them, for a run time that stands in for the C library's;
 * 0 and -1 outside of glacis_serve. */
uint64_t glacis_clock(void);
int glacis_random(void* out, uint64_t bytes);
/* Has each request preceded by what the guest has covered of its own code, where `news` has any: GLACIS_COVERAGE_BYTES (glacis_protocol.h),
 * else NULL. It is asked in signal handlers too. */
void glacis_covered_by(const void* (*news)(void));
/* Says why the guest is ended, as a signal handler may; `memory_error`: it touched what it does not have. */
void glacis_fault(const char* why, int memory_error);

#ifdef __cplusplus
}
#endif
#endif /* GLACIS_CLIENT_H_ */
