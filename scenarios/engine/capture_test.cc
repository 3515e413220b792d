// A capture holds what receivers saw, and taking one changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "platform/protocol/ide/ide.h"
#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

constexpr const char* kMailbox = "doe rp0 -> gpu0";
constexpr const char* kLink = "link rp0 - gpu0";

Verdict play(const std::string& step, bool attack, bool capture = true, const std::string& set = "") {
  const std::string text =
      "scenario: a capture\nmachine: machines/one-accelerator.yaml\nplatforms: [ snp ]\n"
      "guest: { vm0: assign-and-use gpu0 }\nattack:\n  - " +
      step + "\nexpect:\n  - { platforms: [ snp ], outcome: held }\n";
  const auto scenario = load::parse_scenario(text + set, "capture.yaml", vocabulary());
  auto machine = load::load_machine("scenarios", "machines/one-accelerator.yaml", "snp", machine_vocabulary());
  load::lay_settings(machine, scenario.set, scenario.file, machine_vocabulary());
  Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = "snp";
  one.attack = attack;
  one.capture = capture;
  return run(one);
}

std::vector<base::Bytes> packets_of(const Verdict& verdict, const std::string& boundary) {
  std::vector<base::Bytes> out;
  for (const auto& arrival : verdict.captures.at(boundary).arrivals) out.push_back(arrival.bytes);
  return out;
}

std::size_t first_difference(const std::vector<base::Bytes>& a, const std::vector<base::Bytes>& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

int different_bits(base::View a, base::View b) {
  int out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out += std::popcount(static_cast<unsigned>(a[i] ^ b[i]));
  return out;
}

const std::string kHost = "{ by: vmm, at: \"doe rp0 -> gpu0\", ";
const std::string kFlip = kHost +
                          "when: { object: SPDM, nth: 4 }, "
                          "do: { flip: SPDM, byte: 13, bit: 0, way: reply } }";

TEST(Capture, ChangesNoVerdictAndNoTrace) {
  for (const bool attack : {false, true}) {
    const auto with = play(kFlip, attack), without = play(kFlip, attack, false);
    EXPECT_EQ(with.trace, without.trace);
    EXPECT_EQ(with.sentence(), without.sentence());
    EXPECT_EQ(with.events, without.events);
    EXPECT_TRUE(without.captures.empty());
  }
}

// Sealed by OpenSSL or by the processor: a run is the same run.
TEST(Capture, HoldsTheSamePacketsWhoeverSealedThem) {
  const std::string kFlipped =
      "{ by: link-tap, at: \"link rp0 - gpu0.up\", when: { object: IDE.MWr32, after: vm0.computed }, "
      "do: { flip: IDE.MWr32, byte: 24, bit: 0 } }";
  const auto ours = play(kFlipped, true), theirs = play(kFlipped, true, true, "set: { rp0.ide-aes: openssl }\n");
  EXPECT_EQ(ours.trace, theirs.trace);
  EXPECT_EQ(ours.sentence(), theirs.sentence());
  const auto packets = packets_of(ours, kLink);
  EXPECT_EQ(packets, packets_of(theirs, kLink));
  EXPECT_GT(std::ranges::count_if(packets, [](const auto& bytes) { return ide::is_protected(bytes); }), 10);
}

TEST(Capture, HoldsWholeObjectsBothWaysInSimulatedTime) {
  const auto verdict = play(kFlip, false);
  const auto& mailbox = verdict.captures.at(kMailbox);
  EXPECT_GT(mailbox.arrivals.size(), 20u);
  EXPECT_EQ(mailbox.arrivals.size() % 2, 0u);
  std::uint64_t time = 0;
  for (const auto& arrival : mailbox.arrivals) {
    EXPECT_EQ(base::load_le<std::uint32_t>(arrival.bytes, 4) * 4, arrival.bytes.size());
    EXPECT_GE(arrival.time, time);
    time = arrival.time;
  }
  EXPECT_GT(time, 0u);
  EXPECT_LE(time, verdict.time);
  EXPECT_EQ(verdict.captures.at(kLink).kind, Capture::Kind::kTlp);
}

TEST(Capture, ShowsAnAlteredAnswerAsTheGuestReceivedIt) {
  const auto honest = packets_of(play(kFlip, false), kMailbox), altered = packets_of(play(kFlip, true), kMailbox);
  const auto at = first_difference(honest, altered);
  ASSERT_LT(at, altered.size());
  EXPECT_EQ(at % 2, 1u);
  EXPECT_EQ(different_bits(honest[at], altered[at]), 1);
}

TEST(Capture, ShowsAnAlteredRequestAsTheDeviceReceivedIt) {
  const std::string flip = kHost +
                           "when: { object: SPDM, nth: 3 }, "
                           "do: { flip: SPDM, byte: 13, bit: 0, way: request } }";
  const auto honest = packets_of(play(flip, false), kMailbox), altered = packets_of(play(flip, true), kMailbox);
  const auto at = first_difference(honest, altered);
  ASSERT_LT(at, altered.size());
  EXPECT_EQ(at % 2, 0u);
  EXPECT_EQ(different_bits(honest[at], altered[at]), 1);
}

TEST(Capture, ShowsWhatWasPutThereAndNotWhatNeverArrived) {
  const std::string keep = kHost +
                           "when: { object: SPDM, nth: 1 }, "
                           "do: { record: SPDM, as: old, way: request } }";
  const auto honest = packets_of(play(keep, false), kMailbox);
  const std::string inject = keep + "\n  - " + kHost + "when: { after: vm0.reported }, do: { inject: old } }";
  const auto twice = packets_of(play(inject, true), kMailbox);
  const auto count = [](const std::vector<base::Bytes>& all, const base::Bytes& one) {
    return std::count(all.begin(), all.end(), one);
  };
  const auto version = *std::find_if(honest.begin(), honest.end(), [](const auto& object) { return object[2] == 1; });
  EXPECT_EQ(count(twice, version), count(honest, version) + 1);

  const std::string drop = kHost + "when: { object: SPDM, nth: 1 }, do: { drop: SPDM, way: request } }";
  const auto dropped = packets_of(play(drop, true), kMailbox);
  EXPECT_EQ(count(dropped, version), 0);
}

TEST(Capture, ShowsThePacketsOfALinkWithoutTheOneThatWasTaken) {
  const std::string drop =
      "{ by: link-tap, at: \"link rp0 - gpu0.up\", "
      "when: { object: IDE.MWr32, after: vm0.computed }, do: { drop: IDE.MWr32 } }";
  const auto honest = packets_of(play(drop, false), kLink), robbed = packets_of(play(drop, true), kLink);
  const auto at = first_difference(honest, robbed);
  ASSERT_LT(at + 1, honest.size());
  ASSERT_LT(at, robbed.size());
  EXPECT_EQ(robbed[at], honest[at + 1]);
}

TEST(Capture, HasWhatAHostAsksForItself) {
  const auto native = play(kFlip + "\nset: { tsm0.style: host-native }", false);
  const auto objects = packets_of(native, kMailbox);
  EXPECT_GT(objects.size(), packets_of(play(kFlip, false), kMailbox).size());
  EXPECT_EQ(native.captures.at(kMailbox).arrivals.at(0).time, 0u);  // before any guest
}

TEST(Capture, IsCutAtItsLimitAndSaysSo) {
  Capture capture;
  capture.add(1, base::Bytes(100));
  capture.bytes = kCaptureBytesMax;
  capture.add(2, base::Bytes(1));
  capture.add(3, base::Bytes());
  EXPECT_TRUE(capture.cut);
  EXPECT_EQ(capture.arrivals.size(), 1u);
}

}  // namespace
}  // namespace engine
