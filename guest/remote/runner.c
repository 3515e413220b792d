/* Runs a guest library in a process of its own: `glacis-guest-runner LIBRARY`, with the stream to Glacis as file descriptor 3.
 *
 * The library's `glacis_main` runs on a stack of 256 KiB with a guard below it, as programs that are built in do. Clocks and random
 * bytes that it asks of the C library are the world's, so that two runs are alike: this program's own definitions come before the C
 * library's for whatever it loads. What is not covered: threads of its own, reads of the cycle counter or of RDRAND, files. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "guest/remote/coverage.h"
#include "guest/remote/glacis_client.h"

#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

enum { kStream = 3, kStack = 256 * 1024, kGuard = 64 * 1024, kMemory = 1 << 30 };

/* ---- the world's clock and randomness in the place of the C library's ---- */

int clock_gettime(clockid_t clock, struct timespec* out) {
  (void)clock;
  uint64_t now = glacis_clock();
  out->tv_sec = (time_t)(now / 1000000000u), out->tv_nsec = (long)(now % 1000000000u);
  return 0;
}
int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  (void)zone;
  uint64_t now = glacis_clock();
  out->tv_sec = (time_t)(now / 1000000000u), out->tv_usec = (suseconds_t)(now % 1000000000u / 1000u);
  return 0;
}
time_t time(time_t* out) {
  time_t now = (time_t)(glacis_clock() / 1000000000u);
  if (out) *out = now;
  return now;
}
ssize_t getrandom(void* out, size_t count, unsigned flags) {
  (void)flags;
  if (glacis_random(out, count) == 0) return (ssize_t)count;
  errno = ENOSYS;
  return -1;
}
int getentropy(void* out, size_t count) { return glacis_random(out, count) == 0 ? 0 : -1; }

/* ---- what ends a guest ---- */

static unsigned char* stack;

static void on_signal(int number, siginfo_t* info, void* context) {
  (void)context;
  const unsigned char* at = info->si_addr;
  if (number == SIGSEGV && stack && at >= stack && at < stack + kGuard) glacis_fault("overran its stack of 256 KiB", 1);
  else if (number == SIGSEGV || number == SIGBUS) glacis_fault("touched memory that it does not have", 1);
  else if (number == SIGABRT) glacis_fault("aborted", 0);
  else if (number == SIGFPE) glacis_fault("divided by zero", 0);
  else glacis_fault("executed what is no instruction", 1);
  _exit(70);
}

static void catch_faults(void) {
  static unsigned char alternate[64 * 1024];
  const stack_t on = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_sigaction = on_signal;
  act.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
  sigaltstack(&on, NULL);
  const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; ++i) sigaction(numbers[i], &act, NULL);
}

static glacis_main_fn library_main;
static const struct glacis_guest* the_guest;
static int the_argc;
static const char* const* the_argv;
static ucontext_t here, there;

static void on_own_stack(void) { library_main(the_guest, the_argc, the_argv); }

static void guest_main(const struct glacis_guest* guest, int argc, const char* const* argv) {
  the_guest = guest, the_argc = argc, the_argv = argv;
  stack = mmap(NULL, kGuard + kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED || mprotect(stack, kGuard, PROT_NONE) != 0 || getcontext(&there) != 0) {
    glacis_fault("got no stack", 0);
    _exit(70);
  }
  there.uc_stack.ss_sp = stack + kGuard, there.uc_stack.ss_size = kStack, there.uc_link = &here;
  makecontext(&there, on_own_stack, 0);
  swapcontext(&here, &there);
}

int main(int argc, char** argv) {
  if (argc != 2 || fcntl(kStream, F_GETFD) < 0) {
    fprintf(stderr, "usage: glacis-guest-runner LIBRARY (started by glacis, with the stream as descriptor %d)\n", kStream);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct pollfd stream = {.fd = kStream};
  if (poll(&stream, 1, 0) > 0) return 70; /* nobody is at its other end: glacis died before the line above */
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const struct rlimit memory = {kMemory, kMemory}, none = {0, 0};
#if !defined(__SANITIZE_ADDRESS__) && !HAS_FEATURE(address_sanitizer) /* whose shadow is larger; gcc and clang say so each in its way */
  setrlimit(RLIMIT_AS, &memory);
#endif
  setrlimit(RLIMIT_CORE, &none);
  dup2(2, 1); /* what the library prints is no output of glacis */
  void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    return 71;
  }
  *(void**)&library_main = dlsym(library, "glacis_main");
  if (!library_main) {
    fprintf(stderr, "%s: no function glacis_main\n", argv[1]);
    return 72;
  }
  catch_faults();
  glacis_covered_by(glacis_coverage_news);
  return glacis_serve(kStream, guest_main) == 0 ? 0 : 70;
}
