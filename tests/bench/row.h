#pragma once
// One line of the table of speeds: ours beside a baseline that was measured in the same run.
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Row {
  std::string name;
  double ours = 0;
  double baseline = 0;
  double ratio = 0;
  std::string unit;
  std::string target;
  bool met = false;
  std::string why{};  // what stands between, where a target that was promised is missed; empty: nothing was promised
};

// Each appends its rows.
void kernel_rows(std::vector<Row>& rows);
void memory_rows(std::vector<Row>& rows);
void spdm_rows(std::vector<Row>& rows);
void ide_rows(std::vector<Row>& rows);
void pcie_rows(std::vector<Row>& rows);
void world_rows(std::vector<Row>& rows);
void matrix_rows(std::vector<Row>& rows);
// How many worlds one after another the row on their memory takes.
inline std::uint64_t worlds_in_a_row = 10'000;

}  // namespace bench
