// Log pages, events and Abort, against NVM Express Base 1.4.
#include "devices/nvme/test_driver.h"
#include "platform/protocol/nvme/logs.h"

namespace nvme {
namespace {

constexpr std::uint8_t kGetLogPage = 0x02, kAbort = 0x08, kAwaitEvent = 0x0c;

// A page of that many bytes at kData.
Completion log_page(TestDriver& d, std::uint32_t page, std::uint32_t size, std::uint32_t offset = 0) {
  return d.admin({.opcode = kGetLogPage, .prp1 = kData, .dword10 = page | (size / 4 - 1) << 16, .dword12 = offset});
}

template <class Page>
Page page_at_data(TestDriver& d) {
  return *wire::decode<Page>(d.host(kData, wire::min_size<Page>()));
}

void await_event(TestDriver& d, std::uint16_t id) {
  d.put(0, {.opcode = kAwaitEvent, .command_id = id});
  d.ring(0);
}

TEST(Logs, CountWhatTheDiskWasUsedFor) {
  TestDriver d;
  d.bring_up();
  ASSERT_EQ(status_of(log_page(d, 2, 512)), Status::kSuccess);
  EXPECT_EQ(page_at_data<HealthLog>(d).reads[0], 0u);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(d.io(IoOpcode::kRead, 0, 8, 0x8000), Status::kSuccess);
  ASSERT_EQ(d.io(IoOpcode::kWrite, 0, 8, 0x8000), Status::kSuccess);
  ASSERT_EQ(d.io(IoOpcode::kWrite, 0x800, 1, 0x8000), Status::kLbaOutOfRange);
  ASSERT_EQ(status_of(log_page(d, 2, 512)), Status::kSuccess);
  const auto health = page_at_data<HealthLog>(d);
  EXPECT_EQ(health.reads[0], 3u);
  EXPECT_EQ(health.writes[0], 1u);
  EXPECT_EQ(health.units_read[0], 1u);  // thousands, rounded up
  EXPECT_EQ(health.units_written[0], 1u);
  EXPECT_EQ(health.warning, 0);
}

TEST(Logs, ForgetWhatAConfidentialVmDid) {
  TestDriver d;
  d.run();
  d.trusted = true;
  d.bring_up();
  ASSERT_EQ(d.io(IoOpcode::kRead, 0, 8, 0x8000), Status::kSuccess);
  d.stop(0);
  d.trusted = false;
  d.bring_up();
  ASSERT_EQ(status_of(log_page(d, 2, 512)), Status::kSuccess);
  EXPECT_EQ(page_at_data<HealthLog>(d).reads[0], 0u);
}

TEST(Logs, SayWhichFirmwareRuns) {
  TestDriver d;
  d.enable();
  ASSERT_EQ(status_of(log_page(d, 3, 512)), Status::kSuccess);
  const auto firmware = page_at_data<FirmwareLog>(d);
  EXPECT_EQ(firmware.active, 1);
  EXPECT_EQ(base::bytes_of(firmware.revision), base::bytes_of(base::view_of("00020001")));
}

TEST(Logs, GiveAPartAndNothingBehindTheEnd) {
  TestDriver d;
  d.enable();
  d.fill(kData, 0x1000, 0xee);
  ASSERT_EQ(status_of(log_page(d, 3, 64, 508)), Status::kSuccess);
  EXPECT_EQ(d.host(kData, 5), (base::Bytes{0, 0, 0, 0, 0xee}));
  ASSERT_EQ(status_of(log_page(d, 3, 8, 8)), Status::kSuccess);
  EXPECT_EQ(d.host(kData, 9), (base::Bytes{'0', '0', '0', '2', '0', '0', '0', '1', 0xee}));
}

TEST(Events, TellOfAMisusedDoorbellOnceUntilTheLogIsRead) {
  TestDriver d;
  d.bring_up();
  await_event(d, 0x701);
  await_event(d, 0x702);
  EXPECT_FALSE(d.poll(0));
  d.set(submission_doorbell(1), kTestEntries);
  const auto first = d.poll(0);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->command_id, 0x701);
  EXPECT_EQ(status_of(*first), Status::kSuccess);
  EXPECT_EQ(first->result, 0x00010100u);  // log page 1, an invalid value, an error
  d.set(completion_doorbell(3), 0);
  EXPECT_FALSE(d.poll(0));
  // Reading with Retain Asynchronous Event changes nothing.
  d.put(0, {.opcode = kGetLogPage, .command_id = 1, .prp1 = kData, .dword10 = 15 << 16 | kRetainEvent | 1});
  d.ring(0);
  ASSERT_EQ(d.poll(0)->command_id, 1);
  EXPECT_FALSE(d.poll(0));
  const auto entry = page_at_data<ErrorEntry>(d);
  EXPECT_EQ(entry.count, 2u);
  EXPECT_EQ(entry.submission_queue, 3);
  EXPECT_EQ(entry.command_id, 0xffff);
  d.put(0, {.opcode = kGetLogPage, .command_id = 2, .prp1 = kData, .dword10 = 15 << 16 | 1});
  d.ring(0);
  ASSERT_EQ(d.poll(0)->command_id, 2);
  const auto second = d.poll(0);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->command_id, 0x702);
  EXPECT_EQ(second->result, 0x00010000u);  // no such doorbell
}

TEST(Events, AreAwaitedByFourAtMostAndEndWithAControllerReset) {
  TestDriver d;
  d.enable();
  for (std::uint16_t id = 0; id < kEventRequestsMax; ++id) await_event(d, id);
  EXPECT_FALSE(d.poll(0));
  const auto fifth = d.admin({.opcode = kAwaitEvent});
  EXPECT_EQ(status_of(fifth), Status::kEventLimitExceeded);
  EXPECT_FALSE(fifth.status & kStatusDoNotRetry);
  d.set(submission_doorbell(3), 1);
  ASSERT_TRUE(d.poll(0));
  d.enable();
  d.set(submission_doorbell(3), 1);
  EXPECT_FALSE(d.poll(0));
  await_event(d, 9);
  ASSERT_EQ(d.poll(0)->command_id, 9);  // what happened meanwhile was kept
}

TEST(Events, WaitForRoomInTheQueue) {
  TestDriver d;
  d.enable();
  await_event(d, 0x700);
  for (std::uint16_t i = 0; i < kTestEntries - 1; ++i) {
    d.put(0, {.opcode = 0x7f, .command_id = i});
    d.ring(0);
    ASSERT_EQ(d.poll(0, false)->command_id, i);
  }
  d.set(submission_doorbell(3), 1);
  EXPECT_FALSE(d.poll(0, false));
  d.set(completion_doorbell(0), d.rings[0].head);
  ASSERT_EQ(d.poll(0)->command_id, 0x700);
}

TEST(Abort, EndsARequestForAnEventAndFindsNothingElse) {
  TestDriver d;
  d.bring_up();
  await_event(d, 0x701);
  EXPECT_EQ(d.admin({.opcode = kAbort, .dword10 = 0x702u << 16}).result, 1u);
  EXPECT_EQ(d.admin({.opcode = kAbort, .dword10 = 0x701u << 16 | 1}).result, 1u);
  d.put(0, {.opcode = kAbort, .command_id = 5, .dword10 = 0x701u << 16});
  d.ring(0);
  const auto aborted = d.poll(0), abort = d.poll(0);
  ASSERT_TRUE(aborted && abort);
  EXPECT_EQ(aborted->command_id, 0x701);
  EXPECT_EQ(status_of(*aborted), Status::kAbortRequested);
  EXPECT_EQ(abort->command_id, 5);
  EXPECT_EQ(abort->result, 0u);
  d.set(submission_doorbell(3), 1);
  EXPECT_FALSE(d.poll(0));
}

}  // namespace
}  // namespace nvme
