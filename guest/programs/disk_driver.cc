#include "guest/programs/disk_driver.h"

#include "platform/protocol/nvme/registers.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = nvme::kPageSize;
constexpr std::uint32_t kEntries = 16, kNamespace = 1;
constexpr std::uint32_t kBlockLog = 9;
constexpr std::uint32_t kEnable = nvme::kCcEnable | nvme::kSubmissionEntryLog << nvme::kCcSubmissionSizeShift |
                                  nvme::kCompletionEntryLog << nvme::kCcCompletionSizeShift;
constexpr int kPollsMax = 4;

}  // namespace

bool DiskDriver::set(std::uint64_t offset, std::uint64_t value, unsigned size) {
  base::Bytes bytes;
  base::append_le(bytes, value);
  return guest_.device_write(device_, 0, offset, base::View(bytes).first(size));
}

std::optional<std::uint64_t> DiskDriver::get(std::uint64_t offset, unsigned size) {
  auto bytes = guest_.device_read(device_, 0, offset, size);
  if (!bytes) return std::nullopt;
  bytes->resize(8);
  return base::load_le<std::uint64_t>(*bytes);
}

bool DiskDriver::prepare(int attribute, const Lend& lend) {
  for (auto [ring, submission, completion] : {std::tuple{&admin_, "admin-submission", "admin-completion"},
                                              std::tuple{&io_, "io-submission", "io-completion"}}) {
    ring->submission = guest_.alloc(submission, kPage, attribute);
    ring->completion = guest_.alloc(completion, kPage, attribute);
    guest_.write(ring->submission, base::Bytes(kPage));
    guest_.write(ring->completion, base::Bytes(kPage));
    if (!lend(ring->submission, false) || !lend(ring->completion, true)) return false;
  }
  structure_ = guest_.alloc("identify", kPage, attribute);
  guest_.write(structure_, base::Bytes(kPage));
  return lend(structure_, true);
}

bool DiskDriver::start() {
  const bool ready = set(nvme::kCc, 0, 4) && set(nvme::kAqa, (kEntries - 1) << 16 | (kEntries - 1), 4) &&
                     set(nvme::kAsq, admin_.submission, 8) && set(nvme::kAcq, admin_.completion, 8) && set(nvme::kCc, kEnable, 4) &&
                     get(nvme::kCsts, 4) == nvme::kCstsReady;
  return ready && identify() &&
         command(admin_, {.opcode = static_cast<std::uint8_t>(nvme::AdminOpcode::kCreateCompletionQueue),
                          .prp1 = io_.completion, .dword10 = (kEntries - 1) << 16 | io_.number, .dword11 = nvme::kCreateContiguous}) &&
         command(admin_, {.opcode = static_cast<std::uint8_t>(nvme::AdminOpcode::kCreateSubmissionQueue),
                          .prp1 = io_.submission, .dword10 = (kEntries - 1) << 16 | io_.number,
                          .dword11 = io_.number << 16 | nvme::kCreateContiguous});
}

bool DiskDriver::identify() {
  if (!command(admin_, {.opcode = static_cast<std::uint8_t>(nvme::AdminOpcode::kIdentify), .namespace_id = kNamespace,
                        .prp1 = structure_, .dword10 = static_cast<std::uint32_t>(nvme::Cns::kNamespace)}))
    return false;
  const auto said = wire::decode<nvme::IdentifyNamespace>(guest_.read(structure_, kPage));
  if (!said || said->formats[said->format & 0xf].data_size != kBlockLog || said->formats[said->format & 0xf].metadata_size != 0)
    return false;
  blocks_ = said->size;
  return true;
}

// A read from the device pushes its posted writes ahead of it (PCIe 6.0, 2.4.1), so that what is not there then never comes. The
// completion has to be the next one and of this command; an entry is read once, whoever may write it meanwhile.
bool DiskDriver::command(Ring& ring, nvme::Command command) {
  command.command_id = ++ids_;
  guest_.write(ring.submission + ring.tail * nvme::kSubmissionEntrySize, wire::encode(command));
  ring.tail = (ring.tail + 1) % kEntries;
  if (!set(nvme::submission_doorbell(ring.number), ring.tail, 4)) return false;
  for (int poll = 0; poll < kPollsMax; ++poll) {
    if (get(nvme::kCsts, 4) != nvme::kCstsReady) return false;
    const auto raw = guest_.read(ring.completion + ring.head * nvme::kCompletionEntrySize, nvme::kCompletionEntrySize);
    const auto entry = wire::decode<nvme::Completion>(raw);
    if (!entry || ((entry->status & nvme::kStatusPhase) != 0) != ring.phase) continue;
    ring.head = (ring.head + 1) % kEntries;
    if (ring.head == 0) ring.phase = !ring.phase;
    const bool told = set(nvme::completion_doorbell(ring.number), ring.head, 4);
    return told && entry->command_id == command.command_id && entry->submission_queue == ring.number &&
           nvme::status_of(*entry) == nvme::Status::kSuccess;
  }
  return false;
}

bool DiskDriver::write(std::uint64_t block, std::uint64_t from) {
  return command(io_, {.opcode = static_cast<std::uint8_t>(nvme::IoOpcode::kWrite), .namespace_id = kNamespace, .prp1 = from,
                       .dword10 = static_cast<std::uint32_t>(block), .dword11 = static_cast<std::uint32_t>(block >> 32)});
}

bool DiskDriver::read(std::uint64_t block, std::uint64_t into) {
  return command(io_, {.opcode = static_cast<std::uint8_t>(nvme::IoOpcode::kRead), .namespace_id = kNamespace, .prp1 = into,
                       .dword10 = static_cast<std::uint32_t>(block), .dword11 = static_cast<std::uint32_t>(block >> 32)});
}

bool DiskDriver::flush() {
  return command(io_, {.opcode = static_cast<std::uint8_t>(nvme::IoOpcode::kFlush), .namespace_id = kNamespace});
}

}  // namespace programs
