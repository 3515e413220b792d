#include "scenarios/report/own_guest.h"

#include <gtest/gtest.h>

#include "scenarios/report/contract.h"
#include "scenarios/report/test_stage.h"

namespace report {
namespace {

load::Scenario scenario() {
  auto out = fake_scenario();
  out.guest.push_back({"vm0", "", text("keep-two-pages"), {"first"}});
  out.assumes = {text("address of vm0.page.secret"), text("moment vm0.stored")};
  load::Step step;
  step.by = text("vmm");
  step.at = text("vm0.exit");
  step.verb = text("set");
  step.when = load::When{};
  step.when->after = text("vm0.paid");
  step.when->object = text("CPUID");
  step.pos = {7, 5};
  step.args["to"].texts = {text("vm0.page.ring.rmp"), text("vm0.page.psc"), text("vm1.page.other")};
  out.variants = {{"", {step}}};
  return out;
}

engine::Run run_of(const load::Scenario& scenario) {
  engine::Run run;
  run.scenario = &scenario;
  run.set["profile"] = "baseline";
  return run;
}

TEST(Contract, NamesWhatTheAttackNames) {
  const auto file = scenario();
  const auto contract = contract_of(file, "vm0");
  EXPECT_EQ(contract.arguments, (std::vector<std::string>{"keep-two-pages", "first"}));
  EXPECT_EQ(contract.names, (std::set<std::string>{"moment vm0.paid", "moment vm0.stored", "page vm0.page.ring", "page vm0.page.secret"}));
  EXPECT_EQ(contract.messages, (std::set<std::string>{"CPUID at vm0.exit"}));
  EXPECT_EQ(first_waits(file, "snp"), (std::vector<std::string>{"line 7: `set` at vm0.exit, after the moment vm0.paid, on CPUID"}));
}

TEST(Contract, LeavesOutStepsOfOtherPlatforms) {
  auto file = scenario();
  file.variants[0].steps[0].platforms = {text("tdx")};
  EXPECT_FALSE(contract_of(file, "vm0", "snp").names.contains("moment vm0.paid"));
  EXPECT_TRUE(contract_of(file, "vm0", "tdx").names.contains("moment vm0.paid"));
}

TEST(OwnGuest, ThatReachesNothingFailsBeforeItIsAttacked) {
  const auto file = scenario();
  const auto cell = evaluate_own(fake_stage(), run_of(file), "snp", {"vm0"});
  EXPECT_FALSE(cell.agrees);
  EXPECT_EQ(cell.runs, 1u);
  ASSERT_EQ(cell.checks.size(), 2u);
  EXPECT_EQ(cell.checks[1].observed, "this guest never reached what the attack needs: moment vm0.paid, moment vm0.stored");
}

TEST(OwnGuest, IsJudgedByPromisesAlone) {
  auto file = scenario();
  file.assumes.clear();
  file.variants = {{"", {}}};
  file.expect[1].by = {text("another wall")};
  EXPECT_TRUE(evaluate_own(fake_stage(), run_of(file), "snp", {"vm0"}).agrees);
  auto open = run_of(file);
  open.lift = {"wall"};
  const auto cell = evaluate_own(fake_stage(), open, "snp", {"vm0"});
  EXPECT_FALSE(cell.agrees);
  EXPECT_EQ(cell.mismatches, (std::vector<std::string>{"attack: broken: integrity (vm0 read what it never wrote)"}));
}

TEST(OwnGuest, MustBeAttacked) {
  auto file = scenario();
  file.assumes.clear();
  file.variants[0].steps[0].when->after.reset();
  auto stage = fake_stage();
  stage.run = [](const engine::Run& run) {
    engine::Verdict out;
    if (run.attack) out.outcome = engine::Outcome::kInert;
    return out;
  };
  const auto cell = evaluate_own(stage, run_of(file), "snp", {"vm0"});
  ASSERT_FALSE(cell.agrees);
  EXPECT_EQ(cell.mismatches, (std::vector<std::string>{"attack: inert: this guest never reached what the attack needs: line 7: `set` at vm0.exit, on CPUID"}));
}

TEST(OwnGuest, IsNotJudgedWhereNoGuestCanHold) {
  auto file = scenario();
  EXPECT_FALSE(guest_decides(file, "none", "baseline"));
  EXPECT_TRUE(guest_decides(file, "snp", "baseline"));
  EXPECT_EQ(evaluate_own(fake_stage(), run_of(file), "none", {"vm0"}).observed, "n/a");
  load::Row row;
  row.platforms = {text("none")};
  row.outcome = text("blocked");
  row.by = {text("guest.snapshot")};  // a check of a guest's own stops it
  file.with.push_back(row);
  EXPECT_TRUE(guest_decides(file, "none", "baseline"));
}

}  // namespace
}  // namespace report
