// What a guest program outside tells of its own coverage, beside its calls.
#include "scenarios/engine/outside_guest.h"

#include <gtest/gtest.h>

#include "guest/remote/frames.h"
#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

using remote::Request;

// Says what is written down for it, whatever it is answered.
class Script final : public GuestLink {
 public:
  explicit Script(std::vector<Request> says) : says_(std::move(says)) {}
  bool send(base::View) override { return true; }
  std::optional<base::Bytes> receive() override {
    if (said_ == says_.size()) return std::nullopt;
    return remote::encode(says_[said_++]);
  }
  End ended() const override { return {.why = "has no more to say", .limit = {}}; }

 private:
  std::vector<Request> says_;
  std::size_t said_ = 0;
};

Verdict play(const std::vector<Request>& says) {
  const auto scenario = load::parse_scenario(
      "scenario: a guest outside\nmachine: machines/bare-vm.yaml\nplatforms: [ snp ]\nguest: { vm0: { library: none.so } }\nattack:\n"
      "  - { by: vmm, at: vm0.mapping, when: { after: vm0.never }, do: { swap: [ vm0.page.a, vm0.page.b ] } }\n"
      "expect:\n  - { platforms: [ snp ], outcome: held }\n",
      "outside.yaml", vocabulary());
  const auto machine = load::load_machine("scenarios", "machines/bare-vm.yaml", "snp", machine_vocabulary());
  Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = "snp";
  one.attack = false;
  one.open_guest = [&](const load::Thread&) { return std::make_unique<Script>(says); };
  return run(one);
}

Request covered(std::size_t edge, std::size_t bytes = GLACIS_COVERAGE_BYTES) {
  base::Bytes map(bytes);
  map[edge / 8] = static_cast<std::uint8_t>(1u << edge % 8);
  return {.call = GLACIS_CALL_COVERAGE, .words = {}, .blobs = {{}, map}};
}
Request named(std::uint32_t call, std::string_view name) { return {.call = call, .words = {}, .blobs = {{}, base::bytes_of(name)}}; }
const Request kLog = named(GLACIS_CALL_LOG, "here"), kEnds = named(GLACIS_CALL_ENDS, "served"), kReturn{.call = GLACIS_CALL_RETURN, .words = {}, .blobs = {{}}};

TEST(OutsideGuest, ItsEdgesAreGathered) {
  const auto verdict = play({covered(3), kLog, covered(65535), kEnds, covered(8), kReturn});
  base::Bytes map(GLACIS_COVERAGE_BYTES);
  map[0] = 8, map[1] = 1, map[8191] = 0x80;
  EXPECT_EQ(verdict.artifacts.at("coverage/vm0"), map);
  EXPECT_EQ(verdict.ends.at("vm0"), "served");
}

TEST(OutsideGuest, TellingThemIsNoCallAndTakesNoTime) {
  const auto with = play({covered(3), kLog, covered(4), kEnds, kReturn}), without = play({kLog, kEnds, kReturn});
  EXPECT_EQ(with.guest_calls, without.guest_calls);
  EXPECT_EQ(with.trace, without.trace);
  EXPECT_EQ(without.artifacts.count("coverage/vm0"), 0u);
}

TEST(OutsideGuest, WhatAStoppedGuestHadReachedIsKept) {
  const Request fault{.call = GLACIS_CALL_FAULT, .words = {0}, .blobs = {{}, base::bytes_of(std::string_view("aborted"))}};
  const auto verdict = play({kLog, covered(3), fault});
  EXPECT_EQ(verdict.outcome, Outcome::kStopped);
  EXPECT_EQ(verdict.artifacts.at("coverage/vm0").at(0), 8);
}

TEST(OutsideGuest, AMapOfAnotherSizeOrTwoBeforeOneCallAreNotOfTheProtocol) {
  for (const auto& says : {std::vector{covered(3, GLACIS_COVERAGE_BYTES - 1), kEnds, kReturn}, {covered(3, GLACIS_COVERAGE_BYTES + 1), kEnds, kReturn},
                           {named(GLACIS_CALL_COVERAGE, ""), kEnds, kReturn}, {covered(3), covered(4), kEnds, kReturn}}) {
    const auto verdict = play(says);
    EXPECT_EQ(verdict.outcome, Outcome::kStopped);
    EXPECT_EQ(verdict.ends.count("vm0"), 0u);
    EXPECT_NE(std::string(verdict.trace.begin(), verdict.trace.end()).find("no frame of the protocol"), std::string::npos);
  }
}

}  // namespace
}  // namespace engine
