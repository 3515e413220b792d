#include "scenarios/load/scenario_loader.h"

#include <gtest/gtest.h>

#include "scenarios/load/expect_error.h"
#include "scenarios/load/test_scenarios.h"
#include "scenarios/load/test_vocabulary.h"

namespace load {
namespace {

Scenario parse(const std::string& text, const std::string& file = "f.yaml") {
  return parse_scenario(text, file, test_vocabulary());
}
std::string error_in(const std::string& text, const std::string& file = "f.yaml") {
  return error_of([&] { parse(text, file); });
}

// The first example with one place changed; the change must be found.
std::string lock_with(const std::string& from, const std::string& to) {
  std::string text = kLockBitflip;
  auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the example has no " + from);
  return text.replace(at, from.size(), to);
}
std::string error_with(const std::string& from, const std::string& to) { return error_in(lock_with(from, to)); }

TEST(ScenarioLoader, TheBitFlipExampleIsReadWhole) {
  auto s = parse(kLockBitflip, "scenarios/catalogue/trust/lock-bitflip.yaml");
  EXPECT_EQ(s.id, "lock-bitflip");
  EXPECT_EQ(s.format, 1u);
  EXPECT_EQ(s.title.value, "The host flips one bit of a sealed LOCK request");
  ASSERT_EQ(s.sources.size(), 2u);
  EXPECT_EQ(s.sources[1].cite.value, "DSP0277 1.1");
  EXPECT_EQ(s.machines.at(0).path.value, "machines/one-accelerator.yaml");
  EXPECT_EQ(s.platforms, (std::vector<std::string>{"snp", "tdx", "cca", "cove"}));
  ASSERT_EQ(s.guest.size(), 1u);
  EXPECT_EQ(s.guest[0].program.value, "assign-and-use");
  EXPECT_EQ(s.guest[0].args, std::vector<std::string>{"gpu0"});
  ASSERT_EQ(s.variants.size(), 1u);
  const Step& step = s.variants[0].steps.at(0);
  EXPECT_EQ(step.by.value, "vmm");
  EXPECT_EQ(step.at->value, "doe rp0 -> gpu0");
  EXPECT_EQ(step.when->object->value, "secured-spdm");
  EXPECT_EQ(step.when->after->value, "tsm0.lock");
  EXPECT_EQ(step.when->nth->value, 1u);
  EXPECT_EQ(step.verb.value, "flip");
  EXPECT_EQ(step.args.at("flip").texts.at(0).value, "tdisp.LOCK_INTERFACE_REQUEST.flags");
  EXPECT_EQ(step.args.at("bit").number, 0u);
  ASSERT_EQ(s.expect.size(), 1u);
  EXPECT_EQ(s.expect[0].by.at(0).value, "spdm.record.tag");
  EXPECT_EQ(s.expect[0].at->value, "gpu0");
  EXPECT_EQ(s.expect[0].ends.at("gpu0.if0").value, "CONFIG_UNLOCKED");
  ASSERT_EQ(s.expect[0].never.size(), 2u);
  EXPECT_EQ(s.expect[0].never[1].relation, "sees");
  EXPECT_EQ(s.expect[0].never[1].object, "vm0.secret");
  EXPECT_EQ(s.afterwards->ends.at("vm0").value, "assignment-done");
  ASSERT_EQ(s.without.size(), 2u);
  EXPECT_EQ(s.without[1].lift.size(), 2u);
  EXPECT_EQ(s.without[1].promise.at(0).value, "authenticity");
}

TEST(ScenarioLoader, TheRemapExampleIsReadWhole) {
  auto s = parse(kSeveredRemap, "scenarios/catalogue/memory/severed-remap.yaml");
  EXPECT_EQ(s.catalogue->value, "mem-severed-remap");
  EXPECT_EQ(s.platforms.size(), 8u);
  EXPECT_EQ(s.sources.at(1).says.at("sev-es").value, "broken");
  EXPECT_EQ(s.assumes.size(), 2u);
  EXPECT_EQ(s.variants[0].steps[0].args.at("swap").texts.size(), 2u);
  EXPECT_EQ(s.expect.size(), 6u);
  EXPECT_EQ(s.with.at(0).set.at("cpu0.ciphertext-hiding").value, "enabled");
  EXPECT_FALSE(s.afterwards);
}

TEST(ScenarioLoader, EveryValueKnowsItsPlace) {
  auto s = parse(kLockBitflip);
  EXPECT_EQ(s.title.pos, (Pos{1, 11}));
  EXPECT_EQ(s.expect[0].by[0].pos, (Pos{23, 9}));
}

TEST(ScenarioLoader, AMisspeltNounNamesItsPlaceAndTheNearest) {
  EXPECT_EQ(error_with("by: spdm.record.tag   ", "by: spdm.recrod.tag   "),
            "f.yaml:23:9: unknown defence `spdm.recrod.tag`; did you mean `spdm.record.tag`?");
  EXPECT_EQ(error_with("by: vmm", "by: vm"), "f.yaml:16:9: unknown position `vm`; did you mean `vmm`?");
  EXPECT_EQ(error_with("doe rp0 -> gpu0", "deo rp0 -> gpu0"),
            "f.yaml:17:9: unknown boundary `deo rp0 -> gpu0`; did you mean `doe rp0 -> gpu0`?");
  EXPECT_EQ(error_with("tsm0.lock", "tsm0.lokc"),
            "f.yaml:18:42: unknown moment `tsm0.lokc`; did you mean `tsm0.lock`?");
  EXPECT_EQ(error_with("secured-spdm", "secure-spdm"),
            "f.yaml:18:21: unknown object `secure-spdm`; did you mean `secured-spdm`?");
  EXPECT_EQ(error_with("flip: tdisp", "flib: tdisp"), "f.yaml:19:11: unknown verb `flib`; did you mean `flip`?");
  EXPECT_EQ(error_with(", bit: 0", ", bitt: 0"), "f.yaml:19:53: `flip` has no argument `bitt`; did you mean `bit`?");
  EXPECT_EQ(error_with("assign-and-use", "asign-and-use"),
            "f.yaml:13:15: unknown guest program `asign-and-use`; did you mean `assign-and-use`?");
  EXPECT_EQ(error_with("outcome: detected", "outcome: detect"),
            "f.yaml:22:14: unknown outcome `detect`; did you mean `detected`?");
  EXPECT_EQ(error_with("promise: authenticity", "promise: autenticity"),
            "f.yaml:33:87: unknown promise `autenticity`; did you mean `authenticity`?");
  EXPECT_EQ(error_with("platforms: [ snp, tdx, cca, cove ]", "platforms: [ snp, tdxx ]"),
            "f.yaml:12:19: unknown platform `tdxx`; did you mean `tdx`?");
  EXPECT_EQ(error_with("device-message-tamper", "device-message-temper"),
            "f.yaml:9:11: unknown threat `device-message-temper`; did you mean `device-message-tamper`?");
  EXPECT_EQ(error_with("at: gpu0\n", "at: cpg0\n"), "f.yaml:24:9: unknown part `cpg0`; known: gpu*, vm*, cpu*, tsm*");
  EXPECT_EQ(error_with("CONFIG_UNLOCKED", "CONFIG_UNLOKED"),
            "f.yaml:25:23: unknown state `CONFIG_UNLOKED`; did you mean `CONFIG_UNLOCKED`?");
}

TEST(ScenarioLoader, AnUnknownKeyListsWhatIsRight) {
  EXPECT_EQ(error_with("expect:", "expects:"), "f.yaml:20:1: unknown key `expects`; did you mean `expect`?");
  EXPECT_EQ(error_with("  - by: vmm", "  - qqqqq: vmm"),
            "f.yaml:16:5: unknown key `qqqqq`; known: by, at, when, do, also, repeat, for");
  EXPECT_EQ(error_with("nth: 1", "nht: 1"), "f.yaml:18:53: unknown key `nht`; did you mean `nth`?");
  EXPECT_EQ(error_with("profile: baseline", "profil: baseline"),
            "f.yaml:27:5: unknown key `profil`; did you mean `profile`?");
  // `lift` belongs to another list of rows.
  EXPECT_TRUE(error_with("    outcome: detected", "    lift: spdm.record.tag\n    outcome: detected")
                  .starts_with("f.yaml:22:5: unknown key `lift`"));
}

TEST(ScenarioLoader, ARowThatNoAttackNeedsIsNotLifted) {
  EXPECT_NE(error_with("lift: [ spdm.record.tag ]", "lift: [ stage2.owner ]").find("unknown liftable defence `stage2.owner`"),
            std::string::npos);
}

TEST(ScenarioLoader, AMissingKeyIsNamed) {
  EXPECT_EQ(error_in("why: x\n"),
            "f.yaml:1:1: `scenario` lacks the key `scenario` (one line: what the adversary does)");
  EXPECT_EQ(error_with("machine: machines/one-accelerator.yaml", "why2: x"),
            "f.yaml:11:1: unknown key `why2`; did you mean `why`?");
  EXPECT_EQ(error_in("scenario: x\nguest: { vm0: idle }\n"),
            "f.yaml:1:1: `scenario` lacks the key `machine` or `machines`");
  EXPECT_EQ(error_in("scenario: x\nmachine: m\nguest: { vm0: idle }\n"),
            "f.yaml:1:1: `scenario` lacks the key `attack` or `variants`");
  EXPECT_EQ(error_with("by: vmm\n    at:", "at:"), "f.yaml:16:5: `step` lacks the key `by` (the position that acts)");
  EXPECT_EQ(error_with(", bit: 0", ""), "f.yaml:19:11: `flip` lacks the argument `bit`");
}

std::string with_do(const std::string& text) {
  return lock_with("do: { flip: tdisp.LOCK_INTERFACE_REQUEST.flags, bit: 0 }", text);
}

TEST(ScenarioLoader, UnitsAreAskedForAndCountsHaveNone) {
  EXPECT_EQ(parse(with_do("do: { delay: 10us }")).variants[0].steps[0].args.at("delay").number, 10'000'000u);
  EXPECT_EQ(parse(with_do("do: { truncate: 4KiB }")).variants[0].steps[0].args.at("truncate").number, 4096u);
  EXPECT_EQ(error_in(with_do("do: { delay: 10 }")),
            "f.yaml:19:18: `delay`: a time needs a unit: `10` (units: ps ns us ms s min h d)");
  EXPECT_EQ(error_in(with_do("do: { truncate: 10us }")),
            "f.yaml:19:21: `truncate`: `us` is not a unit of size (units: B KiB MiB GiB TiB)");
  EXPECT_EQ(error_with("bit: 0", "bit: 0B"), "f.yaml:19:58: `bit`: `0B` is not a whole number without unit");
  EXPECT_EQ(parse(lock_with("nth: 1", "time: 2h")).variants[0].steps[0].when->time->value, 7'200'000'000'000'000u);
  EXPECT_EQ(error_with("nth: 1", "time: 2"),
            "f.yaml:18:59: `time`: a time needs a unit: `2` (units: ps ns us ms s min h d)");
  EXPECT_EQ(error_with("nth: 1", "nth: 0"), "f.yaml:18:58: `nth` counts from 1");
}

TEST(ScenarioLoader, AVerbMayStandAloneWhenItNeedsNothing) {
  auto step = parse(with_do("do: drop")).variants[0].steps[0];
  EXPECT_EQ(step.verb.value, "drop");
  EXPECT_TRUE(step.args.empty());
  EXPECT_EQ(error_in(with_do("do: delay")), "f.yaml:19:9: `delay` needs to be told what: `{ delay: ... }`");
  EXPECT_EQ(error_in(with_do("do: {}")), "f.yaml:19:9: `do` names no verb");
}

TEST(ScenarioLoader, StepsCanRepeatRunAlongAndChoosePlatforms) {
  auto step =
      parse(
          with_do("do: drop\n    also: true\n    for: [ snp ]\n    repeat: { times: 3, until: { after: vm0.stored } }"))
          .variants[0]
          .steps[0];
  EXPECT_TRUE(step.also);
  EXPECT_EQ(step.platforms.at(0).value, "snp");
  EXPECT_EQ(step.repeat->times, 3u);
  EXPECT_EQ(step.repeat->until->after->value, "vm0.stored");
  EXPECT_EQ(parse(with_do("do: drop\n    repeat: { until: { after: vm0.stored } }")).variants[0].steps[0].repeat->times,
            kRepeatMax);
  EXPECT_EQ(error_in(with_do("do: drop\n    repeat: { times: 0 }")),
            "f.yaml:20:22: `times` must lie between 1 and 1000000");
  EXPECT_EQ(error_in(with_do("do: drop\n    repeat: {}")), "f.yaml:20:13: `repeat` needs `times` or `until`");
  EXPECT_EQ(error_in(with_do("do: drop\n    also: false")),
            "f.yaml:20:11: `also` can only be true; leave it out otherwise");
  EXPECT_EQ(error_in(with_do("do: drop\n    for: [ sev ]")),
            "f.yaml:20:12: unknown platform of this file: `sev`; known: snp, tdx, cca, cove");
}

TEST(ScenarioLoader, RowsMustMakeSense) {
  EXPECT_EQ(error_with("    by: spdm.record.tag   ", "    "), "f.yaml:22:14: outcome `detected` needs `by`");
  EXPECT_EQ(error_with("outcome: broken, promise: authenticity", "outcome: broken"),
            "f.yaml:33:70: outcome `broken` needs `promise`");
  EXPECT_EQ(error_with("outcome: detected", "outcome: held"), "f.yaml:22:14: outcome `held` does not go with `by`");
  EXPECT_EQ(error_with("gpu0.if0 is RUN", "gpu0.if0 was RUN"),
            "f.yaml:26:14: `gpu0.if0 was RUN` is not of the form `A is B` or `A sees B`");
  EXPECT_EQ(error_with("  - platforms: [ snp, tdx, cca, cove ]", "  - platforms: [ snp, tdx, cca ]"),
            "f.yaml:21:3: `expect` has no row for platform `cove`, and `n/a` no reason");
  EXPECT_EQ(error_with("  - platforms: [ snp, tdx, cca, cove ]", "  - platforms: [ snp, sev ]"),
            "f.yaml:21:23: unknown platform of this file: `sev`; known: snp, tdx, cca, cove");
  EXPECT_EQ(error_with("afterwards:", "n/a: { snp: none such }\nafterwards:"),
            "f.yaml:21:18: platform `snp` is under `n/a` and has a row");
  EXPECT_EQ(error_with("without:", "with:\n  - { set: { cpu0.cipher-hiding: enabled }, outcome: held }\nwithout:"),
            "f.yaml:32:14: unknown setting `cpu0.cipher-hiding`; did you mean `cpu0.ciphertext-hiding`?");
  EXPECT_EQ(error_with("without:", "with:\n  - { set: { gpu0.memory: 4 }, outcome: held }\nwithout:"),
            "f.yaml:32:27: `gpu0.memory`: a size needs a unit: `4` (units: B KiB MiB GiB TiB)");
}

TEST(ScenarioLoader, APlatformHasOneBaselineRow) {
  std::string twice = "    profile: baseline\n  - { platforms: [ tdx ], outcome: held }\n";
  EXPECT_EQ(error_with("    profile: baseline\n", twice), "f.yaml:28:20: a second baseline row for platform `tdx`");
  std::string hardened = "    profile: baseline\n  - { platforms: [ tdx ], outcome: held, profile: hardened }\n";
  EXPECT_EQ(error_with("    profile: baseline\n", hardened), "");
}

TEST(ScenarioLoader, OtherFormatsAreRefusedByName) {
  EXPECT_EQ(error_in("format: 2\nnew-key: x\n"), "f.yaml:1:9: format 2 is not known; this program reads format 1");
  EXPECT_EQ(error_in(std::string("format: 1\n") + kLockBitflip), "");
}

TEST(ScenarioLoader, AFileIsCalledAfterItsCatalogueRow) {
  EXPECT_EQ(error_in(kSeveredRemap, "swap.yaml"),
            "swap.yaml:2:12: the file that plays `mem-severed-remap` must be called severed-remap.yaml");
}

TEST(ScenarioLoader, WhatExcludesEachOtherIsRefused) {
  EXPECT_EQ(error_with("guest:", "machines: { a: x.yaml }\nguest:"),
            "f.yaml:13:11: `machine` and `machines` exclude each other");
  EXPECT_EQ(error_with("expect:", "variants: { x: [ { by: vmm, do: drop } ] }\nexpect:"),
            "f.yaml:20:11: `attack` and `variants` exclude each other");
  EXPECT_EQ(error_with("afterwards:\n", "afterwards:\n  why-none: the device is gone\n"),
            "f.yaml:30:13: `why-none` excludes `ends` and `reset`");
  EXPECT_EQ(error_with("afterwards:\n", "afterwards:\n  reset: [ tsm0 ]\n"),
            "f.yaml:30:12: unknown part that can be reset: `tsm0`; known: vm*, gpu*");
}

TEST(ScenarioLoader, VariantsMachinesAndThreadsHaveNames) {
  auto s = parse(
      "scenario: x\nmachines: { a: one.yaml, b: two.yaml }\nguest: { a.vm0: { t1: attest, t2: attest now }, b.vm1: "
      "idle }\n"
      "variants: { first: [ { by: vmm, do: drop } ], second: [ { by: vmm, do: drop }, { by: link-tap, do: drop } ] }\n"
      "weather: slow-doe\nseeds: 20\nafterwards: { why-none: the guest is dead }\nset: { gpu0.memory: 4MiB }\n");
  EXPECT_FALSE(s.has_platforms);
  EXPECT_EQ(s.machines.at(1).name, "b");
  ASSERT_EQ(s.guest.size(), 3u);
  EXPECT_EQ(s.guest[1].name, "t2");
  EXPECT_EQ(s.guest[1].args, std::vector<std::string>{"now"});
  EXPECT_EQ(s.variants.at(1).steps.size(), 2u);
  EXPECT_EQ(s.seeds->value, 20u);
  EXPECT_EQ(s.afterwards->why_none->value, "the guest is dead");
  EXPECT_EQ(s.set.at("gpu0.memory").value, "4MiB");
  EXPECT_EQ(error_with("afterwards:", "seeds: 0\nafterwards:"), "f.yaml:29:8: `seeds` must lie between 1 and 10000");
}

TEST(ScenarioLoader, AGuestMayBeSomebodyElsesCode) {
  const auto one = [](const std::string& guest) { return parse("scenario: x\nmachine: m\nguest: " + guest + "\nattack: [ { by: vmm, do: drop } ]\n").guest; };
  const auto library = one("{ vm1: { library: ./libmine.so, arguments: a  b } }").at(0);
  EXPECT_EQ(library.vm, "vm1");
  EXPECT_EQ(library.from, Thread::From::kLibrary);
  EXPECT_EQ(library.program.value, "libmine.so") << "from the folder of the file";
  EXPECT_EQ(library.args, (std::vector<std::string>{"a", "b"}));
  const auto process = one("{ connect: unix:/run/g.sock }").at(0);
  EXPECT_EQ(process.vm, "vm0");
  EXPECT_EQ(process.from, Thread::From::kConnect);
  EXPECT_EQ(process.program.value, "/run/g.sock");
  EXPECT_EQ(one("{ vm0: idle }").at(0).from, Thread::From::kBuiltIn);
}

TEST(ScenarioLoader, AGuestOutsideIsNamedInOneWay) {
  const auto error = [](const std::string& guest) { return error_in("scenario: x\nmachine: m\nguest: { vm0: " + guest + " }\nattack: []\n"); };
  EXPECT_EQ(error("{ library: a, connect: unix:b }"), "f.yaml:3:38: `library` and `connect` exclude each other");
  EXPECT_EQ(error("{ connect: 1.2.3.4:5 }"), "f.yaml:3:26: a guest is reached at `unix:PATH`, not `1.2.3.4:5`");
  EXPECT_EQ(error("{ connect: 'unix:' }"), "f.yaml:3:26: a path is missing");
}

TEST(ScenarioLoader, AMissingFileIsNamed) {
  EXPECT_EQ(error_of([] { load_scenario("no/such.yaml", test_vocabulary()); }),
            "no/such.yaml:1:1: there is no such file");
}

}  // namespace
}  // namespace load
