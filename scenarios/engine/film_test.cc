// Lanes and ends of all that a file can name, held against the vocabulary.
#include "scenarios/engine/film.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "scenarios/engine/engine.h"
#include "scenarios/engine/virtio_device.h"

namespace engine {
namespace {

// One name that the pattern stands for: "config * -> *" as "config rp0 -> gpu0".
std::string example_of(std::string pattern) {
  static const std::map<std::string, std::string> kWhole{{"config * -> *", "config rp0 -> gpu0"},
                                                         {"doe * -> *", "doe rp0 -> gpu0"},
                                                         {"link * - *", "link rp0 - gpu0.down"},
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
