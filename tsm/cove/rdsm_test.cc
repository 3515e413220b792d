// Functions of COVT against the errors that their tables list, in that order, and the states of a key (RISC-V CoVE-IO 0.3.0, 9).
#include "tsm/cove/rdsm.h"

#include <gtest/gtest.h>

#include "platform/protocol/ide_km/ide_km.h"
#include "tsm/cove/test_device.h"

namespace cove {
namespace {

using coveproto::Covt;
using coveproto::IdeKeyStatus;
using E = SbiError;

constexpr std::uint64_t kDescriptor = 0x1000, kData = 0x2000, kStreamAt = 0x3000, kNowhere = 0x9000;

struct Bench {
  explicit Bench(const std::vector<std::string>& lifted = {}) : m(lifted), device(m), rdsm(*m.defences, "rdsm0") {
    rdsm.attach(TestDevice::kRootPort, device.firmware());
    memory[kData] = wire::encode(coveproto::IdeKeyData{.key = {7}, .ifv = ide_km::wire_ifv_of(ide::kFirstCounter)});
    memory[kStreamAt] = wire::encode(device.stream());
  }
  std::optional<base::Bytes> read(std::uint64_t at, std::size_t count) const {
    const auto found = memory.find(at);
    if (found == memory.end() || found->second.size() < count) return std::nullopt;
    return base::Bytes(found->second.begin(), found->second.begin() + static_cast<std::ptrdiff_t>(count));
  }
  Rdsm::Answer call(Covt function, Ecall in, std::uint8_t domain = kSdid) {
    in.a6 = coveproto::function_id(static_cast<std::uint16_t>(function), domain);
    in.a7 = coveproto::kCovt;
    return rdsm.ecall({domain, [this](std::uint64_t at, std::size_t count) { return read(at, count); }}, in);
  }
  E of(Covt function, std::uint8_t domain = kSdid) {
    return call(function, {.a0 = TestDevice::kRootPort, .a1 = kDescriptor, .a2 = kData}, domain).ret.error;
  }
  void name(const coveproto::IdeKeyDescriptor& key) { memory[kDescriptor] = wire::encode(key); }
  IdeKeyStatus status() {
    return static_cast<IdeKeyStatus>(call(Covt::kRpIdeKeyStatus, {.a0 = TestDevice::kRootPort, .a1 = kDescriptor}).ret.value);
  }
  E clear(std::uint8_t domain = kSdid) {
    return call(Covt::kClearRpIdeKey, {.a0 = TestDevice::kRootPort, .a1 = TestDevice::kStream}, domain).ret.error;
  }

  TestMachine m;
  TestDevice device;
  Rdsm rdsm;
  std::map<std::uint64_t, base::Bytes> memory;
};
constexpr coveproto::IdeKeyDescriptor kKey{TestDevice::kStream, 1, 0, 1};

// The state diagram of rp_ide_key_status, each state with each function.
TEST(Rdsm, AKeyGoesThroughTheStatesOfTheDiagramAndNoOthers) {
  Bench b;
  b.name(kKey);
  EXPECT_EQ(b.status(), IdeKeyStatus::kCleared);
  EXPECT_EQ(b.of(Covt::kSetGoRpIdeKey), E::kInvalidState);
  EXPECT_EQ(b.of(Covt::kSetStopRpIdeKey), E::kInvalidState);
  EXPECT_EQ(b.clear(), E::kInvalidState);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kSuccess);
  EXPECT_EQ(b.status(), IdeKeyStatus::kProgrammed);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kSuccess) << "a programmed key is overwritten";
  EXPECT_EQ(b.of(Covt::kSetStopRpIdeKey), E::kInvalidState);
  EXPECT_EQ(b.of(Covt::kSetGoRpIdeKey), E::kSuccess);
  EXPECT_EQ(b.status(), IdeKeyStatus::kEnabled);
  EXPECT_EQ(b.of(Covt::kSetGoRpIdeKey), E::kInvalidState);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kInvalidState);
  EXPECT_EQ(b.clear(), E::kInvalidState);
  EXPECT_EQ(b.of(Covt::kSetStopRpIdeKey), E::kSuccess);
  EXPECT_EQ(b.status(), IdeKeyStatus::kProgrammed);
  EXPECT_EQ(b.of(Covt::kSetGoRpIdeKey), E::kSuccess) << "with the key that it had";
  EXPECT_EQ(b.of(Covt::kSetStopRpIdeKey), E::kSuccess);
  EXPECT_EQ(b.clear(), E::kSuccess);
  EXPECT_EQ(b.status(), IdeKeyStatus::kCleared);
}

TEST(Rdsm, AStreamThatBecameInsecureHasNoKeys) {
  Bench b;
  b.name(kKey);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kSuccess);
  EXPECT_EQ(b.of(Covt::kSetGoRpIdeKey), E::kSuccess);
  b.device.fail();
  EXPECT_EQ(b.status(), IdeKeyStatus::kCleared);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kSuccess) << "keyed anew";
}

// Where two things are wrong, the error that stands first in the function's table comes back.
TEST(Rdsm, RefusesInTheOrderOfTheTables) {
  Bench b;
  struct Row {
    const char* what;
    Covt function;
    Ecall in;
    E error;
  };
  constexpr std::uint64_t kPort = TestDevice::kRootPort;
  b.name(kKey);
  b.memory[kNowhere + 1] = wire::encode(coveproto::IdeKeyDescriptor{9, 0, 0, 0});
  b.memory[kNowhere + 2] = wire::encode(coveproto::IdeKeyDescriptor{TestDevice::kStream, 3, 0, 0});
  b.memory[kNowhere + 3] = wire::encode(coveproto::IdeKeyDescriptor{TestDevice::kStream, 0, 2, 0});
  b.memory[kNowhere + 4] = wire::encode(coveproto::IdeKeyDescriptor{TestDevice::kStream, 0, 0, 2});
  const Row rows[] = {
      {"no data and no port", Covt::kProgramRpIdeKey, {.a0 = 5, .a1 = kDescriptor, .a2 = kNowhere}, E::kInvalidAddress},
      {"no port", Covt::kProgramRpIdeKey, {.a0 = 5, .a1 = kDescriptor, .a2 = kData}, E::kInvalidParam},
      {"no descriptor", Covt::kProgramRpIdeKey, {.a0 = kPort, .a1 = kNowhere, .a2 = kData}, E::kInvalidParam},
      {"no such stream", Covt::kProgramRpIdeKey, {.a0 = kPort, .a1 = kNowhere + 1, .a2 = kData}, E::kInvalidParam},
      {"no such sub-stream", Covt::kProgramRpIdeKey, {.a0 = kPort, .a1 = kNowhere + 2, .a2 = kData}, E::kInvalidParam},
      {"no such key set", Covt::kProgramRpIdeKey, {.a0 = kPort, .a1 = kNowhere + 3, .a2 = kData}, E::kInvalidParam},
      {"no such direction", Covt::kProgramRpIdeKey, {.a0 = kPort, .a1 = kNowhere + 4, .a2 = kData}, E::kInvalidParam},
      {"no port, and not programmed", Covt::kSetGoRpIdeKey, {.a0 = 5, .a1 = kDescriptor}, E::kInvalidParam},
      {"not programmed", Covt::kSetGoRpIdeKey, {.a0 = kPort, .a1 = kDescriptor}, E::kInvalidState},
      {"no descriptor, and not enabled", Covt::kSetStopRpIdeKey, {.a0 = kPort, .a1 = kNowhere}, E::kInvalidParam},
      {"not enabled", Covt::kSetStopRpIdeKey, {.a0 = kPort, .a1 = kDescriptor}, E::kInvalidState},
      {"no port", Covt::kClearRpIdeKey, {.a0 = 5, .a1 = TestDevice::kStream}, E::kInvalidParam},
      {"no such stream", Covt::kClearRpIdeKey, {.a0 = kPort, .a1 = 9}, E::kInvalidParam},
      {"a stream beyond a byte", Covt::kClearRpIdeKey, {.a0 = kPort, .a1 = 256 + TestDevice::kStream}, E::kInvalidParam},
      {"nothing to clear", Covt::kClearRpIdeKey, {.a0 = kPort, .a1 = TestDevice::kStream}, E::kInvalidState},
      {"no port", Covt::kRpIdeKeyStatus, {.a0 = 5, .a1 = kDescriptor}, E::kInvalidParam},
      {"no descriptor", Covt::kRpIdeKeyStatus, {.a0 = kPort, .a1 = kNowhere}, E::kInvalidParam},
      {"no port", Covt::kProgramRpIdeStream, {.a0 = 5, .a1 = kStreamAt}, E::kInvalidParam},
      {"no descriptor", Covt::kProgramRpIdeStream, {.a0 = kPort, .a1 = kNowhere}, E::kInvalidParam},
      {"as it should be", Covt::kProgramRpIdeStream, {.a0 = kPort, .a1 = kStreamAt}, E::kSuccess},
      {"no function", static_cast<Covt>(1030), {.a0 = kPort}, E::kNotSupported},
  };
  for (const Row& row : rows)
    EXPECT_EQ(coveproto::name_of(b.call(row.function, row.in).ret.error), coveproto::name_of(row.error))
        << coveproto::name_of(row.function) << ": " << row.what;
}

TEST(Rdsm, AStreamDescriptorHasToMakeSense) {
  Bench b;
  const auto with = [&](auto alter) {
    auto descriptor = b.device.stream();
    alter(descriptor);
    b.memory[kStreamAt] = wire::encode(descriptor);
    return b.call(Covt::kProgramRpIdeStream, {.a0 = TestDevice::kRootPort, .a1 = kStreamAt}).ret.error;
  };
  EXPECT_EQ(with([](auto& d) { d.stream_id = 9; }), E::kInvalidParam);
  EXPECT_EQ(with([](auto& d) { d.rid_assoc_2 &= ~1u; }), E::kInvalidParam) << "no requester id is valid";
  EXPECT_EQ(with([](auto& d) { d.rid_assoc_1 = 0; }), E::kInvalidParam) << "the last one before the first";
  EXPECT_EQ(with([](auto& d) { d.num_addr_assoc = 3, d.addr_assoc.resize(3); }), E::kInvalidParam) << "more blocks than the port has";
  EXPECT_EQ(with([](auto&) {}), E::kSuccess);
}

// 7, "PCIe Root Port Management": the domain that keyed the stream has it until its keys are gone.
TEST(Rdsm, AnotherDomainsStreamIsUnknown) {
  Bench b;
  b.name(kKey);
  ASSERT_EQ(b.of(Covt::kProgramRpIdeKey), E::kSuccess);
  for (const Covt function : {Covt::kProgramRpIdeKey, Covt::kSetGoRpIdeKey, Covt::kSetStopRpIdeKey, Covt::kRpIdeKeyStatus})
    EXPECT_EQ(b.of(function, 0), E::kInvalidParam) << coveproto::name_of(function);
  EXPECT_EQ(b.clear(0), E::kInvalidParam);
  EXPECT_EQ(b.call(Covt::kProgramRpIdeStream, {.a0 = TestDevice::kRootPort, .a1 = kStreamAt}, 0).ret.error, E::kInvalidParam);
  EXPECT_FALSE(b.device.firmware().keyed_by_others(TestDevice::kStream));
  ASSERT_EQ(b.clear(), E::kSuccess);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey, 0), E::kSuccess) << "and now it is the host's";
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kInvalidParam);
}

// What becomes of an enabled key where nothing forbids it: it is not in use any more.
TEST(Rdsm, AKeyThatIsReplacedAllTheSameIsSomebodyElses) {
  Bench b({"cove.rdsm.stream-owner", "cove.rdsm.key-enabled"});
  b.name(kKey);
  ASSERT_EQ(b.of(Covt::kProgramRpIdeKey), E::kSuccess);
  ASSERT_EQ(b.of(Covt::kSetGoRpIdeKey), E::kSuccess);
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey, 0), E::kSuccess);
  EXPECT_EQ(b.status(), IdeKeyStatus::kProgrammed);
  EXPECT_TRUE(b.device.firmware().keyed_by_others(TestDevice::kStream));
}

TEST(Rdsm, AKeyThatWasUsedBeforeIsNotTransferred) {
  Bench b;
  b.name(kKey);
  b.memory[kData] = wire::encode(coveproto::IdeKeyData{.key = {7}, .ifv = ide_km::wire_ifv_of(2)});
  EXPECT_EQ(b.of(Covt::kProgramRpIdeKey), E::kIo);
}

}  // namespace
}  // namespace cove
