// The README's table of calls, against the protocol's names and against the program.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>

#include "platform/protocol/tdx/tdvmcall.h"
#include "tsm/tdx/bare_module.h"

namespace tdx {
namespace {

struct Row {
  std::string name;
  bool modelled = false;
};
// The rows of one kind of call, by number.
std::map<std::uint64_t, Row> table(const std::string& kind) {
  std::map<std::uint64_t, Row> out;
  std::ifstream file("tsm/tdx/README.md");
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::string cell;
    for (std::istringstream cut(line); std::getline(cut, cell, '|');) {
      const auto first = cell.find_first_not_of(' '), last = cell.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    if (cells.size() < 4 || !cells[1].starts_with(kind)) continue;
    EXPECT_TRUE(cells[3] == "modelled" || cells[3] == "refused") << line;
    EXPECT_TRUE(out.emplace(std::stoull(cells[2], nullptr, 0), Row{cells[1], cells[3] == "modelled"}).second) << line;
  }
  return out;
}

constexpr auto kNoSuchLeaf = 0xC000'0100'0000'0000u;

// GHCI writes Instruction.CPUID and MapGPA where a carrier of the exit reads CPUID and MAP_GPA.
std::string letters(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c))) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

TEST(Readme, NamesEveryCallOfTheProtocolAndNoOther) {
  auto host = table("TDH."), guest = table("TDG."), asked = table("TDVMCALL ");
  for (std::uint64_t number = 0; number < 0x400; ++number) {
    const auto call = tdxproto::name_of(tdxproto::Seamcall{number}), own = tdxproto::name_of(tdxproto::Tdcall{number});
    EXPECT_EQ(host[number].name, call) << number;
    EXPECT_EQ(guest[number].name, own) << number;
  }
  unsigned named = 0;
  for (std::uint64_t number = 0; number < 0x10100; ++number) {
    const auto name = tdxproto::name_of(tdxproto::Tdvmcall{number});
    if (name == "TDVMCALL") continue;
    ++named;
    ASSERT_TRUE(asked.contains(number)) << name;
    EXPECT_TRUE(letters(asked[number].name).ends_with(letters(name))) << name;
  }
  EXPECT_EQ(asked.size(), named);
}

TEST(Readme, IsWhatTheModuleDoesForItsHost) {
  const auto rows = table("TDH.");
  ASSERT_FALSE(rows.empty());
  for (const auto& [number, row] : rows) {
    BareModule b(Stage::kRunnable);
    EXPECT_EQ(b.call(Seamcall{number}).out.rax != kNoSuchLeaf, row.modelled) << row.name;
  }
}

TEST(Readme, IsWhatTheModuleDoesForItsTds) {
  const auto rows = table("TDG.");
  ASSERT_FALSE(rows.empty());
  for (const auto& [number, row] : rows) {
    BareModule b(Stage::kRunnable);
    BareModule::must(b.enter());
    const auto result = b.module.tdcall(b.vm.asid, {.rax = number});
    EXPECT_FALSE(result.dead) << row.name;
    EXPECT_EQ(result.exit || result.out.rax != kNoSuchLeaf, row.modelled) << row.name;
  }
}

TEST(Readme, IsWhatTheHostDoesForATd) {
  const auto rows = table("TDVMCALL ");
  ASSERT_FALSE(rows.empty());
  for (const auto& [number, row] : rows) {
    TestMachine m;
    ASSERT_EQ(m.start(), "");
    const auto answer = m.machine.handle(m.vm, {.code = tdxproto::kExitTdcall, .info1 = number});
    EXPECT_EQ(answer.info2 != tdxproto::kVmcallSubfuncUnsupported, row.modelled) << row.name;
  }
}

}  // namespace
}  // namespace tdx
