#include "tsm/cca/host/cca_machine.h"

#include <gtest/gtest.h>

#include "tsm/cca/test_machine.h"

namespace cca {
namespace {

using M = TestMachine;

// Whoever stands between host and RMM.
struct Between final : trust::Tap {
  bool cross(const trust::Boundary&, trust::Message& message) override {
    seen.push_back(message.object);
    return !alter || alter(message);
  }
  std::function<bool(trust::Message&)> alter;  // false: never arrives
  std::vector<std::string> seen;
};

// What an owner computes from the specification alone.
std::string rim_of(const cpu::Launch& launch) {
  ccaproto::Rim rim({.s2sz = 40, .num_bps = 5, .num_wps = 3});
  for (const auto& page : launch.pages) {
    if (page.kind == cpu::LaunchPage::Kind::kSaveArea) continue;
    rim.add_ripas(page.gpa, page.gpa + 4096);
    rim.add_data(page.gpa, page.kind == cpu::LaunchPage::Kind::kMeasured, page.bytes);
  }
  rim.add_rec({.flags = 1});
  return base::to_hex(rim.value());
}

TEST(Launch, MeasuresWhatTheHostSaysIsMeasured) {
  M m;
  ASSERT_EQ(m.start(), "");
  EXPECT_EQ(base::to_hex(m.machine.realm(m.vm)->rim.value()), rim_of(M::image()));
  EXPECT_EQ(expected_rim({}, M::image().pages), m.machine.realm(m.vm)->rim.value());
  base::Bytes out(16);
  EXPECT_TRUE(m.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out, base::Bytes(16, 7));
  EXPECT_NE(m.read(M::kNone, m.pa(M::kFirmware), 16), base::Bytes(16, 7)) << "memory is encrypted";
  EXPECT_FALSE(m.rmm.check({.who = memory::Access::Who::kHost, .spa = m.pa(M::kFirmware)}));
  EXPECT_FALSE(m.rmm.check({.who = memory::Access::Who::kDevice, .spa = m.pa(M::kFirmware), .write = true}));
}

TEST(Launch, CarriesHostDataIntoThePersonalizationValueWhichIsNotMeasured) {
  M m;
  auto launch = M::image();
  launch.debug = true;
  launch.host_data.fill(0x0D);
  ASSERT_EQ(m.start(launch), "");
  EXPECT_EQ(m.machine.realm(m.vm)->rpv[31], 0x0D);
  EXPECT_EQ(m.machine.realm(m.vm)->rpv[32], 0);
  EXPECT_EQ(base::to_hex(m.machine.realm(m.vm)->rim.value()), rim_of(M::image()));
}

TEST(Launch, EveryCommandCrossesTheBoundaryUnderItsName) {
  M m;
  Between between;
  m.calls.attach(between);
  ASSERT_EQ(m.start(), "");
  const auto count = [&](const char* name) { return std::count(between.seen.begin(), between.seen.end(), name); };
  EXPECT_EQ(count("RMI_VERSION"), 1);
  EXPECT_EQ(count("RMI_REALM_CREATE"), 1);
  EXPECT_EQ(count("RMI_RTT_CREATE"), 3);
  EXPECT_EQ(count("RMI_RTT_INIT_RIPAS"), 2);
  EXPECT_EQ(count("RMI_DATA_CREATE"), 2);
  EXPECT_EQ(count("RMI_REC_AUX_COUNT"), 1);
  EXPECT_EQ(count("RMI_REC_CREATE"), 1);
  EXPECT_EQ(count("RMI_GRANULE_DELEGATE"), 2 + 3 + 2 + 17);
  EXPECT_EQ(count("RMI_REALM_ACTIVATE"), 1);
  EXPECT_EQ(count("RMI_REC_ENTER"), 1);
}

TEST(Launch, ACommandThatIsLostOrAlteredIsRefusedOrMeasured) {
  M lost;
  Between between;
  between.alter = [](trust::Message& message) { return message.object != "RMI_DATA_CREATE"; };
  lost.calls.attach(between);
  EXPECT_EQ(lost.start(), "RMI_DATA_CREATE: RMI_ERROR_INPUT");
  M unmeasured;
  Between skips;
  skips.alter = [](trust::Message& message) {
    if (message.object != "RMI_DATA_CREATE") return true;
    auto call = *wire::decode<Registers>(message.bytes);
    call.x5 = 0;
    message.bytes = wire::encode(call);
    return true;
  };
  unmeasured.calls.attach(skips);
  ASSERT_EQ(unmeasured.start(), "");
  EXPECT_NE(base::to_hex(unmeasured.machine.realm(unmeasured.vm)->rim.value()), rim_of(M::image()));
}

TEST(Retire, GivesEveryGranuleAndTheKeyBack) {
  M m;
  ASSERT_EQ(m.machine.boot(), "");
  for (int round = 0; round < 20; ++round) {
    cpu::Vm vm("vm0", 1, M::kVmBytes);
    ASSERT_EQ(m.machine.launch(vm, M::image()), "") << round;
    const auto key = vm.key;
    m.machine.leave(vm, base::Bytes(8, 1));
    EXPECT_TRUE(m.machine.enter(vm, 8));
    m.machine.retire(vm);
    EXPECT_FALSE(m.memory.has_key(key));
    EXPECT_TRUE(m.rmm.granules().entries().empty());
    EXPECT_EQ(m.machine.realm(vm), nullptr);
  }
}

TEST(Retire, OfARealmThatSharedPagesIsTheSame) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  platform.write_shared(M::kHeap, base::Bytes(8, 0x42));
  ASSERT_EQ(m.machine.accept(m.vm, 0x9000, true), 0u);
  m.vm.space.set(0x9000, M::kPage, M::kPrivate);
  platform.write_private(0x9000, base::Bytes(8, 1));
  m.machine.retire(m.vm);
  EXPECT_TRUE(m.rmm.granules().entries().empty());
}

TEST(TwoRealms, HaveKeysAndTablesOfTheirOwn) {
  M m;
  ASSERT_EQ(m.start(), "");
  cpu::Vm other("vm1", 2, M::kVmBytes);
  ASSERT_EQ(m.machine.launch(other, M::image()), "");
  EXPECT_NE(other.key, m.vm.key);
  const auto mine = m.machine.translate(m.vm, M::kFirmware, true), theirs = m.machine.translate(other, M::kFirmware, true);
  ASSERT_TRUE(mine && theirs);
  EXPECT_NE(mine->spa, theirs->spa);
  EXPECT_EQ(m.machine.call(other, "RMI_DATA_CREATE_UNKNOWN", {{"gpa", M::kHeap}, {"spa", mine->spa}}), std::nullopt);
  M shared({}, {.contexts = EncryptionContexts::kShared, .memory_bytes = M::kBytes});
  ASSERT_EQ(shared.start(), "");
  cpu::Vm second("vm1", 2, M::kVmBytes);
  ASSERT_EQ(shared.machine.launch(second, M::image()), "");
  EXPECT_EQ(second.key, shared.vm.key) << "without FEAT_MEC the realms have one key";
  shared.machine.retire(second);
  base::Bytes out(4);
  EXPECT_TRUE(shared.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out, base::Bytes(4, 7));
}

// ---- pages ----------------------------------------------------------------------------------------------------------

TEST(Mapping, TheHostsTablesDoNotMoveAProtectedPage) {
  M m;
  ASSERT_EQ(m.start(), "");
  const auto other = m.vm.nested.translate(M::kBuffer)->spa;
  m.vm.nested.map(M::kFirmware, other, true);
  base::Bytes out(1);
  EXPECT_TRUE(m.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out[0], 7);
  M lifted({"cca.rtt.owner"});
  ASSERT_EQ(lifted.start(), "");
  lifted.vm.nested.map(M::kFirmware, lifted.vm.nested.translate(M::kBuffer)->spa, true);
  EXPECT_TRUE(lifted.vcpu.read(M::kFirmware, out));
  EXPECT_EQ(out[0], 9) << "the page of another address, decrypted";
}

TEST(Mapping, APageThatTheHostTookAwayIsNeverReplacedUnderTheRealm) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  ASSERT_EQ(m.machine.destroy(m.vm, M::kFirmware), "");
  EXPECT_EQ(m.entry(M::kFirmware).ripas, Ripas::kDestroyed);
  EXPECT_THROW(platform.read_private(M::kFirmware, 4), RealmStops);
  EXPECT_EQ(m.entry(M::kFirmware).hipas, Hipas::kAssigned) << "the new page leads nowhere";
  M lifted({"cca.ripas.destroyed"});
  TestPlatform sees(lifted);
  ASSERT_EQ(lifted.start(), "");
  ASSERT_EQ(lifted.machine.destroy(lifted.vm, M::kFirmware), "");
  EXPECT_EQ(sees.read_private(M::kFirmware, 4), base::Bytes(4)) << "another page in its place";
}

TEST(Mapping, CallsByNameReachTheRmmAndTheRealm) {
  M m;
  ASSERT_EQ(m.start(), "");
  const auto gpa = std::map<std::string, std::uint64_t>{{"gpa", M::kFirmware}};
  EXPECT_FALSE(m.machine.call(m.vm, "RMI_DATA_CREATE_UNKNOWN", gpa)) << "there is a page";
  EXPECT_FALSE(m.machine.call(m.vm, "RMI_GRANULE_UNDELEGATE", {{"spa", m.pa(M::kFirmware)}}));
  EXPECT_FALSE(m.machine.call(m.vm, "RMI_GRANULE_DELEGATE", {{"spa", m.pa(M::kFirmware)}}));
  EXPECT_FALSE(m.machine.call(m.vm, "RMI_RTT_SET_RIPAS", gpa)) << "nobody asked";
  const auto entry = m.machine.call(m.vm, "RMI_RTT_READ_ENTRY", gpa);
  ASSERT_TRUE(entry);
  EXPECT_EQ(wire::decode<Registers>(*entry)->x3, m.pa(M::kFirmware));
  EXPECT_TRUE(m.machine.call(m.vm, "RMI_DATA_DESTROY", gpa));
  EXPECT_FALSE(m.machine.owned(m.vm, M::kFirmware));
  EXPECT_TRUE(m.machine.call(m.vm, "RMI_DATA_CREATE_UNKNOWN", gpa));
  EXPECT_TRUE(m.machine.call(m.vm, "IPI", {}));
  EXPECT_FALSE(m.machine.call(m.vm, "RMPUPDATE", gpa));
  EXPECT_FALSE(m.machine.call(m.vm, "RMI_VDEV_CREATE", gpa));
}

TEST(Mapping, SharedMemoryIsTheHostsToReadAndTheOtherHalfOfAPrivatePageIsNothing) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  platform.write_shared(M::kHeap, base::Bytes(8, 0x42));
  EXPECT_EQ(platform.exits, std::vector<std::string>{"DATA_ABORT"});
  EXPECT_EQ(m.read(M::kNone, m.vm.nested.translate(M::kHeap)->spa, 8), base::Bytes(8, 0x42));
  const auto other = m.host.take_page();
  m.vm.nested.map(M::kHeap, other, true);
  EXPECT_EQ(platform.read_shared(M::kHeap, 8), base::Bytes(8)) << "the host's page, and the host's to replace";
  m.vm.space.set(M::kFirmware, M::kPage, M::kShared);
  EXPECT_THROW(platform.write_shared(M::kFirmware, base::Bytes(8)), RealmStops);
  m.vm.space.set(M::kFirmware, M::kPage, M::kPrivate);
  EXPECT_EQ(platform.read_private(M::kFirmware, 4), base::Bytes(4, 7)) << "no harm done";
}

TEST(Mapping, APageThatTheRealmDidNotAskForIsAnAbort) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  m.vm.space.set(M::kHeap, M::kPage, M::kPrivate);
  EXPECT_THROW(platform.read_private(M::kHeap, 4), RealmStops);
  EXPECT_TRUE(platform.exits.empty()) << "the host is not even told";
  ASSERT_EQ(m.machine.populate(m.vm, M::kHeap), "");
  EXPECT_THROW(platform.read_private(M::kHeap, 4), RealmStops);
}

TEST(Mapping, ARealmGranuleInTheUnprotectedHalfIsRefusedAtTheAccess) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  platform.write_shared(M::kHeap, base::Bytes(8, 0x42));
  ASSERT_TRUE(m.machine.call(m.vm, "RMI_RTT_UNMAP_UNPROTECTED", {{"gpa", M::kHeap}}));
  ASSERT_TRUE(m.machine.call(m.vm, "RMI_RTT_MAP_UNPROTECTED", {{"gpa", M::kHeap}, {"spa", m.pa(M::kFirmware)}}));
  m.vm.nested.map(M::kHeap, m.pa(M::kFirmware), true);
  try {
    (void)platform.read_shared(M::kHeap, 4);
    FAIL();
  } catch (const RealmStops& stops) {
    EXPECT_STREQ(stops.what(), "cca.gpt.realm-pas");
  }
}

// ---- registers ------------------------------------------------------------------------------------------------------

TEST(SaveArea, IsInTheRealmAddressSpaceAndEncrypted) {
  M m;
  ASSERT_EQ(m.start(), "");
  m.machine.leave(m.vm, base::Bytes(32, 0xC4));
  EXPECT_NE(m.read(M::kNone, m.vm.save_area + m.vm.registers_at, 32), base::Bytes(32, 0xC4));
  EXPECT_FALSE(m.rmm.check({.who = memory::Access::Who::kHost, .spa = m.vm.save_area}));
  auto back = m.machine.enter(m.vm, 32);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, base::Bytes(32, 0xC4));
  // No integrity against whoever holds the bus.
  m.machine.leave(m.vm, base::Bytes(32, 0xC5));
  ASSERT_TRUE(m.memory.write(M::kNone, m.vm.save_area + m.vm.registers_at, base::Bytes(32)));
  back = m.machine.enter(m.vm, 32);
  ASSERT_TRUE(back);
  EXPECT_NE(*back, base::Bytes(32, 0xC5));
}

TEST(Events, AreVirtualInterruptsAndNoExceptions) {
  M m;
  ASSERT_EQ(m.start(), "");
  for (const std::uint8_t id : {27, 32, 0xEC}) EXPECT_TRUE(m.machine.deliver(m.vm, {.vector = id, .valid = 1})) << unsigned{id};
  const auto refused = m.machine.deliver(m.vm, {.type = cpu::EventType::kException, .valid = 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.refusal().by->id, "cca.rec.abort");
  EXPECT_TRUE(m.machine.rmm().rec_on(m.vm.asid)->running) << "the host enters it again without";
}

TEST(Resume, ARealmThatTheHostDoesNotEnterStaysOutside) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  Between between;
  between.alter = [](trust::Message& message) { return message.object != "RMI_REC_ENTER"; };
  m.calls.attach(between);
  EXPECT_THROW(platform.write_shared(M::kHeap, base::Bytes(4)), RealmStops);
}

TEST(Resume, TheRunPageIsTheHostsAndNeverTheRealms) {
  M m;
  TestPlatform platform(m);
  ASSERT_EQ(m.start(), "");
  Between between;
  between.alter = [&](trust::Message& message) {
    if (message.object != "RMI_REC_ENTER") return true;
    auto call = *wire::decode<Registers>(message.bytes);
    call.x2 = m.pa(M::kFirmware);
    message.bytes = wire::encode(call);
    return true;
  };
  m.calls.attach(between);
  EXPECT_THROW(platform.write_shared(M::kHeap, base::Bytes(4)), RealmStops) << "refused";
  base::Bytes out(8);
  EXPECT_TRUE(m.vcpu.read(M::kFirmware + 0x800, out));
  EXPECT_EQ(out, base::Bytes(8, 7)) << "nothing was written there";
}

TEST(Exits, AreNamedForTheirCarrierAndShowWhatTheHostIsTold) {
  const auto abort = exit_of({.reason = ccaproto::ExitReason::kSync, .esr = 5, .hpfar = 0x80'0000'0050});
  EXPECT_EQ(object_of(abort), "DATA_ABORT");
  EXPECT_EQ(abort.info2, 0x8000'0000'5000u);
  const auto change = exit_of({.reason = ccaproto::ExitReason::kRipasChange, .ripas_base = 0x1000, .ripas_top = 0x3000, .ripas_value = 1});
  EXPECT_EQ(object_of(change), "RIPAS_CHANGE");
  EXPECT_EQ(change.info2, 0x3000u);
  EXPECT_EQ(object_of({.code = 5}), "HOST_CALL");
  EXPECT_EQ(object_of({.code = 3}), "PSCI");
  EXPECT_EQ(object_of({.code = 1}), "EXIT");
}

}  // namespace
}  // namespace cca
