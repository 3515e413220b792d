#include "tsm/abi/cove_tdi.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"
#include "tsm/cove/test_device.h"

namespace tsm_abi {
namespace {

using cove::TestDevice;
using tio::ManagedCall;

constexpr std::uint16_t kFunction = TestDevice::kId;
constexpr CoveLayout kOperands{.first_gpa = 0x8000, .second_gpa = 0x9000};

// A host that connects when it is asked, and brings the transcript that it kept.
class Host final : public tio::DeviceHost {
 public:
  explicit Host(TestDevice& device) : device_(device) {}
  void connected() override { device_.enable(); }
  void give_memory(const cpu::Vm&, std::uint16_t) override {}
  void take_memory(const cpu::Vm&, std::uint16_t) override {}
  void map_dma(const cpu::Vm&, std::uint16_t) override { ++mapped; }
  std::vector<tio::MemoryRange> memory(std::uint16_t) const override { return {{TestDevice::kBar, TestDevice::kBarBytes}}; }
  bool secure() const override { return device_.firmware().secure(TestDevice::kStream); }
  int mapped = 0;

 private:
  TestDevice& device_;
};

struct Stage {
  explicit Stage(const std::vector<std::string>& lifted = {}) : m(lifted), device(m, false), host(device) {
    EXPECT_EQ(m.start(), "");
    EXPECT_EQ(m.machine.attach_device({.firmware = &device.manager(), .mmio = &device.mmio(), .host = &host, .root_port = TestDevice::kRootPort,
                                       .functions = device.manager().functions(), .stream = TestDevice::kStream}), "");
    platform = std::make_unique<cove::TestPlatform>(m);
    guest = std::make_unique<CoveTdi>(*platform, kOperands);
  }
  bool call(ManagedCall what, base::View in = {}) { return guest->call(what, in, kFunction).has_value(); }
  std::optional<tio::InterfaceInfo> info() {
    const auto bytes = guest->call(ManagedCall::kInfo, {}, kFunction);
    if (!bytes) return std::nullopt;
    const auto read = wire::decode<tio::InterfaceInfo>(*bytes);
    return read ? std::optional(*read) : std::nullopt;
  }
  bool validate(std::uint32_t pages) {
    return call(ManagedCall::kValidate, wire::encode(tio::MmioRange{.first_page = TestDevice::kBar / 4096, .page_count = pages}));
  }
  cove::TestMachine m;
  TestDevice device;
  Host host;
  std::unique_ptr<cove::TestPlatform> platform;
  std::unique_ptr<CoveTdi> guest;
};

TEST(CoveTdi, TakesAnInterfaceAndGivesItBack) {
  Stage s;
  EXPECT_FALSE(s.info()) << "nothing is bound";
  ASSERT_TRUE(s.call(ManagedCall::kBind));
  EXPECT_EQ(s.device.state, tdisp::State::kConfigLocked);
  EXPECT_GT(s.host.mapped, 0);
  const auto info = s.info();
  ASSERT_TRUE(info);
  const auto& learned = s.device.manager().learned();
  EXPECT_EQ(info->measured, 1);
  EXPECT_EQ(info->fresh, 1);
  EXPECT_EQ(info->lock_flags, tdisp::kLockNoFwUpdate);
  EXPECT_EQ(info->certificates, crypto::sha384(learned.slots[0]->chain));
  EXPECT_EQ(info->measurements, crypto::sha384(learned.measurements->evidence->transcript));
  EXPECT_EQ(info->report, crypto::sha384(s.device.manager().report_bytes({.bits = kFunction})));
  EXPECT_FALSE(s.validate(4)) << "not before the start";
  EXPECT_FALSE(s.call(ManagedCall::kEnableDma));
  ASSERT_TRUE(s.call(ManagedCall::kRun));
  EXPECT_TRUE(s.validate(4));
  EXPECT_FALSE(s.validate(3)) << "not a range of the report";
  EXPECT_TRUE(s.call(ManagedCall::kEnableDma));
  EXPECT_FALSE(s.call(ManagedCall::kRun)) << "twice";
  EXPECT_TRUE(s.call(ManagedCall::kDisableDma));
  EXPECT_EQ(s.device.state, tdisp::State::kConfigUnlocked);
  EXPECT_TRUE(s.call(ManagedCall::kUnbind));
  EXPECT_FALSE(s.call(ManagedCall::kEnableDma));
  ASSERT_TRUE(s.call(ManagedCall::kBind)) << "and again";
  EXPECT_TRUE(s.info());
}

TEST(CoveTdi, AStreamThatFailedIsConnectedAnew) {
  Stage s;
  ASSERT_TRUE(s.call(ManagedCall::kBind));
  s.device.fail();
  EXPECT_FALSE(s.info()) << "the link has to be secure";
  EXPECT_TRUE(s.call(ManagedCall::kUnbind));
  ASSERT_TRUE(s.call(ManagedCall::kBind));
  EXPECT_TRUE(s.info());
  EXPECT_EQ(s.device.keys, 12u);
}

TEST(CoveTdi, SaysNothingAboutAnInterfaceInErrorOrOfNobody) {
  Stage s;
  ASSERT_TRUE(s.call(ManagedCall::kBind));
  s.device.state = tdisp::State::kError;
  EXPECT_FALSE(s.info());
  EXPECT_FALSE(s.call(ManagedCall::kRun));
  EXPECT_FALSE(s.guest->call(ManagedCall::kBind, {}, 0x0200)) << "no such function";
}

// What the device was locked with shows in its report.
TEST(CoveTdi, ALockOnOtherTermsShows) {
  Stage s;
  s.device.reports = 0;
  ASSERT_TRUE(s.call(ManagedCall::kBind));
  const auto info = s.info();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->lock_flags, 0);
}

}  // namespace
}  // namespace tsm_abi
