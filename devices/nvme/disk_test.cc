// Blocks in and out, by each way that PRPs can say where, for a driver that trusts the disk and for one that does not.
#include "devices/nvme/test_driver.h"

namespace nvme {
namespace {

void work(TestDriver& d) {
  d.bring_up();
  d.memory.seen.clear();
  // One page, from within it.
  const auto small = d.pattern(kData + 0x10, 512, 3);
  EXPECT_EQ(d.io(IoOpcode::kWrite, 7, 1, kData + 0x10), Status::kSuccess);
  d.fill(kData, 0x1000, 0);
  EXPECT_EQ(d.io(IoOpcode::kRead, 7, 1, kData + 0x200), Status::kSuccess);
  EXPECT_EQ(d.host(kData + 0x200, 512), small);
  // Two pages.
  const auto two = d.pattern(kData, 0x2000, 5);
  EXPECT_EQ(d.io(IoOpcode::kWrite, 100, 16, kData, kData + 0x1000), Status::kSuccess);
  d.fill(kData, 0x4000, 0);
  EXPECT_EQ(d.io(IoOpcode::kRead, 100, 16, kData + 0x2000, kData + 0x3000), Status::kSuccess);
  EXPECT_EQ(d.host(kData + 0x2000, 0x2000), two);
  // A list, at the end of its page and on in another.
  const auto many = d.pattern(kData + 0x100, 0x3000, 7);
  const auto lists = [&](std::vector<std::uint64_t> first, std::vector<std::uint64_t> second) {
    base::Bytes a, b;
    for (const auto entry : first) base::append_le(a, entry);
    for (const auto entry : second) base::append_le(b, entry);
    std::copy(a.begin(), a.end(), d.memory.bytes.end() - 0x1000 - static_cast<std::ptrdiff_t>(a.size()));
    std::copy(b.begin(), b.end(), d.memory.bytes.begin() + 0xf000);
  };
  lists({kData + 0x1000, 0xf000}, {kData + 0x2000, kData + 0x3000});
  EXPECT_EQ(d.io(IoOpcode::kWrite, 200, 24, kData + 0x100, 0xeff0), Status::kSuccess);
  d.fill(kData, 0x4000, 0);
  EXPECT_EQ(d.io(IoOpcode::kRead, 200, 24, kData + 0x100, 0xeff0), Status::kSuccess);
  EXPECT_EQ(d.host(kData + 0x100, 0x3000), many);
  EXPECT_EQ(d.io(IoOpcode::kFlush, 0, 1, 0), Status::kSuccess);
  ASSERT_FALSE(d.memory.seen.empty());
  for (const auto& access : d.memory.seen) EXPECT_EQ(access.trusted, d.trusted);
}

TEST(Disk, WorksForADriverThatTrustsItWithNothing) {
  TestDriver d;
  work(d);
}

TEST(Disk, WorksForAConfidentialVm) {
  TestDriver d;
  d.run();
  d.trusted = true;
  work(d);
}

TEST(Disk, RefusesBadCommandsWithTheirStatus) {
  TestDriver d;
  d.bring_up();
  EXPECT_EQ(d.io(static_cast<IoOpcode>(0x09), 0, 1, kData), Status::kInvalidOpcode);
  EXPECT_EQ(d.io(IoOpcode::kRead, 0x800, 1, kData), Status::kLbaOutOfRange);
  EXPECT_EQ(d.io(IoOpcode::kRead, 0x7ff, 2, kData), Status::kLbaOutOfRange);
  EXPECT_EQ(d.io(IoOpcode::kWrite, ~0ull, 2, kData), Status::kLbaOutOfRange);
  EXPECT_EQ(d.io(IoOpcode::kRead, 0, 257, kData), Status::kInvalidField);  // more than MDTS
  EXPECT_EQ(d.io(IoOpcode::kRead, 0, 1, kData + 1), Status::kPrpOffsetInvalid);
  EXPECT_EQ(d.io(IoOpcode::kRead, 0, 16, kData, kData + 0x1004), Status::kPrpOffsetInvalid);
  EXPECT_EQ(d.io(IoOpcode::kRead, 0, 24, kData, kData + 4), Status::kPrpOffsetInvalid);
  // Writes are posted: it never hears that they went nowhere.
  EXPECT_EQ(d.io(IoOpcode::kRead, 0, 1, 0x20000), Status::kSuccess);
  EXPECT_EQ(d.io(IoOpcode::kWrite, 0, 1, 0x20000), Status::kDataTransferError);
  EXPECT_EQ(d.io(IoOpcode::kRead, 0, 24, kData, 0x20000), Status::kDataTransferError);
  for (const std::uint32_t space : {0u, 2u, 0xffffffffu})
    EXPECT_EQ(status_of(d.command(1, {.opcode = 0x02, .namespace_id = space, .prp1 = kData})),
              Status::kInvalidNamespace);
  EXPECT_EQ(status_of(d.command(1, {.opcode = 0x02, .flags = 0x40, .namespace_id = 1, .prp1 = kData})),
            Status::kInvalidField);
  EXPECT_EQ(d.get(kCsts), kCstsReady);
}

TEST(Disk, KeepsTheHostOutWhileItRuns) {
  TestDriver d;
  d.run();
  d.trusted = true;
  d.bring_up();
  d.trusted = false;
  EXPECT_EQ(d.get(kCsts), 0xffffffffu);
  d.set(kCc, 0);
  d.trusted = true;
  EXPECT_EQ(d.get(kCsts), kCstsReady);
}

TEST(Disk, ForgetsWhatAConfidentialVmWroteAndKeepsTheRest) {
  TestDriver d;
  d.bring_up();
  const auto before = d.pattern(kData, 512, 3);
  ASSERT_EQ(d.io(IoOpcode::kWrite, 1, 1, kData), Status::kSuccess);
  d.run();
  d.trusted = true;
  d.bring_up();
  d.pattern(kData, 512, 9);
  ASSERT_EQ(d.io(IoOpcode::kWrite, 2, 1, kData), Status::kSuccess);
  d.stop(0);
  d.trusted = false;
  EXPECT_EQ(d.get(kCsts), 0u);
  d.bring_up();
  ASSERT_EQ(d.io(IoOpcode::kRead, 1, 1, kData), Status::kSuccess);
  EXPECT_EQ(d.host(kData, 512), before);
  ASSERT_EQ(d.io(IoOpcode::kRead, 2, 1, kData), Status::kSuccess);
  EXPECT_EQ(d.host(kData, 512), base::Bytes(512));
}

TEST(Disk, UsesNoCompletionThatComesAfterItsStop) {
  TestDriver d;
  d.run();
  d.trusted = true;
  d.bring_up();
  d.pattern(kData, 0x2000, 3);
  bool armed = true;
  d.tap.act = [&](const trust::Boundary&, trust::Message& message) {
    if (armed && !message.reply && d.memory.seen.back().address == kData) {
      armed = false;
      d.stop(0);
    }
    return true;
  };
  d.put(1, {.opcode = 0x01, .namespace_id = 1, .prp1 = kData, .prp2 = kData + 0x1000, .dword12 = 15});
  d.ring(1);
  d.tap.act = nullptr;
  EXPECT_FALSE(armed);
  base::Bytes block(kBlock);
  d.controller().medium().read(0, block);
  EXPECT_EQ(block, base::Bytes(kBlock));
}

TEST(Prp, CutsATransferAtPagesWhateverItsSizeAndStart) {
  // Against the plain reading: the entries in a row, each a page but for the first one's offset.
  for (std::size_t size = 512; size <= 40 * kPageSize; size += 1536)
    for (const std::uint64_t offset : {0u, 4u, 512u, 4092u})
      for (const std::uint64_t list_at : {0x80000u, 0x80ff0u, 0x80ff8u}) {
        std::vector<std::uint64_t> entries;
        for (std::uint64_t left = size - std::min<std::size_t>(size, kPageSize - offset); left > 0;
             left -= std::min<std::uint64_t>(left, kPageSize))
          entries.push_back(0x100000 + 0x3000 * entries.size());
        std::map<std::uint64_t, std::uint64_t> memory;
        std::uint64_t at = list_at, next_list = 0x90000;
        for (std::size_t i = 0; i < entries.size(); ++i) {
          if (at % kPageSize == kPageSize - 8 && i + 1 < entries.size()) {
            memory[at] = next_list;
            at = next_list;
            next_list += 0x1000;
          }
          memory[at] = entries[i];
          at += 8;
        }
        const bool list = entries.size() > 1;
        const std::uint64_t prp2 = entries.empty() ? 0 : list ? list_at : entries[0];
        const auto got = pieces_of(0x5000 + offset, prp2, size, [&](std::uint64_t from, std::span<std::uint8_t> into) {
          for (std::size_t i = 0; i < into.size(); i += 8) {
            if (!memory.contains(from + i)) return false;
            base::Bytes raw;
            base::append_le(raw, memory[from + i]);
            std::copy(raw.begin(), raw.end(), into.begin() + static_cast<std::ptrdiff_t>(i));
          }
          return true;
        });
        ASSERT_EQ(got.status, Status::kSuccess) << size << " " << offset << " " << list_at;
        std::size_t total = 0;
        ASSERT_EQ(got.list.size(), entries.size() + 1);
        for (std::size_t i = 0; i < got.list.size(); ++i) {
          EXPECT_EQ(got.list[i].address, i == 0 ? 0x5000 + offset : entries[i - 1]);
          total += got.list[i].size;
        }
        EXPECT_EQ(total, size);
      }
}

}  // namespace
}  // namespace nvme
