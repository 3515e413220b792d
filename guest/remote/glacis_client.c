#include "guest/remote/glacis_client.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "guest/remote/glacis_protocol.h"

/* One guest a process: the stream, and the reply that came last. */
static struct {
  int fd;
  void* live;
  uint32_t live_bytes;
  unsigned char* reply;
  uint32_t reply_bytes;
  char provider[64];
  const void* (*coverage)(void);
} g = {.fd = -1};

struct blob {
  const void* bytes;
  uint32_t size;
};
struct answer {
  int64_t result;
  uint64_t value;
  struct blob blobs[GLACIS_BLOBS_MAX];
};

/* Glacis has closed: the guest has stopped for good. */
static void stopped(void) { _exit(0); }

static void write_all(const void* bytes, size_t count) {
  const unsigned char* at = bytes;
  while (count > 0) {
    ssize_t done = send(g.fd, at, count, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) stopped();
    at += done, count -= (size_t)done;
  }
}

static void read_all(void* bytes, size_t count) {
  unsigned char* at = bytes;
  while (count > 0) {
    ssize_t done = recv(g.fd, at, count, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) stopped();
    at += done, count -= (size_t)done;
  }
}

static void put32(unsigned char* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = (unsigned char)(value >> 8 * i);
}
static void put64(unsigned char* at, uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = (unsigned char)(value >> 8 * i);
}
static uint32_t get32(const unsigned char* at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static uint64_t get64(const unsigned char* at) { return get32(at) | (uint64_t)get32(at + 4) << 32; }

/* Not a protocol that this client speaks. */
static void malformed(void) {
  fprintf(stderr, "glacis_client: a frame that the protocol does not have\n");
  _exit(70);
}

static void read_reply(struct answer* out) {
  unsigned char head[4];
  read_all(head, sizeof head);
  uint32_t size = get32(head);
  if (size < 20 || size > GLACIS_FRAME_MAX) malformed();
  if (size > g.reply_bytes) {
    g.reply = realloc(g.reply, size);
    if (!g.reply) malformed();
    g.reply_bytes = size;
  }
  read_all(g.reply, size);
  memset(out, 0, sizeof *out);
  out->result = (int64_t)get64(g.reply);
  out->value = get64(g.reply + 8);
  uint32_t count = get32(g.reply + 16), at = 20;
  if (count > GLACIS_BLOBS_MAX) malformed();
  for (uint32_t i = 0; i < count; ++i) {
    if (size - at < 4) malformed();
    out->blobs[i].size = get32(g.reply + at);
    at += 4;
    if (size - at < out->blobs[i].size) malformed();
    out->blobs[i].bytes = g.reply + at;
    at += out->blobs[i].size;
  }
}

static void send_frame(uint32_t call, const uint64_t* words, uint32_t word_count, const struct blob* blobs, uint32_t blob_count) {
  unsigned char head[4 + 8 + 8 * GLACIS_WORDS_MAX + 4], length[4];
  uint32_t size = 4 + 4 + 8 * word_count + 4 + 4 + g.live_bytes, at = 4;
  for (uint32_t i = 0; i < blob_count; ++i) size += 4 + blobs[i].size;
  put32(head, size);
  put32(head + at, call), at += 4;
  put32(head + at, word_count), at += 4;
  for (uint32_t i = 0; i < word_count; ++i) put64(head + at, words[i]), at += 8;
  put32(head + at, 1 + blob_count), at += 4;
  write_all(head, at);
  put32(length, g.live_bytes);
  write_all(length, 4);
  write_all(g.live, g.live_bytes);
  for (uint32_t i = 0; i < blob_count; ++i) {
    put32(length, blobs[i].size);
    write_all(length, 4);
    write_all(blobs[i].bytes, blobs[i].size);
  }
}

/* And before it what of the guest's own code was reached since the last one. */
static void send_request(uint32_t call, const uint64_t* words, uint32_t word_count, const struct blob* blobs, uint32_t blob_count) {
  const void* covered = g.coverage ? g.coverage() : NULL;
  if (covered) send_frame(GLACIS_CALL_COVERAGE, NULL, 0, &(const struct blob){covered, GLACIS_COVERAGE_BYTES}, 1);
  send_frame(call, words, word_count, blobs, blob_count);
}

static struct answer ask(uint32_t call, const uint64_t* words, uint32_t word_count, const struct blob* blobs, uint32_t blob_count) {
  struct answer out;
  send_request(call, words, word_count, blobs, blob_count);
  read_reply(&out);
  if (out.blobs[0].size != g.live_bytes) malformed();
  if (g.live_bytes) memcpy(g.live, out.blobs[0].bytes, g.live_bytes);
  return out;
}

#define WORDS(...) (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)
#define NO_WORDS NULL, 0
#define BLOBS(...) (const struct blob[]){__VA_ARGS__}, sizeof((const struct blob[]){__VA_ARGS__}) / sizeof(struct blob)
#define NO_BLOBS NULL, 0

static struct blob text(const char* s) { return (struct blob){s, (uint32_t)strlen(s)}; }
static struct blob bytes_of(const void* bytes, uint64_t count) { return (struct blob){bytes, (uint32_t)count}; }

/* What Glacis takes in one frame; a larger operand is wrong in any case. */
static int too_large(uint64_t count) { return count > GLACIS_FRAME_MAX - 4096; }

/* A blob that is not there has no bytes to point at. */
static void copy_out(void* to, const struct blob* from) {
  if (from->size > 0) memcpy(to, from->bytes, from->size);
}

/* Into a buffer of the caller's, whose size is told. */
static int give(const struct answer* a, unsigned blob, void* out, uint64_t* size) {
  if (a->result == GLACIS_TOO_SMALL) *size = a->value;
  if (a->result != GLACIS_OK) return (int)a->result;
  if (a->blobs[blob].size > *size) malformed();
  *size = a->blobs[blob].size;
  copy_out(out, &a->blobs[blob]);
  return GLACIS_OK;
}

static uint64_t c_alloc(void* self, const char* name, uint64_t bytes, int attribute) {
  (void)self;
  return ask(GLACIS_CALL_ALLOC, WORDS(bytes, (uint64_t)attribute), BLOBS(text(name))).value;
}
static int c_read(void* self, uint64_t gpa, void* out, uint64_t bytes) {
  (void)self;
  if (too_large(bytes)) return GLACIS_BAD_ARGUMENT;
  struct answer a = ask(GLACIS_CALL_READ, WORDS(gpa, bytes), NO_BLOBS);
  return give(&a, 1, out, &bytes);
}
static int c_write(void* self, uint64_t gpa, const void* bytes, uint64_t count) {
  (void)self;
  if (too_large(count)) return GLACIS_BAD_ARGUMENT;
  return (int)ask(GLACIS_CALL_WRITE, WORDS(gpa), BLOBS(bytes_of(bytes, count))).result;
}
static int c_convert(void* self, uint64_t gpa, uint64_t bytes, int attribute) {
  (void)self;
  return (int)ask(GLACIS_CALL_CONVERT, WORDS(gpa, bytes, (uint64_t)attribute), NO_BLOBS).result;
}
static void c_secret(void* self, const char* name, const void* bytes, uint64_t count) {
  (void)self;
  if (!too_large(count)) ask(GLACIS_CALL_SECRET, NO_WORDS, BLOBS(text(name), bytes_of(bytes, count)));
}
static int c_live(void* self, void* variable, uint64_t bytes) {
  (void)self;
  if (bytes > 1024) return GLACIS_BAD_ARGUMENT;
  g.live = variable, g.live_bytes = variable ? (uint32_t)bytes : 0;
  return (int)ask(GLACIS_CALL_LIVE, NO_WORDS, NO_BLOBS).result;
}
static int c_yield(void* self) {
  (void)self;
  return (int)ask(GLACIS_CALL_YIELD, NO_WORDS, NO_BLOBS).result;
}
static int c_cpuid(void* self, uint32_t leaf, uint32_t subleaf, uint32_t out[4]) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_CPUID, WORDS(leaf, subleaf), NO_BLOBS);
  if (a.result == GLACIS_OK && a.blobs[1].size != 16) malformed();
  for (int i = 0; a.result == GLACIS_OK && i < 4; ++i) out[i] = get32((const unsigned char*)a.blobs[1].bytes + 4 * i);
  return (int)a.result;
}
static int c_random(void* self, void* out, uint64_t bytes) {
  (void)self;
  if (too_large(bytes)) return GLACIS_BAD_ARGUMENT;
  struct answer a = ask(GLACIS_CALL_RANDOM, WORDS(bytes), NO_BLOBS);
  return give(&a, 1, out, &bytes);
}
static int c_evidence(void* self, const uint8_t report_data[64], int level, void* out, uint64_t* bytes, void* aux, uint64_t* aux_bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_EVIDENCE, WORDS((uint64_t)level, *bytes, *aux_bytes), BLOBS(bytes_of(report_data, 64)));
  if (a.result != GLACIS_OK) return (int)a.result;
  give(&a, 1, out, bytes);
  return give(&a, 2, aux, aux_bytes);
}
static const char* c_provider(void* self) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_PROVIDER, NO_WORDS, NO_BLOBS);
  if (a.result != GLACIS_OK || a.blobs[1].size >= sizeof g.provider) return NULL;
  copy_out(g.provider, &a.blobs[1]);
  g.provider[a.blobs[1].size] = 0;
  return g.provider;
}
static int c_derive_key(void* self, uint64_t select, uint8_t key[32]) {
  (void)self;
  uint64_t size = 32;
  struct answer a = ask(GLACIS_CALL_DERIVE_KEY, WORDS(select), NO_BLOBS);
  return give(&a, 1, key, &size);
}
static int c_launch_secret(void* self, void* out, uint64_t* bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_LAUNCH_SECRET, WORDS(*bytes), NO_BLOBS);
  return give(&a, 1, out, bytes);
}
static int c_send(void* self, const char* peer, const void* bytes, uint64_t count) {
  (void)self;
  if (too_large(count)) return GLACIS_BAD_ARGUMENT;
  return (int)ask(GLACIS_CALL_SEND, NO_WORDS, BLOBS(text(peer), bytes_of(bytes, count))).result;
}
static int c_receive(void* self, const char* peer, void* out, uint64_t* bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_RECEIVE, WORDS(*bytes), BLOBS(text(peer)));
  return give(&a, 1, out, bytes);
}
static int c_device_config(void* self, const char* device, uint32_t offset, uint32_t* value, int write) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_DEVICE_CONFIG, WORDS(offset, *value, (uint64_t)write), BLOBS(text(device)));
  if (a.result == GLACIS_OK && !write) *value = (uint32_t)a.value;
  return (int)a.result;
}
static int c_device_object(void* self, const char* device, const void* object, uint64_t bytes, void* out, uint64_t* out_bytes) {
  (void)self;
  if (too_large(bytes)) return GLACIS_BAD_ARGUMENT;
  struct answer a = ask(GLACIS_CALL_DEVICE_OBJECT, WORDS(*out_bytes), BLOBS(text(device), bytes_of(object, bytes)));
  return give(&a, 1, out, out_bytes);
}
static int c_device_mmio(void* self, const char* device, uint32_t bar, uint64_t offset, void* bytes, uint64_t count, int write) {
  (void)self;
  if (too_large(count)) return GLACIS_BAD_ARGUMENT;
  struct answer a = ask(GLACIS_CALL_DEVICE_MMIO, WORDS(bar, offset, count, (uint64_t)write), BLOBS(text(device), bytes_of(bytes, write ? count : 0)));
  return write ? (int)a.result : give(&a, 1, bytes, &count);
}
static int c_device_share(void* self, const char* device, uint64_t gpa, uint64_t bytes) {
  (void)self;
  return (int)ask(GLACIS_CALL_DEVICE_SHARE, WORDS(gpa, bytes), BLOBS(text(device))).result;
}
static int c_device_call(void* self, const char* device, uint32_t call, const void* in, uint64_t bytes) {
  (void)self;
  if (too_large(bytes)) return GLACIS_BAD_ARGUMENT;
  return (int)ask(GLACIS_CALL_DEVICE_CALL, WORDS(call), BLOBS(text(device), bytes_of(in, bytes))).result;
}
static int c_device_managed(void* self, const char* device) {
  (void)self;
  return (int)ask(GLACIS_CALL_DEVICE_MANAGED, NO_WORDS, BLOBS(text(device))).value;
}
static int c_tdi_call(void* self, const char* device, uint32_t call, const void* in, uint64_t bytes, void* out, uint64_t* out_bytes) {
  (void)self;
  if (too_large(bytes)) return GLACIS_BAD_ARGUMENT;
  struct answer a = ask(GLACIS_CALL_TDI, WORDS(call, *out_bytes), BLOBS(text(device), bytes_of(in, bytes)));
  return give(&a, 1, out, out_bytes);
}
static int c_device_evidence(void* self, const char* device, uint32_t part, void* out, uint64_t* bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_DEVICE_EVIDENCE, WORDS(part, *bytes), BLOBS(text(device)));
  return give(&a, 1, out, bytes);
}
static int c_image_file(void* self, const char* name, void* out, uint64_t* bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_IMAGE_FILE, WORDS(*bytes), BLOBS(text(name)));
  return give(&a, 1, out, bytes);
}
static void c_device_accept(void* self, const char* device, uint16_t flags) {
  (void)self;
  ask(GLACIS_CALL_DEVICE_ACCEPT, WORDS(flags), BLOBS(text(device)));
}
static int c_host_data(void* self, const char* name, void* out, uint64_t* bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_HOST_DATA, WORDS(*bytes), BLOBS(text(name)));
  return give(&a, 1, out, bytes);
}
static int c_clock(void* self, const char* source, uint64_t* nanoseconds) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_TIME, NO_WORDS, BLOBS(text(source)));
  if (a.result == GLACIS_OK) *nanoseconds = a.value;
  return (int)a.result;
}
static int c_msr(void* self, uint32_t index, uint64_t* value, int write) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_MSR, WORDS(index, *value, (uint64_t)(write != 0)), NO_BLOBS);
  if (a.result == GLACIS_OK && !write) *value = a.value;
  return (int)a.result;
}
static int c_interrupt(void* self, uint32_t* vector, uint64_t* info) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_INTERRUPT, NO_WORDS, NO_BLOBS);
  if (a.result != GLACIS_OK) return (int)a.result;
  if (a.blobs[1].size != 8) malformed();
  const unsigned char* at = a.blobs[1].bytes;
  *vector = (uint32_t)a.value;
  *info = get32(at) | (uint64_t)get32(at + 4) << 32;
  return GLACIS_OK;
}
static int c_extend(void* self, uint32_t index, const uint8_t digest[48]) {
  (void)self;
  return (int)ask(GLACIS_CALL_EXTEND, WORDS(index), BLOBS(bytes_of(digest, 48))).result;
}
static int c_measured(void* self, const char* name, void* out, uint64_t* bytes) {
  (void)self;
  struct answer a = ask(GLACIS_CALL_MEASURED, WORDS(*bytes), BLOBS(text(name)));
  return give(&a, 1, out, bytes);
}
static int c_tpm(void* self, const void* command, uint64_t bytes, void* out, uint64_t* out_bytes) {
  (void)self;
  if (too_large(bytes)) return GLACIS_BAD_ARGUMENT;
  struct answer a = ask(GLACIS_CALL_TPM, WORDS(*out_bytes), BLOBS(bytes_of(command, bytes)));
  return give(&a, 1, out, out_bytes);
}
static void c_moment(void* self, const char* name) {
  (void)self;
  ask(GLACIS_CALL_MOMENT, NO_WORDS, BLOBS(text(name)));
}
static int c_defend(void* self, const char* defence, int holds) {
  (void)self;
  return (int)ask(GLACIS_CALL_DEFEND, WORDS((uint64_t)(holds != 0)), BLOBS(text(defence))).value;
}
static int c_lifted(void* self, const char* defence) {
  (void)self;
  return (int)ask(GLACIS_CALL_LIFTED, NO_WORDS, BLOBS(text(defence))).value;
}
static void c_guard(void* self, const char* act, int entitled) {
  (void)self;
  ask(GLACIS_CALL_GUARD, WORDS((uint64_t)(entitled != 0)), BLOBS(text(act)));
}
static void c_promise(void* self, const char* name, int holds) {
  (void)self;
  ask(GLACIS_CALL_PROMISE, WORDS((uint64_t)(holds != 0)), BLOBS(text(name)));
}
static void c_ends(void* self, const char* state) {
  (void)self;
  ask(GLACIS_CALL_ENDS, NO_WORDS, BLOBS(text(state)));
}
static void c_log(void* self, const char* line) {
  (void)self;
  ask(GLACIS_CALL_LOG, NO_WORDS, BLOBS(text(line)));
}

static const struct glacis_guest kCalls = {
    .version = GLACIS_GUEST_ABI_VERSION,
    .self = &g,
    .alloc = c_alloc,
    .read = c_read,
    .write = c_write,
    .convert = c_convert,
    .secret = c_secret,
    .live = c_live,
    .yield = c_yield,
    .cpuid = c_cpuid,
    .random = c_random,
    .evidence = c_evidence,
    .provider = c_provider,
    .derive_key = c_derive_key,
    .launch_secret = c_launch_secret,
    .send = c_send,
    .receive = c_receive,
    .device_config = c_device_config,
    .device_object = c_device_object,
    .device_mmio = c_device_mmio,
    .device_share = c_device_share,
    .device_call = c_device_call,
    .device_managed = c_device_managed,
    .tdi_call = c_tdi_call,
    .device_evidence = c_device_evidence,
    .image_file = c_image_file,
    .device_accept = c_device_accept,
    .host_data = c_host_data,
    .clock = c_clock,
    .msr = c_msr,
    .interrupt = c_interrupt,
    .extend = c_extend,
    .measured = c_measured,
    .tpm = c_tpm,
    .moment = c_moment,
    .defend = c_defend,
    .lifted = c_lifted,
    .guard = c_guard,
    .promise = c_promise,
    .ends = c_ends,
    .log = c_log,
};

/* Splits at spaces; the pointers lead into `words`. */
static int split(char* words, const char** argv, int most) {
  int argc = 0;
  for (char* word = strtok(words, " "); word && argc < most; word = strtok(NULL, " ")) argv[argc++] = word;
  return argc;
}

int glacis_serve(int fd, glacis_main_fn guest_main) {
  g.fd = fd;
  struct answer start;
  read_reply(&start);
  if (start.result != GLACIS_GUEST_ABI_VERSION) {
    fprintf(stderr, "glacis_client: Glacis speaks version %lld of the guest ABI, this guest %u\n", (long long)start.result, GLACIS_GUEST_ABI_VERSION);
    return -1;
  }
  char* words = calloc(1, start.blobs[1].size + 1);
  const char* argv[64];
  if (!words) return -1;
  copy_out(words, &start.blobs[1]);
  guest_main(&kCalls, split(words, argv, 64), argv);
  g.live_bytes = 0;
  send_request(GLACIS_CALL_RETURN, NO_WORDS, NO_BLOBS);
  free(words);
  g.fd = -1;
  return 0;
}

uint64_t glacis_clock(void) { return g.fd < 0 ? 0 : ask(GLACIS_CALL_CLOCK, NO_WORDS, NO_BLOBS).value; }

int glacis_random(void* out, uint64_t bytes) { return g.fd < 0 ? -1 : c_random(NULL, out, bytes); }

void glacis_covered_by(const void* (*news)(void)) { g.coverage = news; }

void glacis_fault(const char* why, int memory_error) {
  if (g.fd < 0) return;
  g.live_bytes = 0; /* it may be what is broken */
  send_request(GLACIS_CALL_FAULT, WORDS((uint64_t)(memory_error != 0)), BLOBS(text(why)));
}

int glacis_listen(const char* path, glacis_main_fn guest_main) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -1;
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  unlink(path);
  if (listener < 0 || bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) return -1;
  signal(SIGCHLD, SIG_IGN);
  const pid_t parent = getpid();
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0 && errno == EINTR) continue;
    if (fd < 0) return -1;
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(70); /* it died before the line above */
      close(listener);
      _exit(glacis_serve(fd, guest_main) == 0 ? 0 : 70);
    }
    close(fd);
  }
}
