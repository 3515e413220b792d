#include "devices/accelerator/accelerator.h"

#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace accelerator {
namespace {

using pcie::Outcome;
using tdisp::State;

constexpr std::uint64_t kBar0At = 0x410000000;  // of function i, i MiB further
constexpr dsm::SessionId kSession = 0x10001;
constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0);

constexpr tlp::RequesterId id_of(unsigned function) { return tlp::requester_id(1, 0, function); }

struct Machine {
  explicit Machine(Settings settings = {}) : card("gpu0", link, defences, {0x00020001, {}}, settings, [this] {
    tdisp::Nonce nonce{};
    nonce[0] = static_cast<std::uint8_t>(++drawn);
    return std::optional(nonce);
  }) {
    defences.listen(&ears);
    root.add(port, 8);
    link.attach(tap);
    enumerate(settings.functions);
    for (unsigned i = 0; i < settings.functions; ++i) iommu.bind(id_of(i), 1);
    for (unsigned i = 0; i < settings.functions; ++i)
      for (std::uint64_t page = 0; page < 0x10000; page += 0x1000) {
        iommu.map(pcie::IommuTable::kHost, id_of(i), page, page);
        iommu.map(pcie::IommuTable::kTrusted, id_of(i), page, page);
      }
    for (std::size_t i = 0; i < memory.bytes.size(); ++i) memory.bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  }

  void enumerate(unsigned functions) {
    root.config_write(kBridge, pcie::kPrimaryBus, 4, 0x00010100);
    root.config_write(kBridge, pcie::kPrefetchBase, 4, 0x1ff1'1001);
    root.config_write(kBridge, pcie::kPrefetchBaseUpper, 4, 4);
    root.config_write(kBridge, pcie::kPrefetchLimitUpper, 4, 4);
    root.config_write(kBridge, pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
    for (unsigned i = 0; i < functions; ++i) {
      const std::uint64_t base = kBar0At + i * 0x100000;
      root.config_write(id_of(i), pcie::kBar0, 4, base & 0xffffffff);
      root.config_write(id_of(i), pcie::kBar0 + 4, 4, base >> 32);
      root.config_write(id_of(i), pcie::kBar0 + 8, 4, (base + 0x80000) & 0xffffffff);
      root.config_write(id_of(i), pcie::kBar0 + 12, 4, base >> 32);
      root.config_write(id_of(i), pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
    }
  }

  // ---- as a TSM would ----
  base::Bytes ask(base::View payload) { return card.dsm().vendor(kSession, 3, base::Bytes{1, 0}, payload).value(); }
  void secure() {
    const auto& config = card.function(0).config();
    const unsigned there = pcie::ide_block(config, pcie::find(config, pcie::ExtendedCapability::kIde), 0);
    const unsigned here = pcie::ide_block(port_config, pcie::find(port_config, pcie::ExtendedCapability::kIde), 0);
    root.config_write(kBridge, here + pcie::kIdeRid1, 4, 0x0001ff00);
    root.config_write(kBridge, here + pcie::kIdeRid2, 4, 0x00010001);
    root.config_write(kBridge, here + pcie::kIdeAddress, 4, 0x110u << 20 | 0x100 << 8 | 1);
    root.config_write(kBridge, here + pcie::kIdeAddress + 4, 4, 4);
    root.config_write(kBridge, here + pcie::kIdeAddress + 8, 4, 4);
    root.config_write(id_of(0), there + pcie::kIdeRid1, 4, 0x00ffff00);
    root.config_write(id_of(0), there + pcie::kIdeRid2, 4, 0x00000001);
    root.config_write(id_of(0), there + pcie::kIdeStreamControl, 4, 0x01000000 | pcie::kIdeDefault);
    for (bool go : {false, true})
      for (unsigned d = 0; d < 2; ++d)
        for (unsigned s = 0; s < 3; ++s) {
          ide::Key key{};
          key[0] = static_cast<std::uint8_t>(1 + s + 4 * d);
          const auto which = static_cast<std::uint8_t>(d << 1 | s << 4);
          const pcie::KeySlot mirrored{0, static_cast<ide::Direction>(1 - d), static_cast<ide::SubStream>(s)};
          if (go) {
            ask(wire::encode(ide_km::SetGo{.stream_id = 1, .key_sub_stream = which}));
            port.ide().block(0).go(mirrored);
          } else {
            ask(wire::encode(ide_km::KeyProg{.stream_id = 1,
                                             .key_sub_stream = which,
                                             .key = ide_km::wire_key_of(key),
                                             .ifv = ide_km::wire_ifv_of(1)}));
            port.ide().block(0).program(mirrored, key);
          }
        }
    root.config_write(id_of(0), there + pcie::kIdeStreamControl, 4, 0x01000000 | pcie::kIdeDefault | pcie::kIdeEnable);
    root.config_write(kBridge, here + pcie::kIdeStreamControl, 4, 0x01000000 | pcie::kIdeEnable);
    port.ide().refresh();
  }
  bool lock(unsigned function) {
    tdisp::LockInterfaceRequest request{.flags = tdisp::kLockMsix, .default_stream_id = 1};
    request.header.function_id.bits = id_of(function);
    auto answer = wire::decode<tdisp::LockInterfaceResponse>(ask(wire::encode(request)));
    if (answer) nonce = answer->start_interface_nonce;
    return static_cast<bool>(answer);
  }
  bool start(unsigned function) {
    tdisp::StartInterfaceRequest request{.start_interface_nonce = nonce};
    request.header.function_id.bits = id_of(function);
    return static_cast<bool>(wire::decode<tdisp::StartInterfaceResponse>(ask(wire::encode(request))));
  }
  void stop(unsigned function) {
    tdisp::StopInterfaceRequest request;
    request.header.function_id.bits = id_of(function);
    ask(wire::encode(request));
  }
  void run(unsigned function = 0) {
    secure();
    ASSERT_TRUE(lock(function));
    ASSERT_TRUE(start(function));
  }
  State state(unsigned function = 0) { return card.dsm().interface(function).state(); }

  // ---- as a driver would ----
  Outcome write(std::uint64_t offset, std::uint64_t value, bool trusted, unsigned function = 0) {
    base::Bytes bytes;
    base::append_le(bytes, value);
    return root.mmio_write(kBar0At + function * 0x100000 + offset, bytes, trusted);
  }
  std::uint64_t read(std::uint64_t offset, bool trusted, unsigned function = 0) {
    auto got = root.mmio_read(kBar0At + function * 0x100000 + offset, 8, trusted);
    return base::load_le<std::uint64_t>(got.bytes);
  }
  Status command(Command command, std::uint64_t from, std::uint64_t to, std::uint64_t size, bool trusted,
                 unsigned function = 0) {
    write(kSource, from, trusted, function);
    write(kDestination, to, trusted, function);
    write(kLength, size, trusted, function);
    write(kCommand, static_cast<std::uint64_t>(command), trusted, function);
    write(kDoorbell, 1, trusted, function);
    return static_cast<Status>(read(kStatus, trusted, function));
  }
  base::Bytes host(std::size_t at, std::size_t size) {
    return base::bytes_of(base::View(memory.bytes).subspan(at, size));
  }
  bool wiped(unsigned function = 0) {
    auto bytes = card.engine(function).memory();
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
  }

  struct BuiltPort : pcie::ConfigSpace {
    BuiltPort() { pcie::RootPort::build(*this, {}); }
  };
  trust::Defences defences;
  pcie::Ears ears;
  pcie::TestMemory memory;
  pcie::TestTap tap;
  pcie::Iommu iommu{"iommu0", defences};
  pcie::RootComplex root{"rc0", memory, iommu, defences};
  pcie::Link link{"link0"};
  BuiltPort port_config;
  pcie::RootPort port{"rp0", port_config, link, defences, {}};
  unsigned drawn = 0;
  tdisp::Nonce nonce{};
  Accelerator card;
};

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
      {"power", State::kConfigUnlocked, [](Machine& m) { m.card.endpoint().power_cycle(); }},
      {"FLR", State::kError,
       [](Machine& m) {
         const unsigned pcie = pcie::find(m.card.function(0).config(), pcie::Capability::kPcie);
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
  const unsigned pcie = pcie::find(machine.card.function(0).config(), pcie::Capability::kPcie);
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
  EXPECT_FALSE(machine.card.endpoint().ide().block(0).secure());
}

TEST(Accelerator, ServesDoeObjectsToWhoeverIsPluggedIn) {
  Machine machine;
  std::vector<pcie::Reset> told;
  machine.card.on_reset([&](pcie::Reset kind) { told.push_back(kind); });
  machine.card.serve(pcie::kDoeCma, [](base::View object) {
    auto reply = base::bytes_of(object);
    reply.at(11) = 0x99;
    return std::optional(reply);
  });
  const unsigned doe = pcie::find(machine.card.function(0).config(), pcie::ExtendedCapability::kDoe);
  for (std::uint32_t word : {0x00010001u, 3u, 0x11223344u})
    machine.root.config_write(id_of(0), doe + pcie::kDoeWrite, 4, word);
  machine.root.config_write(id_of(0), doe + pcie::kDoeControl, 4, pcie::kDoeGo);
  base::Bytes got;
  while (machine.root.config_read(id_of(0), doe + pcie::kDoeStatus, 4) & pcie::kDoeReady) {
    base::append_le(got, machine.root.config_read(id_of(0), doe + pcie::kDoeRead, 4));
    machine.root.config_write(id_of(0), doe + pcie::kDoeRead, 4, 0);
  }
  EXPECT_EQ(base::to_hex(got), "010001000300000044332299");
  machine.card.endpoint().power_cycle();
  EXPECT_EQ(told, std::vector{pcie::Reset::kPowerOn});
}

TEST(Accelerator, TakesNewFirmwareOnlyWhereNothingIsLockedAgainstIt) {
  Machine machine;
  machine.run();  // locked without NO_FW_UPDATE
  EXPECT_TRUE(machine.card.update_firmware({0x00030000, {}}));
  EXPECT_EQ(machine.state(), State::kError);
  machine.stop(0);
  EXPECT_EQ(machine.read(kVersion, false), 0x00030000u);
}

}  // namespace
}  // namespace accelerator
