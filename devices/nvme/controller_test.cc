// Registers, the admin queue and the rings, against NVM Express Base 1.4.
#include "devices/nvme/test_driver.h"

namespace nvme {
namespace {

TEST(Controller, IsAnNvmeDeviceToItsBus) {
  TestDriver d;
  EXPECT_EQ(d.root.config_read(endpoint::id_of(0), 0x08, 4) >> 8, 0x010802u);
  EXPECT_EQ(d.get(kVs), 0x00010400u);
  const std::uint64_t cap = d.read(kCap, false);
  EXPECT_EQ(cap & 0xffff, 63u);           // MQES
  EXPECT_EQ(cap >> 16 & 1, 1u);           // CQR
  EXPECT_EQ(cap >> 32 & 0xf, 0u);         // DSTRD
  EXPECT_EQ(cap >> 37 & 1, 1u);           // the NVM command set
  EXPECT_EQ(cap >> 48 & 0xff, 0u);        // MPSMIN, MPSMAX: 4 KiB
  EXPECT_EQ(d.get(kCsts), 0u);
  EXPECT_EQ(d.root.mmio_read(endpoint::kBar0At + kBar0Size - 2, 4, false).outcome, pcie::Outcome::kUnsupportedRequest);
}

TEST(Controller, IsReadyWithGoodAdminQueuesOnly) {
  TestDriver d;
  d.enable();
  EXPECT_EQ(d.get(kCsts), kCstsReady);
  d.set(kCc, d.get(kCc) & ~kCcEnable);
  EXPECT_EQ(d.get(kCsts), 0u);
  EXPECT_EQ(d.get(kCc), 0u);
  EXPECT_EQ(d.read(kAsq, false), kAdminSubmission);  // a controller reset keeps them
  EXPECT_EQ(d.get(kAqa), 0x00070007u);
  d.set(kAqa, 0x00070000);  // one entry is no queue
  d.set(kCc, kCcEnable);
  EXPECT_EQ(d.get(kCsts), kCstsFatal);
  d.set(kCc, 0);
  for (const std::uint32_t unknown : {1u << 4, 1u << 7, 1u << 11}) {
    d.set(kAqa, 0x00070007);
    d.set(kCc, kCcEnable | unknown);
    EXPECT_EQ(d.get(kCsts), kCstsFatal) << unknown;
    d.set(kCc, 0);
  }
}

TEST(Controller, ShutsDownAtOnceAndWorksAgainOnlyAfterAReset) {
  TestDriver d;
  d.bring_up();
  d.set(kCc, d.get(kCc) | 1u << 14);
  EXPECT_EQ(d.get(kCsts), kCstsReady | kCstsShutdownComplete);
  d.put(0, {.opcode = 0x06, .prp1 = kData, .dword10 = 1});
  d.ring(0);
  EXPECT_FALSE(d.poll(0));
  d.bring_up();
  EXPECT_EQ(d.get(kCsts), kCstsReady);
}

TEST(Controller, IdentifiesItselfItsNamespaceAndNothingElse) {
  TestDriver d;
  d.enable();
  const auto identify = [&](std::uint32_t cns, std::uint32_t id) {
    return status_of(d.admin({.opcode = 0x06, .namespace_id = id, .prp1 = kData, .dword10 = cns}));
  };
  ASSERT_EQ(identify(1, 0), Status::kSuccess);
  const auto controller = wire::decode<IdentifyController>(d.host(kData, 4096));
  ASSERT_TRUE(controller);
  EXPECT_EQ(controller->vendor_id, 0x1b36);
  EXPECT_EQ(controller->version, 0x00010400u);
  EXPECT_EQ(controller->namespaces, 1u);
  EXPECT_EQ(controller->submission_entry_size, 0x66);
  EXPECT_EQ(controller->completion_entry_size, 0x44);
  EXPECT_EQ(controller->write_cache & 1, 0);
  EXPECT_EQ(base::bytes_of(controller->firmware_revision), base::bytes_of(base::view_of("00020001")));
  ASSERT_EQ(identify(0, 1), Status::kSuccess);
  const auto space = wire::decode<IdentifyNamespace>(d.host(kData, 4096));
  ASSERT_TRUE(space);
  EXPECT_EQ(space->size, 0x800u);
  EXPECT_EQ(space->formats[space->format].data_size, 9);
  ASSERT_EQ(identify(2, 0), Status::kSuccess);
  EXPECT_EQ(base::load_le<std::uint64_t>(d.host(kData, 8)), 1u);
  ASSERT_EQ(identify(2, 1), Status::kSuccess);
  EXPECT_EQ(base::load_le<std::uint64_t>(d.host(kData, 8)), 0u);
  ASSERT_EQ(identify(3, 1), Status::kSuccess);
  EXPECT_EQ(wire::decode<NamespaceDescriptor>(d.host(kData, 12))->eui64, space->eui64);
  EXPECT_EQ(identify(0, 2), Status::kInvalidNamespace);
  EXPECT_EQ(identify(0, 0xffffffff), Status::kInvalidNamespace);
  EXPECT_EQ(identify(2, 0xfffffffe), Status::kInvalidNamespace);
  EXPECT_EQ(identify(0x10, 1), Status::kInvalidField);
}

TEST(Controller, RefusesBadAdminCommandsWithTheirStatus) {
  struct Case {
    const char* what;
    Command command;
    Status status;
  };
  constexpr auto kBadId = Status::kInvalidQueueIdentifier, kBadSize = Status::kInvalidQueueSize;
  constexpr auto kBadOffset = Status::kPrpOffsetInvalid, kBadVector = Status::kInvalidInterruptVector;
  constexpr std::uint32_t k8 = 7 << 16, kTo1 = 1 << 16 | 1;  // entries; completions to queue 1
  const Case cases[] = {
      {"opcode", {.opcode = 0x7f}, Status::kInvalidOpcode},
      {"log page", {.opcode = 0x02, .prp1 = kData, .dword10 = 0x7f}, Status::kInvalidLogPage},
      {"log page from within a word", {.opcode = 0x02, .prp1 = kData, .dword10 = 1, .dword12 = 2}, Status::kInvalidField},
      {"log page beyond its end", {.opcode = 0x02, .prp1 = kData, .dword10 = 1, .dword12 = 64}, Status::kInvalidField},
      {"log page of more than MDTS", {.opcode = 0x02, .prp1 = kData, .dword10 = 1, .dword11 = 1}, Status::kInvalidField},
      {"health of a namespace", {.opcode = 0x02, .namespace_id = 1, .prp1 = kData, .dword10 = 2}, Status::kInvalidField},
      {"abort in no queue", {.opcode = 0x08, .dword10 = 3}, Status::kInvalidField},
      {"SGL", {.opcode = 0x06, .flags = 0x40, .prp1 = kData, .dword10 = 1}, Status::kInvalidField},
      {"fused", {.opcode = 0x06, .flags = 1, .prp1 = kData, .dword10 = 1}, Status::kInvalidField},
      {"PRP", {.opcode = 0x06, .prp1 = kData + 2, .dword10 = 1}, kBadOffset},
      {"CQ 0", {.opcode = 0x05, .prp1 = kData, .dword10 = k8, .dword11 = 1}, kBadId},
      {"CQ 5", {.opcode = 0x05, .prp1 = kData, .dword10 = k8 | 5, .dword11 = 1}, kBadId},
      {"CQ 1 again", {.opcode = 0x05, .prp1 = kData, .dword10 = k8 | 1, .dword11 = 1}, kBadId},
      {"CQ of 1", {.opcode = 0x05, .prp1 = kData, .dword10 = 2, .dword11 = 1}, kBadSize},
      {"CQ of 65", {.opcode = 0x05, .prp1 = kData, .dword10 = 64 << 16 | 2, .dword11 = 1}, kBadSize},
      {"CQ in pieces", {.opcode = 0x05, .prp1 = kData, .dword10 = k8 | 2}, Status::kInvalidField},
      {"CQ off a page", {.opcode = 0x05, .prp1 = kData + 64, .dword10 = k8 | 2, .dword11 = 1}, kBadOffset},
      {"CQ's vector", {.opcode = 0x05, .prp1 = kData, .dword10 = k8 | 2, .dword11 = 4 << 16 | 3}, kBadVector},
      {"SQ 0", {.opcode = 0x01, .prp1 = kData, .dword10 = k8, .dword11 = kTo1}, kBadId},
      {"SQ 1 again", {.opcode = 0x01, .prp1 = kData, .dword10 = k8 | 1, .dword11 = kTo1}, kBadId},
      {"SQ to CQ 0", {.opcode = 0x01, .prp1 = kData, .dword10 = k8 | 2, .dword11 = 1}, kBadId},
      {"SQ to CQ 3", {.opcode = 0x01, .prp1 = kData, .dword10 = k8 | 2, .dword11 = 3 << 16 | 1},
       Status::kCompletionQueueInvalid},
      {"SQ of 65", {.opcode = 0x01, .prp1 = kData, .dword10 = 64 << 16 | 2, .dword11 = kTo1}, kBadSize},
      {"delete CQ in use", {.opcode = 0x04, .dword10 = 1}, Status::kInvalidQueueDeletion},
      {"delete CQ 0", {.opcode = 0x04, .dword10 = 0}, kBadId},
      {"delete SQ 0", {.opcode = 0x00, .dword10 = 0}, kBadId},
      {"delete SQ 2", {.opcode = 0x00, .dword10 = 2}, kBadId},
      {"feature", {.opcode = 0x09, .dword10 = 0x06}, Status::kInvalidField},
      {"saved feature", {.opcode = 0x09, .dword10 = 1u << 31 | 0x07}, Status::kFeatureNotSaveable},
      {"queues late", {.opcode = 0x09, .dword10 = 0x07, .dword11 = 0}, Status::kCommandSequenceError},
  };
  TestDriver d;
  d.bring_up();
  for (const auto& c : cases) {
    const auto done = d.admin(c.command);
    EXPECT_EQ(status_of(done), c.status) << c.what;
    EXPECT_EQ((done.status & kStatusDoNotRetry) != 0, c.status != Status::kInvalidQueueDeletion) << c.what;
  }
  EXPECT_EQ(d.get(kCsts), kCstsReady);
  EXPECT_EQ(status_of(d.admin({.opcode = 0x00, .dword10 = 1})), Status::kSuccess);
  EXPECT_EQ(status_of(d.admin({.opcode = 0x04, .dword10 = 1})), Status::kSuccess);
}

TEST(Controller, SaysHowManyQueuesThereAre) {
  TestDriver d;
  d.enable();
  const auto set = d.admin({.opcode = 0x09, .dword10 = 0x07, .dword11 = 63u << 16 | 63});
  EXPECT_EQ(status_of(set), Status::kSuccess);
  EXPECT_EQ(set.result, 0x00030003u);
  EXPECT_EQ(status_of(d.admin({.opcode = 0x09, .dword10 = 0x07, .dword11 = 0xffff})), Status::kInvalidField);
  EXPECT_EQ(d.admin({.opcode = 0x0a, .dword10 = 0x07}).result, 0x00030003u);
}

TEST(Controller, TurnsThePhaseWithEachRoundOfItsRing) {
  TestDriver d;
  d.bring_up();
  for (unsigned i = 0; i < 3 * kTestEntries; ++i)
    EXPECT_EQ(d.io(IoOpcode::kFlush, 0, 1, 0), Status::kSuccess) << i;  // poll looks at the phase
}

TEST(Controller, WaitsWithWorkWhileItsCompletionsHaveNoRoom) {
  TestDriver d;
  d.bring_up();
  // Seven fill the completion ring of eight.
  for (std::uint16_t i = 0; i < 7; ++i) d.put(1, {.opcode = 0x00, .command_id = i, .namespace_id = 1});
  d.ring(1);
  d.put(1, {.opcode = 0x00, .command_id = 7, .namespace_id = 1});
  d.put(1, {.opcode = 0x00, .command_id = 8, .namespace_id = 1});
  d.ring(1);
  for (unsigned i = 0; i < 7; ++i) {
    const auto done = d.poll(1, false);
    ASSERT_TRUE(done) << i;
    EXPECT_EQ(done->command_id, i);
  }
  EXPECT_FALSE(d.poll(1, false));
  d.set(completion_doorbell(1), d.rings[1].head);  // room again
  for (unsigned i = 7; i < 9; ++i) {
    const auto done = d.poll(1);
    ASSERT_TRUE(done) << i;
    EXPECT_EQ(done->command_id, i);
  }
}

TEST(Controller, IgnoresDoorbellsOfNoQueueAndPastItsEnd) {
  TestDriver d;
  d.bring_up();
  const auto before = d.memory.seen.size();
  d.set(submission_doorbell(3), 1);
  d.set(submission_doorbell(1), kTestEntries);
  d.set(completion_doorbell(4), 1);
  d.set(kBar0Size - 4, 1);
  EXPECT_EQ(d.memory.seen.size(), before);
  EXPECT_EQ(d.get(kCsts), kCstsReady);
}

TEST(Controller, FailsForGoodWhenItsQueuesAreOutOfReach) {
  TestDriver d;
  d.enable();
  d.set(kCc, 0);
  d.write(kAsq, 0x20000, false);  // no such memory
  d.set(kCc, kCcEnable);
  d.set(submission_doorbell(0), 1);
  EXPECT_EQ(d.get(kCsts), kCstsReady | kCstsFatal);
  d.bring_up();
  EXPECT_EQ(d.get(kCsts), kCstsReady);
}

TEST(Controller, AControllerResetEndsTheCommandUnderWay) {
  TestDriver d;
  d.bring_up();
  d.pattern(kData, 0x2000, 3);
  bool armed = true;
  d.tap.act = [&](const trust::Boundary&, trust::Message& message) {
    if (armed && message.object == "MRd32" && d.memory.seen.back().address == kData) {
      armed = false;
      d.set(kCc, 0);  // between the first and the last packet of the data
    }
    return true;
  };
  d.put(1, {.opcode = 0x01, .namespace_id = 1, .prp1 = kData, .prp2 = kData + 0x1000, .dword12 = 15});
  d.ring(1);
  d.tap.act = nullptr;
  EXPECT_FALSE(armed);
  EXPECT_FALSE(d.poll(1, false));
  base::Bytes block(kBlock);
  d.controller().medium().read(0, block);
  EXPECT_EQ(block, base::Bytes(kBlock));
}

// `table` lies so far into the card's window.
void fires_the_vector_of_its_queue(TestDriver& d, std::uint64_t table) {
  d.bring_up();
  const auto entry = [&](unsigned vector, std::uint64_t address, std::uint32_t data) {
    base::Bytes bytes;
    base::append_le(bytes, address);
    base::append_le(bytes, data);
    base::append_le<std::uint32_t>(bytes, 0);
    d.root.mmio_write(endpoint::kBar0At + table + 16 * vector, bytes, false);
  };
  entry(0, 0xf000, 0x40);
  const unsigned msix = pcie::find(d.card->function(0).config(), pcie::Capability::kMsix);
  d.root.config_write(endpoint::id_of(0), msix + pcie::kMsixControl, 2, pcie::kMsixEnable);
  d.fill(0xf000, 4, 0);
  EXPECT_EQ(d.io(IoOpcode::kFlush, 0, 1, 0), Status::kSuccess);
  EXPECT_EQ(d.host(0xf000, 4), (base::Bytes{0x40, 0, 0, 0}));
}

TEST(Controller, FiresTheVectorOfItsQueue) {
  TestDriver d;
  fires_the_vector_of_its_queue(d, 0x80000);
}

TEST(Controller, HasItsVectorsInBar0IfSettingsSaySo) {
  Settings settings;
  settings.card.msix = {.bar = 0, .table_offset = 0x2000, .pba_offset = 0x3000};
  TestDriver d(settings);
  EXPECT_EQ(d.root.config_read(endpoint::id_of(0), pcie::kBar0 + 8, 4), 0u);
  fires_the_vector_of_its_queue(d, 0x2000);
}

}  // namespace
}  // namespace nvme
