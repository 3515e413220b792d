#pragma once
// The event log of a realm (platform/protocol/ccel): SHA-256, whatever the realm's own algorithm, for a digest is what the realm extended.
#include <array>
#include <vector>

#include "platform/protocol/cca/measurement.h"
#include "platform/protocol/ccel/event_log.h"
#include "platform/wire/schema.h"

namespace ccaproto {

using EventDigest = ccel::Sha256::Digest;

// Register 0 is the initial measurement, which no event extends.
inline constexpr std::uint32_t kExtensible = 4;

using EventLog = ccel::EventLog<ccel::Sha256, kExtensible>;
using SpecIdRecord = ccel::SpecIdRecord<ccel::Sha256>;
using Event = ccel::Event<ccel::Sha256, kExtensible>;
using ccel::kEventEfiBootServicesApplication;
using ccel::kEventIpl;
using ccel::kEventNoAction;

inline Event event_of(std::uint32_t mr_index, std::uint32_t type, base::View data) {
  return Event::of(mr_index, type, data);
}
inline base::Bytes encode_event_log(const EventLog& log) { return log.encode(); }
inline wire::Decoded<EventLog> decode_event_log(base::View raw) { return EventLog::decode(raw); }

// What the extensible registers of a realm with that algorithm hold after these events.
inline std::array<Measurement, kExtensible> replay(HashAlgorithm algorithm, const EventLog& log) {
  return log.replay<Measurement>(
      [algorithm](const Measurement& rem, const EventDigest& digest) { return extended(algorithm, rem, digest); });
}

inline std::vector<wire::Schema> event_log_schemas() {
  return {wire::schema_of<SpecIdRecord>("cca.SPEC_ID"), wire::schema_of<Event>("cca.EVENT")};
}

}  // namespace ccaproto
