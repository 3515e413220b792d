// Prints the table of speeds, or the groups of rows that are named. Build with -c opt; ends with 1 when a target is
// missed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/bench/row.h"

namespace {

struct Group {
  const char* name;
  const char* what;
  void (*rows)(std::vector<bench::Row>&);
};
constexpr Group kGroups[] = {
    {"kernel", "the event kernel / SystemC", bench::kernel_rows},
    {"memory", "encrypted memory / memcpy and OpenSSL's XTS", bench::memory_rows},
    {"spdm", "SPDM session set-up, P-384 and P-256 / the sum of its public-key operations", bench::spdm_rows},
    {"ide", "sealed and opened TLPs / AES-256-GCM by OpenSSL at the same sizes", bench::ide_rows},
    {"pcie", "config and DOE round trips / their packets' encoding, the config round trips they take",
     bench::pcie_rows},
    {"worlds", "whole worlds a second; a small one's time, and what many leave behind; an assignment / a world without a device",
     bench::world_rows},
    {"matrix", "the whole catalogue on every platform, once its public-key work is remembered", bench::matrix_rows},
};

int usage(std::FILE* to, int code) {
  std::fprintf(to,
               "Usage: bench [--worlds N] [GROUP...]\n\nours / baseline, both measured in this run; without a group all of them:\n");
  for (const Group& group : kGroups) std::fprintf(to, "  %-8s %s\n", group.name, group.what);
  std::fprintf(to, "\n--worlds N: so many worlds for the row on what they leave in memory (%llu)\n",
               static_cast<unsigned long long>(bench::worlds_in_a_row));
  return code;
}

// What was promised, on its own.
void print_promises(const std::vector<bench::Row>& rows) {
  std::printf("\n%-40s %-16s %10s %10s %8s  %-9s\n", "figure", "target", "measured", "base", "ratio", "unit");
  for (const bench::Row& row : rows)
    if (!row.why.empty())
      std::printf("%-40s %-16s %10.2f %10.2f %8.2f  %-9s %s\n", row.name.c_str(), row.target.c_str(), row.ours, row.baseline, row.ratio, row.unit.c_str(),
                  row.met ? "ok" : ("missed: " + row.why).c_str());
  std::printf("base: measured in the same run; where the target is a time, that time\n");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<const Group*> chosen;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "-h") == 0) return usage(stdout, 0);
    if (std::strcmp(argv[i], "--worlds") == 0 && i + 1 < argc) {
      char* end = nullptr;
      bench::worlds_in_a_row = std::strtoull(argv[++i], &end, 10);
      if (*end || bench::worlds_in_a_row < 1000) return usage(stderr, 2);
      continue;
    }
    const std::size_t before = chosen.size();
    for (const Group& group : kGroups)
      if (std::strcmp(argv[i], group.name) == 0) chosen.push_back(&group);
    if (chosen.size() == before) return usage(stderr, 2);
  }
  if (chosen.empty())
    for (const Group& group : kGroups) chosen.push_back(&group);
  std::printf("%-40s %12s %12s %8s  %-10s %s\n", "name", "ours", "baseline", "ratio", "unit", "target");
  bool all_met = true;
  std::vector<bench::Row> all;
  for (const Group* group : chosen) {
    std::vector<bench::Row> rows;
    group->rows(rows);
    for (const bench::Row& row : rows) {
      std::printf("%-40s %12.1f %12.1f %8.2f  %-10s %s%s\n", row.name.c_str(), row.ours, row.baseline, row.ratio,
                  row.unit.c_str(), row.target.c_str(), row.met ? "" : "  MISSED");
      all_met = all_met && row.met;
    }
    std::fflush(stdout);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  if (std::ranges::any_of(all, [](const bench::Row& row) { return !row.why.empty(); })) print_promises(all);
  return all_met ? 0 : 1;
}
