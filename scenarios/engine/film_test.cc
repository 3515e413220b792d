// Lanes and ends of all that a file can name, held against the vocabulary.
#include "scenarios/engine/film.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <tuple>

#include "scenarios/engine/engine.h"
#include "scenarios/engine/film_lanes.h"
#include "scenarios/engine/virtio_device.h"

namespace engine {
namespace {

// One name that the pattern stands for: "config * -> *" as "config rp0 -> gpu0".
std::string example_of(std::string pattern) {
  static const std::map<std::string, std::string> kWhole{{"config * -> *", "config rp0 -> gpu0"},
                                                         {"doe * -> *", "doe rp0 -> gpu0"},
                                                         {"link * - *.down", "link rp0 - gpu0.down"},
                                                         {"link * - *.up", "link rp0 - gpu0.up"},
                                                         {"net * -> *", "net vm0 -> owner0"},
                                                         {"evidence *", "evidence gpu0"},
                                                         {"keys *", "keys rp0"},
                                                         {"mmio *", "mmio gpu0"}};
  if (const auto found = kWhole.find(pattern); found != kWhole.end()) return found->second;
  return std::regex_replace(pattern, std::regex("\\*"), "0");
}

TEST(FilmEnds, EveryBoundaryThatAFileCanNameHasTwo) {
  for (const auto& boundary : boundaries()) {
    const auto name = example_of(boundary.name);
    const auto ends = ends_of(name);
    EXPECT_FALSE(ends.from.empty()) << name;
    EXPECT_FALSE(ends.to.empty()) << name;
    EXPECT_EQ(ends.from.find('*'), std::string::npos) << name;
    // Inside a switch a packet stays where it is; everywhere else somebody hands something to somebody.
    EXPECT_EQ(ends.from == ends.to, name.starts_with("sw0.")) << name;
  }
}

TEST(FilmEnds, OfABoundaryAreWhoAsksAndWhoAnswers) {
  const std::vector<std::tuple<std::string, std::string, std::string>> kAll = {{"vm0.exit", "vm0", "vmm"},
                                                                               {"vm1.clock", "vm1", "vmm"},
                                                                               {"vm0.host-data", "vm0", "vmm"},
                                                                               {"vm0.tpm", "vm0", "vmm"},
                                                                               {"vm0.registers", "vm0", "vmm"},
                                                                               {"vm0.interrupts", "vmm", "vm0"},
                                                                               {"vm0.memory", "vmm", "vm0"},
                                                                               {"vm0.image", "vmm", "vm0"},
                                                                               {"vm0.requests", "vm0", "tsm0"},
                                                                               {"tsm0.call", "vmm", "tsm0"},
                                                                               {"tsm0.evidence", "firmware", "tsm0"},
                                                                               {"vm0.evidence", "vm0", "vm0.kernel"},
                                                                               {"vm0.tsm-report", "vm0", "vm0.kernel"},
                                                                               {"firmware.osc", "vmm", "firmware"},
                                                                               {"evidence gpu0", "vmm", "tsm0"},
                                                                               {"keys rp0", "vmm", "rp0"},
                                                                               {"mmio gpu0", "vmm", "gpu0"},
                                                                               {"gpu0.logic", "gpu0.dsm", "gpu0"},
                                                                               {"blk0.ring", "blk0", "vmm"},
                                                                               {"blk0.mmio", "vmm", "blk0"},
                                                                               {"net nic0 -> echo0", "nic0", "echo0"},
                                                                               {"link rp0 - gpu0.down", "rp0", "gpu0"},
                                                                               {"link rp0 - gpu0.up", "gpu0", "rp0"},
                                                                               {"link sw0 - nvme1.up", "nvme1", "sw0"}};
  for (const auto& [name, from, to] : kAll) {
    EXPECT_EQ(ends_of(name).from, from) << name;
    EXPECT_EQ(ends_of(name).to, to) << name;
  }
}

// One event of a film, its actor the film's only text.
Ends ends_of_event(const std::string& actor, FilmEvent event) {
  Film film;
  film.texts.push_back(actor);
  event.actor = 1;
  return ends_of(film, event);
}

TEST(FilmEnds, OfAnAnswerAreThoseOfItsRequestTheOtherWayRound) {
  using Fate = FilmEvent::Fate;
  const auto answer = [](Fate fate) { return FilmEvent{.kind = FilmEvent::Kind::kMessage, .fate = fate, .reply = true}; };
  for (const auto& [boundary, from, to] : {std::tuple("doe rp0 -> gpu0", "rp0", "gpu0"), std::tuple("vm0.exit", "vm0", "vmm"),
                                           std::tuple("tsm0.call", "vmm", "tsm0"), std::tuple("mmio gpu0", "vmm", "gpu0")})
    for (const auto fate : {Fate::kArrived, Fate::kAltered, Fate::kLost, Fate::kOutside}) {
      const auto asked = ends_of_event(boundary, {.kind = FilmEvent::Kind::kMessage, .fate = fate});
      const auto answered = ends_of_event(boundary, answer(fate));
      EXPECT_EQ(std::tie(asked.from, asked.to), std::tuple(from, to)) << boundary;
      EXPECT_EQ(std::tie(answered.from, answered.to), std::tuple(to, from)) << boundary;
    }
}

// An answer on a network crosses a boundary of its own, which leads from whoever answers.
TEST(FilmEnds, OfAnAnswerOnANetworkAreThoseOfTheBoundaryThatItCrosses) {
  using Fate = FilmEvent::Fate;
  FilmEvent answer{.kind = FilmEvent::Kind::kMessage, .reply = true};
  for (const auto fate : {Fate::kArrived, Fate::kAltered, Fate::kLost}) {
    answer.fate = fate;
    const auto ends = ends_of_event("net owner0 -> vm0", answer);
    EXPECT_EQ(std::tie(ends.from, ends.to), std::tuple("owner0", "vm0"));
  }
  answer.fate = Fate::kOutside;  // to what the adversary handed over there; it crosses nothing
  const auto ends = ends_of_event("net vm0 -> owner0", answer);
  EXPECT_EQ(std::tie(ends.from, ends.to), std::tuple("owner0", "vm0"));
}

TEST(FilmEnds, OfALineAreWhoSpeaks) {
  const auto ends = ends_of_event("net vm0 -> owner0", {.reply = true});
  EXPECT_EQ(ends.from, "net vm0 -> owner0");
  EXPECT_EQ(ends.to, "net vm0 -> owner0");
}

TEST(FilmLanes, StandInTheOrderOfTheirKindsAndThenOfTheirAppearance) {
  Film film;
  film.texts = {"", "owner0", "gpu0", "vm1", "doe rp0 -> gpu0", "vm0", "net vm0 -> owner0"};
  for (std::uint32_t actor = 1; actor < film.texts.size(); ++actor) {
    const bool message = film.texts[actor].find(' ') != std::string::npos;
    film.events.push_back({.kind = message ? FilmEvent::Kind::kMessage : FilmEvent::Kind::kLine, .actor = actor});
  }
  const Lanes lanes(film);
  EXPECT_EQ(lanes.names(), (std::vector<std::string>{"vm1", "vm0", "rp0", "gpu0", "owner0"}));
  EXPECT_EQ(lanes.of("rp0"), 2u);
  EXPECT_EQ(lanes.of("nobody"), lanes.names().size());
}

TEST(FilmLanes, ArePlacesThatPartsStandAt) {
  const std::vector<std::pair<std::string, LaneKind>> kAll = {{"vm0", LaneKind::kGuest},
                                                              {"vm0.kernel", LaneKind::kGuest},
                                                              {"guest", LaneKind::kGuest},
                                                              {"vmm", LaneKind::kVmm},
                                                              {"cpu0", LaneKind::kTsm},
                                                              {"psp0", LaneKind::kTsm},
                                                              {"tdx0", LaneKind::kTsm},
                                                              {"rmm0", LaneKind::kTsm},
                                                              {"el2", LaneKind::kTsm},
                                                              {"cove0", LaneKind::kTsm},
                                                              {"rdsm0", LaneKind::kTsm},
                                                              {"firmware", LaneKind::kTsm},
                                                              {"mem0", LaneKind::kTsm},
                                                              {"iommu0", LaneKind::kRootPort},
                                                              {"smmu0", LaneKind::kRootPort},
                                                              {"rc0", LaneKind::kRootPort},
                                                              {"rp1", LaneKind::kRootPort},
                                                              {"sw0", LaneKind::kRootPort},
                                                              {"gpu0", LaneKind::kDevice},
                                                              {"gpu0.if0", LaneKind::kDevice},
                                                              {"nvme0.dsm", LaneKind::kDevice},
                                                              {"owner0", LaneKind::kRelyingParty},
                                                              {"service1", LaneKind::kRelyingParty},
                                                              {"relying party", LaneKind::kRelyingParty},
                                                              {"echo0", LaneKind::kRelyingParty},
                                                              {"link rp0 - gpu0", LaneKind::kLink},
                                                              {"net vm0 -> owner0", LaneKind::kRelyingParty}};
  for (const auto& [name, lane] : kAll) EXPECT_EQ(lane_of(name), lane) << name;
  for (const auto* peer : {"client", "registry", "peer0", "forger", "network", "whoever a guest speaks to"})
    EXPECT_EQ(lane_of(peer), LaneKind::kRelyingParty) << peer;
  for (const auto& place : vocabulary().places.patterns) {
    const auto name = example_of(place);
    const bool remote = name == "owner0" || name == "service0" || name == "relying party";
    EXPECT_EQ(lane_of(name) == LaneKind::kRelyingParty, remote) << name;
  }
  for (const auto& [kind, is] : virtio_kinds()) EXPECT_EQ(lane_of(kind + "0"), LaneKind::kDevice) << kind;
}

// An adversary speaks under the name of his position. None but whoever is the platform's firmware stands among what protects.
TEST(FilmLanes, OfAnAdversaryAreNotAmongWhatProtects) {
  for (const auto& position : positions())
    EXPECT_EQ(lane_of(position.name) == LaneKind::kTsm, position.name == "platform-firmware") << position.name;
}

}  // namespace
}  // namespace engine
