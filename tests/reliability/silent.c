/* A guest that says nothing: `silent` for longer than anybody waits, `close` after it has closed its stream. */
#include <string.h>
#include <unistd.h>

#include "guest/abi/glacis_guest.h"

enum { kStream = 3 };

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  g->yield(g->self);
  if (argc > 0 && strcmp(argv[0], "close") == 0) close(kStream);
  for (;;) pause();
}
