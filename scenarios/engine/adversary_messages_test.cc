// Each verb on messages, in the smallest scenario that shows it.
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/machine_settings.h"
#include "scenarios/engine/play.h"
#include "scenarios/engine/verb_rules.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

Verdict play(const std::string& guest, const std::string& steps, std::vector<std::string> lift = {}, bool attack = true,
             bool film = false) {
  const std::string text = "scenario: a verb\nmachine: machines/bare-vm.yaml\nplatforms: [ snp ]\nguest: { " + guest +
                           " }\nattack:\n" + steps + "expect:\n  - { platforms: [ snp ], outcome: held }\n";
  const auto scenario = load::parse_scenario(text, "verb.yaml", vocabulary());
  const auto machine = load::load_machine("scenarios", "machines/bare-vm.yaml", "snp", machine_vocabulary());
  Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = "snp";
  one.lift = std::move(lift);
  one.attack = attack;
  one.film = film;
  return run(one);
}

bool says(const Verdict& verdict, const std::string& actor, const std::string& text) {
  const auto lines = lines_of(verdict.trace);
  return std::any_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return line.actor == actor && line.text == text; });
}
std::ptrdiff_t count(const Verdict& verdict, const std::string& defence) {
  return std::count_if(verdict.spoken.begin(), verdict.spoken.end(),
                       [&](const Spoken& s) { return s.defence == defence; });
}
// When the guest had done what it wanted.
std::uint64_t end_of(const Verdict& verdict, const std::string& state) {
  for (const auto& line : lines_of(verdict.trace))
    if (line.text == "ends: " + state) return line.time;
  return 0;
}
std::string error_of(const std::string& steps) {
  try {
    (void)play("vm0: attest-twice", steps);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

const std::string kAttest = "vm0: attest-and-fetch", kTwice = "vm0: attest-twice", kKeys = "vm0: seal-and-identify";

// Whoever mistypes a moment is told which there were.
TEST(Waits, TellWhyNothingCameOfAnAttack) {
  const auto waits = [](const std::string& steps, bool attack = true) {
    std::vector<std::string> out;
    for (const auto& line : lines_of(play(kKeys, steps, {}, attack).trace))
      if (line.text.starts_with("step ")) out.push_back(line.text);
    return out;
  };
  const std::string moment = "  - { by: vmm, at: vm0.memory, when: { after: vm0.seald }, do: { read: vm0.page.key } }\n";
  EXPECT_EQ(waits(moment), std::vector<std::string>{"step 1 waits for the moment `vm0.seald`, which never came; did you mean `vm0.sealed`?"});
  EXPECT_TRUE(waits(moment, false).empty());
  const std::string read = "  - { by: vmm, at: vm0.requests, when: { object: KEY_REQ }, do: { read: KEY_REQ } }\n";
  EXPECT_TRUE(waits(read).empty());
  EXPECT_EQ(waits(read + "  - { by: vmm, at: vm0.exit, when: { object: PSC, nth: 1000 }, do: { read: PSC } }\n"),
            std::vector<std::string>{"step 2 waits for `PSC` at `vm0.exit`, which crossed there 2 times only"});
}

// A number goes into a field as the field's layout has it; bytes go in as they stand.
TEST(MessageVerbs, ANumberIsSetInTheFieldsByteOrder) {
  const auto arrived = [](const std::string& guest, const std::string& object, const std::string& what) {
    const std::string steps = "  - { by: vmm, at: vm0.host-data, when: { object: " + object + " }, do: { set: " + what + ", way: reply } }\n";
    const auto verdict = play("vm0: boot-and-serve " + guest, steps, {}, true, true);
    base::Bytes out;
    for (const auto& event : verdict.film->events)
      if (event.kind == FilmEvent::Kind::kMessage && event.reply && verdict.film->texts[event.text] == object) out = verdict.film->blobs[event.arrived];
    return out;
  };
  const auto bytes = [](const base::Bytes& of, std::size_t at, std::size_t size) { return base::to_hex(base::View(of).subspan(at, size)); };
  EXPECT_EQ(bytes(arrived("config", "HOST.fw_cfg/directory", "count, value: 0x01020304"), 0, 4), "01020304");
  EXPECT_EQ(bytes(arrived("config", "HOST.fw_cfg/directory", "\"files[0].select\", value: 0x0506"), 8, 2), "0506");
  EXPECT_EQ(bytes(arrived("config", "HOST.fw_cfg/directory", "count, to: \"01020304\""), 0, 4), "01020304");
  EXPECT_EQ(bytes(arrived("map", "HOST.boot-params", "\"e820[1].size\", value: 0x0102030405060708"), 0x2d0 + 20 + 8, 8), "0807060504030201");
}

TEST(MessageVerbs, DelayLetsExactlyItsTimePass) {
  const std::string step = "  - { by: vmm, at: vm0.requests, when: { object: KEY_REQ }, do: { delay: 3s } }\n";
  const auto late = play(kKeys, step), honest = play(kKeys, step, {}, false);
  EXPECT_EQ(late.outcome, Outcome::kHeld);
  EXPECT_EQ(late.ends.at("vm0"), "registered");
  EXPECT_EQ(end_of(late, "registered"), end_of(honest, "registered") + 3'000'000'000'000);
}

TEST(MessageVerbs, DelayWorksOnExitsOnTheNetworkAndOnAnswers) {
  for (const char* at : {"vm0.exit", "\"net vm0 -> owner0\"", "\"net owner0 -> vm0\"", "vm0.evidence"}) {
    const auto late =
        play(kAttest, std::string("  - { by: ") + (at == std::string("vm0.evidence") ? "guest-user" : "vmm") +
                          ", at: " + at + ", do: { delay: 2s } }\n");
    EXPECT_GT(end_of(late, "fetched"), 2'000'000'000'000u) << at;
  }
}

TEST(MessageVerbs, WhatIsHeldDoesNotArriveUntilItIsReleased) {
  const std::string hold =
      "  - { by: vmm, at: vm0.requests, when: { object: REPORT_REQ }, do: { hold: REPORT_REQ, as: first } }\n";
  const auto held = play(kTwice, hold, {"guest.vmpck.wipe"});
  EXPECT_EQ(count(held, "psp.guest-request.sequence"), 0);
  EXPECT_EQ(held.ends.at("vm0"), "fetched") << "the second request has the number that the first never used";
  // Released, it takes that number, and the guest's second request is the one that is refused.
  const auto released =
      play(kTwice, hold + "  - { by: vmm, at: vm0.requests, when: { after: vm0.next-day }, do: { release: first } }\n",
           {"guest.vmpck.wipe"});
  EXPECT_EQ(count(released, "psp.guest-request.sequence"), 1);
  EXPECT_EQ(released.ends.at("vm0"), "refused");
}

TEST(MessageVerbs, WhatIsInjectedReachesTheFarSideAndItsAnswerTheAdversary) {
  const std::string keep =
      "  - { by: network, at: \"net vm0 -> owner0\", when: { object: EVIDENCE }, do: { record: EVIDENCE, as: old } }\n";
  const std::string inject =
      "  - { by: network, at: \"net vm0 -> owner0\", when: { after: vm0.kept }, do: { inject: old, as: answer } }\n";
  const auto refused = play(kAttest, keep + inject);
  EXPECT_TRUE(says(refused, "network", "injects EVIDENCE at net vm0 -> owner0"));
  EXPECT_EQ(count(refused, "rp.session.nonce-single-use"), 1);
  const auto answered = play(kAttest, keep + inject, {"rp.session.nonce-single-use"});
  EXPECT_EQ(answered.outcome, Outcome::kBroken) << "the owner released once more";
  EXPECT_EQ(answered.ends.at("vm0"), "fetched") << "the guest's own session is not disturbed";
}

TEST(MessageVerbs, AnInjectedCallReachesTheSecurityProcessor) {
  const auto verdict = play(kKeys,
                            "  - { by: vmm, at: tsm0.call, when: { object: SNP_LAUNCH_FINISH }, do: { record: "
                            "SNP_LAUNCH_FINISH, as: finish } }\n"
                            "  - { by: vmm, at: tsm0.call, when: { after: vm0.started }, do: { inject: finish } }\n");
  EXPECT_TRUE(says(verdict, "vmm", "injects SNP_LAUNCH_FINISH at tsm0.call"));
  EXPECT_TRUE(says(verdict, "vmm", "gets no answer to it")) << "a guest that runs is not finished again";
}

TEST(MessageVerbs, ADuplicateIsDeliveredBeforeItsOriginal) {
  const auto verdict = play(kKeys, "  - { by: vmm, at: vm0.requests, when: { object: KEY_REQ }, do: duplicate }\n");
  EXPECT_EQ(count(verdict, "psp.guest-request.sequence"), 1);
  EXPECT_EQ(verdict.ends.at("vm0"), "no-key");
}

TEST(MessageVerbs, TheSecondOvertakesTheFirst) {
  const auto verdict = play(kTwice, "  - { by: vmm, at: vm0.requests, when: { object: REPORT_REQ }, do: reorder }\n",
                            {"guest.vmpck.wipe"});
  EXPECT_TRUE(says(verdict, "vmm", "lets REPORT_REQ overtake REPORT_REQ"));
  EXPECT_EQ(count(verdict, "psp.guest-request.sequence"), 1)
      << "of two with one number, the one that is delivered second";
}

TEST(MessageVerbs, AReorderWaitsForASecondMessage) {
  const auto verdict = play(kAttest, "  - { by: vmm, at: vm0.requests, when: { object: REPORT_REQ }, do: reorder }\n");
  EXPECT_TRUE(says(verdict, "vmm", "holds REPORT_REQ back until another comes"));
  EXPECT_EQ(verdict.ends.at("vm0"), "refused");
}

TEST(MessageVerbs, ARedirectedMessageIsAnsweredByTheOtherFarSide) {
  const auto verdict =
      play("vm0: seal-and-identify, vm1: idle",
           "  - { by: vmm, at: vm0.requests, when: { object: KEY_REQ }, do: { redirect: vm1.requests } }\n");
  EXPECT_EQ(count(verdict, "psp.guest-request.tag"), 1);
  const auto net = play("vm0: attest-and-fetch, vm1: idle",
                        "  - { by: network, at: \"net vm0 -> owner0\", do: { redirect: net vm1 -> owner0 } }\n");
  EXPECT_EQ(net.ends.at("vm0"), "fetched") << "one owner stands at both";
}

TEST(MessageVerbs, CutAndLengthenedMessagesAreNoLongerWhatTheyWere) {
  const auto cut = play(kAttest,
                        "  - { by: network, at: \"net vm0 -> owner0\", when: { object: EVIDENCE }, do: { truncate: "
                        "EVIDENCE, bytes: 1B } }\n");
  EXPECT_EQ(cut.ends.at("vm0"), "refused");
  const auto tail = play(kAttest,
                         "  - { by: network, at: \"net vm0 -> owner0\", when: { object: EVIDENCE }, do: { extend: "
                         "EVIDENCE, bytes: 4B, value: 7 } }\n");
  EXPECT_EQ(tail.ends.at("vm0"), "refused");
  const auto short_answer =
      play(kKeys, "  - { by: vmm, at: vm0.requests, do: { truncate: KEY_RSP, bytes: 64B, way: reply } }\n");
  EXPECT_EQ(count(short_answer, "guest.request.tag"), 1);
  const auto all =
      play(kKeys, "  - { by: vmm, at: vm0.requests, do: { truncate: KEY_REQ, bytes: 64KiB, way: request } }\n");
  EXPECT_EQ(all.ends.at("vm0"), "no-key");
  const auto more =
      play(kKeys, "  - { by: vmm, at: vm0.requests, do: { extend: KEY_RSP, bytes: 60KiB, way: reply } }\n");
  EXPECT_EQ(more.ends.at("vm0"), "registered") << "what follows a message in its page is not part of it";
  const auto exit =
      play(kKeys, "  - { by: vmm, at: vm0.exit, do: { truncate: GUEST_REQUEST, bytes: 8B, way: request } }\n");
  EXPECT_EQ(exit.outcome, Outcome::kStopped);
}

TEST(MessageVerbs, SetPutsWholeContentIntoAField) {
  const std::string data(128, '5');
  const auto asked = play(kAttest, "  - { by: guest-user, at: vm0.evidence, do: { set: report_data, to: " + data + " } }\n");
  EXPECT_EQ(base::to_hex(asked.artifacts.at("vm0.report.bin")).substr(2 * 0x50, 128), data);
  EXPECT_EQ(asked.artifacts.at("vm0.report-data.bin"), base::Bytes(64, 0x55));
  EXPECT_EQ(count(asked, "rp.report-data"), 1);
  const auto lied = play(kAttest, "  - { by: platform-firmware, at: tsm0.evidence, do: { set: measurement, to: " + data.substr(32) + " } }\n");
  EXPECT_EQ(base::to_hex(lied.artifacts.at("vm0.report.bin")).substr(2 * 0x90, 96), data.substr(32)) << "and it is signed";
  EXPECT_EQ(count(lied, "rp.measurement"), 1);
  EXPECT_EQ(play(kAttest, "  - { by: guest-user, at: vm0.evidence, do: { set: report_data, to: 55 } }\n").outcome, Outcome::kInert);
}

TEST(MessageVerbs, AVerbSaysWhereItCannotAct) {
  EXPECT_EQ(error_of("  - { by: guest-user, at: vm0.evidence, do: { set: report_data, to: 5 } }\n"),
            "verb.yaml:6:47: `set` wants `to` in hexadecimal, two digits a byte");
  EXPECT_EQ(error_of("  - { by: platform-firmware, at: tsm0.evidence, do: drop }\n"),
            "verb.yaml:6:53: `drop` is for messages on their way; at `tsm0.evidence` one lies before whoever signs it, and can be "
            "altered");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.registers, do: drop }\n"),
            "verb.yaml:6:39: `drop` is for messages, and `vm0.registers` carries none; `glacis list verbs` says where "
            "each acts");
  EXPECT_EQ(error_of("  - { by: guest-user, at: vm0.evidence, do: duplicate }\n"),
            "verb.yaml:6:45: `duplicate` needs a far side, and at `vm0.evidence` nobody answers for one");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { redirect: vm1.requests } }\n"),
            "verb.yaml:6:40: `redirect` needs a far side, and at `vm1.requests` nobody answers for one");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { redirect: vm0.exit } }\n"),
            "verb.yaml:6:40: `redirect` leads to a boundary of the same kind, and `vm0.exit` is of another than "
            "`vm0.requests`");
  EXPECT_EQ(error_of("  - { by: vmm, at: tsm0.call, do: { delay: 1s } }\n"),
            "verb.yaml:6:37: `delay` finds nobody who waits at `tsm0.call`");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { inject: frist } }\n"),
            "verb.yaml:6:40: `inject` finds no step that keeps a message as `frist`");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { record: REPORT_REQ, as: first } }\n"
                     "  - { by: vmm, at: vm0.requests, do: { release: first } }\n"),
            "verb.yaml:7:40: `release` finds no step that holds a message as `first`");
  EXPECT_EQ(error_of("  - { by: supply-chain, at: vm0.image, do: { flip: firmware, byte: 4096 } }\n"),
            "verb.yaml:6:46: `flip` finds no byte 4096 in the firmware, which has 4096");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { hold: REPORT_RSP, as: answer, way: reply } }\n"
                     "  - { by: vmm, at: vm0.requests, when: { after: vm0.next-day }, do: { release: answer } }\n"),
            "verb.yaml:7:71: `release` delivers to a far side, and a reply has none; put it in the place of another "
            "with `replay`");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { extend: REPORT_REQ, bytes: 1GiB } }\n"),
            "verb.yaml:6:40: `extend` adds at most 65536 bytes");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { record: REPORT_REQ, as: first } }\n"
                     "  - { by: vmm, at: vm0.requests, do: { replay: frist } }\n"),
            "verb.yaml:7:40: `replay` finds no step that keeps anything as `frist`; did you mean `first`?");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.registers, do: { replay: old } }\n"),
            "verb.yaml:6:41: `replay` finds no step that keeps anything as `old`");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.interrupts, do: { swap: [ vm0.page.a, vm0.page.b ] } }\n"),
            "verb.yaml:6:42: `swap` acts on translations, at `vm0.mapping`");
  EXPECT_EQ(error_of("  - { by: vmm, at: vm0.requests, do: { craft: MWr } }\n"),
            "verb.yaml:6:40: `craft` makes packets, and `vm0.requests` carries none");
}

TEST(MachineSettings, EachDoesWhatItSays) {
  for (const auto& setting : machine_settings())
    EXPECT_TRUE(says(play(kKeys, "  - { by: vmm, at: machine, do: { set: " + setting.name + " } }\n"), "vmm", setting.does)) << setting.name;
  EXPECT_EQ(error_of("  - { by: vmm, at: machine, do: { set: debugg } }\n"),
            "verb.yaml:6:35: `set` makes no machine that is `debugg`; did you mean `debug`?");
  EXPECT_EQ(error_of("  - { by: vmm, at: machine, do: { set: device-clone } }\n"),
            "verb.yaml:6:35: `set` finds no device that is `clone`; did you mean `cloned`?");
}

// The same without a run.
TEST(CheckedSteps, AreThoseOfTheFile) {
  const auto error_in = [](const std::string& id, const std::string& from, const std::string& to) -> std::string {
    auto text = load::read_text("scenarios/catalogue/" + id + ".yaml");
    text.replace(text.find(from), from.size(), to);
    const auto scenario = load::parse_scenario(text, id.substr(id.find('/') + 1) + ".yaml", vocabulary());
    try {
      for (const auto& variant : scenario.variants) check_steps(scenario.file, variant.steps);
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_in("trust/device-cloned", "device-cloned }", "device-cloned }"), "no error");
  EXPECT_EQ(error_in("trust/device-cloned", "device-cloned }", "device-clone }"),
            "device-cloned.yaml:14:44: `set` finds no device that is `clone`; did you mean `cloned`?");
  EXPECT_EQ(error_in("memory/severed-remap", "by: vmm", "by: network"),
            "severed-remap.yaml:16:11: `network` does not stand at `vm0.mapping`; `glacis list positions` says where each stands");
  EXPECT_EQ(error_in("host/disk-commit-replay", "inject: commit", "inject: comit"),
            "disk-commit-replay.yaml:18:74: `inject` finds no step that keeps a message as `comit`");
}

TEST(MessageVerbs, NobodyActsWhereHeDoesNotStand) {
  EXPECT_NE(
      error_of("  - { by: network, at: vm0.requests, do: drop }\n").find("`network` does not stand at `vm0.requests`"),
      std::string::npos);
  EXPECT_NE(error_of("  - { by: vmm, at: vm0.evidence, do: drop }\n").find("`vmm` does not stand at `vm0.evidence`"),
            std::string::npos);
}

}  // namespace
}  // namespace engine
