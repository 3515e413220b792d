// The honest retry: what it does anew, what it leaves as the attack left it, and what a file may reset.
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/play.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

struct Written {
  std::string guest, steps, retry;
  std::string machine = "machines/bare-vm.yaml";
};

Verdict play(const Written& written, const std::string& platform) {
  const std::string text = "scenario: a retry\nmachine: " + written.machine + "\nplatforms: [ " + platform +
                           " ]\nguest: { " + written.guest + " }\nattack:\n" + written.steps + "afterwards: { " + written.retry + " }\n";
  const auto scenario = load::parse_scenario(text, "retry.yaml", vocabulary());
  const auto machine = load::load_machine("scenarios", written.machine, platform, machine_vocabulary());
  Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = platform;
  one.afterwards = true;
  return run(one);
}

std::string error_of(const Written& written) {
  try {
    (void)play(written, "snp");
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

// Would act a second time, if it could.
const Written kSwap{"vm0: keep-two-pages",
                    "  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, repeat: { times: 2 },\n"
                    "      do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }\n",
                    "ends: { vm0: served }"};
const std::string kOldFirmware = "  - { by: supply-chain, at: machine, do: { set: old-firmware } }\n";

TEST(Retry, TheGuestsRunAgainInTheSameWorldAndNobodyAttacks) {
  for (const std::string platform : {"none", "sev", "sev-es", "snp"}) {
    const auto verdict = play(kSwap, platform);
    ASSERT_TRUE(verdict.retry) << platform;
    EXPECT_EQ(verdict.retry->ends.at("vm0"), "served") << platform;
    EXPECT_TRUE(verdict.retry->breaches.empty()) << platform;
    EXPECT_TRUE(verdict.retry->stopped.empty()) << platform;
    const auto lines = lines_of(verdict.retry->trace);
    const auto swaps = [](const Line& line) { return line.text.starts_with("swaps "); };
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(), swaps), 1);
    EXPECT_GT(lines.back().time, verdict.time) << "time goes on";
  }
}

TEST(Retry, TheVerdictIsOfTheAttackAlone) {
  const auto verdict = play(kSwap, "snp");
  EXPECT_EQ(verdict.outcome, Outcome::kBlocked);
  EXPECT_FALSE(verdict.ends.contains("vm0"));
  for (const auto& line : lines_of(verdict.trace)) EXPECT_LE(line.time, verdict.time);
}

TEST(Retry, WhatWasDoneToTheMachineStaysDoneUntilItIsReset) {
  const auto kept = play({"vm0: attest-and-fetch", kOldFirmware, "ends: { vm0: fetched }"}, "snp");
  EXPECT_EQ(kept.retry->ends.at("vm0"), "refused");
  const auto restarted =
      play({"vm0: attest-and-fetch", kOldFirmware, "reset: [ psp0 ], ends: { vm0: fetched }"}, "snp");
  EXPECT_EQ(restarted.ends.at("vm0"), "refused");
  EXPECT_EQ(restarted.retry->ends.at("vm0"), "fetched");
}

TEST(Retry, ARestartForgetsTheOwnershipTableAndNoMemory) {
  for (const std::string reset : {"", "reset: [ psp0, vm0 ], "}) {
    const auto verdict = play({kSwap.guest, kSwap.steps, reset + kSwap.retry}, "snp");
    EXPECT_EQ(verdict.retry->ends.at("vm0"), "served");
  }
}

TEST(Retry, ARestartHasCardsLosePowerToo) {
  const std::string step = "  - { by: vmm, at: gpu0.config, when: { after: vm0.using }, do: { reset: flr } }\n";
  for (const std::string machine : {"one-accelerator", "one-accelerator-fat", "one-accelerator-negotiated"}) {
    const auto verdict = play({"vm0: assign-and-use gpu0", step, "reset: [ psp0 ], ends: { vm0: assignment-done }", "machines/" + machine + ".yaml"}, "snp");
    ASSERT_TRUE(verdict.retry) << machine;
    EXPECT_EQ(verdict.retry->ends.at("vm0"), "assignment-done") << machine;
    EXPECT_TRUE(verdict.retry->breaches.empty()) << machine;
  }
}

TEST(Retry, ABreachOfTheRetryIsItsOwn) {
  const std::string step = "  - { by: vmm, at: machine, do: { set: other-machine } }\n";
  const auto verdict = play({"vm0: fetch-secret", step, "ends: { vm0: fetched }"}, "snp");
  ASSERT_EQ(verdict.retry->breaches.size(), 1u);
  EXPECT_EQ(verdict.retry->breaches[0].promise, trust::Promise::kAuthenticity);
}

TEST(Retry, AnotherVmThanTheFilesOrAnotherPartIsNotReset) {
  EXPECT_EQ(error_of({kSwap.guest, kSwap.steps, "reset: [ psp0, vm1 ], ends: { vm0: served }"}),
            "retry.yaml:8:30: `reset` knows the VMs of this file, psp0 and tsm0, not `vm1`");
  EXPECT_NE(error_of({kSwap.guest, kSwap.steps, "reset: [ mem0 ], ends: { vm0: served }"})
                .find("retry.yaml:8:24: unknown part that can be reset: `mem0`"),
            std::string::npos);
}

}  // namespace
}  // namespace engine
