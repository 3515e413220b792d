#include "scenarios/web/matrix_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace web {
namespace {

using testing::ElementsAre;

load::Text text(const char* words) { return {words, {1, 1}}; }

load::Step step(const char* by, const char* verb, const char* what) {
  load::Step out;
  out.by = text(by);
  out.verb = text(verb);
  out.args[verb].texts = {text(what)};
  return out;
}

TEST(MatrixWords, AStepSaysWhoWhereWhenAndWhat) {
  auto one = step("vmm", "flip", "SECURED_SPDM");
  one.at = text("doe rp0 -> gpu0");
  one.when.emplace();
  one.when->after = text("vm0.keyed");
  one.when->object = text("SECURED_SPDM");
  one.when->nth = load::Number{3, {1, 1}};
  one.args["byte"].number = 44;
  EXPECT_EQ(sentence_of(one), "vmm at doe rp0 -> gpu0, after vm0.keyed on SECURED_SPDM number 3: flip SECURED_SPDM, byte 44");
}

TEST(MatrixWords, AStepSaysHowOftenAndOnlyWhere) {
  auto one = step("dimm", "alias", "spd");
  one.also = true;
  one.repeat.emplace();
  one.repeat->times = 7;
  one.repeat->until.emplace();
  one.repeat->until->time = load::Number{2'500'000, {1, 1}};
  one.platforms = {text("snp"), text("tdx")};
  EXPECT_EQ(sentence_of(one), "dimm, armed from the start: alias spd; up to 7 times, until from 2.500 us; only on snp, tdx");
}

TEST(MatrixWords, EachAdversaryAndEachBrokenPromiseIsNamedOnce) {
  load::Scenario scenario;
  scenario.variants = {{"a", {step("vmm", "swap", "x"), step("dimm", "alias", "spd")}}, {"b", {step("vmm", "swap", "y")}}};
  load::Row broken, blocked;
  broken.outcome = text("broken");
  broken.promise = {text("integrity"), text("freshness")};
  blocked.outcome = text("blocked");
  blocked.promise = {text("isolation")};
  scenario.expect = {blocked, broken};
  scenario.without = {broken};
  EXPECT_THAT(adversaries_of(scenario), ElementsAre("vmm", "dimm"));
  EXPECT_THAT(promises_of(scenario), ElementsAre("integrity", "freshness"));
}

}  // namespace
}  // namespace web
