// Each verb on devices, in the smallest scenario that shows it.
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/play.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

Verdict play(const std::string& steps, std::vector<std::string> lift = {}) {
  const std::string text = "scenario: a verb\nmachine: machines/one-accelerator.yaml\nplatforms: [ snp ]\n"
                           "guest: { vm0: assign-and-use gpu0 }\nattack:\n" + steps +
                           "expect:\n  - { platforms: [ snp ], outcome: held }\n";
  const auto scenario = load::parse_scenario(text, "verb.yaml", vocabulary());
  const auto machine = load::load_machine("scenarios", "machines/one-accelerator.yaml", "snp", machine_vocabulary());
  Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = "snp";
  one.lift = std::move(lift);
  return run(one);
}

bool says(const Verdict& verdict, const std::string& actor, const std::string& text) {
  const auto lines = lines_of(verdict.trace);
  return std::any_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return line.actor == actor && line.text == text; });
}
std::string error_of(const std::string& steps) {
  try {
    (void)play(steps);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(DeviceVerbs, AHostThatAsksInItsOwnSessionLeavesTheGuestsAlone) {
  const auto verdict = play(
      "  - { by: vmm, at: gpu0.mailbox, when: { after: vm0.reported }, do: { ask: STOP_INTERFACE_REQUEST } }\n");
  EXPECT_TRUE(says(verdict, "vmm", "asks in vain gpu0 for STOP_INTERFACE_REQUEST in a session of its own"));
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-done");
}

TEST(DeviceVerbs, WhoObeysAnySessionIsStoppedByTheHost) {
  const auto verdict = play(
      "  - { by: vmm, at: gpu0.mailbox, when: { after: vm0.reported }, do: { ask: STOP_INTERFACE_REQUEST } }\n",
      {"tdisp.request.owner"});
  EXPECT_TRUE(says(verdict, "vmm", "asks gpu0 for STOP_INTERFACE_REQUEST in a session of its own"));
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-failed");
}

TEST(DeviceVerbs, AHostThatDidNotHearTheGuestConnectAsksNothing) {
  const auto verdict = play(
      "  - { by: vmm, at: gpu0.mailbox, when: { after: vm0.connected }, do: { ask: STOP_INTERFACE_REQUEST } }\n");
  EXPECT_TRUE(says(verdict, "vmm", "asks in vain gpu0 for STOP_INTERFACE_REQUEST in a session of its own"));
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-done");
}

TEST(DeviceVerbs, AnUnlockedDeviceShowsTheHostItsMemoryAndTakesFirmware) {
  const auto verdict = play("  - { by: vmm, at: gpu0.mmio, when: { after: vm0.connected }, "
                            "do: { read: bar0, offset: 0x8000 } }\n"
                            "  - { by: vmm, at: gpu0.flash, do: { write: outdated } }\n");
  EXPECT_TRUE(says(verdict, "vmm", "reads bar0 of gpu0"));
  EXPECT_TRUE(says(verdict, "vmm", "replaces the firmware of gpu0: outdated"));
  EXPECT_EQ(verdict.outcome, Outcome::kDetected);  // the guest knows what its owner wants to run there
}

TEST(DeviceVerbs, AHotResetEndsTheGuestsSession) {
  const auto verdict = play("  - { by: vmm, at: gpu0.config, when: { after: vm0.locked }, do: { reset: hot } }\n");
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-failed");
  EXPECT_TRUE(verdict.outcome != Outcome::kBroken);
}

TEST(DeviceVerbs, AnImpostorWithoutTheKeyIsNotAccepted) {
  const auto verdict = play("  - { by: vmm, at: \"doe rp0 -> gpu0\", do: { impersonate: gpu0 } }\n");
  EXPECT_EQ(verdict.outcome, Outcome::kDetected);
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-failed");
}

TEST(DeviceVerbs, ACardThatIsTakenOutAndPutInAgainIsTheSameOneWithoutItsSession) {
  const auto verdict = play("  - { by: vmm, at: gpu0.slot, when: { after: vm0.computed }, do: { hotplug: genuine } }\n");
  EXPECT_TRUE(says(verdict, "vmm", "takes gpu0 out and puts in a device that is genuine"));
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-failed");
  EXPECT_NE(verdict.outcome, Outcome::kBroken);
}

TEST(DeviceVerbs, ARegisterIsKnownByNameOrOffset) {
  for (const char* what : {"command", "4"}) {
    const auto verdict = play("  - { by: vmm, at: \"config rp0 -> gpu0\", when: { after: vm0.computed }, "
                              "do: { craft: CfgWr0, register: " + std::string(what) + ", bytes: 2B, value: 0 } }\n");
    EXPECT_EQ(verdict.ends.at("vm0"), "assignment-failed");
    EXPECT_EQ(verdict.outcome, Outcome::kDetected);
  }
}

TEST(DeviceVerbs, WhatIsPutInBeforeBootIsWhatTheGuestFinds) {
  const auto verdict = play("  - { by: supply-chain, at: machine, do: { set: device-revoked } }\n");
  EXPECT_TRUE(says(verdict, "supply-chain", "puts in a device that is revoked"));
  EXPECT_EQ(verdict.ends.at("vm0"), "assignment-failed");
  EXPECT_TRUE(says(play("  - { by: supply-chain, at: machine, do: { set: device-genuine } }\n"), "vm0",
                   "ends: assignment-done"));
}

TEST(DeviceVerbs, SayWhatIsWrongWithAFile) {
  EXPECT_NE(error_of("  - { by: vmm, at: gpu0.config, do: { write: bar9, value: 1 } }\n").find("finds no register"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: vmm, at: gpu7.config, do: { reset: flr } }\n").find("finds no device"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: vmm, at: gpu0.mmio, do: { reset: flr } }\n").find("does not act at"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: vmm, at: gpu0.flash, do: { write: newer } }\n").find("finds no firmware `newer`"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: vmm, at: gpu0.slot, do: { hotplug: bus } }\n").find("finds no device that is `bus`"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: supply-chain, at: machine, do: { set: device-lost } }\n").find("finds no device that is"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: vmm, at: \"config rp0 -> gpu0\", do: { craft: CfgWr0, register: comand } }\n")
                .find("wants the name or the offset of a register"),
            std::string::npos);
  EXPECT_NE(error_of("  - { by: link-tap, at: gpu0.mmio, do: { read: bar0 } }\n").find("does not stand at"),
            std::string::npos);
}

}  // namespace
}  // namespace engine
