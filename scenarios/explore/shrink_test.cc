#include "scenarios/explore/shrink.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "scenarios/explore/cause.h"
#include "scenarios/explore/moves.h"
#include "scenarios/explore/scenario_text.h"

namespace explore {
namespace {

// A stage that breaks where two verbs are there in this order, whatever else is.
Target breaks_by(const std::string& first, const std::string& second) {
  Target out;
  out.scenario.file = "made.yaml";
  out.stage.run = [first, second](const engine::Run& run) {
    const auto& steps = run.scenario->variants.at(0).steps;
    const auto is = [](const std::string& verb) { return [verb](const load::Step& step) { return step.verb.value == verb; }; };
    const auto one = std::find_if(steps.begin(), steps.end(), is(first));
    engine::Verdict verdict;
    if (one != steps.end() && std::find_if(one, steps.end(), is(second)) != steps.end()) {
      verdict.outcome = engine::Outcome::kBroken;
      verdict.breaches.push_back({trust::Promise::kFreshness, "an older value", 0});
    }
    return verdict;
  };
  return out;
}

TEST(Shrink, LeavesWhatTheBreachNeeds) {
  const auto target = breaks_by("record", "replay");
  Attack attack;
  for (const char* verb : {"read", "record", "drop", "flip", "replay", "read", "drop"}) attack.push_back(after(step_of("vmm", "vm0.exit", verb, {"x"}), "vm0.stored"));
  attack[4] = with(attack[4], "bytes", 77);
  const auto tried = try_attack(target, attack);
  ASSERT_TRUE(tried.broken());
  const auto small = shrink(target, attack, tried.verdict, {});
  ASSERT_EQ(small.attack.size(), 2u);
  EXPECT_EQ(small.attack[0].verb.value, "record");
  EXPECT_EQ(small.attack[1].verb.value, "replay");
  EXPECT_FALSE(small.attack[1].when) << "the moment does not matter here";
  EXPECT_FALSE(small.attack[1].args.contains("bytes"));
  EXPECT_TRUE(small.verdict.outcome == engine::Outcome::kBroken);
}

// The whole machine is lost to the flip as well, unless something is dropped, which a check of its notices.
TEST(Shrink, StaysWithWhatNeedsTheLiftedCheck) {
  const auto target = breaks_by("flip", "flip");
  auto whole = target;
  const auto inner = target.stage.run;
  whole.stage.run = [inner](const engine::Run& run) {
    auto verdict = inner(run);
    for (const auto& step : run.scenario->variants.at(0).steps)
      if (step.verb.value == "drop") verdict.breaches.clear(), verdict.outcome = engine::Outcome::kBlocked;
    return verdict;
  };
  Attack attack;
  for (const char* verb : {"read", "drop", "flip"}) attack.push_back(step_of("vmm", "vm0.exit", verb, {"x"}));
  const auto verdict = try_attack(target, attack).verdict;
  EXPECT_EQ(shrink(target, attack, verdict, {}).attack.size(), 1u);
  const auto small = shrink(target, attack, verdict, {}, &whole);
  ASSERT_EQ(small.attack.size(), 2u);
  EXPECT_EQ(small.attack[0].verb.value, "drop");
  EXPECT_FALSE(try_attack(whole, small.attack).broken());
}

TEST(Shrink, AnotherPromiseIsAnotherMatter) {
  Target target = breaks_by("record", "replay");
  const auto inner = target.stage.run;
  target.stage.run = [inner](const engine::Run& run) {
    auto verdict = inner(run);
    if (run.scenario->variants.at(0).steps.size() < 3 && !verdict.breaches.empty()) verdict.breaches[0].promise = trust::Promise::kIntegrity;
    return verdict;
  };
  Attack attack;
  for (const char* verb : {"record", "drop", "replay"}) attack.push_back(step_of("vmm", "vm0.exit", verb, {"x"}));
  const auto small = shrink(target, attack, try_attack(target, attack).verdict, {});
  EXPECT_EQ(small.attack.size(), 3u);
}

TEST(Shrink, AnArgumentThatAFileMustHaveStays) {
  Target target = breaks_by("relay", "relay");
  const Attack attack{with(step_of("vmm", "net vm0 -> owner0", "relay", {"EVIDENCE"}), "to", "chip1")};
  const auto small = shrink(target, attack, try_attack(target, attack).verdict, {});
  ASSERT_EQ(small.attack.size(), 1u);
  EXPECT_TRUE(small.attack[0].args.contains("to"));
  EXPECT_EQ(small.attack[0].by.value, "network") << "who needs least for it";
}

TEST(Cause, PagesAndFieldsDoNotCountAndPromisesDo) {
  engine::Verdict verdict;
  verdict.breaches.push_back({trust::Promise::kIntegrity, "vm0 read what it had not written", 0});
  const auto one = cause_of({step_of("vmm", "vm0.mapping", "swap", {"vm0.page.a", "vm0.page.b"})}, verdict);
  auto other = verdict;
  other.breaches[0].what = "vm1 read what it had not written";
  EXPECT_EQ(one, cause_of({step_of("vmm", "vm1.mapping", "map", {"vm1.page.c"})}, other));
  other.breaches[0].promise = trust::Promise::kFreshness;
  EXPECT_NE(one, cause_of({step_of("vmm", "vm1.mapping", "map", {"vm1.page.c"})}, other));
  const auto more = cause_of({step_of("vmm", "vm0.mapping", "swap", {"x", "y"}), step_of("vmm", "vm0.memory", "read", {"x"})}, verdict);
  EXPECT_TRUE(contains(more, one));
  EXPECT_FALSE(contains(one, more));
}

// A position that the engine comes to have and this list has not would never be explored.
TEST(Positions, AreThoseOfTheEngine) {
  std::vector<std::string> have, ours = all_positions();
  for (const auto& position : engine::positions()) have.push_back(position.name);
  std::sort(have.begin(), have.end()), std::sort(ours.begin(), ours.end());
  EXPECT_EQ(ours, have);
}

TEST(StepText, QuotesWhatYamlWouldTakeForSomethingElse) {
  EXPECT_EQ(step_text(with(on(step_of("vmm", "net vm0 -> owner0", "flip", {"11"}), "EVIDENCE", 2), "bit", 12)),
            "{ by: vmm, at: \"net vm0 -> owner0\", when: { object: EVIDENCE, nth: 2 }, do: { flip: \"11\", bit: 0xc } }");
  EXPECT_EQ(step_text(step_of("vmm", "vm0.exit", "drop")), "{ by: vmm, at: vm0.exit, do: drop }");
}

}  // namespace
}  // namespace explore
