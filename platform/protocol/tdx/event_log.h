#pragma once
// The event log of a TD: what the ACPI table CCEL points at (UEFI 2.10, 38.4; TCG PC Client Platform Firmware
// Profile 1.06, 10). Crypto-agile, with SHA-384 as its one algorithm. The host may hold and alter it: only a replay
// that reaches the quoted registers makes it worth reading.
#include <array>
#include <cstdint>
#include <vector>

#include "platform/protocol/tdx/report.h"
#include "platform/wire/demand.h"
#include "platform/wire/wire.h"

namespace tdxproto {

// Indices of measurement registers as the log has them.
inline constexpr std::uint32_t kMrIndexMrtd = 0;
inline constexpr std::uint32_t kMrIndexRtmr0 = 1;  // RTMR i is i + 1

inline constexpr std::uint32_t kEventNoAction = 3;  // is not extended
inline constexpr std::uint32_t kEventSeparator = 4;
inline constexpr std::uint32_t kEventTag = 6;
inline constexpr std::uint32_t kEventIpl = 0x0d;
inline constexpr std::uint32_t kEventEfiBootServicesApplication = 0x80000003;
inline constexpr std::uint32_t kEventEfiPlatformFirmwareBlob2 = 0x8000000a;
inline constexpr std::uint32_t kEventEfiHandoffTables2 = 0x8000000b;

inline constexpr std::uint16_t kAlgorithmSha384 = 0x000c;

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
  std::uint16_t algorithm = kAlgorithmSha384;
  std::uint16_t digest_size = 48;
  std::uint8_t vendor_info_size = 0;
  base::Bytes vendor_info;
  bool operator==(const SpecIdRecord&) const = default;
  // A log of one algorithm, SHA-384, and of this form.
  bool is_sha384_log() const;
  using Wire = wire::Layout<&SpecIdRecord::mr_index, &SpecIdRecord::type, &SpecIdRecord::digest, &SpecIdRecord::size,
                            &SpecIdRecord::signature, &SpecIdRecord::platform_class, &SpecIdRecord::version_minor,
                            &SpecIdRecord::version_major, &SpecIdRecord::errata, &SpecIdRecord::uintn_size,
                            &SpecIdRecord::algorithm_count, &SpecIdRecord::algorithm, &SpecIdRecord::digest_size,
                            &SpecIdRecord::vendor_info_size, wire::Demand<&SpecIdRecord::is_sha384_log, 42>{},
                            wire::Run<&SpecIdRecord::vendor_info, &SpecIdRecord::vendor_info_size>{}>;
};

// TCG_PCR_EVENT2 with one digest.
struct Event {
  std::uint32_t mr_index = kMrIndexRtmr0;
  std::uint32_t type = 0;
  std::uint32_t digest_count = 1;
  std::uint16_t algorithm = kAlgorithmSha384;
  Measurement digest{};
  std::uint32_t size = 0;
  base::Bytes data;
  bool operator==(const Event&) const = default;
  // One digest, SHA-384, for MRTD or a run-time register: all that a log of this form can hold.
  bool has_one_digest() const;
  using Wire = wire::Layout<&Event::mr_index, &Event::type, &Event::digest_count, &Event::algorithm,
                            wire::Demand<&Event::has_one_digest, 14>{}, &Event::digest, &Event::size,
                            wire::Run<&Event::data, &Event::size>{}>;
};
// An event whose digest is that of its data.
Event event_of(std::uint32_t mr_index, std::uint32_t type, base::View data);

struct EventLog {
  SpecIdRecord spec_id;
  std::vector<Event> events;
  bool operator==(const EventLog&) const = default;
};

base::Bytes encode_event_log(const EventLog& log);
// Events up to the end of `raw`, or up to bytes that are 0xff to the end, as firmware leaves the rest of its log area.
wire::Decoded<EventLog> decode_event_log(base::View raw);

// SHA-384(register || digest), as TDG.MR.RTMR.EXTEND does.
Measurement extended(const Measurement& mr, const Measurement& digest);
// What the registers hold after these events. Events of MRTD, of no action and of no register extend nothing.
std::array<Measurement, kRtmrCount> replay(const EventLog& log);

// The ACPI table that says where the log lies. `checksum` makes the sum of all bytes zero.
struct CcelTable {
  std::array<std::uint8_t, 4> signature{'C', 'C', 'E', 'L'};
  std::uint32_t length = 56;
  std::uint8_t revision = 1;
  std::uint8_t checksum = 0;
  std::array<std::uint8_t, 6> oem_id{'G', 'L', 'A', 'C', 'I', 'S'};
  std::array<std::uint8_t, 8> oem_table_id{};
  std::uint32_t oem_revision = 0;
  std::uint32_t creator_id = 0;
  std::uint32_t creator_revision = 0;
  std::uint8_t cc_type = 2;  // TDX
  std::uint8_t cc_subtype = 0;
  std::uint64_t log_length = 0;  // of the area, at least
  std::uint64_t log_address = 0;
  bool operator==(const CcelTable&) const = default;
  using Wire =
      wire::Layout<&CcelTable::signature, &CcelTable::length, &CcelTable::revision, &CcelTable::checksum,
                   &CcelTable::oem_id, &CcelTable::oem_table_id, &CcelTable::oem_revision, &CcelTable::creator_id,
                   &CcelTable::creator_revision, &CcelTable::cc_type, &CcelTable::cc_subtype, wire::Reserved<2>{},
                   &CcelTable::log_length, &CcelTable::log_address>;
};
static_assert(wire::min_size<CcelTable>() == 56);

}  // namespace tdxproto
