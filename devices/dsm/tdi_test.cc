#include "devices/dsm/tdi.h"

#include <gtest/gtest.h>

#include "devices/dsm/tdi_rules.h"
#include "devices/dsm/test_bench.h"

namespace dsm {
namespace {

using tdisp::State;

constexpr State kStates[] = {State::kConfigUnlocked, State::kConfigLocked, State::kRun, State::kError};

// Each event in each state, as the sheet of states has it: U, L, R, E; '.' stays. Requests that are refused stay too.
TEST(Tdi, MovesAsTheTableSays) {
  struct Row {
    Event event;
    const char* to;  // from UNLOCKED, LOCKED, RUN, ERROR
  };
  const Row rows[] = {
      {Event::kStop, "UUUU"},           {Event::kConfigChanged, ".EE."}, {Event::kStreamInsecure, ".EE."},
      {Event::kSessionEnded, ".EE."},   {Event::kDataError, ".EE."},     {Event::kFirmwareChanged, ".EE."},
      {Event::kFunctionReset, ".EE."},  {Event::kContextLost, ".EE."},   {Event::kLinkLost, ".EE."},
      {Event::kConventionalReset, "UUUU"},
  };
  for (const auto& row : rows)
    for (unsigned i = 0; i < 4; ++i) {
      SCOPED_TRACE(std::to_string(static_cast<int>(row.event)) + " in " + std::string(tdisp::name_of(kStates[i])));
      Bench bench;
      bench.bring_to(kStates[i]);
      bench.tdi->happened(row.event);
      const char to = row.to[i];
      EXPECT_EQ(bench.tdi->state(), to == '.' ? kStates[i] : to == 'U' ? State::kConfigUnlocked : State::kError);
      if (to != '.') {
        EXPECT_FALSE(bench.tdi->nonce());
      }
      if (to == 'U') {
        EXPECT_GT(bench.logic.scrubbed, 0u);
        EXPECT_EQ(bench.tdi->owner(), kNoSession);
      }
      if (to == 'E') {
        EXPECT_EQ(bench.logic.scrubbed, 0u);
        EXPECT_GT(bench.logic.quiesced, 1u);
      }
    }
}

TEST(Tdi, HasOneWayOutOfEachPair) {
  for (std::size_t i = 0; i < std::size(kTransitions); ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(kTransitions[i].from == kTransitions[j].from && kTransitions[i].event == kTransitions[j].event);
}

TEST(Tdi, IsInErrorAfterEachResetButAConventionalOne) {
  const std::pair<pcie::Reset, State> rows[] = {{pcie::Reset::kPowerOn, State::kConfigUnlocked},
                                                {pcie::Reset::kHot, State::kConfigUnlocked},
                                                {pcie::Reset::kFlr, State::kError},
                                                {pcie::Reset::kLinkDown, State::kError},
                                                {pcie::Reset::kD3Hot, State::kError}};
  for (auto [kind, to] : rows) {
    Bench bench;
    bench.bring_to(State::kRun);
    bench.dsm.reset(0, kind);
    EXPECT_EQ(bench.tdi->state(), to);
    EXPECT_GT(bench.logic.scrubbed, 0u);
  }
}

// Every state, kind of memory, T bit and stream.
TEST(Tdi, LetsPacketsInAsItsStateSays) {
  auto settings = Bench::default_settings();
  settings.parts = {{.bar = 0, .offset = 0, .size = 0x1000, .non_tee = true}};
  for (State state : kStates)
    for (bool tee : {false, true})
      for (bool trusted : {false, true})
        for (int stream : {-1, 1, 2, 3}) {
          Bench bench(settings);
          bench.bring_to(state);
          bench.tdi->bind(3);
          pcie::Origin origin{.requester = 0, .trusted = trusted, .stream = std::nullopt};
          if (stream >= 0) origin.stream = static_cast<std::uint8_t>(stream);
          auto expected = [&](bool of_tee) {
            if (state == State::kConfigUnlocked) return !trusted;
            if (!of_tee) return true;
            return state == State::kRun && trusted && (stream == 1 || stream == 3);
          };
          for (bool write : {false, true})
            EXPECT_EQ(bench.tdi->mmio_permitted(0, tee ? 0x1000 : 0x800, 8, write, origin), expected(tee))
                << tdisp::name_of(state) << tee << trusted << stream;
          // One that lies in both is as the stricter.
          EXPECT_EQ(bench.tdi->mmio_permitted(0, 0xffc, 8, false, origin), expected(true));
        }
}

TEST(Tdi, LetsPacketsOutAsItsStateSays) {
  const std::optional<bool> dma[] = {false, std::nullopt, true, std::nullopt};
  const std::optional<bool> interrupt[] = {false, false, true, false};
  for (unsigned i = 0; i < 4; ++i) {
    Bench bench;
    bench.bring_to(kStates[i]);
    EXPECT_EQ(bench.tdi->dma(0x1000), dma[i]) << tdisp::name_of(kStates[i]);
    EXPECT_EQ(bench.tdi->interrupt(), interrupt[i]) << tdisp::name_of(kStates[i]);
  }
  Bench bench;
  bench.secure();
  auto request = bench.lock_request();
  request.flags = 0;
  ASSERT_TRUE(bench.start(bench.ask<tdisp::LockInterfaceResponse>(kOurs, request)->start_interface_nonce));
  EXPECT_EQ(bench.tdi->interrupt(), false);
}

TEST(Tdi, SendsOnlyOverItsOwnStreams) {
  Bench bench;
  bench.bring_to(State::kRun);
  bench.stream(1, 2, pcie::kIdeEnable);
  bench.space.write(bench.block(1) + pcie::kIdeAddress, 4, 0x00100001);  // the first MiB or two
  EXPECT_EQ(bench.tdi->dma(0x1000), std::nullopt);
  EXPECT_TRUE(bench.spoke("tdisp.dma.stream"));
  bench.tdi->bind(2);
  EXPECT_EQ(bench.tdi->dma(0x1000), true);
}

TEST(Tdi, FollowsItsStreamAndItsSession) {
  for (State state : {State::kConfigLocked, State::kRun}) {
    Bench stream;
    stream.bring_to(state);
    stream.dsm.stream_failed(2);
    EXPECT_EQ(stream.tdi->state(), state);
    stream.dsm.stream_failed(1);
    EXPECT_EQ(stream.tdi->state(), State::kError);
    Bench session;
    session.bring_to(state);
    session.dsm.session_ended(kTheirs);
    EXPECT_EQ(session.tdi->state(), state);
    session.dsm.session_ended(kOurs);
    EXPECT_EQ(session.tdi->state(), State::kError);
    // Nobody owns it: the next session may stop it, and begin anew.
    EXPECT_TRUE(session.ask<tdisp::StopInterfaceResponse>(
        kTheirs, tdisp::StopInterfaceRequest{session.header(tdisp::Code::kStopInterfaceRequest)}));
    session.secure(kTheirs);
    EXPECT_TRUE(session.lock(kTheirs));
  }
}

TEST(Tdi, HoldsFirmwareWhenLockedAgainstUpdates) {
  Bench held;
  held.bring_to(State::kRun);
  EXPECT_FALSE(held.dsm.firmware_update());
  EXPECT_EQ(held.tdi->state(), State::kRun);
  Bench open;
  open.secure();
  auto request = open.lock_request();
  request.flags = 0;
  open.ask<tdisp::LockInterfaceResponse>(kOurs, request);
  EXPECT_TRUE(open.dsm.firmware_update());
  EXPECT_EQ(open.tdi->state(), State::kError);
}

TEST(Tdi, KeepsWhatWasLeftWhenScrubbingIsLifted) {
  Bench bench;
  bench.defences.lift("tdisp.unlock.scrub");
  bench.bring_to(State::kRun);
  bench.tdi->stop();
  EXPECT_EQ(bench.tdi->state(), State::kConfigUnlocked);
  EXPECT_EQ(bench.logic.scrubbed, 0u);
}

// The position of the device's firmware: what it says and does, not what is true.
struct Liar final : trust::Tap {
  std::string object;
  std::size_t offset = 0;
  std::uint8_t value = 0;
  bool drop = false;
  bool cross(const trust::Boundary&, trust::Message& message) override {
    if (message.object != object) return true;
    if (!drop) message.bytes.at(offset) = value;
    return !drop;
  }
};

TEST(Tdi, CanBeLiedAboutAtItsLogicsBoundary) {
  Bench report;
  Liar liar;
  liar.object = "INTERFACE_REPORT";
  liar.value = 0x55;
  report.dsm.boundary().attach(liar);
  EXPECT_EQ(report.dsm.boundary().name(), "dev0.logic");
  report.bring_to(State::kRun);
  EXPECT_EQ(report.tdi->shown_report()->at(0), 0x55);
  EXPECT_NE(report.tdi->report().interface_info & 0xff, 0x55);

  Bench mmio;
  liar = {};
  liar.object = "MMIO";
  liar.offset = wire::field_span<MmioDecision>("permitted").value().offset;
  liar.value = 1;
  mmio.dsm.boundary().attach(liar);
  mmio.bring_to(State::kRun);
  EXPECT_TRUE(mmio.tdi->mmio_permitted(0, 0, 4, false, {}));
}

}  // namespace
}  // namespace dsm
