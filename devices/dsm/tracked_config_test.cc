#include "devices/dsm/tracked_config.h"

#include <gtest/gtest.h>

#include "devices/dsm/test_bench.h"

namespace dsm {
namespace {

struct Step {
  const char* what;
  bool trips;
  void (*write)(Bench&);
};
const Step kSteps[] = {
    {"memory space off", true, [](Bench& b) { b.space.write(pcie::kCommand, 2, pcie::kCommandMaster); }},
    {"bus master off", true, [](Bench& b) { b.space.write(pcie::kCommand, 1, pcie::kCommandMemory); }},
    {"both as they are", false,
     [](Bench& b) { b.space.write(pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster); }},
    {"INTx off", false, [](Bench& b) { b.space.write(pcie::kCommand + 1, 1, 4); }},
    {"BAR 0 moved", true, [](Bench& b) { b.space.write(pcie::kBar0, 4, 0xe0000000); }},
    {"BAR 0 sized", true, [](Bench& b) { b.space.write(pcie::kBar0 + 4, 4, ~0u); }},
    {"BAR 2 moved by a byte", true, [](Bench& b) { b.space.write(pcie::kBar0 + 11, 1, 0x33); }},
    {"BAR 0 as it is", false, [](Bench& b) { b.space.write(pcie::kBar0, 4, kBar0At & 0xffffffff); }},
    {"no snoop", true, [](Bench& b) { b.space.write(b.at.pcie + pcie::kDeviceControl, 2, 0x2010); }},
    {"extended tags", true, [](Bench& b) { b.space.write(b.at.pcie + pcie::kDeviceControl, 2, 0x2910); }},
    {"payload size", false, [](Bench& b) { b.space.write(b.at.pcie + pcie::kDeviceControl, 2, 0x2830); }},
    {"10-bit tags", true, [](Bench& b) { b.space.write(b.at.pcie + pcie::kDeviceControl2, 2, 0x1000); }},
    {"completion timeout", false, [](Bench& b) { b.space.write(b.at.pcie + pcie::kDeviceControl2, 2, 5); }},
    {"ATS", true, [](Bench& b) { b.space.write(b.at.ats + pcie::kAtsControl, 2, 0x8000); }},
    {"AER mask", false, [](Bench& b) { b.space.write(b.at.aer + 8, 4, ~0u); }},
    {"D3hot with context", false, [](Bench& b) { b.space.write(b.at.pm + pcie::kPowerControl, 2, 3); }},
    {"MSI-X off", true, [](Bench& b) { b.space.write(b.at.msix + pcie::kMsixControl, 2, 0); }},
    {"its stream off", true, [](Bench& b) { b.stream(0, 1, pcie::kIdeDefault); }},
    {"its stream under another id", true,
     [](Bench& b) { b.space.write(b.block(0) + pcie::kIdeStreamControl + 3, 1, 7); }},
    {"its stream's functions", true, [](Bench& b) { b.space.write(b.block(0) + pcie::kIdeRid2, 4, 1); }},
    {"its stream's addresses", true, [](Bench& b) { b.space.write(b.block(0) + pcie::kIdeAddress + 8, 4, 1); }},
    {"its stream's status", false, [](Bench& b) { b.space.write(b.block(0) + pcie::kIdeStreamStatus, 4, ~0u); }},
    {"another stream", false, [](Bench& b) { b.stream(1, 2, pcie::kIdeEnable); }},
    {"its number", true,
     [](Bench& b) {
       b.id = tlp::requester_id(2, 0, 0);
       b.dsm.config_written();
     }},
};

TEST(TrackedConfig, PutsALockedInterfaceIntoErrorForWhatIsHeldAndNothingElse) {
  for (auto state : {tdisp::State::kConfigUnlocked, tdisp::State::kConfigLocked, tdisp::State::kRun,
                     tdisp::State::kError})
    for (const auto& step : kSteps) {
      SCOPED_TRACE(std::string(step.what) + " in " + std::string(tdisp::name_of(state)));
      Bench bench;
      bench.bring_to(state);
      step.write(bench);
      const bool locked = state == tdisp::State::kConfigLocked || state == tdisp::State::kRun;
      EXPECT_EQ(bench.tdi->state(), locked && step.trips ? tdisp::State::kError : state);
    }
}

TEST(TrackedConfig, LeavesMsixToTheHostUnlessItIsLocked) {
  Bench bench;
  bench.secure();
  auto request = bench.lock_request();
  request.flags = 0;
  ASSERT_TRUE(bench.ask<tdisp::LockInterfaceResponse>(kOurs, request));
  bench.space.write(bench.at.msix + pcie::kMsixControl, 2, 0);
  EXPECT_EQ(bench.tdi->state(), tdisp::State::kConfigLocked);
  EXPECT_TRUE(bench.tdi->mmio_permitted(2, 0, 4, true, {}));
  EXPECT_EQ(bench.tdi->report().mmio_ranges.back().attributes,
            tdisp::kRangeIsNonTeeMem) << "marks are of tables that are locked";
}

TEST(TrackedConfig, HoldsABoundStreamToo) {
  Bench bench;
  bench.bring_to(tdisp::State::kRun, tdisp::kLockBindP2p);
  bench.stream(1, 2, pcie::kIdeEnable);
  bench.secure(kOurs, 2);
  bench.tdi->bind(2);
  bench.space.write(bench.block(1) + pcie::kIdeRid1, 4, 0x100);
  EXPECT_EQ(bench.tdi->state(), tdisp::State::kError);
}

TEST(TrackedConfig, IsNotNoticedWhenTheRuleIsLifted) {
  Bench bench;
  bench.defences.lift("tdisp.config.tracked");
  bench.bring_to(tdisp::State::kRun);
  bench.space.write(pcie::kBar0, 4, 0xe0000000);
  EXPECT_EQ(bench.tdi->state(), tdisp::State::kRun);
}

}  // namespace
}  // namespace dsm
