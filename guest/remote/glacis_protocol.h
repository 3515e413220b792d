/* The guest ABI (guest/abi/glacis_guest.h) as bytes on a stream, for a guest that is a process of its own. All integers are
 * little-endian. PROTOCOL.md has the calls one by one.
 *
 * Glacis begins with one reply frame: `result` is GLACIS_GUEST_ABI_VERSION, its second blob the arguments of the scenario file, one
 * space between them. Then the guest asks and Glacis answers, one frame each, until the guest sends GLACIS_CALL_RETURN or either side
 * closes. Glacis closes when the guest has stopped for good; a guest process then ends.
 *
 *   frame    u32 size of what follows, at most GLACIS_FRAME_MAX
 *   request  u32 call, u32 words (at most 4), u64 each word, u32 blobs (at most 3), then for each blob u32 size and its bytes
 *   reply    i64 result, u64 value, u32 blobs (at most 3), then for each blob u32 size and its bytes
 *
 * The first blob of every request is the variable declared live, as it is now, and the first blob of every reply is what it is
 * afterwards: the host had it in hand meanwhile. It is empty where none is declared. */
#ifndef GLACIS_PROTOCOL_H_
#define GLACIS_PROTOCOL_H_

#define GLACIS_FRAME_MAX (17u << 20)
#define GLACIS_WORDS_MAX 4u
#define GLACIS_BLOBS_MAX 3u
#define GLACIS_COVERAGE_BYTES 8192u /* of a map with a bit for each edge */

enum glacis_call {
  GLACIS_CALL_RETURN = 0, /* no reply: the guest is done */
  GLACIS_CALL_FAULT = 1,  /* no reply: the guest's own run time ended it; blob 1 says why, word 0 is 1 for a memory error */
  GLACIS_CALL_ALLOC = 2,
  GLACIS_CALL_READ = 3,
  GLACIS_CALL_WRITE = 4,
  GLACIS_CALL_CONVERT = 5,
  GLACIS_CALL_SECRET = 6,
  GLACIS_CALL_LIVE = 7,
  GLACIS_CALL_YIELD = 8,
  GLACIS_CALL_CPUID = 9,
  GLACIS_CALL_RANDOM = 10,
  GLACIS_CALL_EVIDENCE = 11,
  GLACIS_CALL_PROVIDER = 12,
  GLACIS_CALL_DERIVE_KEY = 13,
  GLACIS_CALL_LAUNCH_SECRET = 14,
  GLACIS_CALL_SEND = 15,
  GLACIS_CALL_RECEIVE = 16,
  GLACIS_CALL_DEVICE_CONFIG = 17,
  GLACIS_CALL_DEVICE_OBJECT = 18,
  GLACIS_CALL_DEVICE_MMIO = 19,
  GLACIS_CALL_DEVICE_SHARE = 20,
  GLACIS_CALL_DEVICE_CALL = 21,
  GLACIS_CALL_DEVICE_MANAGED = 22,
  GLACIS_CALL_TDI = 23,
  GLACIS_CALL_DEVICE_EVIDENCE = 24,
  GLACIS_CALL_IMAGE_FILE = 25,
  GLACIS_CALL_DEVICE_ACCEPT = 26,
  GLACIS_CALL_MOMENT = 27,
  GLACIS_CALL_DEFEND = 28,
  GLACIS_CALL_LIFTED = 29,
  GLACIS_CALL_GUARD = 30,
  GLACIS_CALL_PROMISE = 31,
  GLACIS_CALL_ENDS = 32,
  GLACIS_CALL_LOG = 33,
  GLACIS_CALL_CLOCK = 34, /* nanoseconds of simulated time: for a run time that stands in for the C library's clocks */
  GLACIS_CALL_HOST_DATA = 35,
  GLACIS_CALL_TIME = 36, /* of a source that the guest names */
  GLACIS_CALL_MSR = 37,
  GLACIS_CALL_INTERRUPT = 38,
  GLACIS_CALL_EXTEND = 39,
  GLACIS_CALL_MEASURED = 40,
  GLACIS_CALL_TPM = 41,
  GLACIS_CALL_COVERAGE = 42, /* no reply, and no call of the program: blob 1 is the map of edges reached so far */
};

#endif /* GLACIS_PROTOCOL_H_ */
