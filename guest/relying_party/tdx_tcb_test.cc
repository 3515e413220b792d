#include "guest/relying_party/tdx_tcb.h"

#include <gtest/gtest.h>

namespace relying_party {
namespace {

using tdxproto::TcbStatus;

tdxproto::PlatformTcbLevel level(std::uint8_t sgx, std::uint16_t pce, std::uint8_t tdx, TcbStatus status) {
  tdxproto::PlatformTcbLevel out;
  for (auto& component : out.sgx_components) component.svn = sgx;
  for (auto& component : out.tdx_components) component.svn = tdx;
  out.pce_svn = pce;
  out.state.status = status;
  return out;
}

tdxproto::TcbInfo info() {
  tdxproto::TcbInfo out;
  out.levels = {level(5, 11, 5, TcbStatus::kUpToDate), level(5, 11, 3, TcbStatus::kConfigurationNeeded),
                level(2, 5, 2, TcbStatus::kOutOfDate)};
  out.module_identities = {
      {.id = "TDX_01",
       .module = {},
       .levels = {{6, {0, TcbStatus::kUpToDate, {}}}, {4, {0, TcbStatus::kOutOfDate, {"A", "B"}}}}}};
  return out;
}

tdxproto::PlatformTcb platform(std::uint8_t svn, std::uint16_t pce) {
  tdxproto::PlatformTcb out;
  out.components.fill(svn);
  out.pce_svn = pce;
  return out;
}
base::Block<16> module_svn(std::uint8_t svn, std::uint8_t major, std::uint8_t others) {
  base::Block<16> out;
  out.fill(others);
  out[0] = svn;
  out[1] = major;
  return out;
}
// "UpToDate", or "none".
std::string status(const std::optional<TdxTcbVerdict>& verdict) {
  return verdict ? std::string(name_of(verdict->status)) : "none";
}

TEST(TdxTcb, TakesTheFirstLevelThatIsReachedInEachComponent) {
  auto svns = module_svn(5, 0, 5);
  EXPECT_EQ(status(platform_tcb(info(), platform(5, 11), module_svn(5, 5, 5))), "none");  // no module of version 5
  auto plain = info();
  for (auto& one : plain.levels) one.tdx_components[1].svn = 0;
  EXPECT_EQ(status(platform_tcb(plain, platform(5, 11), svns)), "UpToDate");
  EXPECT_EQ(status(platform_tcb(plain, platform(200, 300), svns)), "UpToDate");
  EXPECT_EQ(status(platform_tcb(plain, platform(5, 10), svns)), "OutOfDate");
  svns[15] = 4;
  EXPECT_EQ(status(platform_tcb(plain, platform(5, 11), svns)), "ConfigurationNeeded");
  svns[15] = 1;
  EXPECT_EQ(status(platform_tcb(plain, platform(5, 11), svns)), "none");
  // One component below, all others far above.
  for (std::size_t i = 0; i < 16; ++i) {
    auto uneven = platform(255, 11);
    uneven.components[i] = 4;
    EXPECT_EQ(status(platform_tcb(plain, uneven, module_svn(5, 0, 5))), "OutOfDate") << i;
  }
}

// From major version 1 on, a module is judged by its own list: its two numbers are not held against the platform's
// levels.
TEST(TdxTcb, AModuleWithAListOfItsOwnIsJudgedByThatList) {
  EXPECT_EQ(status(platform_tcb(info(), platform(5, 11), module_svn(6, 1, 5))), "UpToDate");
  EXPECT_EQ(status(platform_tcb(info(), platform(5, 11), module_svn(5, 1, 5))), "OutOfDate");
  EXPECT_EQ(status(platform_tcb(info(), platform(5, 11), module_svn(3, 1, 5))), "none");
  EXPECT_EQ(status(platform_tcb(info(), platform(5, 11), module_svn(6, 2, 5))), "none");
}

TEST(TdxTcb, TheWorseStatusAndAllAdvisoriesCount) {
  auto one = info();
  one.levels[0].state.advisories = {"B", "C"};
  auto verdict = platform_tcb(one, platform(5, 11), module_svn(5, 1, 5));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->status, TcbStatus::kOutOfDate);
  EXPECT_EQ(verdict->advisories, (std::vector<std::string>{"A", "B", "C"}));
  verdict = platform_tcb(one, platform(2, 5), module_svn(6, 1, 2));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->status, TcbStatus::kOutOfDate);
}

TEST(TdxTcb, AnEnclaveIsHeldAgainstItsOwnList) {
  const std::vector<tdxproto::SvnTcbLevel> levels{{7, {0, TcbStatus::kUpToDate, {}}},
                                                  {5, {0, TcbStatus::kSwHardeningNeeded, {"A"}}}};
  EXPECT_EQ(status(enclave_tcb(levels, 8)), "UpToDate");
  EXPECT_EQ(status(enclave_tcb(levels, 6)), "SWHardeningNeeded");
  EXPECT_EQ(status(enclave_tcb(levels, 4)), "none");
  EXPECT_EQ(status(enclave_tcb({}, 4)), "none");
}

TEST(TdxTcb, FindsWhatTheVendorDemandsOfAModule) {
  const auto all = info();
  EXPECT_EQ(module_of(all, 0), &all.module);
  EXPECT_EQ(module_of(all, 1), &all.module_identities[0].module);
  EXPECT_EQ(module_of(all, 2), nullptr);
}

}  // namespace
}  // namespace relying_party
