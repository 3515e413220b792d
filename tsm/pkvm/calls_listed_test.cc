// The README's table against the program: no call of the protocol is missing, what is modelled is dispatched, what is
// refused says so.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tsm/pkvm/test_machine.h"

namespace pkvm {
namespace {

std::map<std::string, std::string> table() {
  std::ifstream file("tsm/pkvm/README.md");
  std::map<std::string, std::string> out;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const auto end = line.find('`', 3), next = line.find('|', end);
    const std::string what = line.substr(next + 2, line.find(' ', next + 2) - next - 2);
    EXPECT_TRUE(out.emplace(line.substr(3, end - 3), what).second) << line;
  }
  return out;
}

TEST(CallsListed, NoCallOfTheProtocolIsMissingAndNoneIsInvented) {
  auto listed = table();
  for (const auto& [call, name] : pkvmproto::host_calls()) EXPECT_EQ(listed.erase(std::string(name)), 1u) << name;
  for (const auto& [call, name] : pkvmproto::guest_calls()) EXPECT_EQ(listed.erase(std::string(name)), 1u) << name;
  for (const auto& [name, what] : listed) ADD_FAILURE() << name << " is in no list of the protocol";
}

TEST(CallsListed, HostCallsThatAreModelledAreDispatched) {
  const auto listed = table();
  for (const auto& [call, name] : pkvmproto::host_calls()) {
    Bare b;
    EXPECT_EQ(listed.at(std::string(name)), "modelled") << name;
    EXPECT_EQ(static_cast<std::int64_t>(b.el2->host_call(0, {.x0 = static_cast<std::uint64_t>(call)}).out.x0),
              pkvmproto::kSmcccSuccess)
        << name;
  }
}

TEST(CallsListed, GuestCallsAnswerAsTheTableSays) {
  const auto listed = table();
  for (const auto& [call, name] : pkvmproto::guest_calls()) {
    Bare b;
    b.must(b.donate(b.fresh(), Bare::kIpa));
    const auto result = b.hvc(call, call == GuestCall::kHypMeminfo ? 0 : Bare::kIpa);
    const bool refused = !result.exit && static_cast<std::int64_t>(result.out.x0) == pkvmproto::kSmcccNotSupported;
    EXPECT_EQ(listed.at(std::string(name)), refused ? "refused" : "modelled") << name;
    EXPECT_EQ(std::ranges::count(El2::modelled_guest_calls(), call), refused ? 0 : 1) << name;
  }
}

}  // namespace
}  // namespace pkvm
