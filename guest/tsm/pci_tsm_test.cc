// The files of a device in every state, and what a story of writes leads to.
#include "guest/tsm/pci_tsm.h"

#include <gtest/gtest.h>

namespace tsm {
namespace {

using State = PciTsm::State;

class Counting final : public DeviceSteps {
 public:
  Errno connect() override { return said("connect"); }
  Errno disconnect() override { return said("disconnect"); }
  Errno lock() override { return said("lock"); }
  Errno unlock() override { return said("unlock"); }
  Errno accept() override { return said("accept"); }
  std::string story;
  Errno error = Errno::kOk;

 private:
  Errno said(const char* step) {
    story += std::string(story.empty() ? "" : " ") + step;
    return error;
  }
};

Errno put(PciTsm& files, const char* file, const std::string& text) { return files.write(file, base::view_of(text)); }
std::string get(const PciTsm& files, const char* file) {
  const auto got = files.read(file);
  return {got.bytes.begin(), got.bytes.end()};
}

struct Stage {
  Counting steps;
  PciTsm files{{.address = "0000:01:00.0", .dsm_address = "0000:01:00.0", .guest = "vm0"},
               {{"tsm0", TsmDevice::Mode::kLink}, {"tsm1", TsmDevice::Mode::kDevsec}},
               steps};
  void reach(State state) {
    if (state == State::kPlain) return;
    ASSERT_EQ(put(files, "tsm/connect", "tsm0\n"), Errno::kOk);
    if (state == State::kConnected) return;
    ASSERT_EQ(put(files, "tsm/lock", "tsm1\n"), Errno::kOk);
    if (state == State::kLocked) return;
    ASSERT_EQ(put(files, "tsm/accept", "1\n"), Errno::kOk);
  }
};

constexpr State kStates[] = {State::kPlain, State::kConnected, State::kLocked, State::kAccepted};
constexpr int kOk = 0, kIo = 5, kNxio = 6, kAcces = 13, kBusy = 16, kInval = 22;

// What a write says in each of the four states: by hand from the documentation of the files.
struct Row {
  const char* file;
  const char* text;
  int plain, connected, locked, accepted;
};
constexpr Row kRows[] = {
    {"tsm/connect", "tsm0", kOk, kBusy, kBusy, kBusy},
    {"tsm/connect", "tsm0\n", kOk, kBusy, kBusy, kBusy},
    {"tsm/connect", "tsm1", kNxio, kBusy, kBusy, kBusy},   // no manager of links
    {"tsm/connect", "tsm7", kNxio, kBusy, kBusy, kBusy},   // nobody
    {"tsm/connect", "gpu", kInval, kInval, kInval, kInval},
    {"tsm/connect", "tsm", kInval, kInval, kInval, kInval},
    {"tsm/connect", "", kInval, kInval, kInval, kInval},
    {"tsm/disconnect", "tsm0", kNxio, kOk, kOk, kOk},
    {"tsm/disconnect", "tsm1", kNxio, kInval, kInval, kInval},
    {"tsm/lock", "tsm1", kOk, kOk, kBusy, kBusy},
    {"tsm/lock", "tsm0", kNxio, kNxio, kBusy, kBusy},      // no manager of a guest's interfaces
    {"tsm/lock", "yes", kInval, kInval, kInval, kInval},
    {"tsm/unlock", "tsm1", kNxio, kNxio, kOk, kOk},
    {"tsm/unlock", "tsm0", kNxio, kNxio, kInval, kInval},
    {"tsm/accept", "1", kNxio, kNxio, kOk, kBusy},
    {"tsm/accept", "0", kInval, kInval, kInval, kInval},
    {"tsm/accept", "tsm1x", kNxio, kNxio, kOk, kBusy},     // "t" is true
    {"tsm/accept", "?", kInval, kInval, kInval, kInval},
    {"tsm/bound", "1", kAcces, kAcces, kAcces, kAcces},
    {"tsm/dsm", "1", kAcces, kAcces, kAcces, kAcces},
    {"authenticated", "1", kAcces, kAcces, kAcces, kAcces},
};

TEST(PciTsm, EveryWriteInEveryState) {
  for (const auto& row : kRows)
    for (const State state : kStates) {
      SCOPED_TRACE(std::string(row.file) + " " + row.text + " " + std::to_string(static_cast<int>(state)));
      Stage stage;
      stage.reach(state);
      const int expected = state == State::kPlain ? row.plain : state == State::kConnected ? row.connected : state == State::kLocked ? row.locked : row.accepted;
      EXPECT_EQ(static_cast<int>(put(stage.files, row.file, row.text)), expected);
      if (expected != kOk) {
        EXPECT_EQ(stage.files.state(), state);
      }
    }
}

TEST(PciTsm, WithADriverBoundNothingMoves) {
  for (const State state : {State::kLocked, State::kAccepted}) {
    Stage stage;
    stage.reach(state);
    ASSERT_EQ(stage.files.bind_driver(), Errno::kOk);
    EXPECT_EQ(stage.files.bind_driver(), Errno::kBusy);
    EXPECT_EQ(static_cast<int>(put(stage.files, "tsm/accept", "1")), kBusy);
    EXPECT_EQ(static_cast<int>(put(stage.files, "tsm/unlock", "tsm1")), kBusy);
    EXPECT_EQ(static_cast<int>(put(stage.files, "tsm/disconnect", "tsm0")), kBusy);
    ASSERT_EQ(stage.files.unbind_driver(), Errno::kOk);
    EXPECT_EQ(stage.files.unbind_driver(), Errno::kNoDevice);
    EXPECT_EQ(static_cast<int>(put(stage.files, "tsm/unlock", "tsm1")), kOk);
  }
  Stage plain;
  ASSERT_EQ(plain.files.bind_driver(), Errno::kOk);
  EXPECT_EQ(static_cast<int>(put(plain.files, "tsm/lock", "tsm1")), kBusy);
}

TEST(PciTsm, WhatTheFilesSay) {
  Stage stage;
  EXPECT_EQ(get(stage.files, "tsm/connect"), "\n");
  EXPECT_EQ(get(stage.files, "authenticated"), "0\n");
  stage.reach(State::kLocked);
  EXPECT_EQ(get(stage.files, "tsm/connect"), "tsm0\n");
  EXPECT_EQ(get(stage.files, "tsm/lock"), "tsm1\n");
  EXPECT_EQ(get(stage.files, "tsm/dsm"), "0000:01:00.0\n");
  EXPECT_EQ(get(stage.files, "tsm/bound"), "vm0\n");
  EXPECT_EQ(get(stage.files, "tsm/accept"), "0\n");
  EXPECT_EQ(get(stage.files, "authenticated"), "1\n");
  EXPECT_EQ(stage.files.read("tsm/disconnect").error, Errno::kAccess);
  EXPECT_EQ(stage.files.read("tsm/nothing").error, Errno::kNoEntry);
  // Bound goes before connected.
  EXPECT_EQ(put(stage.files, "tsm/disconnect", "tsm0"), Errno::kOk);
  EXPECT_EQ(stage.steps.story, "connect lock unlock disconnect");
  EXPECT_EQ(get(stage.files, "tsm/bound"), "\n");
}

TEST(PciTsm, AStepThatFailsLeavesTheStateBeforeIt) {
  for (const auto& [file, text, state] : {std::tuple{"tsm/connect", "tsm0", State::kPlain}, std::tuple{"tsm/lock", "tsm1", State::kConnected},
                                          std::tuple{"tsm/accept", "1", State::kLocked}, std::tuple{"tsm/unlock", "tsm1", State::kAccepted}}) {
    Stage stage;
    stage.reach(state);
    stage.steps.error = Errno::kIo;
    EXPECT_EQ(static_cast<int>(put(stage.files, file, text)), kIo);
    EXPECT_EQ(stage.files.state(), state);
  }
}

TEST(PciTsm, AnErrorOfTheDeviceEndsWhatWasAccepted) {
  Stage stage;
  stage.reach(State::kAccepted);
  stage.files.failed();
  EXPECT_EQ(stage.files.state(), State::kConnected);
  EXPECT_EQ(static_cast<int>(put(stage.files, "tsm/accept", "1")), kNxio);
  EXPECT_EQ(put(stage.files, "tsm/lock", "tsm1"), Errno::kOk);
}

}  // namespace
}  // namespace tsm
