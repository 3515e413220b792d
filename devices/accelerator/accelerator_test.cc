#include "devices/accelerator/test_machine.h"

#include <gtest/gtest.h>

namespace accelerator {
namespace {

using pcie::Outcome;
using tdisp::State;

using endpoint::id_of;
using endpoint::kBar0At;
using endpoint::kBridge;

void work(Machine& machine, bool trusted) {
  const auto input = machine.host(0x1234, 0x3000);
  EXPECT_EQ(machine.command(Command::kFetch, 0x1234, 0x40, 0x3000, trusted), Status::kDone);
  EXPECT_EQ(machine.command(Command::kCopy, 0x40, 0x8000, 0x3000, trusted), Status::kDone);
  EXPECT_EQ(machine.command(Command::kGive, 0x8000, 0x9008, 0x3000, trusted), Status::kDone);
  EXPECT_EQ(machine.host(0x9008, 0x3000), input);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < input.size(); i += 8) sum ^= base::load_le<std::uint64_t>(input, i);
  EXPECT_EQ(machine.command(Command::kChecksum, 0x8000, 0, 0x3000, trusted), Status::kDone);
  EXPECT_EQ(machine.read(kResult, trusted), sum);
  machine.write(kPattern, 0x5a, trusted);
  EXPECT_EQ(machine.command(Command::kFill, 0, 0x8000, 16, trusted), Status::kDone);
  EXPECT_EQ(machine.command(Command::kGive, 0x8000, 0x9000, 16, trusted), Status::kDone);
  EXPECT_EQ(machine.host(0x9000, 16), base::Bytes(16, 0x5a));
  ASSERT_FALSE(machine.memory.seen.empty());
  for (const auto& access : machine.memory.seen) EXPECT_EQ(access.trusted, trusted);
}

TEST(Accelerator, WorksForADriverThatTrustsItWithNothing) {
  Machine machine;
  work(machine, false);
  EXPECT_EQ(machine.read(kVersion, false), 0x00020001u);
}

TEST(Accelerator, WorksForAConfidentialVm) {
  Machine machine;
  machine.run();
  work(machine, true);
}

TEST(Accelerator, RefusesCommandsThatLeaveItsMemory) {
  Machine machine;
  EXPECT_EQ(machine.command(Command::kFetch, 0, 0xfff9, 8, false), Status::kBadRange);
  EXPECT_EQ(machine.command(Command::kGive, ~0ull, 0, 8, false), Status::kBadRange);
  EXPECT_EQ(machine.command(Command::kCopy, 0, 8, ~0ull, false), Status::kBadRange);
  EXPECT_EQ(machine.command(Command::kChecksum, 0, 0, 12, false), Status::kBadRange);
  EXPECT_EQ(machine.command(Command{9}, 0, 0, 8, false), Status::kBadCommand);
  EXPECT_EQ(machine.command(Command::kFetch, 0x20000, 0, 8, false), Status::kBusError);
  EXPECT_EQ(machine.root.mmio_read(kBar0At + 0x48, 8, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_EQ(machine.root.mmio_read(kBar0At + 0x04, 8, false).outcome, Outcome::kUnsupportedRequest);
}

TEST(Accelerator, KeepsTheHostOutWhileItRuns) {
  Machine machine;
  machine.run();
  machine.write(kPattern, 0x77, true);
  ASSERT_EQ(machine.command(Command::kFill, 0, 0, 64, true), Status::kDone);
  EXPECT_EQ(machine.read(kWindow, true), 0x7777777777777777u);
  EXPECT_EQ(machine.read(kWindow, false), ~0ull);
  machine.write(kWindow, 0, false);
  EXPECT_EQ(machine.read(kWindow, true), 0x7777777777777777u);
  // The table of a locked MSI-X as well.
  EXPECT_EQ(machine.root.mmio_read(kBar0At + 0x80000, 4, false).outcome, Outcome::kUnsupportedRequest);
  EXPECT_EQ(machine.root.mmio_read(kBar0At + 0x80000, 4, true).outcome, Outcome::kOk);
}

TEST(Accelerator, IsDumbWhileLockedOrInError) {
  Machine machine;
  machine.secure();
  ASSERT_TRUE(machine.lock(0));
  EXPECT_EQ(machine.read(kStatus, false), ~0ull);
  EXPECT_EQ(machine.read(kStatus, true), ~0ull);
  machine.start(0);
  machine.write(kPattern, 0x77, true);
  machine.command(Command::kFill, 0, 0, 64, true);
  machine.root.config_write(id_of(0), pcie::kBar0 + 8, 4, 0x10090000);
  EXPECT_EQ(machine.state(), State::kError);
  EXPECT_EQ(machine.read(kWindow, false), ~0ull);
  EXPECT_EQ(machine.read(kWindow, true), ~0ull);
  machine.stop(0);
  EXPECT_EQ(machine.state(), State::kConfigUnlocked);
  EXPECT_TRUE(machine.wiped());
  EXPECT_EQ(machine.read(kWindow, false), 0u);
}

TEST(Accelerator, IsWipedByEachWayOut) {
  struct Way {
    const char* what;
    State to;
    void (*go)(Machine&);
  };
  const Way ways[] = {
      {"stop", State::kConfigUnlocked, [](Machine& m) { m.stop(0); }},
      {"hot reset", State::kConfigUnlocked,
       [](Machine& m) {
         m.root.config_write(kBridge, pcie::kBridgeControl, 2, pcie::kSecondaryBusReset);
         m.root.config_write(kBridge, pcie::kBridgeControl, 2, 0);
       }},
      {"power", State::kConfigUnlocked, [](Machine& m) { m.card->endpoint().power_cycle(); }},
      {"FLR", State::kError,
       [](Machine& m) {
         const unsigned pcie = pcie::find(m.card->function(0).config(), pcie::Capability::kPcie);
         m.root.config_write(id_of(0), pcie + pcie::kDeviceControl, 2, 0x2810 | pcie::kInitiateFlr);
       }},
  };
  for (const auto& way : ways) {
    SCOPED_TRACE(way.what);
    Machine machine;
    machine.run();
    machine.write(kPattern, 0x77, true);
    ASSERT_EQ(machine.command(Command::kFill, 0, 0, 0x10000, true), Status::kDone);
    ASSERT_FALSE(machine.wiped());
    way.go(machine);
    EXPECT_EQ(machine.state(), way.to);
    EXPECT_TRUE(machine.wiped());
  }
}

TEST(Accelerator, UsesNoCompletionThatComesAfterItsStop) {
  Machine machine;
  machine.run();
  bool armed = true;
  machine.tap.act = [&](const trust::Boundary&, trust::Message& message) {
    // The moment a read goes up: the TSM stops the interface.
    if (armed && message.reply == false && machine.memory.seen.size() == 1) {
      armed = false;
      machine.stop(0);
    }
    return true;
  };
  machine.command(Command::kFetch, 0x1000, 0, 0x3000, true);
  EXPECT_FALSE(armed);
  EXPECT_TRUE(machine.wiped());
}

TEST(Accelerator, HasAnInterfaceForEachFunction) {
  Settings settings;
  settings.functions = 2;
  Machine machine(settings);
  machine.run(1);
  EXPECT_EQ(machine.state(0), State::kConfigUnlocked);
  EXPECT_EQ(machine.state(1), State::kRun);
  EXPECT_EQ(machine.command(Command::kFetch, 0x1000, 0, 0x100, true, 1), Status::kDone);
  ASSERT_FALSE(machine.memory.seen.empty());
  EXPECT_TRUE(machine.memory.seen.back().trusted);
  EXPECT_EQ(machine.memory.seen.back().requester, id_of(1));
  EXPECT_EQ(machine.command(Command::kFetch, 0x1000, 0, 0x100, false, 0), Status::kDone);
  EXPECT_FALSE(machine.memory.seen.back().trusted);
  // Function 0 on top of function 1 is no place to lock.
  machine.stop(1);
  machine.root.config_write(id_of(0), pcie::kBar0, 4, (kBar0At + 0x100000) & 0xffffffff);
  EXPECT_FALSE(machine.lock(1));
  // What befalls function 0 befalls all.
  machine.root.config_write(id_of(0), pcie::kBar0, 4, kBar0At & 0xffffffff);
  ASSERT_TRUE(machine.lock(1));
  const unsigned pcie = pcie::find(machine.card->function(0).config(), pcie::Capability::kPcie);
  machine.root.config_write(id_of(0), pcie + pcie::kDeviceControl, 2, 0x2810 | pcie::kInitiateFlr);
  EXPECT_EQ(machine.state(1), State::kError);
}

TEST(Accelerator, FailsWithItsStream) {
  Machine machine;
  machine.run();
  machine.tap.act = [](const trust::Boundary&, trust::Message& message) {
    message.bytes.back() ^= 1;
    return true;
  };
  machine.write(kPattern, 1, true);
  machine.tap.act = nullptr;
  EXPECT_EQ(machine.state(), State::kError);
  EXPECT_FALSE(machine.card->endpoint().ide().block(0).secure());
}

TEST(Accelerator, ServesDoeObjectsToWhoeverIsPluggedIn) {
  Machine machine;
  std::vector<pcie::Reset> told;
  machine.card->on_reset([&](pcie::Reset kind, unsigned) { told.push_back(kind); });
  machine.card->serve(pcie::kDoeCma, [](base::View object) {
    auto reply = base::bytes_of(object);
    reply.at(11) = 0x99;
    return std::optional(reply);
  });
  const unsigned doe = pcie::find(machine.card->function(0).config(), pcie::ExtendedCapability::kDoe);
  for (std::uint32_t word : {0x00010001u, 3u, 0x11223344u})
    machine.root.config_write(id_of(0), doe + pcie::kDoeWrite, 4, word);
  machine.root.config_write(id_of(0), doe + pcie::kDoeControl, 4, pcie::kDoeGo);
  base::Bytes got;
  while (machine.root.config_read(id_of(0), doe + pcie::kDoeStatus, 4) & pcie::kDoeReady) {
    base::append_le(got, machine.root.config_read(id_of(0), doe + pcie::kDoeRead, 4));
    machine.root.config_write(id_of(0), doe + pcie::kDoeRead, 4, 0);
  }
  EXPECT_EQ(base::to_hex(got), "010001000300000044332299");
  machine.card->endpoint().power_cycle();
  EXPECT_EQ(told, std::vector{pcie::Reset::kPowerOn});
}

TEST(Accelerator, TakesNewFirmwareOnlyWhereNothingIsLockedAgainstIt) {
  Machine machine;
  machine.run();  // locked without NO_FW_UPDATE
  EXPECT_TRUE(machine.card->update_firmware({0x00030000, {}}));
  EXPECT_EQ(machine.state(), State::kError);
  machine.stop(0);
  EXPECT_EQ(machine.read(kVersion, false), 0x00030000u);
}

}  // namespace
}  // namespace accelerator
