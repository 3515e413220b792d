#pragma once
// A small NVMe driver for tests: polls, one command at a time unless a test submits more.
#include <algorithm>

#include "devices/endpoint/test_card.h"
#include "devices/nvme/disk.h"

namespace nvme {

inline constexpr std::uint64_t kAdminSubmission = 0x1000, kAdminCompletion = 0x2000, kIoSubmission = 0x3000,
                               kIoCompletion = 0x4000, kData = 0x5000;
inline constexpr std::uint32_t kTestEntries = 8;

struct TestDriver : endpoint::TestCard {
  explicit TestDriver(const Settings& settings = {})
      : TestCard([&](pcie::Link& link, trust::Defences& defences, Nonces nonces) {
          return std::make_unique<Disk>("nvme0", link, defences, endpoint::Firmware{0x00020001, {}}, settings, nonces);
        }) {}
  Controller& controller() { return static_cast<Disk&>(*card).controller(); }

  // ---- registers ----
  void set(std::uint64_t offset, std::uint32_t value) {
    base::Bytes bytes;
    base::append_le(bytes, value);
    root.mmio_write(endpoint::kBar0At + offset, bytes, trusted);
  }
  std::uint32_t get(std::uint64_t offset) {
    return base::load_le<std::uint32_t>(root.mmio_read(endpoint::kBar0At + offset, 4, trusted).bytes);
  }
  void enable(std::uint32_t entries = kTestEntries) {
    std::fill(memory.bytes.begin() + kAdminSubmission, memory.bytes.begin() + kData, 0);
    rings[0] = rings[1] = {};
    rings[0] = {.submission = kAdminSubmission, .completion = kAdminCompletion};
    set(kCc, 0);
    set(kAqa, (entries - 1) << 16 | (entries - 1));
    write(kAsq, kAdminSubmission, trusted);
    write(kAcq, kAdminCompletion, trusted);
    set(kCc, kCcEnable | kSubmissionEntryLog << kCcSubmissionSizeShift | kCompletionEntryLog << kCcCompletionSizeShift);
  }
  void create_io_queues() {
    rings[1] = {.submission = kIoSubmission, .completion = kIoCompletion};
    constexpr std::uint32_t kFirst = (kTestEntries - 1) << 16 | 1;
    const Command completion{.opcode = 0x05, .prp1 = kIoCompletion, .dword10 = kFirst, .dword11 = 3};
    const Command submission{.opcode = 0x01, .prp1 = kIoSubmission, .dword10 = kFirst, .dword11 = 1 << 16 | 1};
    ASSERT_EQ(status_of(admin(completion)), Status::kSuccess);
    ASSERT_EQ(status_of(admin(submission)), Status::kSuccess);
  }
  void bring_up() {
    enable();
    ASSERT_EQ(get(kCsts), kCstsReady);
    create_io_queues();
  }

  // ---- queues ----
  struct Ring {
    std::uint64_t submission = 0, completion = 0;
    std::uint32_t tail = 0, head = 0;
    bool phase = true;
  };
  void put(unsigned queue, Command command) {
    Ring& ring = rings[queue];
    const auto raw = wire::encode(command);
    const auto at = static_cast<std::ptrdiff_t>(ring.submission + 64 * ring.tail);
    std::copy(raw.begin(), raw.end(), memory.bytes.begin() + at);
    ring.tail = (ring.tail + 1) % kTestEntries;
  }
  void ring(unsigned queue) { set(submission_doorbell(queue), rings[queue].tail); }
  // The next completion if its phase says that it is there.
  std::optional<Completion> poll(unsigned queue, bool tell = true) {
    Ring& ring = rings[queue];
    const auto entry = *wire::decode<Completion>(host(ring.completion + 16 * ring.head, 16));
    if ((entry.status & kStatusPhase) != ring.phase) return std::nullopt;
    ring.head = (ring.head + 1) % kTestEntries;
    if (ring.head == 0) ring.phase = !ring.phase;
    if (tell) set(completion_doorbell(queue), ring.head);
    return entry;
  }
  Completion command(unsigned queue, Command command) {
    command.command_id = ++ids;
    put(queue, command);
    ring(queue);
    const auto done = poll(queue);
    EXPECT_TRUE(done) << "no completion of command " << ids;
    if (!done) return {.status = 0xffff};
    EXPECT_EQ(done->command_id, ids);
    EXPECT_EQ(done->submission_queue, queue);
    EXPECT_EQ(done->submission_head, rings[queue].tail);
    return *done;
  }
  Completion admin(const Command& c) { return command(0, c); }
  Status io(IoOpcode opcode, std::uint64_t block, std::uint32_t blocks, std::uint64_t prp1, std::uint64_t prp2 = 0) {
    return status_of(command(1, {.opcode = static_cast<std::uint8_t>(opcode),
                                 .namespace_id = 1,
                                 .prp1 = prp1,
                                 .prp2 = prp2,
                                 .dword10 = static_cast<std::uint32_t>(block),
                                 .dword11 = static_cast<std::uint32_t>(block >> 32),
                                 .dword12 = blocks - 1}));
  }
  void fill(std::uint64_t at, std::size_t size, std::uint8_t with) {
    std::fill_n(memory.bytes.begin() + static_cast<std::ptrdiff_t>(at), size, with);
  }
  base::Bytes pattern(std::uint64_t at, std::size_t size, unsigned step) {
    for (std::size_t i = 0; i < size; ++i) memory.bytes[at + i] = static_cast<std::uint8_t>(i * step + i / 251);
    return host(at, size);
  }

  bool trusted = false;
  std::uint16_t ids = 0;
  Ring rings[2];
};

}  // namespace nvme
