// Commands of the admin queue (NVM Express Base 1.4, chapter 5).
#include <algorithm>
#include <cstdio>

#include "devices/nvme/controller.h"
#include "platform/protocol/nvme/features.h"

namespace nvme {
namespace {

constexpr std::uint32_t kNamespace = 1;
constexpr std::uint32_t kNamespaceListMax = 0xffff'fffd;
constexpr unsigned kTransferLog = 5;  // pages that one command may move, as a power of two
constexpr std::size_t kStructure = 4096;

// Spaces fill what a text leaves, and a longer one is cut.
template <std::size_t N>
std::array<std::uint8_t, N> padded(std::string_view text) {
  std::array<std::uint8_t, N> out;
  out.fill(' ');
  std::copy_n(text.begin(), std::min(N, text.size()), out.begin());
  return out;
}

std::string hex_of(std::uint64_t value, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

// Company identifiers in the clear are somebody's; the locally administered bit says that this is nobody's.
std::array<std::uint8_t, 8> eui_of(std::uint64_t serial) {
  std::array<std::uint8_t, 8> out{0x02, 'G', 'L'};
  for (unsigned i = 0; i < 5; ++i) out[7 - i] = static_cast<std::uint8_t>(serial >> 8 * i);
  return out;
}

}  // namespace

Controller::Done Controller::admin(const Command& command) {
  if (command.flags & (kFusedMask | kDataPointerMask)) return {Status::kInvalidField};
  const auto id = static_cast<std::uint16_t>(command.dword10);
  switch (static_cast<AdminOpcode>(command.opcode)) {
    case AdminOpcode::kIdentify: return identify(command);
    case AdminOpcode::kGetLogPage: return log_page(command);
    case AdminOpcode::kAbort: return abort(command);
    case AdminOpcode::kAsynchronousEventRequest: return wait_for_event(command);
    case AdminOpcode::kCreateCompletionQueue: return create_completion_queue(command);
    case AdminOpcode::kCreateSubmissionQueue: return create_submission_queue(command);
    case AdminOpcode::kDeleteCompletionQueue: return delete_completion_queue(id);
    case AdminOpcode::kDeleteSubmissionQueue: return delete_submission_queue(id);
    case AdminOpcode::kSetFeatures: return set_features(command);
    case AdminOpcode::kGetFeatures: return get_features(command);
  }
  return {Status::kInvalidOpcode};
}

Controller::Done Controller::identify(const Command& command) {
  base::Bytes data;
  const std::uint32_t which = command.namespace_id;
  switch (static_cast<Cns>(command.dword10 & 0xff)) {
    case Cns::kController: {
      IdentifyController out;
      out.vendor_id = shape_.vendor;
      out.subsystem_vendor_id = shape_.subsystem_vendor;
      out.serial_number = padded<20>(hex_of(shape_.serial, 16));
      out.model_number = padded<40>("Glacis emulated disk");
      out.firmware_revision = firmware_revision();
      out.max_data_transfer = kTransferLog;
      out.version = kVersion14;
      out.controller_type = 1;
      out.abort_limit = 3;
      out.event_limit = kEventRequestsMax - 1;
      out.firmware_updates = kOneFirmwareSlot;
      out.log_attributes = kLogExtended;
      out.submission_entry_size = kSubmissionEntryLog << 4 | kSubmissionEntryLog;
      out.completion_entry_size = kCompletionEntryLog << 4 | kCompletionEntryLog;
      out.namespaces = 1;
      out.optional_io = kSaveAndSelect;
      out.write_cache = 2 << 1;  // none, and a Flush names its namespace
      const std::string name = "nqn.2026-01.example.glacis:" + hex_of(shape_.serial, 16);
      std::copy(name.begin(), name.end(), out.subsystem_name.begin());
      out.power_state.max_power = 2500;
      data = wire::encode(out);
      break;
    }
    case Cns::kNamespace: {
      if (which != kNamespace) return {Status::kInvalidNamespace};
      IdentifyNamespace out;
      out.size = out.capacity = out.used = shape_.blocks;
      out.eui64 = eui_of(shape_.serial);
      out.formats[0].data_size = kBlockLog;
      data = wire::encode(out);
      break;
    }
    case Cns::kActiveNamespaces:  // those above the one named
      if (which > kNamespaceListMax) return {Status::kInvalidNamespace};
      base::append_le<std::uint32_t>(data, which < kNamespace ? kNamespace : 0);
      break;
    case Cns::kNamespaceDescriptors:
      if (which != kNamespace) return {Status::kInvalidNamespace};
      data = wire::encode(NamespaceDescriptor{.eui64 = eui_of(shape_.serial)});
      break;
    default: return {Status::kInvalidField};
  }
  data.resize(kStructure);
  return {give(command, data)};
}

Controller::Done Controller::create_completion_queue(const Command& command) {
  const auto id = static_cast<std::uint16_t>(command.dword10);
  const std::uint32_t size = (command.dword10 >> 16) + 1;
  const auto vector = static_cast<std::uint16_t>(command.dword11 >> 16);
  if (id == 0 || id > kIoQueuesMax || queues_.completion.contains(id)) return {Status::kInvalidQueueIdentifier};
  if (size < kEntriesMin || size > kEntriesMax) return {Status::kInvalidQueueSize};
  if ((cc_ >> kCcCompletionSizeShift & 0xf) != kCompletionEntryLog) return {Status::kInvalidQueueSize};
  if (!(command.dword11 & kCreateContiguous)) return {Status::kInvalidField};
  if (command.prp1 % kPageSize != 0) return {Status::kPrpOffsetInvalid};
  if (vector >= shape_.vectors) return {Status::kInvalidInterruptVector};
  queues_.completion[id] = {.base = command.prp1,
                            .size = size,
                            .interrupts = (command.dword11 & kCreateInterrupts) != 0,
                            .vector = vector};
  return {};
}

Controller::Done Controller::create_submission_queue(const Command& command) {
  const auto id = static_cast<std::uint16_t>(command.dword10), to = static_cast<std::uint16_t>(command.dword11 >> 16);
  const std::uint32_t size = (command.dword10 >> 16) + 1;
  if (id == 0 || id > kIoQueuesMax || queues_.submission.contains(id)) return {Status::kInvalidQueueIdentifier};
  if (to == 0 || to > kIoQueuesMax) return {Status::kInvalidQueueIdentifier};
  if (!queues_.completion.contains(to)) return {Status::kCompletionQueueInvalid};
  if (size < kEntriesMin || size > kEntriesMax) return {Status::kInvalidQueueSize};
  if ((cc_ >> kCcSubmissionSizeShift & 0xf) != kSubmissionEntryLog) return {Status::kInvalidQueueSize};
  if (!(command.dword11 & kCreateContiguous)) return {Status::kInvalidField};
  if (command.prp1 % kPageSize != 0) return {Status::kPrpOffsetInvalid};
  queues_.submission[id] = {.base = command.prp1, .size = size, .completes_to = to};
  return {};
}

Controller::Done Controller::delete_completion_queue(std::uint16_t id) {
  if (id == 0 || !queues_.completion.contains(id)) return {Status::kInvalidQueueIdentifier};
  for (const auto& [number, queue] : queues_.submission)
    if (queue.completes_to == id) return {Status::kInvalidQueueDeletion};
  queues_.completion.erase(id);
  return {};
}

Controller::Done Controller::delete_submission_queue(std::uint16_t id) {
  if (id == 0 || queues_.submission.erase(id) == 0) return {Status::kInvalidQueueIdentifier};
  return {};
}

}  // namespace nvme
