// The README's table of calls, against the protocol's names and against the program.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tsm/cca/bare_rmm.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

struct Row {
  std::string name, here;
};
std::map<std::uint64_t, Row> table() {
  std::map<std::uint64_t, Row> out;
  std::ifstream file("tsm/cca/README.md");
  std::string line;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::string cell;
    for (std::istringstream cut(line); std::getline(cut, cell, '|');) {
      const auto first = cell.find_first_not_of(' '), last = cell.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    if (cells.size() >= 4 && cells[2].starts_with("0x")) out[std::stoull(cells[2], nullptr, 16)] = {cells[1], cells[3]};
  }
  return out;
}

TEST(Readme, NamesEveryCallOfTheProtocolAndNoOther) {
  auto rows = table();
  ASSERT_FALSE(rows.empty());
  for (const auto names : {ccaproto::rmi_names(), ccaproto::rsi_names()})
    for (const auto& known : names) {
      const auto row = rows.extract(known.function);
      ASSERT_TRUE(row) << known.name;
      EXPECT_EQ(row.mapped().name, known.name);
      EXPECT_EQ(row.mapped().here == "modelled", known.in_1_0) << known.name;
    }
  for (const auto& [number, row] : rows) EXPECT_TRUE(row.name.starts_with("PSCI_")) << row.name;
}

// With and without device assignment.
TEST(Readme, IsWhatTheProgramDoes) {
  for (const bool devices : {false, true})
    for (const auto& [number, row] : table()) {
      BareRmm b(true, {}, devices);
      const bool there = row.here == "modelled" || (devices && row.here == "devices");
      if (row.name.starts_with("RMI_")) {
        const auto answer = b.rmm.rmi(1, {.x0 = number}).out.x0;
        EXPECT_EQ(answer != ccaproto::kSmcNotSupported, there) << row.name;
        EXPECT_EQ(command_of(number) != nullptr, row.here == "modelled") << row.name;
        EXPECT_EQ(da_command_of(number) != nullptr, row.here == "devices") << row.name;
        continue;
      }
      BareRmm::must(b.enter());
      const auto answer = b.rmm.rsi(1, {.x0 = number, .x1 = row.name == "PSCI_FEATURES" ? number : BareRmm::kMapped});
      EXPECT_EQ(answer.exit || answer.out.x0 != ccaproto::kSmcNotSupported, there) << row.name;
    }
}

}  // namespace
}  // namespace cca
