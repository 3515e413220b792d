#include "platform/protocol/cca/event_log.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace ccaproto {
namespace {

// What a record could be refused for, with its name and the offset in the log.
wire::Error at(std::size_t offset, std::size_t event, wire::Error error) {
  error.offset += offset;
  error.field = "events[" + std::to_string(event) + "]." + error.field;
  return error;
}

}  // namespace

bool SpecIdRecord::is_sha256_log() const {
  return type == kEventNoAction && signature == SpecIdRecord{}.signature && algorithm_count == 1 && algorithm == kAlgorithmSha256 &&
         digest_size == EventDigest{}.size() && size == 33u + vendor_info_size;
}

bool Event::has_one_digest() const { return digest_count == 1 && algorithm == kAlgorithmSha256 && mr_index < kRegisters; }

Event event_of(std::uint32_t mr_index, std::uint32_t type, base::View data) {
  Event event;
  event.mr_index = mr_index;
  event.type = type;
  event.digest = crypto::sha256(data);
  event.size = static_cast<std::uint32_t>(data.size());
  event.data = base::bytes_of(data);
  return event;
}

base::Bytes encode_event_log(const EventLog& log) {
  base::Bytes out = wire::encode(log.spec_id);
  for (const Event& event : log.events) wire::append_encoded(out, event);
  return out;
}

wire::Decoded<EventLog> decode_event_log(base::View raw) {
  if (raw.size() > kEventLogSizeMax) return wire::Error{0, "log", "larger than a log may be"};
  base::View in = raw;
  auto spec_id = wire::decode_front<SpecIdRecord>(in);
  if (!spec_id) return spec_id.error();
  EventLog log{.spec_id = *spec_id, .events = {}};
  while (!in.empty()) {
    const std::size_t offset = raw.size() - in.size();
    if (std::ranges::all_of(in, [](auto b) { return b == 0xff; })) break;
    if (log.events.size() == kEventsMax) return wire::Error{offset, "events", "more than a log may have"};
    auto event = wire::decode_front<Event>(in);
    if (!event) return at(offset, log.events.size(), event.error());
    log.events.push_back(std::move(*event));
  }
  return log;
}

std::array<Measurement, kExtensible> replay(HashAlgorithm algorithm, const EventLog& log) {
  std::array<Measurement, kExtensible> out{};
  for (const Event& event : log.events)
    if (event.type != kEventNoAction && event.mr_index != 0)
      out[event.mr_index - 1] = extended(algorithm, out[event.mr_index - 1], event.digest);
  return out;
}

}  // namespace ccaproto
