// TDX Connect between a host that does its job and a TD that asks: a device comes, is reset, and goes.
#include <gtest/gtest.h>

#include "tsm/abi/tdx_tdi.h"
#include "tsm/tdx/test_device.h"
#include "tsm/tdx/test_machine.h"

namespace tdx {
namespace {

using M = TestMachine;
using C = ConnectedModule;
using Call = tio::ManagedCall;
using Attribute = memory::AddressSpace::Attribute;
using tdxproto::TdcmOp;

constexpr std::uint64_t kPage = 4096, kReport = 0x8000, kQuote = 0x10000, kMmio = C::kMemory;
constexpr std::uint16_t kFunction = 0x100;

struct World final : tio::DeviceHost {
  World()
      : m(IntegrityMode::kCryptographic, {}, C::params()),
        platform(m),
        guest(platform, {.report_gpa = kReport, .quote_gpa = kQuote, .quote_pages = 2}, *m.defences),
        tdis(guest),
        port("rp0", config(), link, *m.defences, {}),
        keys("tdx0", port, iommu, *m.defences),
        firmware("tdx0", {{.id = kFunction, .interface = {.bits = C::kFunction}}}, keys, requester::counting_random(),
                 [this](base::View object) { return (*device)(object); }, *m.defences) {
    EXPECT_EQ(m.start(), "");
    reset();
    EXPECT_EQ(m.machine.attach_device({.firmware = &firmware, .mmio = &mmio, .host = this, .root_port = 0,
                                       .functions = {{.id = kFunction, .interface = {.bits = C::kFunction}}}, .stream = C::kStream}),
              "");
    guest.note_accepted(M::kFirmware, 2 * kPage);
    EXPECT_TRUE(guest.boot());
    m.vm.space.set(M::kHeap, kPage, Attribute::kPrivate);
    EXPECT_TRUE(guest.accept_page(M::kHeap));
    for (const std::uint64_t gpa : {kQuote, kQuote + kPage}) {
      EXPECT_TRUE(guest.share_page(gpa));
      m.vm.space.set(gpa, kPage, Attribute::kShared);
    }
  }
  pcie::ConfigSpace& config() {
    pcie::RootPort::build(space, {.ide = {.selective_streams = 1}});
    const unsigned at = pcie::ide_block(space, pcie::find(space, pcie::ExtendedCapability::kIde), 0);
    space.set(at + pcie::kIdeRid1, 4, 0x100u << 8);
    space.set(at + pcie::kIdeRid2, 4, 0x100u << 8 | 1);
    space.set(at + pcie::kIdeStreamControl, 4, std::uint32_t{C::kStream} << 24 | pcie::kIdeEnable);
    return space;
  }
  // A card after its reset: it knows of no session.
  void reset() {
    device = std::make_unique<TestDevice>();
    device->ranges = {{.first_page = kMmio / kPage, .page_count = C::kPages, .range_id = 0}};
  }
  void connected() override { ++connections; }
  void give_memory(const cpu::Vm&, std::uint16_t) override {}
  void take_memory(const cpu::Vm&, std::uint16_t) override {}
  void map_dma(const cpu::Vm&, std::uint16_t function) override { mapped.push_back(function); }
  std::vector<tio::MemoryRange> memory(std::uint16_t) const override { return {{kMmio, C::kPages * kPage}}; }

  std::optional<base::Bytes> ask(Call call, base::View in = {}) { return tdis.call(call, in, kFunction); }
  // Everything that a driver does before it uses its device.
  bool take_device() {
    const auto range = wire::encode(tio::MmioRange{.first_page = kMmio / kPage, .page_count = C::kPages, .range_id = 0});
    return ask(Call::kBind) && ask(Call::kInfo) && ask(Call::kValidate, range) && ask(Call::kEnableDma) && ask(Call::kRun);
  }
  const Connect::Tdi* tdi() { return m.module.connect()->tdi(C::kFunction); }
  std::optional<std::uint64_t> dma(std::uint64_t gpa) {
    auto led = iommu.translate({.requester = kFunction, .address = gpa, .write = true, .trusted = true});
    return led ? std::optional(led->address) : std::nullopt;
  }

  M m;
  TestPlatform platform;
  tsm_abi::TdxGuest guest;
  tsm_abi::TdxTdi tdis;
  std::unique_ptr<TestDevice> device;
  pcie::ConfigSpace space;
  pcie::Link link{"link"};
  pcie::RootPort port;
  pcie::Iommu iommu{"iommu0", *m.defences};
  tio::PortFirmware keys;
  tio::DeviceManager firmware;
  tio::MmioTable mmio{*m.defences, "cpu0"};
  int connections = 0;
  std::vector<std::uint16_t> mapped;
};

TEST(ConnectHost, ADeviceComesToATdThatAsksForIt) {
  World w;
  EXPECT_FALSE(w.ask(Call::kInfo)) << "it is nobody's";
  ASSERT_TRUE(w.take_device());
  EXPECT_EQ(w.connections, 1);
  EXPECT_EQ(w.tdi()->state, tdisp::State::kRun);
  EXPECT_EQ(w.dma(M::kHeap + 8), w.m.hpa(M::kHeap) + 8);
  EXPECT_FALSE(w.dma(kQuote)) << "pages that the TD shares are not in its Secure EPT";
  EXPECT_EQ(w.mapped, std::vector<std::uint16_t>{kFunction});
  EXPECT_TRUE(w.mmio.check(1, kMmio, kMmio));
  const auto info = wire::decode<tio::InterfaceInfo>(*w.ask(Call::kInfo));
  EXPECT_EQ(info->measured, 1);
  EXPECT_EQ(info->fresh, 1) << "the host has it measured after it is bound";
  EXPECT_EQ(info->lock_flags, tdisp::kLockNoFwUpdate);
}

TEST(ConnectHost, TheHostMapsTheBarsWhateverTheReportSays) {
  World w;
  w.device->ranges = {{.first_page = kMmio / kPage + 0x1000, .page_count = C::kPages, .range_id = 0}};
  ASSERT_TRUE(w.ask(Call::kBind));
  const auto report = wire::encode(tio::MmioRange{.first_page = kMmio / kPage, .page_count = C::kPages, .range_id = 0});
  EXPECT_FALSE(w.ask(Call::kValidate, report)) << "the module finds another page there than the report has";
  EXPECT_FALSE(w.mmio.check(1, kMmio, kMmio));
}

TEST(ConnectHost, AndGoesWhenTheTdIsDone) {
  World w;
  ASSERT_TRUE(w.take_device());
  ASSERT_TRUE(w.ask(Call::kUnbind));
  EXPECT_EQ(w.tdi(), nullptr);
  EXPECT_EQ(w.device->stops, 1u);
  EXPECT_FALSE(w.dma(M::kHeap));
  EXPECT_FALSE(w.mmio.check(1, kMmio, kMmio));
  EXPECT_FALSE(w.ask(Call::kInfo));
  ASSERT_TRUE(w.take_device()) << "and comes again";
  EXPECT_EQ(w.connections, 1) << "over the same session";
}

TEST(ConnectHost, ATdMayBeginAgainAndDisturbsNoSession) {
  World w;
  ASSERT_TRUE(w.take_device());
  ASSERT_TRUE(w.take_device());
  EXPECT_EQ(w.connections, 1);
  EXPECT_EQ(w.tdi()->session, 2u);
}

TEST(ConnectHost, AResetCardIsConnectedAnew) {
  World w;
  ASSERT_TRUE(w.take_device());
  ASSERT_TRUE(w.ask(Call::kUnbind));
  w.reset();
  ASSERT_TRUE(w.take_device());
  EXPECT_EQ(w.connections, 2);
  EXPECT_EQ(w.device->locks, 1u);
  EXPECT_EQ(w.tdi()->state, tdisp::State::kRun);
}

TEST(ConnectHost, AnAcceptedBindingIsNotTheOneAfterAReset) {
  World w;
  ASSERT_TRUE(w.take_device());
  w.reset();
  ASSERT_TRUE(w.ask(Call::kBind)) << "the host connects the card again and binds it";
  EXPECT_EQ(w.tdi()->state, tdisp::State::kConfigLocked);
  EXPECT_FALSE(w.dma(M::kHeap)) << "what was lent to the binding before is lent no more";
  EXPECT_FALSE(w.mmio.check(1, kMmio, kMmio));
  ASSERT_TRUE(w.take_device());
  EXPECT_TRUE(w.dma(M::kHeap));
}

TEST(ConnectHost, ACardThatIsSilentIsRefusedAndTriedAgainLater) {
  World w;
  w.device->silent = true;
  EXPECT_FALSE(w.ask(Call::kBind));
  EXPECT_EQ(w.connections, 0);
  w.device->silent = false;
  EXPECT_TRUE(w.take_device());
}

TEST(ConnectHost, ARetiredTdLeavesNothingWithDevices) {
  World w;
  ASSERT_TRUE(w.take_device());
  w.m.machine.retire(w.m.vm);
  EXPECT_EQ(w.m.machine.td(w.m.vm), nullptr);
  EXPECT_EQ(w.tdi(), nullptr);
  EXPECT_FALSE(w.dma(M::kHeap));
  EXPECT_FALSE(w.mmio.check(1, kMmio, kMmio));
}

TEST(ConnectHost, ATdThatDiedLetsGoOfItsDeviceToo) {
  World w;
  ASSERT_TRUE(w.take_device());
  (void)w.m.machine.fault(w.m.vm, M::kFirmware, false, true);
  ASSERT_TRUE(w.m.machine.td(w.m.vm)->fatal);
  w.m.machine.retire(w.m.vm);
  EXPECT_EQ(w.m.machine.td(w.m.vm), nullptr);
  EXPECT_EQ(w.tdi(), nullptr);
  EXPECT_FALSE(w.dma(M::kHeap));
}

// What the host makes of a TDCM that no TD of good sense makes.
TEST(ConnectHost, AskedForNonsenseItAnswersInTheDocumentedWay) {
  World w;
  const std::uint64_t shared = w.guest.shared_bit();
  const auto tdcm = [&](std::uint64_t function, std::uint64_t gpa, std::uint64_t bytes) {
    Registers in{.rax = 0, .rcx = 0xfc00, .r10 = 0, .r11 = static_cast<std::uint64_t>(tdxproto::Tdvmcall::kTdcm)};
    in.r12 = function, in.r13 = gpa, in.r14 = bytes;
    return w.platform.tdcall(in).r10;
  };
  w.platform.write_shared(kQuote, wire::encode(tdxproto::TdcmHeader{.operation = TdcmOp::kGetTdiReport}));
  EXPECT_EQ(tdcm(kFunction, kQuote, kPage), tdxproto::kVmcallInvalidOperand) << "not at a shared address";
  EXPECT_EQ(tdcm(kFunction, (kQuote | shared) + 8, kPage), tdxproto::kVmcallAlignError);
  EXPECT_EQ(tdcm(kFunction, kQuote | shared, 24), tdxproto::kVmcallAlignError);
  EXPECT_EQ(tdcm(kFunction, kQuote | shared, 0), tdxproto::kVmcallInvalidOperand);
  EXPECT_EQ(tdcm(kFunction, M::kVmBytes | shared, kPage), tdxproto::kVmcallInvalidOperand) << "there is no memory";
  EXPECT_EQ(tdcm(kFunction, kQuote | shared, kPage), tdxproto::kVmcallSuccess);
  const auto head = wire::decode<tdxproto::TdcmHeader>(w.platform.read_shared(kQuote, tdxproto::kTdcmHeaderSize));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, tdxproto::TdcmStatus::kFailed) << "not bound";
  EXPECT_EQ(head->data_length, 0u);
}

TEST(ConnectHost, IsAskedAboutAFunctionThatThereIsNot) {
  World w;
  const auto supported = w.guest.ask_about_device(TdcmOp::kCheckTeeioSupp, 0x333, 1);
  ASSERT_TRUE(supported);
  EXPECT_EQ(*supported, base::Bytes{0});
  EXPECT_EQ(*w.guest.ask_about_device(TdcmOp::kCheckTeeioSupp, kFunction, 1), base::Bytes{1});
  for (const TdcmOp op : {TdcmOp::kBind, TdcmOp::kUnbind, TdcmOp::kGetTdiReport, TdcmOp::kStart})
    EXPECT_FALSE(w.guest.ask_about_device(op, 0x333, kPage)) << static_cast<int>(op);
}

TEST(ConnectHost, GivesNoTdTheDeviceOfAnother) {
  World w;
  ASSERT_TRUE(w.take_device());
  cpu::Vm other("vm1", 2, M::kVmBytes);
  ASSERT_EQ(w.m.machine.launch(other, M::image()), "");
  EXPECT_EQ(w.m.machine.call(other, "TDH.TDI.BIND", {}), std::nullopt);
  EXPECT_EQ(w.tdi()->state, tdisp::State::kRun);
}

}  // namespace
}  // namespace tdx
