#include "tsm/sev/psp.h"

#include <gtest/gtest.h>

#include <set>

#include "tsm/sev/tables.h"
#include "tsm/sev/test_machine.h"

namespace sev {
namespace {

using sevproto::Status;
using C = sevproto::Command;

TEST(Psp, EveryCommandRefusesABufferThatIsTooShortOrTooLong) {
  TestMachine m;
  m.begin();
  const std::pair<C, std::size_t> sized[] = {
      {C::kSnpGctxCreate, 8},    {C::kSnpLaunchStart, 48}, {C::kSnpActivate, 12},           {C::kSnpLaunchUpdate, 32},
      {C::kSnpLaunchFinish, 64}, {C::kSnpGuestStatus, 8},  {C::kSnpDecommission, 8},        {C::kSnpGuestRequest, 24},
      {C::kSnpPageReclaim, 8},   {C::kSnpConfig, 64},      {C::kSnpDownloadFirmwareEx, 12}, {C::kSnpDbgDecrypt, 24},
      {C::kSnpDbgEncrypt, 24},   {C::kActivate, 8},        {C::kLaunchUpdateData, 20},      {C::kLaunchUpdateVmsa, 20},
      {C::kLaunchMeasure, 4},    {C::kLaunchFinish, 4},    {C::kDecommission, 4},           {C::kDbgDecrypt, 28}};
  for (auto [command, size] : sized) {
    SCOPED_TRACE(name_of(command));
    EXPECT_EQ(m.psp.call(command, base::Bytes(size - 1)).status, Status::kInvalidLength);
    EXPECT_EQ(m.psp.call(command, base::Bytes(size + 1)).status, Status::kInvalidLength);
    EXPECT_NE(m.psp.call(command, base::Bytes(size)).status, Status::kInvalidLength);
  }
  EXPECT_EQ(m.psp.call(static_cast<C>(0xFF), {}).status, Status::kInvalidCommand);
}

TEST(Psp, NothingBeforeInitAndInitOnce) {
  TestMachine m;
  EXPECT_EQ(m.call(C::kSnpGctxCreate, command::Guest{0}).status, Status::kInvalidPlatformState);
  EXPECT_TRUE(m.call(C::kSnpPlatformStatus).ok());
  EXPECT_TRUE(m.call(C::kSnpInit).ok());
  EXPECT_EQ(m.call(C::kSnpInit).status, Status::kInvalidPlatformState);
  auto status = *wire::decode<command::PlatformStatus>(m.call(C::kSnpPlatformStatus).out);
  EXPECT_EQ(status.state, 1);
  EXPECT_EQ(status.guest_count, 0u);
}

TEST(Psp, AMachineWithoutOwnershipHasNoSnp) {
  PspSettings settings;
  settings.level = Level::kSevEs;
  TestMachine m(settings);
  EXPECT_EQ(m.call(C::kSnpInit).status, Status::kUnsupported);
}

command::FirmwareImage image(Tcb tcb, std::uint8_t minor, bool commit = false) {
  return {.version = {.build = 37, .minor = minor, .major = 1}, .tcb = pack(tcb, Product::kMilan), .commit = commit};
}

TEST(Psp, FirmwareFallsToTheCommittedVersionAndNoLower) {
  PspSettings settings;
  settings.committed.snp = 20;
  settings.committed_firmware.minor = 50;
  settings.reported = settings.committed;
  Tcb between = settings.current, below = settings.committed;
  between.snp = 22;
  below.snp = 19;
  TestMachine m(settings);
  (void)m.call(C::kSnpInit);
  EXPECT_TRUE(m.call(C::kSnpDownloadFirmwareEx, image(between, 55)).ok());
  CallResult no = m.call(C::kSnpDownloadFirmwareEx, image(below, 55));
  EXPECT_EQ(no.status, Status::kBadSvn);
  EXPECT_EQ(no.refusal->by->id, "psp.firmware.committed");
  EXPECT_EQ(m.call(C::kSnpDownloadFirmwareEx, image(between, 49)).status, Status::kBadSvn);
  ASSERT_TRUE(m.call(C::kSnpCommit).ok());
  EXPECT_EQ(m.psp.state().settings.committed, between);
  EXPECT_EQ(m.call(C::kSnpDownloadFirmwareEx, image(settings.committed, 55)).status, Status::kBadSvn);
}

TEST(Psp, RolledBackFirmwareCannotSpeakForWhatItReplaced) {
  PspSettings settings;
  Tcb old = settings.committed;
  old.snp = 3;
  TestMachine m(settings, {"psp.firmware.committed"});
  (void)m.call(C::kSnpInit);
  ASSERT_TRUE(m.call(C::kSnpDownloadFirmwareEx, image(old, 10)).ok());
  EXPECT_EQ(m.psp.state().settings.reported, old);
  EXPECT_EQ(m.call(C::kSnpConfig, command::Config{.reported_tcb = pack(settings.reported, Product::kMilan)}).status,
            Status::kInvalidParam);
}

TEST(Psp, TheReportedTcbIsOneThatIsCommitted) {
  TestMachine m;
  (void)m.call(C::kSnpInit);
  Tcb high = PspSettings{}.committed, low = high;
  high.tee += 1;
  low.snp -= 1;
  EXPECT_EQ(m.call(C::kSnpConfig, command::Config{.reported_tcb = pack(high, Product::kMilan)}).status,
            Status::kInvalidParam);
  EXPECT_TRUE(m.call(C::kSnpConfig, command::Config{.reported_tcb = pack(low, Product::kMilan)}).ok());
  EXPECT_EQ(m.psp.state().settings.reported, low);
  EXPECT_TRUE(m.call(C::kSnpConfig, command::Config{}).ok());
  EXPECT_EQ(m.psp.state().settings.reported, PspSettings{}.committed);
}

TEST(Psp, DebuggingOpensMemoryOnlyUnderThePolicy) {
  base::Bytes secret(4096, 0x77);
  auto attempt = [&](std::uint64_t policy, std::vector<std::string> lifted) {
    TestMachine m({}, lifted);
    m.begin(policy);
    (void)m.add(sevproto::PageType::kNormal, 0x20'0000, 0x1000, secret);
    (void)m.finish();
    EXPECT_NE(m.read(TestMachine::kNone, 0x20'0000), secret);
    CallResult r = m.call(C::kSnpDbgDecrypt, command::Debug{TestMachine::kContext, 0x20'0000, 0x60'0000});
    EXPECT_EQ(m.read(TestMachine::kNone, 0x60'0000) == secret, r.ok());
    EXPECT_EQ(m.call(C::kSnpDbgDecrypt, command::Debug{TestMachine::kContext, 0x61'0000, 0x60'0000}).ok(), false);
    return r.status;
  };
  EXPECT_EQ(attempt(TestMachine::kPolicy, {}), Status::kPolicyFailure);
  EXPECT_EQ(attempt(TestMachine::kPolicy | sevproto::kPolicyDebugAllowed, {}), Status::kSuccess);
  EXPECT_EQ(attempt(TestMachine::kPolicy, {"psp.debug.policy"}), Status::kSuccess);
}

TEST(Psp, ReclaimTakesNoLivePage) {
  TestMachine m;
  m.begin();
  (void)m.add(sevproto::PageType::kZero, 0x20'0000, 0);
  EXPECT_EQ(m.call(C::kSnpPageReclaim, command::PageReclaim{0x20'0000}).status, Status::kInvalidPageState);
  EXPECT_EQ(m.call(C::kSnpPageReclaim, command::PageReclaim{TestMachine::kContext}).status, Status::kInvalidPageState);
  EXPECT_EQ(m.call(C::kSnpPageReclaim, command::PageReclaim{0x20'1001}).status, Status::kInvalidAddress);
  EXPECT_EQ(m.call(C::kSnpPageReclaim, command::PageReclaim{TestMachine::kBytes}).status, Status::kInvalidAddress);
  m.make_firmware(0x20'1000);
  EXPECT_TRUE(m.call(C::kSnpPageReclaim, command::PageReclaim{0x20'1000}).ok());
}

TEST(Psp, TheSameSeedGivesTheSameGuest) {
  TestMachine a, b;
  a.begin(), b.begin();
  EXPECT_EQ(a.read(TestMachine::kNone, TestMachine::kContext), b.read(TestMachine::kNone, TestMachine::kContext));
}

TEST(Tables, IdsAreUniqueAndEveryRowHasItsWords) {
  std::set<std::string_view> ids;
  for (const trust::Defence* d : defences()) {
    EXPECT_TRUE(ids.insert(d->id).second) << d->id;
    EXPECT_FALSE(d->clause.empty() || d->promise.empty());
  }
  for (const char* id : {"rmp.host-write.assigned", "rmp.access.assigned",
                         "rmp.access.asid",         "rmp.access.gpa",
                         "rmp.access.validated",    "rmp.access.vmpl",
                         "rmp.rmpupdate.immutable", "rmp.vmrun.vmsa",
                         "psp.cpuid-page.checked",  "psp.guest-request.sequence",
                         "psp.guest-request.tag",   "psp.report.vmpl",
                         "psp.debug.policy",        "psp.launch.policy",
                         "psp.id-block.digest",     "psp.id-block.signature",
                         "psp.id-block.policy",     "psp.launch-finish.state",
                         "psp.firmware.committed",  "sev.launch-secret.measure",
                         "sev.debug.policy",        "es.vmsa.checksum"})
    EXPECT_TRUE(ids.contains(id)) << id;
}

}  // namespace
}  // namespace sev
