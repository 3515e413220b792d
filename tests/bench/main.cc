// Prints the table of speeds. Build with -c opt; ends with 1 when a target is missed.
#include <cstdio>
#include <vector>

#include "tests/bench/row.h"

int main() {
  std::vector<bench::Row> rows;
  bench::kernel_rows(rows);
  bench::memory_rows(rows);
  bench::world_rows(rows);
  std::printf("%-40s %12s %12s %8s  %-10s %s\n", "name", "ours", "baseline", "ratio", "unit", "target");
  bool all_met = true;
  for (const bench::Row& row : rows) {
    std::printf("%-40s %12.1f %12.1f %8.2f  %-10s %s%s\n", row.name.c_str(), row.ours, row.baseline, row.ratio,
                row.unit.c_str(), row.target.c_str(), row.met ? "" : "  MISSED");
    all_met = all_met && row.met;
  }
  return all_met ? 0 : 1;
}
