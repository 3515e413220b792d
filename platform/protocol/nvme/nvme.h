#pragma once
// What an NVMe controller and its driver say to each other in memory (NVM Express Base 1.4): queue entries and the data
// structures of Identify. Little-endian throughout; registers are in registers.h.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace nvme {

enum class AdminOpcode : std::uint8_t {
  kDeleteSubmissionQueue = 0x00,
  kCreateSubmissionQueue = 0x01,
  kGetLogPage = 0x02,
  kDeleteCompletionQueue = 0x04,
  kCreateCompletionQueue = 0x05,
  kIdentify = 0x06,
  kAbort = 0x08,
  kSetFeatures = 0x09,
  kGetFeatures = 0x0a,
  kAsynchronousEventRequest = 0x0c,
};
enum class IoOpcode : std::uint8_t { kFlush = 0x00, kWrite = 0x01, kRead = 0x02 };

// Status code type in bits 10:8, status code in bits 7:0 (4.6.1).
enum class Status : std::uint16_t {
  kSuccess = 0x000,
  kInvalidOpcode = 0x001,
  kInvalidField = 0x002,
  kDataTransferError = 0x004,
  kAbortRequested = 0x007,
  kInvalidNamespace = 0x00b,
  kCommandSequenceError = 0x00c,
  kPrpOffsetInvalid = 0x013,
  kLbaOutOfRange = 0x080,
  kCompletionQueueInvalid = 0x100,
  kInvalidQueueIdentifier = 0x101,
  kInvalidQueueSize = 0x102,
  kEventLimitExceeded = 0x105,
  kInvalidInterruptVector = 0x108,
  kInvalidLogPage = 0x109,
  kInvalidQueueDeletion = 0x10c,
  kFeatureNotSaveable = 0x10d,
  kFeatureNotOfNamespace = 0x10f,
};

inline constexpr std::uint32_t kCreateContiguous = 1, kCreateInterrupts = 1 << 1;       // command dword 11
inline constexpr std::uint8_t kFusedMask = 0x03, kDataPointerMask = 0xc0;                // flags; both 0: alone, PRPs
inline constexpr std::uint16_t kStatusDoNotRetry = 1 << 15, kStatusPhase = 1;
enum class Cns : std::uint8_t { kNamespace = 0, kController = 1, kActiveNamespaces = 2, kNamespaceDescriptors = 3 };

// A submission queue entry (4.2).
struct Command {
  std::uint8_t opcode = 0;
  std::uint8_t flags = 0;
  std::uint16_t command_id = 0;
  std::uint32_t namespace_id = 0;
  std::uint32_t dword2 = 0, dword3 = 0;
  std::uint64_t metadata = 0;
  std::uint64_t prp1 = 0, prp2 = 0;
  std::uint32_t dword10 = 0, dword11 = 0, dword12 = 0, dword13 = 0, dword14 = 0, dword15 = 0;
  bool operator==(const Command&) const = default;
  using Wire = wire::Layout<&Command::opcode, &Command::flags, &Command::command_id, &Command::namespace_id,
                            &Command::dword2, &Command::dword3, &Command::metadata, &Command::prp1, &Command::prp2,
                            &Command::dword10, &Command::dword11, &Command::dword12, &Command::dword13,
                            &Command::dword14, &Command::dword15>;
};

// A completion queue entry (4.6).
struct Completion {
  std::uint32_t result = 0;
  std::uint16_t submission_head = 0;
  std::uint16_t submission_queue = 0;
  std::uint16_t command_id = 0;
  std::uint16_t status = 0;  // bit 0 is the phase
  bool operator==(const Completion&) const = default;
  using Wire = wire::Layout<&Completion::result, wire::Loose<4>{}, &Completion::submission_head,
                            &Completion::submission_queue, &Completion::command_id, &Completion::status>;
};
inline Status status_of(const Completion& completion) {
  return static_cast<Status>(completion.status >> 1 & 0x7ff);
}

// Identify's structures: later revisions put more into the places that this one leaves out, so that a reader overlooks
// them (5.15.2).
struct PowerState {
  std::uint16_t max_power = 0;  // in centiwatts
  bool operator==(const PowerState&) const = default;
  using Wire = wire::Layout<&PowerState::max_power, wire::LooseUpTo<32>{}>;
};

struct IdentifyController {
  std::uint16_t vendor_id = 0, subsystem_vendor_id = 0;
  std::array<std::uint8_t, 20> serial_number{};  // ASCII, spaces behind
  std::array<std::uint8_t, 40> model_number{};
  std::array<std::uint8_t, 8> firmware_revision{};
  std::uint8_t arbitration_burst = 0;
  std::array<std::uint8_t, 3> ieee_oui{};
  std::uint8_t multipath = 0;
  std::uint8_t max_data_transfer = 0;  // pages, as a power of two; 0: no limit
  std::uint16_t controller_id = 0;
  std::uint32_t version = 0;
  std::uint8_t controller_type = 0;  // 1: I/O controller
  std::uint16_t optional_admin = 0;
  std::uint8_t abort_limit = 0, event_limit = 0;  // less one
  std::uint8_t firmware_updates = 0, log_attributes = 0;
  std::uint8_t error_entries = 0;  // less one
  std::uint8_t submission_entry_size = 0, completion_entry_size = 0;  // max in bits 7:4, min in 3:0; powers of two
  std::uint16_t max_commands = 0;
  std::uint32_t namespaces = 0;
  std::uint16_t optional_io = 0;
  std::uint8_t write_cache = 0;  // bit 0: it has a volatile one
  std::array<std::uint8_t, 256> subsystem_name{};  // UTF-8, zeros behind
  PowerState power_state;
  bool operator==(const IdentifyController&) const = default;
  using Wire = wire::Layout<
      &IdentifyController::vendor_id, &IdentifyController::subsystem_vendor_id, &IdentifyController::serial_number,
      &IdentifyController::model_number, &IdentifyController::firmware_revision,
      &IdentifyController::arbitration_burst, &IdentifyController::ieee_oui, &IdentifyController::multipath,
      &IdentifyController::max_data_transfer, &IdentifyController::controller_id, &IdentifyController::version,
      wire::LooseUpTo<111>{}, &IdentifyController::controller_type, wire::LooseUpTo<256>{},
      &IdentifyController::optional_admin, &IdentifyController::abort_limit, &IdentifyController::event_limit,
      &IdentifyController::firmware_updates, &IdentifyController::log_attributes, &IdentifyController::error_entries,
      wire::LooseUpTo<512>{}, &IdentifyController::submission_entry_size,
      &IdentifyController::completion_entry_size, &IdentifyController::max_commands, &IdentifyController::namespaces,
      &IdentifyController::optional_io, wire::LooseUpTo<525>{}, &IdentifyController::write_cache,
      wire::LooseUpTo<768>{}, &IdentifyController::subsystem_name, wire::LooseUpTo<2048>{},
      &IdentifyController::power_state, wire::LooseUpTo<4096>{}>;
};

struct LbaFormat {
  std::uint16_t metadata_size = 0;
  std::uint8_t data_size = 0;  // of a block, as a power of two
  std::uint8_t performance = 0;
  bool operator==(const LbaFormat&) const = default;
  using Wire = wire::Layout<&LbaFormat::metadata_size, &LbaFormat::data_size, &LbaFormat::performance>;
};

struct IdentifyNamespace {
  std::uint64_t size = 0, capacity = 0, used = 0;  // in blocks
  std::uint8_t features = 0;
  std::uint8_t formats_less_one = 0;
  std::uint8_t format = 0;  // index into formats, bits 3:0
  std::array<std::uint8_t, 16> nguid{};
  std::array<std::uint8_t, 8> eui64{};
  std::array<LbaFormat, 16> formats{};
  bool operator==(const IdentifyNamespace&) const = default;
  using Wire = wire::Layout<&IdentifyNamespace::size, &IdentifyNamespace::capacity, &IdentifyNamespace::used,
                            &IdentifyNamespace::features, &IdentifyNamespace::formats_less_one,
                            &IdentifyNamespace::format, wire::LooseUpTo<104>{}, &IdentifyNamespace::nguid,
                            &IdentifyNamespace::eui64, &IdentifyNamespace::formats, wire::LooseUpTo<4096>{}>;
};

// One of the descriptors that name a namespace.
struct NamespaceDescriptor {
  std::uint8_t type = 1;  // EUI-64
  std::uint8_t length = 8;
  std::array<std::uint8_t, 8> eui64{};
  bool operator==(const NamespaceDescriptor&) const = default;
  using Wire = wire::Layout<&NamespaceDescriptor::type, &NamespaceDescriptor::length, wire::Reserved<2>{},
                            &NamespaceDescriptor::eui64>;
};

}  // namespace nvme
