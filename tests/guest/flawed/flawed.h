/* What the guests in this folder share. Each is one source for two libraries: as it should be, and with FLAW defined, with one flaw. */
#ifndef FLAWED_H_
#define FLAWED_H_

#include <stdint.h>
#include <string.h>

#include "guest/abi/glacis_guest.h"

#ifdef FLAW
enum { kFlawed = 1 };
#else
enum { kFlawed = 0 };
#endif

static inline uint32_t load32(const uint8_t* at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline void store32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = (uint8_t)(value >> 8 * i);
}

#endif /* FLAWED_H_ */
