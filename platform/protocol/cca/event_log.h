#pragma once
// The event log of a realm: what the ACPI table CCEL points at (UEFI 2.10, 38.4; TCG PC Client Platform Firmware Profile 1.06, 10).
// Crypto-agile, with SHA-256 as its one algorithm, whatever the realm's own: a digest is what the realm extended. The host may hold and
// alter it: only a replay that reaches the attested registers makes it worth reading.
#include <array>
#include <cstdint>
#include <vector>

#include "platform/protocol/cca/measurement.h"
#include "platform/wire/demand.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace ccaproto {

using EventDigest = base::Block<32>;

// Register 0 is the initial measurement, which no event extends.
inline constexpr std::uint32_t kRegisters = 5, kExtensible = 4;

inline constexpr std::uint32_t kEventNoAction = 3;  // is not extended
inline constexpr std::uint32_t kEventIpl = 0x0d;
inline constexpr std::uint32_t kEventEfiBootServicesApplication = 0x80000003;

inline constexpr std::uint16_t kAlgorithmSha256 = 0x000b;

// Larger logs are refused unread.
inline constexpr std::size_t kEventLogSizeMax = 1 << 20;
inline constexpr std::size_t kEventsMax = 4096;

// The first record of a log: TCG_PCR_EVENT that holds a TCG_EfiSpecIDEvent.
struct SpecIdRecord {
  std::uint32_t mr_index = 1;
  std::uint32_t type = kEventNoAction;
  std::array<std::uint8_t, 20> digest{};
  std::uint32_t size = 33;  // of what follows
  std::array<std::uint8_t, 16> signature{'S', 'p', 'e', 'c', ' ', 'I', 'D', ' ', 'E', 'v', 'e', 'n', 't', '0', '3', 0};
  std::uint32_t platform_class = 0;
  std::uint8_t version_minor = 0;
  std::uint8_t version_major = 2;
  std::uint8_t errata = 0;
  std::uint8_t uintn_size = 2;  // in units of 4 bytes
  std::uint32_t algorithm_count = 1;
  std::uint16_t algorithm = kAlgorithmSha256;
  std::uint16_t digest_size = 32;
  std::uint8_t vendor_info_size = 0;
  base::Bytes vendor_info;
  bool operator==(const SpecIdRecord&) const = default;
  // A log of one algorithm, SHA-256, and of this form.
  bool is_sha256_log() const;
  using Wire = wire::Layout<&SpecIdRecord::mr_index, &SpecIdRecord::type, &SpecIdRecord::digest, &SpecIdRecord::size,
                            &SpecIdRecord::signature, &SpecIdRecord::platform_class, &SpecIdRecord::version_minor,
                            &SpecIdRecord::version_major, &SpecIdRecord::errata, &SpecIdRecord::uintn_size, &SpecIdRecord::algorithm_count,
                            &SpecIdRecord::algorithm, &SpecIdRecord::digest_size, &SpecIdRecord::vendor_info_size,
                            wire::Demand<&SpecIdRecord::is_sha256_log, 42>{},
                            wire::Run<&SpecIdRecord::vendor_info, &SpecIdRecord::vendor_info_size>{}>;
};

// TCG_PCR_EVENT2 with one digest.
struct Event {
  std::uint32_t mr_index = 1;
  std::uint32_t type = 0;
  std::uint32_t digest_count = 1;
  std::uint16_t algorithm = kAlgorithmSha256;
  EventDigest digest{};
  std::uint32_t size = 0;
  base::Bytes data;
  bool operator==(const Event&) const = default;
  // One digest, SHA-256, for a register of the realm: all that a log of this form can hold.
  bool has_one_digest() const;
  using Wire = wire::Layout<&Event::mr_index, &Event::type, &Event::digest_count, &Event::algorithm, wire::Demand<&Event::has_one_digest, 14>{},
                            &Event::digest, &Event::size, wire::Run<&Event::data, &Event::size>{}>;
};
Event event_of(std::uint32_t mr_index, std::uint32_t type, base::View data);

struct EventLog {
  SpecIdRecord spec_id;
  std::vector<Event> events;
  bool operator==(const EventLog&) const = default;
};
base::Bytes encode_event_log(const EventLog& log);
// Events up to the end of `raw`, or up to bytes that are 0xff to the end, as firmware leaves the rest of its log area.
wire::Decoded<EventLog> decode_event_log(base::View raw);

// What the extensible registers of a realm with that algorithm hold after these events.
std::array<Measurement, kExtensible> replay(HashAlgorithm algorithm, const EventLog& log);

inline std::vector<wire::Schema> event_log_schemas() {
  return {wire::schema_of<SpecIdRecord>("cca.SPEC_ID"), wire::schema_of<Event>("cca.EVENT")};
}

}  // namespace ccaproto
