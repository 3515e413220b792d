// What a move says is what it does when it is played: the message that it means, and not its neighbour.
#include "scenarios/explore/moves.h"

#include <algorithm>
#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "scenarios/explore/test_target.h"

namespace explore {
namespace {

struct Surveyed {
  Target target;
  std::shared_ptr<const engine::Film> film;
  Survey survey;
  std::vector<Move> moves;
};

Surveyed surveyed(const std::string& program) {
  Surveyed out{real_target("machines/bare-vm.yaml", "snp", program), {}, {}, {}};
  const auto honest = play_honestly(out.target, true);
  EXPECT_EQ(honest.kind, Tried::Kind::kPlayed) << honest.why;
  out.film = honest.verdict.film;
  out.survey = survey_of(out.target, honest.verdict);
  out.moves = moves_of(out.target, out.survey, {});
  return out;
}

using Kind = engine::FilmEvent::Kind;
using Tone = engine::FilmEvent::Tone;

// The message on which each act of the attack fell: its place among the film's messages.
std::vector<std::size_t> messages_acted_on(const engine::Film& film) {
  std::vector<std::size_t> out;
  std::size_t messages = 0;
  for (const auto& event : film.events) {
    if (event.kind == Kind::kMessage) ++messages;
    else if (event.tone == Tone::kAct) out.push_back(messages);
  }
  return out;
}

// A step that is armed by another meets the message on which that one acted before any other.
TEST(Moves, WhatIsKeptIsPutInThePlaceOfALaterMessage) {
  const auto here = surveyed("attest-twice");
  std::size_t played = 0;
  for (const auto& move : here.moves) {
    if (move.steps.size() != 2 || move.steps[1].verb.value != "replay" || !move.steps[0].at || !move.steps[0].at->value.starts_with("net ")) continue;
    if (move.steps[0].at->value != move.steps[1].at->value || move.steps[1].repeat || ++played > 40) continue;
    const auto tried = try_attack(here.target, move.steps, true);
    ASSERT_EQ(tried.kind, Tried::Kind::kPlayed) << tried.why;
    const auto at = messages_acted_on(*tried.verdict.film);
    if (at.size() == 2) {
      EXPECT_LT(at[0], at[1]) << move.group;
    }
  }
  EXPECT_GT(played, 5u);
}

// Requests and answers of one name are told apart by their way, and counted together.
TEST(Moves, ActOnTheMessageThatTheyWereDrawnFrom) {
  const auto here = surveyed("attest-twice");
  std::size_t played = 0;
  for (const auto& crossing : here.survey.crossings) {
    if (!crossing.boundary.starts_with("net ") && !crossing.boundary.ends_with(".requests")) continue;
    for (const auto& move : here.moves) {
      const auto& step = move.steps.front();
      if (move.steps.size() != 1 || step.verb.value != "read" || !step.at || step.at->value != crossing.boundary) continue;
      if (!step.when || !step.when->object || step.when->object->value != crossing.object) continue;
      if (const auto way = step.args.find("way"); crossing.reply != (way != step.args.end() && way->second.texts.at(0).value == "reply")) continue;
      const auto tried = try_attack(here.target, move.steps, true);
      ASSERT_EQ(tried.kind, Tried::Kind::kPlayed) << tried.why;
      const auto at = messages_acted_on(*tried.verdict.film);
      ASSERT_EQ(at.size(), 1u) << move.group;
      // Reading changes nothing, so the honest film has the same messages.
      std::size_t messages = 0, event = 0;
      for (; event < here.film->events.size() && messages < at[0]; ++event) messages += here.film->events[event].kind == Kind::kMessage;
      EXPECT_EQ(move.at, event - 1) << move.group;
      EXPECT_NE(std::find(crossing.events.begin(), crossing.events.end(), event - 1), crossing.events.end()) << move.group;
      ++played;
    }
  }
  EXPECT_GT(played, 5u);
}

// A find is written as a file, so each message that a move may name must be a name that files know.
TEST(Moves, NameMessagesAsFilesDo) {
  constexpr std::pair<const char*, const char*> kWorlds[] = {{"bare-vm", "attest-twice"},       {"two-vms", "fetch-secret"},
                                                             {"one-accelerator", "assign-and-use"}, {"two-accelerators", "assign-and-use"},
                                                             {"one-disk", "disk-trusted"},       {"virtio-vm", "virtio-blk"},
                                                             {"measured-vm", "run-measured"}};
  const auto& known = engine::vocabulary().objects;
  std::map<std::string, std::size_t> named;
  for (const auto& platform : engine::platforms())
    for (const auto& [machine, program] : kWorlds) {
      const auto target = real_target(std::string("machines/") + machine + ".yaml", platform.name, program);
      const auto honest = play_honestly(target, true);
      if (honest.kind != Tried::Kind::kPlayed) continue;  // a machine that this platform has not
      for (const auto& crossing : survey_of(target, honest.verdict).crossings) {
        EXPECT_TRUE(known.has(crossing.object)) << crossing.object << " at " << crossing.boundary << " of " << machine << " on " << platform.name;
        ++named[platform.name];
      }
    }
  for (const auto& platform : engine::platforms()) EXPECT_GT(named[platform.name], 20u) << platform.name;
}

// A platform without privilege levels inside a guest has no software at a lower one to attest, and no machine is another than itself.
TEST(Moves, WhatAMachineHasNotIsRefused) {
  const auto kind = [](const char* platform, const load::Step& step) { return try_attack(real_target("machines/bare-vm.yaml", platform, "attest-twice"), {step}).kind; };
  const auto lower = with(step_of("guest-user", "vm0.program", "set", {"vmpl"}), "value", 2);
  EXPECT_EQ(kind("snp", lower), Tried::Kind::kPlayed);
  for (const char* platform : {"tdx", "cca", "cove", "pkvm", "sev"}) EXPECT_EQ(kind(platform, lower), Tried::Kind::kCannot) << platform;
  const auto relayed = [](const char* chip) { return on(with(step_of("network", "net vm0 -> owner0", "relay", {"EVIDENCE"}), "to", chip), "EVIDENCE", 0); };
  for (const char* platform : {"snp", "tdx", "cca"}) {
    EXPECT_EQ(kind(platform, relayed("chip1")), Tried::Kind::kPlayed) << platform;
    EXPECT_EQ(kind(platform, relayed("chip0")), Tried::Kind::kCannot) << platform;
  }
}

}  // namespace
}  // namespace explore
