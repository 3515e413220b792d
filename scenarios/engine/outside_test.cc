// A mailbox that somebody else answers: here a device of another world, behind a function.
#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/served_device.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

const std::string kLook =
    "  - { by: vmm, at: \"doe rp0 -> gpu0\", when: { object: SPDM, nth: 1 }, do: { read: SPDM } }\n";

// A device with keys of its own, and the run of a guest that asks it.
class Elsewhere {
 public:
  Elsewhere() {
    served_.file = "served.yaml";
    served_.variants.emplace_back();
    machine_ = load::load_machine("scenarios", "machines/one-accelerator.yaml", "none", machine_vocabulary());
    Run run;
    run.scenario = &served_;
    run.machine = &machine_;
    run.platform = "none";
    run.seed = 77;
    run.attack = false;
    device_ = std::make_unique<ServedDevice>(run, "gpu0");
  }

  Verdict play(const std::string& guest, const std::string& steps = kLook, bool with_root = true, bool lent = true) {
    const std::string text =
        "scenario: a responder outside\nmachine: machines/one-accelerator.yaml\nplatforms: [ none ]\n"
        "set: { gpu0.responder: \"127.0.0.1:1\" }\nguest: { vm0: " +
        guest + " }\nattack:\n" + steps + "expect:\n  - { platforms: [ none ], outcome: held }\n";
    const auto scenario = load::parse_scenario(text, "outside.yaml", vocabulary());
    auto machine = machine_;
    load::lay_settings(machine, scenario.set, scenario.file, machine_vocabulary());
    Run one;
    one.scenario = &scenario;
    one.machine = &machine;
    one.platform = "none";
    Outside outside;
    if (with_root) outside.root = device_->root();
    outside.begin = [this]() -> Ask {
      ++begun_;
      return [this](std::uint64_t, base::View object) {
        ++asked_;
        return device_->object(object);
      };
    };
    if (lent) one.outside = std::make_shared<const Outside>(outside);
    return run(one);
  }
  int begun() const { return begun_; }
  int asked() const { return asked_; }

 private:
  load::Scenario served_;
  load::Machine machine_;
  std::unique_ptr<ServedDevice> device_;
  int begun_ = 0, asked_ = 0;
};

TEST(Outside, AGuestChecksADeviceOfSomebodyElses) {
  const auto verdict = Elsewhere().play("check-device gpu0 rooted");
  EXPECT_EQ(verdict.ends.at("vm0"), "device-checked");
  EXPECT_EQ(verdict.outcome, Outcome::kHeld);
  EXPECT_EQ(verdict.conventions.size(), 2u);
}

TEST(Outside, WithoutItsRootTheDeviceIsNotTrusted) {
  const auto verdict = Elsewhere().play("check-device gpu0 rooted", kLook, false);
  EXPECT_EQ(verdict.ends.at("vm0"), "check-failed");
  EXPECT_EQ(verdict.sentence(), "detected by cma.chain.root at vm0");
}

// The run with another secret would else meet other nonces, and look as if the adversary had seen the secret.
TEST(Outside, IsAskedOnceHoweverOftenTheRunIsPlayed) {
  Elsewhere elsewhere;
  const auto verdict = elsewhere.play("check-device gpu0");
  EXPECT_FALSE(verdict.pattern.empty());
  EXPECT_FALSE(verdict.distinguishable);
  EXPECT_EQ(elsewhere.begun(), 1);
  const int once = elsewhere.asked();
  (void)elsewhere.play("check-device gpu0");
  EXPECT_EQ(elsewhere.asked(), 2 * once);
}

TEST(Outside, TheHostStillCarriesWhatIsSaid) {
  const auto verdict = Elsewhere().play("check-device gpu0",
                                        "  - { by: vmm, at: \"doe rp0 -> gpu0\", when: { object: SPDM, nth: 4 }, "
                                        "do: { flip: SPDM, byte: 13, bit: 0, way: reply } }\n");
  EXPECT_EQ(verdict.ends.at("vm0"), "check-failed");
  EXPECT_EQ(verdict.outcome, Outcome::kDetected);
}

TEST(Outside, AWholeAssignmentIsSpokenAndItsCardDoesNotFollow) {
  const auto verdict = Elsewhere().play("assign-and-use gpu0");
  // The guest believes what it was told, of a card that never heard it: it is the truth that judges.
  EXPECT_EQ(verdict.outcome, Outcome::kBroken);
  EXPECT_EQ(verdict.breaches.at(0).promise, trust::Promise::kAuthenticity);
  EXPECT_EQ(verdict.breaches.at(0).what, "vm0 accepts a card that its responder outside does not command");
}

TEST(Outside, WhoIsNotLentIsSaid) {
  try {
    (void)Elsewhere().play("check-device gpu0", kLook, true, false);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("`gpu0` has a responder outside, and only `glacis run` reaches it"),
              std::string::npos);
  }
}

TEST(Outside, AnErrorOfTheLenderComesOutOfTheRun) {
  const auto scenario = load::parse_scenario(
      "scenario: nobody\nmachine: machines/one-accelerator.yaml\nplatforms: [ none ]\nguest: { vm0: check-device gpu0 "
      "}\nattack:\n" +
          kLook + "expect:\n  - { platforms: [ none ], outcome: held }\n",
      "nobody.yaml", vocabulary());
  auto machine = load::load_machine("scenarios", "machines/one-accelerator.yaml", "none", machine_vocabulary());
  load::lay_settings(machine, {{"gpu0.responder", {"127.0.0.1:1", {1, 1}}}}, "nobody.yaml", machine_vocabulary());
  engine::Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = "none";
  one.outside =
      std::make_shared<const Outside>(Outside{.begin = []() -> Ask {
                                                return [](std::uint64_t, base::View) -> std::optional<base::Bytes> {
                                                  throw base::UserError("nobody is there");
                                                };
                                              },
                                              .root = {}});
  EXPECT_THROW((void)run(one), base::UserError);
}

}  // namespace
}  // namespace engine
