// The README's table of calls says what the program does.
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tsm/cove/test_machine.h"

namespace cove {
namespace {

using M = TestMachine;

// Name to the word after it.
std::map<std::string, std::string, std::less<>> table() {
  std::ifstream file("tsm/cove/README.md");
  std::map<std::string, std::string, std::less<>> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string bar, name, bar2, here, code;
    words >> bar >> name >> bar2 >> here >> code;
    if (bar == "|" && name.starts_with("sbi_")) rows[name] = here == "refused" ? code : here;
  }
  return rows;
}

SbiError answer(M& m, const coveproto::Named& call) {
  // Of a TVM: any address that is none, so that a call which is there is refused for that at most.
  const Ecall in{.a0 = 0x8000, .a1 = 64, .a6 = coveproto::function_id(call.fid, kSdid), .a7 = call.eid};
  return call.eid == coveproto::kCovg ? m.tsm.ecall(1, in).ret.error : m.tsm.host_call(2, in).ret.error;
}

TEST(Readme, NamesEveryCallOnceAndSaysWhatBecomesOfIt) {
  const auto rows = table();
  EXPECT_EQ(rows.size(), coveproto::all_call_names().size());
  for (const auto name : coveproto::all_call_names()) {
    const auto row = rows.find(name);
    ASSERT_NE(row, rows.end()) << name;
    M m;
    ASSERT_EQ(m.start(), "");
    const SbiError error = answer(m, *coveproto::call_named(name));
    if (row->second == "modelled") EXPECT_NE(error, SbiError::kNotSupported) << name;
    else EXPECT_EQ(coveproto::name_of(error), row->second) << name;
  }
}

}  // namespace
}  // namespace cove
