/* What is said between Glacis and a TPM in a process of its own (process.cc), over the stream that is descriptor 3 of the latter.
 * One question, one answer, in turn. Integers are little-endian.
 *
 *   frame     u32 size of what follows, at most VTPM_FRAME_MAX
 *   question  u8 operation, u64 the world's clock in nanoseconds, then what the operation takes
 *   answer    u32 result (0, or TPM 1.2's codes as libtpms gives them), then what the operation gives
 *
 * The first question is VTPM_SEED. A frame that is none of these ends the process. */
#ifndef GLACIS_VTPM_PROTOCOL_H_
#define GLACIS_VTPM_PROTOCOL_H_

#define VTPM_STREAM 3
#define VTPM_FRAME_MAX (1u << 20)
#define VTPM_SEED_BYTES 32u

enum vtpm_operation {
  VTPM_SEED = 1,         /* 32 bytes; all randomness comes from them */
  VTPM_INIT,             /* u8: 1 forgets what STORE_VOLATILE kept. Power comes back: _TPM_Init */
  VTPM_COMMAND,          /* u8 locality, command; gives the response */
  VTPM_SHUTDOWN,         /* power goes; what is not volatile stays */
  VTPM_ESTABLISHED,      /* gives u8 */
  VTPM_RESET_ESTABLISHED,/* u8 locality */
  VTPM_HASH_START,
  VTPM_HASH_DATA,        /* bytes */
  VTPM_HASH_END,
  VTPM_STORE_VOLATILE,
  VTPM_GET_STATE,        /* u8: 1 permanent, 2 volatile, 4 saved by TPM2_Shutdown; gives the state */
  VTPM_SET_STATE,        /* u8 as above, state; none forgets it. Only while power is off */
  VTPM_BUFFER_SIZE,      /* u32 wanted, or 0; gives u32 size, smallest, largest */
  VTPM_INFO,             /* u32 flags; gives JSON */
};

#define VTPM_BAD_OPERATION 0xffffffffu /* out of turn: no power, or no such operation */

#endif /* GLACIS_VTPM_PROTOCOL_H_ */
