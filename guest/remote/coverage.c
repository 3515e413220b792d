#include "guest/remote/coverage.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "guest/remote/glacis_protocol.h"

enum { kEdges = GLACIS_COVERAGE_BYTES * 8, kModules = 64, kCounters = 64 };

static unsigned char reached[GLACIS_COVERAGE_BYTES];
static int news;

static void reach(uint32_t edge) {
  unsigned char* at = &reached[edge % kEdges / 8];
  const unsigned char bit = (unsigned char)(1u << edge % 8);
  if (*at & bit) return;
  *at |= bit, news = 1;
}

/* ---- gcc, trace-pc: an edge is where it returns to, counted from where its module was loaded, so that two runs are alike ---- */

static struct module {
  uintptr_t low, size;
} modules[kModules];
static unsigned module_count, module_last;

/* Its number, in the order in which they are met; kModules where it is not to be told. */
static unsigned module_of(uintptr_t at) {
  struct dl_find_object found; /* takes no lock, and is there while constructors of a library run */
  for (unsigned i = 0; i < module_count; ++i)
    if (at - modules[i].low < modules[i].size) return i;
  if (module_count == kModules || _dl_find_object((void*)at, &found) != 0) return kModules;
  modules[module_count].low = (uintptr_t)found.dlfo_map_start;
  modules[module_count].size = (uintptr_t)found.dlfo_map_end - (uintptr_t)found.dlfo_map_start;
  return module_count++;
}

void __sanitizer_cov_trace_pc(void) {
  const uintptr_t at = (uintptr_t)__builtin_return_address(0);
  if (at - modules[module_last].low >= modules[module_last].size) {
    const unsigned which = module_of(at);
    if (which == kModules) return;
    module_last = which;
  }
  const uint64_t place = (uint64_t)module_last << 40 ^ (at - modules[module_last].low);
  reach((uint32_t)(place * 0x9E3779B97F4A7C15u >> 48));
}

/* ---- clang, trace-pc-guard and inline counters: edges are numbered as modules say that they have them ---- */

static uint32_t next_edge;

void __sanitizer_cov_trace_pc_guard_init(uint32_t* start, uint32_t* stop) {
  if (start == stop || *start) return; /* each object file of a module calls for all of it */
  while (start < stop) *start++ = ++next_edge;
}
void __sanitizer_cov_trace_pc_guard(uint32_t* guard) {
  if (*guard) reach(*guard);
}

static struct counters {
  const unsigned char *start, *stop;
  uint32_t first;
} counters[kCounters];
static unsigned counters_count;

void __sanitizer_cov_8bit_counters_init(char* start, char* stop) {
  for (unsigned i = 0; i < counters_count; ++i)
    if (counters[i].start == (unsigned char*)start) return;
  if (start == stop || counters_count == kCounters) return;
  counters[counters_count++] = (struct counters){(unsigned char*)start, (unsigned char*)stop, next_edge + 1};
  next_edge += (uint32_t)(stop - start);
}
void __sanitizer_cov_bool_flag_init(char* start, char* stop) { __sanitizer_cov_8bit_counters_init(start, stop); }

static void read_counters(const struct counters* of) {
  for (const unsigned char* at = of->start; at < of->stop;) {
    uint64_t eight = 1;
    if (of->stop - at >= 8) memcpy(&eight, at, 8);
    if (eight == 0) {
      at += 8;
      continue;
    }
    if (*at) reach(of->first + (uint32_t)(at - of->start));
    ++at;
  }
}

/* ---- what else such code may call, which says nothing about edges ---- */

#define IGNORED(name, ...) \
  void __sanitizer_cov_##name(__VA_ARGS__) {}
#pragma GCC diagnostic ignored "-Wunused-parameter"
IGNORED(pcs_init, const uintptr_t* start, const uintptr_t* stop)
IGNORED(trace_pc_indir, uintptr_t callee)
IGNORED(trace_cmp1, uint8_t a, uint8_t b)
IGNORED(trace_cmp2, uint16_t a, uint16_t b)
IGNORED(trace_cmp4, uint32_t a, uint32_t b)
IGNORED(trace_cmp8, uint64_t a, uint64_t b)
IGNORED(trace_cmpf, float a, float b)
IGNORED(trace_cmpd, double a, double b)
IGNORED(trace_const_cmp1, uint8_t a, uint8_t b)
IGNORED(trace_const_cmp2, uint16_t a, uint16_t b)
IGNORED(trace_const_cmp4, uint32_t a, uint32_t b)
IGNORED(trace_const_cmp8, uint64_t a, uint64_t b)
IGNORED(trace_switch, uint64_t value, uint64_t* cases)
IGNORED(trace_div4, uint32_t by)
IGNORED(trace_div8, uint64_t by)
IGNORED(trace_gep, uintptr_t index)

const void* glacis_coverage_news(void) {
  for (unsigned i = 0; i < counters_count; ++i) read_counters(&counters[i]);
  if (!news) return NULL;
  news = 0;
  return reached;
}
