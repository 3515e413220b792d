#include "platform/protocol/cove/measurement.h"

#include "platform/cbor/cbor.h"
#include "platform/crypto/hash.h"

namespace coveproto {

Digest extended(const Digest& current, base::View data) { return crypto::Hash384().update(current).update(data).finish(); }

Digest extended_by_page(const Digest& current, std::uint64_t gpa, base::View page) {
  base::Bytes address;
  base::append_le<std::uint64_t>(address, gpa);
  return crypto::Hash384().update(current).update(address).update(page).finish();
}

Digest extended_by_entry(const Digest& current, std::uint64_t entry_sepc, std::uint64_t entry_arg) {
  base::Bytes words;
  base::append_le<std::uint64_t>(words, entry_sepc);
  base::append_le<std::uint64_t>(words, entry_arg);
  return extended(current, words);
}

AttestationCapabilities capabilities(std::uint64_t tcb_svn) {
  AttestationCapabilities out{.tcb_svn = tcb_svn,
                              .certificate_formats = kCertificateCbor | kCertificateX509,
                              .initial_measurements = kInitialRegisters,
                              .runtime_measurements = kRuntimeRegisters};
  for (unsigned i = 0; i < kRegisters; ++i)
    out.msmt_regs[i].measurement_type = is_runtime(i) ? MeasurementType::kRuntime : MeasurementType::kInitial;
  return out;
}

base::Bytes encode_event_log(const EventLog& log) {
  cbor::Array events;
  for (const Event& event : log) events.push_back(cbor::Array{event.index, event.digest, event.description});
  return cbor::encode(std::move(events));
}

std::optional<EventLog> decode_event_log(base::View bytes) {
  const auto value = cbor::decode(bytes, cbor::Strictness::kDeterministic);
  const auto* events = value ? value->as_array() : nullptr;
  if (!events) return std::nullopt;
  EventLog log;
  for (const cbor::Value& one : *events) {
    const auto* parts = one.as_array();
    if (!parts || parts->size() != 3) return std::nullopt;
    const auto* index = (*parts)[0].as_int();
    const auto* digest = (*parts)[1].as_bytes();
    const auto* description = (*parts)[2].as_text();
    if (!index || *index < 0 || !is_runtime(static_cast<std::uint64_t>(*index)) || !digest || digest->size() != Digest{}.size() ||
        !description)
      return std::nullopt;
    Event event{.index = static_cast<unsigned>(*index), .digest = {}, .description = *description};
    std::copy(digest->begin(), digest->end(), event.digest.begin());
    log.push_back(std::move(event));
  }
  return log;
}

std::array<Digest, kRuntimeRegisters> replay(const EventLog& log) {
  std::array<Digest, kRuntimeRegisters> out{};
  for (const Event& event : log)
    if (is_runtime(event.index)) {
      Digest& at = out[event.index - kInitialRegisters];
      at = extended(at, event.digest);
    }
  return out;
}

}  // namespace coveproto
