#include "devices/nvme/controller.h"

#include <algorithm>

namespace nvme {
namespace {

constexpr std::uint64_t kCapabilities = (kEntriesMax - 1) | kCapContiguous | 1ull << kCapTimeoutShift | kCapNvmCommands;
constexpr std::size_t kDword = 4;
constexpr std::uint32_t kAdminEntriesMask = 0x0fff;  // of either half of AQA, less one

}  // namespace

// ---- registers ------------------------------------------------------------------------------------------------------

base::Bytes Controller::registers() const {
  base::Bytes out;
  base::append_le<std::uint64_t>(out, kCapabilities);
  base::append_le<std::uint32_t>(out, kVersion14);
  base::append_le<std::uint64_t>(out, 0);  // INTMS, INTMC: of pin interrupts, which it has not
  base::append_le<std::uint32_t>(out, cc_);
  base::append_le<std::uint32_t>(out, 0);
  base::append_le<std::uint32_t>(out, csts_);
  base::append_le<std::uint32_t>(out, 0);  // NSSR: without
  base::append_le<std::uint32_t>(out, aqa_);
  base::append_le<std::uint64_t>(out, asq_);
  base::append_le<std::uint64_t>(out, acq_);
  return out;
}

std::optional<base::Bytes> Controller::read(unsigned bar, std::uint64_t offset, std::size_t size) {
  if (bar != 0 || offset >= kBar0Size || size > kBar0Size - offset) return std::nullopt;
  base::Bytes all = registers();
  all.resize(kBar0Size);  // what is reserved, and doorbells, read as zeroes
  return base::bytes_of(base::View(all).subspan(offset, size));
}

// Only whole registers, or both halves of one of 8 bytes; the specification leaves the rest open (3.1).
bool Controller::write(unsigned bar, std::uint64_t offset, base::View bytes) {
  if (bar != 0 || offset % kDword != 0 || (bytes.size() != kDword && bytes.size() != 2 * kDword)) return false;
  if (offset >= kBar0Size || bytes.size() > kBar0Size - offset) return false;
  for (std::size_t at = 0; at < bytes.size(); at += kDword)
    write_register(offset + at, base::load_le<std::uint32_t>(bytes, at));
  return true;
}

void Controller::write_register(std::uint64_t offset, std::uint32_t value) {
  constexpr std::uint32_t kPages = ~std::uint32_t{kPageSize - 1};
  const auto low = [&](std::uint64_t& into) { into = (into & ~0xffff'ffffull) | (value & kPages); };
  const auto high = [&](std::uint64_t& into) { into = (into & 0xffff'ffffull) | std::uint64_t{value} << 32; };
  switch (offset) {
    case kCc: return configure(value & kCcWritable);
    case kAqa: aqa_ = value & (kAdminEntriesMask << 16 | kAdminEntriesMask); return;
    case kAsq: return low(asq_);
    case kAsq + kDword: return high(asq_);
    case kAcq: return low(acq_);
    case kAcq + kDword: return high(acq_);
    default:
      if (offset >= kDoorbells) doorbell((offset - kDoorbells) / kDword, value);
  }
}

void Controller::configure(std::uint32_t value) {
  const bool was = cc_ & kCcEnable, is = value & kCcEnable;
  if (was && !is) {  // a controller reset keeps the admin queue's registers and no other (3.1.5, 7.3.2)
    forget_queues();
    cc_ = csts_ = 0;
    return;
  }
  cc_ = value;
  if (!was && is) enable();
  // There is no cache to write back: a shutdown is complete as it is asked for.
  if (cc_ & kCcShutdownMask) csts_ |= kCstsShutdownComplete;
}

void Controller::enable() {
  csts_ = 0;
  const std::uint32_t submission = (aqa_ & kAdminEntriesMask) + 1, completion = (aqa_ >> 16 & kAdminEntriesMask) + 1;
  const bool good = !(cc_ & (kCcCommandSetMask | kCcPageSizeMask | kCcArbitrationMask)) && submission >= kEntriesMin &&
                    completion >= kEntriesMin;
  if (!good) return fail();
  queues_.submission[0] = {.base = asq_, .size = submission};
  queues_.completion[0] = {.base = acq_, .size = completion, .interrupts = true};
  csts_ = kCstsReady;
}

void Controller::forget_queues() {
  ++era_;
  queues_ = {};
  served_ = 0;
  error_ = {};
  events_.clear();
  waiting_.clear();
  told_.clear();
  features_.clear();
}

void Controller::reset() {
  forget_queues();
  cc_ = csts_ = aqa_ = 0;
  asq_ = acq_ = 0;
}

void Controller::scrub() {
  reset();
  medium_.erase_of_tee();
  use_ = {};
}

// ---- queues ---------------------------------------------------------------------------------------------------------

bool Controller::works() const { return (csts_ & (kCstsReady | kCstsFatal | kCstsShutdownComplete)) == kCstsReady; }

// Nothing comes right again but by a controller reset.
void Controller::fail() {
  ++era_;
  csts_ |= kCstsFatal;
}

// What names no queue or no place in it changes nothing, and is an event.
void Controller::doorbell(std::uint64_t index, std::uint32_t value) {
  if (!works()) return;
  const auto id = static_cast<std::uint16_t>(index / 2);
  if (index % 2 == 0) {
    const auto queue = queues_.submission.find(id);
    if (queue == queues_.submission.end()) misused(kUnknownDoorbell, id);
    else if (value >= queue->second.size) misused(kDoorbellValue, id);
    else queue->second.tail = value;
  } else {
    const auto queue = queues_.completion.find(id);
    if (queue == queues_.completion.end()) misused(kUnknownDoorbell, id);
    else if (value >= queue->second.size) misused(kDoorbellValue, id);
    else queue->second.head = value;
  }
  run();
}

// In turn, the admin queue like the others (4.13: round robin).
std::optional<std::uint16_t> Controller::next_queue() const {
  if (!works()) return std::nullopt;
  const auto ready = [&](const auto& entry) {
    return !entry.second.empty() && !queues_.completion.at(entry.second.completes_to).full();
  };
  const auto& all = queues_.submission;
  const auto begin = all.upper_bound(served_);
  auto found = std::find_if(begin, all.end(), ready);
  if (found == all.end() && (found = std::find_if(all.begin(), begin, ready)) == begin) return std::nullopt;
  return found->first;
}

// A register written while a transfer is under way only leaves its mark here.
void Controller::run() {
  if (running_) return;
  running_ = true;
  for (;;) {
    if (const auto event = next_event()) {
      tell(*event);
      continue;
    }
    const auto queue = next_queue();
    if (!queue) break;
    served_ = *queue;
    serve(*queue);
  }
  running_ = false;
}

void Controller::serve(std::uint16_t id) {
  const Era begun = era();
  auto& queue = queues_.submission.at(id);
  base::Bytes raw(kSubmissionEntrySize);
  const std::uint64_t from = queue.base + std::uint64_t{queue.head} * kSubmissionEntrySize;
  queue.head = (queue.head + 1) % queue.size;
  const auto read = bus_->read(from, raw);
  if (begun != era()) return;
  if (read != endpoint::Transfer::kDone) return fail();
  const Command command = *wire::decode<Command>(raw);
  const Done done = id == 0 ? admin(command) : io(command);
  if (begun == era() && !done.held) complete(id, command, done);
}

void Controller::complete(std::uint16_t id, const Command& command, const Done& done) {
  const auto& queue = queues_.submission.at(id);
  auto& to = queues_.completion.at(queue.completes_to);
  constexpr Status kPassing[] = {Status::kSuccess, Status::kDataTransferError, Status::kAbortRequested,
                                 Status::kEventLimitExceeded, Status::kInvalidQueueDeletion};
  const bool may_retry = std::find(std::begin(kPassing), std::end(kPassing), done.status) != std::end(kPassing);
  const unsigned phase = to.phase ? kStatusPhase : 0, final = may_retry ? 0 : kStatusDoNotRetry;
  const auto status = static_cast<std::uint16_t>(static_cast<unsigned>(done.status) << 1 | phase | final);
  const Completion entry{.result = done.result,
                         .submission_head = static_cast<std::uint16_t>(queue.head),
                         .submission_queue = id,
                         .command_id = command.command_id,
                         .status = status};
  const std::uint64_t at = to.base + std::uint64_t{to.tail} * kCompletionEntrySize;
  to.tail = (to.tail + 1) % to.size;
  if (to.tail == 0) to.phase = !to.phase;
  const bool interrupts = to.interrupts;
  const unsigned vector = to.vector;
  const Era begun = era();
  const auto written = bus_->write(at, wire::encode(entry));
  if (begun != era()) return;
  if (written != endpoint::Transfer::kDone) return fail();
  if (interrupts) bus_->interrupt(vector);
}

}  // namespace nvme
