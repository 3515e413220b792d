/* Lets in whoever holds a key that it knows. Flaw: knows the keys that the host names in cloud-init's data, whosever they are. */
#include "tests/guest/flawed/flawed.h"

/* Of the owner's, in the image, which is measured. */
static const char kOwners[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2nGQ1dMmVdHcQb8sF0 admin@owner";

void glacis_main(const struct glacis_guest* g, int argc, const char* const* argv) {
  static const char kItem[] = "  - ";
  char text[4096], act[512], *line, *rest = text;
  uint64_t size = sizeof text - 1;
  (void)argc, (void)argv;
  g->moment(g->self, "configures");
  if (g->host_data(g->self, "cloud-init", text, &size) != GLACIS_OK) return g->ends(g->self, "unconfigured");
  text[size] = 0;
  while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
    if (strncmp(line, kItem, sizeof kItem - 1)) continue;
    const char* key = line + sizeof kItem - 1;
    if (strlen(key) > sizeof act - 8) continue;
    if (!kFlawed && strcmp(key, kOwners)) continue; /* the host's wish, no more */
    g->guard(g->self, strcat(strcpy(act, "login "), key), 1);
  }
  g->moment(g->self, "serving");
  g->ends(g->self, "served");
}
