#pragma once
// The event log of a confidential VM: what the ACPI table CCEL points at (UEFI 2.10, 38.4; TCG PC Client Platform Firmware Profile
// 1.06, 10). Crypto-agile, with one algorithm; a technology says which, and how many registers it has. The host may hold and alter
// it: only a replay that reaches the attested registers makes it worth reading.
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "platform/crypto/hash.h"
#include "platform/wire/demand.h"
#include "platform/wire/wire.h"

namespace ccel {

inline constexpr std::uint32_t kEventNoAction = 3;  // is not extended
inline constexpr std::uint32_t kEventSeparator = 4;
inline constexpr std::uint32_t kEventTag = 6;
inline constexpr std::uint32_t kEventPlatformConfigFlags = 0x0a;
inline constexpr std::uint32_t kEventIpl = 0x0d;
inline constexpr std::uint32_t kEventEfiBootServicesDriver = 0x80000004;
inline constexpr std::uint32_t kEventEfiBootServicesApplication = 0x80000003;
inline constexpr std::uint32_t kEventEfiPlatformFirmwareBlob2 = 0x8000000a;

// Larger logs are refused unread.
inline constexpr std::size_t kEventLogSizeMax = 1 << 20;
inline constexpr std::size_t kEventsMax = 4096;

// What an event's digest is made with, and its number in the log.
struct Sha256 {
  using Digest = base::Block<32>;
  static constexpr std::uint16_t kNumber = 0x000b;
  static Digest of(base::View data) { return crypto::sha256(data); }
};
struct Sha384 {
  using Digest = base::Block<48>;
  static constexpr std::uint16_t kNumber = 0x000c;
  static Digest of(base::View data) { return crypto::sha384(data); }
};

// The first record of a log: TCG_PCR_EVENT that holds a TCG_EfiSpecIDEvent.
template <class Algorithm>
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
  std::uint16_t algorithm = Algorithm::kNumber;
  std::uint16_t digest_size = sizeof(typename Algorithm::Digest);
  std::uint8_t vendor_info_size = 0;
  base::Bytes vendor_info;
  bool operator==(const SpecIdRecord&) const = default;
  // A log of this one algorithm, and of this form.
  bool is_of_algorithm() const {
    return type == kEventNoAction && signature == SpecIdRecord{}.signature && algorithm_count == 1 &&
           algorithm == Algorithm::kNumber && digest_size == sizeof(typename Algorithm::Digest) &&
           size == 33u + vendor_info_size;
  }
  using Wire = wire::Layout<&SpecIdRecord::mr_index, &SpecIdRecord::type, &SpecIdRecord::digest, &SpecIdRecord::size,
                            &SpecIdRecord::signature, &SpecIdRecord::platform_class, &SpecIdRecord::version_minor,
                            &SpecIdRecord::version_major, &SpecIdRecord::errata, &SpecIdRecord::uintn_size,
                            &SpecIdRecord::algorithm_count, &SpecIdRecord::algorithm, &SpecIdRecord::digest_size,
                            &SpecIdRecord::vendor_info_size, wire::Demand<&SpecIdRecord::is_of_algorithm, 42>{},
                            wire::Run<&SpecIdRecord::vendor_info, &SpecIdRecord::vendor_info_size>{}>;
};

// TCG_PCR_EVENT2 with one digest. Register 0 is the initial measurement, which no event extends; `kExtensible` more follow.
template <class Algorithm, std::uint32_t kExtensible>
struct Event {
  std::uint32_t mr_index = 1;
  std::uint32_t type = 0;
  std::uint32_t digest_count = 1;
  std::uint16_t algorithm = Algorithm::kNumber;
  typename Algorithm::Digest digest{};
  std::uint32_t size = 0;
  base::Bytes data{};
  bool operator==(const Event&) const = default;
  // One digest, of the algorithm, for a register: all that a log of this form can hold.
  bool has_one_digest() const {
    return digest_count == 1 && algorithm == Algorithm::kNumber && mr_index <= kExtensible;
  }
  bool extends() const { return type != kEventNoAction && mr_index != 0; }
  using Wire = wire::Layout<&Event::mr_index, &Event::type, &Event::digest_count, &Event::algorithm,
                            wire::Demand<&Event::has_one_digest, 14>{}, &Event::digest, &Event::size,
                            wire::Run<&Event::data, &Event::size>{}>;
  // One whose digest is that of its data.
  static Event of(std::uint32_t mr_index, std::uint32_t type, base::View data) {
    return {.mr_index = mr_index, .type = type, .digest = Algorithm::of(data),
            .size = static_cast<std::uint32_t>(data.size()), .data = base::bytes_of(data)};
  }
};

template <class Algorithm, std::uint32_t kExtensible>
struct EventLog {
  SpecIdRecord<Algorithm> spec_id;
  std::vector<Event<Algorithm, kExtensible>> events;
  bool operator==(const EventLog&) const = default;

  base::Bytes encode() const {
    base::Bytes out = wire::encode(spec_id);
    for (const auto& event : events) wire::append_encoded(out, event);
    return out;
  }

  // Events up to the end of `raw`, or up to bytes that are 0xff to the end, as firmware leaves the rest of its log area.
  static wire::Decoded<EventLog> decode(base::View raw) {
    if (raw.size() > kEventLogSizeMax) return wire::Error{0, "log", "larger than a log may be"};
    base::View in = raw;
    auto spec_id = wire::decode_front<SpecIdRecord<Algorithm>>(in);
    if (!spec_id) return spec_id.error();
    EventLog log{.spec_id = *spec_id, .events = {}};
    while (!in.empty()) {
      const std::size_t offset = raw.size() - in.size();
      if (std::ranges::all_of(in, [](auto b) { return b == 0xff; })) break;
      if (log.events.size() == kEventsMax) return wire::Error{offset, "events", "more than a log may have"};
      auto event = wire::decode_front<Event<Algorithm, kExtensible>>(in);
      if (!event) {
        auto [at, field, what] = event.error();
        return wire::Error{offset + at, "events[" + std::to_string(log.events.size()) + "]." + field, what};
      }
      log.events.push_back(std::move(*event));
    }
    return log;
  }

  // What the extensible registers hold after these events; `extended(register, digest)` is how the technology extends one.
  template <class Register, class Extended>
  std::array<Register, kExtensible> replay(Extended extended) const {
    std::array<Register, kExtensible> out{};
    for (const auto& event : events)
      if (event.extends()) out.at(event.mr_index - 1) = extended(out.at(event.mr_index - 1), event.digest);
    return out;
  }
};

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

}  // namespace ccel
