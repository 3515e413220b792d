#pragma once
// The event log of a TD (platform/protocol/ccel): SHA-384, for MRTD and the run-time registers.
#include <array>

#include "platform/protocol/ccel/event_log.h"
#include "platform/protocol/tdx/report.h"

namespace tdxproto {

// Indices of measurement registers as the log has them.
inline constexpr std::uint32_t kMrIndexMrtd = 0;
inline constexpr std::uint32_t kMrIndexRtmr0 = 1;  // RTMR i is i + 1

using EventLog = ccel::EventLog<ccel::Sha384, kRtmrCount>;
using SpecIdRecord = ccel::SpecIdRecord<ccel::Sha384>;
using Event = ccel::Event<ccel::Sha384, kRtmrCount>;
using ccel::CcelTable;
using ccel::kEventEfiBootServicesApplication;
using ccel::kEventEfiPlatformFirmwareBlob2;
using ccel::kEventIpl;
using ccel::kEventNoAction;
using ccel::kEventSeparator;
using ccel::kEventTag;

inline Event event_of(std::uint32_t mr_index, std::uint32_t type, base::View data) {
  return Event::of(mr_index, type, data);
}
inline base::Bytes encode_event_log(const EventLog& log) { return log.encode(); }
inline wire::Decoded<EventLog> decode_event_log(base::View raw) { return EventLog::decode(raw); }

// SHA-384(register || digest), as TDG.MR.RTMR.EXTEND does.
inline Measurement extended(const Measurement& mr, const Measurement& digest) {
  return crypto::Hash<48>().update(mr).update(digest).finish();
}
// What the run-time registers hold after these events.
inline std::array<Measurement, kRtmrCount> replay(const EventLog& log) {
  return log.replay<Measurement>([](const Measurement& mr, const Measurement& digest) { return extended(mr, digest); });
}

}  // namespace tdxproto
