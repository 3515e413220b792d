/* The same guest as a process of its own that listens: `silent_listener PATH`. */
#include "guest/remote/glacis_client.h"

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv);

int main(int argc, char** argv) { return argc == 2 ? -glacis_listen(argv[1], glacis_main) : 2; }
