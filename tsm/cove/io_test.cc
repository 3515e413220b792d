// Each function of CoVE-IO against the errors that its table lists, in that order, and what it does (RISC-V CoVE-IO 0.3.0, 7 and 9).
#include "tsm/cove/io.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"
#include "tsm/cove/test_device.h"

namespace cove {
namespace {

using M = TestMachine;
using D = TestDevice;
using E = SbiError;
using coveproto::Covg;
using coveproto::InterfaceState;
using coveproto::TranscriptElement;

constexpr std::uint64_t kBuffer = 4 << 20, kTranscript = 5 << 20, kRoom = 8 * kPage, kConfidential = 2 << 20;
constexpr std::uint64_t kOut = 0x8000, kNonce = 0x9000, kNone = 77;

struct Stage {
  explicit Stage(const std::vector<std::string>& lifted = {}) : m(lifted), device(m) {
    EXPECT_EQ(m.start(), "");
    m.confidential(kConfidential);
    platform = std::make_unique<TestPlatform>(m);
    (void)m.memory.write(M::kNone, kBuffer, wire::encode(device.stream()));
    platform->at_exit = [this](cpu::Exit& exit) {
      if (brings && coveproto::fid_of(exit.info2) == static_cast<std::uint16_t>(Covg::kGetDeviceConnectionTranscript)) bring();
    };
  }
  CallResult host(Covh function, Ecall in = {}) { return m.call(function, in); }
  SbiRet guest(Covg function, Ecall in) {
    in.a6 = static_cast<std::uint64_t>(function);
    in.a7 = coveproto::kCovg;
    return platform->ecall(in);
  }
  std::uint64_t tvm() { return m.tvm().id; }
  CallResult connect() {
    auto done = host(Covh::kConnectDevice, {.a0 = D::kId, .a1 = kBuffer, .a2 = kTranscript, .a3 = kRoom});
    if (done.ok()) device.enable(), size = done.ret.value;
    return done;
  }
  CallResult bring(std::uint64_t flip = 0) {
    base::Bytes bytes = m.read(M::kNone, kTranscript, size);
    if (flip != 0) bytes[flip] ^= 1;
    (void)m.memory.write(M::kNone, kTranscript + kRoom, bytes);
    return host(Covh::kGetDeviceConnectionTranscript, {.a0 = D::kId, .a1 = kTranscript + kRoom, .a2 = size});
  }
  E add(std::uint64_t hpa = D::kBar) {
    return host(Covh::kAddTvmInterfaceRegion, {.a0 = tvm(), .a1 = D::kId, .a2 = D::kBar, .a3 = D::kBarBytes, .a4 = hpa}).ret.error;
  }
  E bind() { return host(Covh::kBindInterface, {.a0 = tvm(), .a1 = D::kId}).ret.error; }
  E map(std::uint64_t gpa = D::kBar, std::uint64_t hpa = D::kBar, std::uint64_t bytes = D::kBarBytes) {
    return guest(Covg::kMapInterfaceMmio, {.a0 = D::kId, .a1 = gpa, .a2 = hpa, .a3 = bytes}).error;
  }
  E start() { return guest(Covg::kStartInterface, {.a0 = D::kId}).error; }
  // Up to a locked interface whose memory is added.
  void lock() {
    ASSERT_EQ(connect().ret.error, E::kSuccess);
    ASSERT_EQ(add(), E::kSuccess);
    ASSERT_EQ(bind(), E::kSuccess);
  }
  void run() {
    lock();
    ASSERT_EQ(map(), E::kSuccess);
    ASSERT_EQ(start(), E::kSuccess);
  }
  bool reaches() { return static_cast<bool>(device.mmio().check(m.vm.asid, D::kBar, D::kBar)); }
  base::Bytes given(const SbiRet& ret) { return ret.error == E::kSuccess ? platform->read(kOut, ret.value) : base::Bytes{}; }
  base::Bytes element(TranscriptElement which, std::uint64_t slot = 0) {
    return given(guest(Covg::kGetDeviceConnectionTranscript,
                       {.a0 = D::kId, .a1 = static_cast<std::uint64_t>(which), .a2 = slot, .a3 = kOut, .a4 = kPage}));
  }
  struct Row {
    const char* what;
    Ecall in;
    E error;
  };
  void check(Covh function, std::initializer_list<Row> rows) {
    for (const Row& row : rows)
      EXPECT_EQ(coveproto::name_of(host(function, row.in).ret.error), coveproto::name_of(row.error))
          << coveproto::name_of(function) << ": " << row.what;
  }
  void check(Covg function, std::initializer_list<Row> rows) {
    for (const Row& row : rows)
      EXPECT_EQ(coveproto::name_of(guest(function, row.in).error), coveproto::name_of(row.error))
          << coveproto::name_of(function) << ": " << row.what;
  }
  M m;
  TestDevice device;
  std::unique_ptr<TestPlatform> platform;
  std::uint64_t size = 0;
  bool brings = true;
};

// ---- the host ---------------------------------------------------------------------------------------------------------

TEST(IoHost, ConnectDevice) {
  Stage s;
  auto elsewhere = s.device.stream();
  elsewhere.rid_assoc_1 = elsewhere.rid_assoc_2 = 0x20001;
  (void)s.m.memory.write(M::kNone, kBuffer + kPage, wire::encode(elsewhere));
  s.check(Covh::kConnectDevice, {{"no such device, and nothing else right", {.a0 = kNone}, E::kInvalidParam},
                                 {"a descriptor off its alignment", {.a0 = D::kId, .a1 = kBuffer + 1, .a2 = kTranscript, .a3 = kRoom}, E::kFailed},
                                 {"a descriptor in confidential memory", {.a0 = D::kId, .a1 = kConfidential, .a2 = kTranscript, .a3 = kRoom}, E::kFailed},
                                 {"a transcript off a page", {.a0 = D::kId, .a1 = kBuffer, .a2 = kTranscript + 8, .a3 = kRoom}, E::kFailed},
                                 {"a transcript into confidential memory", {.a0 = D::kId, .a1 = kBuffer, .a2 = kConfidential, .a3 = kPage}, E::kFailed},
                                 {"no room", {.a0 = D::kId, .a1 = kBuffer, .a2 = kTranscript, .a3 = 0}, E::kFailed},
                                 {"a stream of another device", {.a0 = D::kId, .a1 = kBuffer + kPage, .a2 = kTranscript, .a3 = kRoom}, E::kFailed}});
  s.device.silent = true;
  EXPECT_EQ(s.connect().ret.error, E::kFailed) << "a device that does not answer";
  s.device.silent = false;
  EXPECT_EQ(s.connect().ret.error, E::kSuccess);
  EXPECT_EQ(s.device.keys, 6u);
  EXPECT_TRUE(s.device.firmware().secure(D::kStream));
  EXPECT_EQ(s.connect().ret.error, E::kFailed) << "twice";
  const auto transcript = wire::decode<coveproto::ConnectionTranscript>(s.m.read(M::kNone, kTranscript, s.size));
  ASSERT_TRUE(transcript);
  EXPECT_EQ(transcript->connection_transcript_length, transcript->connection_transcript.size());
}

TEST(IoHost, ATranscriptWithoutRoomLeavesNoConnectionToUse) {
  Stage s;
  const auto done = s.host(Covh::kConnectDevice, {.a0 = D::kId, .a1 = kBuffer, .a2 = kTranscript, .a3 = coveproto::kConnectionTranscriptHead});
  EXPECT_EQ(done.ret.error, E::kFailed);
  EXPECT_FALSE(s.device.manager().connected());
}

TEST(IoHost, DisconnectDevice) {
  Stage s;
  s.check(Covh::kDisconnectDevice, {{"no such device", {.a0 = kNone}, E::kInvalidParam}, {"not connected", {.a0 = D::kId}, E::kFailed}});
  s.lock();
  s.check(Covh::kDisconnectDevice, {{"an interface is bound", {.a0 = D::kId}, E::kFailed}});
  EXPECT_TRUE(s.host(Covh::kUnbindInterface, {.a0 = s.tvm(), .a1 = D::kId}).ok());
  s.check(Covh::kDisconnectDevice, {{"none is", {.a0 = D::kId}, E::kSuccess}});
  EXPECT_FALSE(s.device.firmware().secure(D::kStream)) << "no key is left";
  EXPECT_FALSE(s.device.manager().connected());
  EXPECT_EQ(s.connect().ret.error, E::kSuccess) << "and again";
}

TEST(IoHost, InterfaceRegions) {
  Stage s;
  const std::uint64_t tvm = s.tvm();
  s.check(Covh::kAddTvmInterfaceRegion,
          {{"no such TVM", {.a0 = kNone, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage, .a4 = D::kBar}, E::kFailed},
           {"no such interface", {.a0 = tvm, .a1 = kNone, .a2 = D::kBar, .a3 = kPage, .a4 = D::kBar}, E::kFailed},
           {"off a page", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar + 1, .a3 = kPage, .a4 = D::kBar}, E::kFailed},
           {"device memory off a page", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage, .a4 = D::kBar + 1}, E::kFailed},
           {"empty", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = 0, .a4 = D::kBar}, E::kFailed},
           {"a length of no pages", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = 100, .a4 = D::kBar}, E::kFailed},
           {"over memory of the TVM's", {.a0 = tvm, .a1 = D::kId, .a2 = 0x9000, .a3 = kPage, .a4 = D::kBar}, E::kFailed},
           {"as it should be", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage, .a4 = D::kBar}, E::kSuccess},
           {"over itself", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage, .a4 = D::kBar + kPage}, E::kFailed},
           {"the same device memory elsewhere", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar + kPage, .a3 = kPage, .a4 = D::kBar}, E::kFailed}});
  EXPECT_EQ(s.m.tsm.fault(1, D::kBar, false, false).seen, Fault::Seen::kAccessFault) << "not the host's to emulate, and not open yet";
  s.check(Covh::kReclaimTvmInterfaceRegion,
          {{"no such TVM", {.a0 = kNone, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage}, E::kFailed},
           {"no such interface", {.a0 = tvm, .a1 = kNone, .a2 = D::kBar, .a3 = kPage}, E::kFailed},
           {"empty", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = 0}, E::kFailed},
           {"off a page", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar + 1, .a3 = kPage}, E::kFailed},
           {"what was not added", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar + kPage, .a3 = kPage}, E::kFailed},
           {"what was", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage}, E::kSuccess},
           {"twice", {.a0 = tvm, .a1 = D::kId, .a2 = D::kBar, .a3 = kPage}, E::kFailed}});
}

TEST(IoHost, BindAndUnbindInterface) {
  Stage s;
  const std::uint64_t tvm = s.tvm();
  s.check(Covh::kBindInterface, {{"no session", {.a0 = tvm, .a1 = D::kId}, E::kFailed}});
  ASSERT_TRUE(s.host(Covh::kConnectDevice, {.a0 = D::kId, .a1 = kBuffer, .a2 = kTranscript, .a3 = kRoom}).ok());
  s.check(Covh::kBindInterface, {{"a stream that is off", {.a0 = tvm, .a1 = D::kId}, E::kFailed}});
  s.device.enable();
  s.check(Covh::kBindInterface, {{"no such TVM", {.a0 = kNone, .a1 = D::kId}, E::kFailed},
                                 {"no such interface", {.a0 = tvm, .a1 = kNone}, E::kFailed},
                                 {"as it should be", {.a0 = tvm, .a1 = D::kId}, E::kSuccess},
                                 {"twice", {.a0 = tvm, .a1 = D::kId}, E::kFailed}});
  EXPECT_EQ(s.device.state, tdisp::State::kConfigLocked);
  EXPECT_EQ(s.device.lock_flags, tdisp::kLockNoFwUpdate);
  EXPECT_EQ(s.add(), E::kFailed) << "a region of a bound interface";
  s.check(Covh::kUnbindInterface, {{"no such TVM", {.a0 = kNone, .a1 = D::kId}, E::kFailed},
                                   {"no such interface", {.a0 = tvm, .a1 = kNone}, E::kFailed},
                                   {"as it should be", {.a0 = tvm, .a1 = D::kId}, E::kSuccess},
                                   {"twice", {.a0 = tvm, .a1 = D::kId}, E::kFailed}});
  EXPECT_EQ(s.device.state, tdisp::State::kConfigUnlocked);
}

TEST(IoHost, KeysAndHeartbeat) {
  Stage s;
  for (const Covh function : {Covh::kSpdmHeartbeat, Covh::kSpdmKeyUpdate})
    s.check(function, {{"no such device", {.a0 = kNone}, E::kFailed}, {"not connected", {.a0 = D::kId}, E::kFailed}});
  s.check(Covh::kIdeKeyRefresh, {{"not connected", {.a0 = D::kId, .a1 = D::kStream}, E::kFailed}});
  ASSERT_TRUE(s.connect().ok());
  s.check(Covh::kSpdmHeartbeat, {{"as it should be", {.a0 = D::kId}, E::kSuccess}});
  s.check(Covh::kSpdmKeyUpdate, {{"as it should be", {.a0 = D::kId}, E::kSuccess}});
  s.check(Covh::kIdeKeyRefresh, {{"no such device", {.a0 = kNone, .a1 = D::kStream}, E::kFailed},
                                 {"a stream that it does not have", {.a0 = D::kId, .a1 = D::kStream + 1}, E::kFailed},
                                 {"as it should be", {.a0 = D::kId, .a1 = D::kStream}, E::kSuccess},
                                 {"and back to the first set", {.a0 = D::kId, .a1 = D::kStream}, E::kSuccess}});
  EXPECT_EQ(s.device.keys, 18u);
  EXPECT_TRUE(s.device.firmware().secure(D::kStream));
}

TEST(IoHost, BringsTheTranscriptOfThisConnectionAndNoOther) {
  Stage s;
  const Ecall in{.a0 = D::kId, .a1 = kTranscript, .a2 = kPage};
  s.check(Covh::kGetDeviceConnectionTranscript, {{"no such device", {.a0 = kNone}, E::kInvalidParam}, {"not connected", in, E::kFailed}});
  ASSERT_TRUE(s.connect().ok());
  s.check(Covh::kGetDeviceConnectionTranscript,
          {{"off a page", {.a0 = D::kId, .a1 = kTranscript + 8, .a2 = s.size}, E::kFailed},
           {"of confidential memory", {.a0 = D::kId, .a1 = kConfidential, .a2 = s.size}, E::kFailed},
           {"empty", {.a0 = D::kId, .a1 = kTranscript, .a2 = 0}, E::kFailed},
           {"cut", {.a0 = D::kId, .a1 = kTranscript, .a2 = s.size - 1}, E::kFailed},
           {"with a tail", {.a0 = D::kId, .a1 = kTranscript, .a2 = s.size + 1}, E::kFailed},
           {"as it should be", {.a0 = D::kId, .a1 = kTranscript, .a2 = s.size}, E::kSuccess}});
  const auto altered = s.bring(coveproto::kConnectionTranscriptHead + 20);
  EXPECT_EQ(altered.ret.error, E::kFailed);
  ASSERT_TRUE(altered.refusal);
  EXPECT_EQ(altered.refusal->by->id, "cove.io.transcript.digest");
}

// ---- the IOMMU --------------------------------------------------------------------------------------------------------

std::optional<std::uint64_t> led(Stage& s, std::uint64_t gpa, std::optional<std::uint64_t> host_says = std::nullopt) {
  if (host_says) s.device.iommu().map(pcie::IommuTable::kTrusted, D::kId, gpa, *host_says);
  auto there = s.device.iommu().translate({.requester = D::kId, .address = gpa, .write = true, .trusted = true});
  return there ? std::optional(there->address) : std::nullopt;
}

TEST(IoDma, AnAddressLeadsWhereTheTsmsTablesSayAndNotTheHosts) {
  Stage s;
  s.run();
  const std::uint64_t page = s.m.spa(M::kFirmware);
  EXPECT_EQ(led(s, M::kFirmware + 8), page + 8) << "of which the host never told";
  EXPECT_EQ(led(s, M::kFirmware, page), page);
  EXPECT_EQ(led(s, M::kFirmware, kBuffer), page) << "the host's own";
  EXPECT_EQ(led(s, M::kFirmware, s.m.spa(M::kFirmware + kPage)), page) << "another one of the TVM's";
  EXPECT_FALSE(led(s, M::kVmBytes - kPage)) << "which the TVM does not have";
  EXPECT_FALSE(led(s, M::kVmBytes - kPage, kBuffer));
  ASSERT_TRUE(s.host(Covh::kTvmInvalidatePages, {.a0 = s.tvm(), .a1 = M::kFirmware, .a2 = kPage}).ok());
  EXPECT_FALSE(led(s, M::kFirmware)) << "invalidated";
}

TEST(IoDma, WithoutItAnAddressLeadsWhereTheHostSays) {
  Stage s({"cove.iommu.owner"});
  s.run();
  EXPECT_EQ(led(s, M::kFirmware, kBuffer), kBuffer);
}

// ---- the TVM ----------------------------------------------------------------------------------------------------------

TEST(IoGuest, HearsNothingOfAnInterfaceThatIsNotItsOwn) {
  Stage s;
  ASSERT_TRUE(s.connect().ok());
  for (const Covg function : {Covg::kGetDeviceLink, Covg::kGetDeviceMeasurements, Covg::kGetInterfaceReport, Covg::kGetInterfaceState,
                              Covg::kMapInterfaceMmio, Covg::kStartInterface, Covg::kStopInterface})
    s.check(function, {{"not bound", {.a0 = D::kId, .a1 = kOut, .a2 = kPage}, E::kFailed}, {"no such interface", {.a0 = kNone}, E::kFailed}});
  s.check(Covg::kGetDeviceConnectionTranscript, {{"not bound", {.a0 = D::kId, .a3 = kOut, .a4 = kPage}, E::kInvalidParam}});
}

TEST(IoGuest, LinkAndState) {
  Stage s;
  s.lock();
  EXPECT_EQ(s.guest(Covg::kGetDeviceLink, {.a0 = D::kId}), (SbiRet{E::kSuccess, 3}));
  EXPECT_EQ(s.guest(Covg::kGetInterfaceState, {.a0 = D::kId}), (SbiRet{E::kSuccess, static_cast<std::uint64_t>(InterfaceState::kLocked)}));
  s.device.state = tdisp::State::kError;
  EXPECT_EQ(s.guest(Covg::kGetInterfaceState, {.a0 = D::kId}), (SbiRet{E::kSuccess, static_cast<std::uint64_t>(InterfaceState::kError)}));
  s.device.fail();
  EXPECT_EQ(s.guest(Covg::kGetDeviceLink, {.a0 = D::kId}), (SbiRet{E::kSuccess, 1})) << "the session alone";
}

TEST(IoGuest, TranscriptAsAWholeAndInParts) {
  Stage s;
  s.lock();
  const auto ask = [&](std::uint64_t which, std::uint64_t slot, std::uint64_t out, std::uint64_t room) {
    return Ecall{.a0 = D::kId, .a1 = which, .a2 = slot, .a3 = out, .a4 = room};
  };
  s.check(Covg::kGetDeviceConnectionTranscript, {{"no such part, and nowhere to go", ask(6, 0, kOut + 1, 0), E::kInvalidParam},
                                                 {"no such slot", ask(1, 8, kOut, kPage), E::kInvalidParam},
                                                 {"off a page", ask(3, 0, kOut + 8, kPage), E::kFailed},
                                                 {"no room", ask(3, 0, kOut, 0), E::kFailed},
                                                 {"too little room", ask(3, 0, kOut, 16), E::kFailed},
                                                 {"not confidential memory", ask(3, 0, D::kBar, kPage), E::kFailed},
                                                 {"a slot without certificates", ask(1, 5, kOut, kPage), E::kFailed}});
  const auto kept = wire::decode<coveproto::ConnectionTranscript>(s.m.read(M::kNone, kTranscript, s.size));
  EXPECT_EQ(s.element(TranscriptElement::kFullTranscript), kept->connection_transcript);
  const auto& learned = s.device.manager().learned();
  EXPECT_EQ(s.element(TranscriptElement::kVca), learned.vca);
  EXPECT_EQ(s.element(TranscriptElement::kDeviceCertificate), learned.slots[0]->chain);
  // As the signature over them has it: VCA, then the pairs without the signature.
  base::Bytes measured = learned.vca;
  base::append(measured, s.element(TranscriptElement::kDeviceMeasurement));
  base::Bytes was_signed = learned.measurements->evidence->transcript;
  base::append(was_signed, learned.measurements->evidence->signature);
  EXPECT_EQ(measured, was_signed);
  const auto session = s.element(TranscriptElement::kSession);
  ASSERT_GE(session.size(), 4u);
  EXPECT_EQ(session[1], static_cast<std::uint8_t>(spdm::Code::kKeyExchange));
  const auto tdisp = s.element(TranscriptElement::kTdispVc);
  const auto first = wire::decode<spdm::VendorDefinedRequest>(base::View(tdisp).first(tdisp.size() < 28 ? tdisp.size() : 28));
  EXPECT_TRUE(first) << "GET_TDISP_VERSION comes first";
}

// 7, "TVM Verification Process": the TSM has no more than a digest.
TEST(IoGuest, WithoutTheHostThereIsNoTranscript) {
  Stage s;
  s.lock();
  s.brings = false;
  EXPECT_EQ(s.element(TranscriptElement::kVca), base::Bytes{});
  EXPECT_EQ(std::ranges::count(s.platform->exits, "sbi_covg_get_device_connection_transcript"), 1) << "asked once, and told";
  s.brings = true;
  EXPECT_NE(s.element(TranscriptElement::kVca), base::Bytes{});
}

TEST(IoGuest, MeasurementsWithItsOwnNonceOrTheTsms) {
  Stage s;
  s.lock();
  const auto ask = [](std::uint64_t nonce, std::uint64_t out, std::uint64_t room) {
    return Ecall{.a0 = D::kId, .a1 = nonce, .a2 = 0, .a3 = out, .a4 = room};
  };
  s.check(Covg::kGetDeviceMeasurements, {{"a nonce off a page", ask(kNonce + 32, kOut, kPage), E::kFailed},
                                         {"a nonce that is not the TVM's", ask(D::kBar, kOut, kPage), E::kFailed},
                                         {"off a page", ask(0, kOut + 8, kPage), E::kFailed},
                                         {"no room", ask(0, kOut, 0), E::kFailed},
                                         {"too little room", ask(0, kOut, 64), E::kFailed}});
  const base::Bytes nonce(32, 0xA5);
  s.platform->write(kNonce, nonce);
  const auto own = s.given(s.guest(Covg::kGetDeviceMeasurements, ask(kNonce, kOut, kPage)));
  EXPECT_NE(std::search(own.begin(), own.end(), nonce.begin(), nonce.end()), own.end());
  const auto theirs = s.given(s.guest(Covg::kGetDeviceMeasurements, ask(0, kOut, kPage)));
  EXPECT_FALSE(theirs.empty());
  EXPECT_EQ(std::search(theirs.begin(), theirs.end(), nonce.begin(), nonce.end()), theirs.end());
}

TEST(IoGuest, ReportOfTheLockedInterface) {
  Stage s;
  s.lock();
  s.check(Covg::kGetInterfaceReport, {{"off a page", {.a0 = D::kId, .a1 = kOut + 8, .a2 = kPage}, E::kFailed},
                                      {"no room", {.a0 = D::kId, .a1 = kOut, .a2 = 0}, E::kFailed},
                                      {"too little room", {.a0 = D::kId, .a1 = kOut, .a2 = 8}, E::kFailed}});
  const auto report = wire::decode<tdisp::InterfaceReport>(s.given(s.guest(Covg::kGetInterfaceReport, {.a0 = D::kId, .a1 = kOut, .a2 = kPage})));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->mmio_ranges.size(), 1u);
}

TEST(IoGuest, MapsWhatTheReportHasAndTheHostAdded) {
  Stage s;
  s.lock();
  EXPECT_EQ(s.map(D::kBar + 1), E::kFailed);
  EXPECT_EQ(s.map(D::kBar, D::kBar, 0), E::kFailed);
  EXPECT_EQ(s.map(D::kBar, D::kBar, 100), E::kFailed);
  EXPECT_EQ(s.map(D::kBar, D::kBar + D::kBarBytes, kPage), E::kFailed) << "not in the report";
  EXPECT_EQ(s.map(D::kBar, D::kBar, D::kBarBytes + kPage), E::kFailed) << "more than the report has";
  EXPECT_EQ(s.map(D::kBar + kPage, D::kBar, kPage), E::kFailed) << "where the host put another page";
  EXPECT_EQ(s.map(), E::kSuccess);
}

TEST(IoGuest, AnotherPlaceThanTheReportHasIsNotAccepted) {
  Stage s;
  ASSERT_TRUE(s.connect().ok());
  ASSERT_EQ(s.add(D::kBar + kPage), E::kSuccess) << "the TSM does not know yet";
  ASSERT_EQ(s.bind(), E::kSuccess);
  EXPECT_EQ(s.map(), E::kFailed);
}

// Opened by the start, and for what the TVM accepted.
TEST(IoGuest, MemoryAndDmaAreOpenWhileTheInterfaceRuns) {
  Stage s;
  s.lock();
  EXPECT_FALSE(s.reaches());
  EXPECT_EQ(s.map(D::kBar, D::kBar, D::kBarBytes), E::kSuccess);
  EXPECT_FALSE(s.reaches()) << "not before the start";
  EXPECT_EQ(s.start(), E::kSuccess);
  EXPECT_EQ(s.device.state, tdisp::State::kRun);
  EXPECT_TRUE(s.reaches());
  EXPECT_EQ(s.device.firmware().owner_of(D::kId), s.m.vm.asid);
  EXPECT_EQ(s.start(), E::kAlreadyStarted);
  EXPECT_EQ(s.guest(Covg::kStopInterface, {.a0 = D::kId}).error, E::kSuccess);
  EXPECT_FALSE(s.reaches());
  EXPECT_EQ(s.device.firmware().owner_of(D::kId), 0u);
  EXPECT_EQ(s.device.state, tdisp::State::kConfigUnlocked);
  EXPECT_EQ(s.guest(Covg::kStopInterface, {.a0 = D::kId}).error, E::kAlreadyStopped);
  EXPECT_EQ(s.start(), E::kFailed) << "it is not bound any more";
}

TEST(IoGuest, WhatWasNotAcceptedStaysClosed) {
  Stage s;
  s.lock();
  EXPECT_EQ(s.start(), E::kSuccess);
  EXPECT_FALSE(s.reaches());
}

TEST(IoHost, TakesAwayWhatRunsAndNothingStaysOpen) {
  for (const Covh function : {Covh::kUnbindInterface, Covh::kReclaimTvmInterfaceRegion}) {
    Stage s;
    s.run();
    EXPECT_TRUE(s.host(function, {.a0 = s.tvm(), .a1 = D::kId, .a2 = D::kBar, .a3 = D::kBarBytes}).ok());
    EXPECT_FALSE(s.reaches()) << coveproto::name_of(function);
    EXPECT_EQ(s.device.firmware().owner_of(D::kId), 0u);
    EXPECT_EQ(s.device.state, tdisp::State::kConfigUnlocked) << "reclaiming unbinds first";
  }
}

TEST(IoHost, NothingIsLeftOfATvmThatIsGone) {
  Stage s;
  s.run();
  s.m.tsm.trap(1);
  ASSERT_TRUE(s.host(Covh::kDestroyTvm, {.a0 = s.tvm()}).ok());
  EXPECT_FALSE(s.reaches());
  EXPECT_EQ(s.device.firmware().owner_of(D::kId), 0u);
  EXPECT_TRUE(s.host(Covh::kDisconnectDevice, {.a0 = D::kId}).ok());
}

TEST(IoHost, TheStreamIsTheTsmsOnceItIsConnected) {
  Stage s;
  ASSERT_TRUE(s.connect().ok());
  (void)s.m.memory.write(M::kNone, kBuffer, wire::encode(coveproto::IdeKeyDescriptor{D::kStream, 0, 1, 0}));
  (void)s.m.memory.write(M::kNone, kBuffer + 64, wire::encode(coveproto::IdeKeyData{.key = {1}, .ifv = {1}}));
  const auto done = s.m.tsm.host_call(0, {.a0 = D::kRootPort, .a1 = kBuffer, .a2 = kBuffer + 64,
                                          .a6 = static_cast<std::uint64_t>(coveproto::Covt::kProgramRpIdeKey), .a7 = coveproto::kCovt});
  EXPECT_EQ(done.ret.error, E::kInvalidParam);
  ASSERT_TRUE(done.refusal);
  EXPECT_EQ(done.refusal->by->id, "cove.rdsm.stream-owner");
}

}  // namespace
}  // namespace cove
