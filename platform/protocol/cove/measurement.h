#pragma once
// Measurement registers of a TVM. Which there are is the implementation's own; ours follow the specification's example of six initial
// ones (RISC-V CoVE 0.7, "Initial Measurements"), and four that the TVM extends as it runs.
//
// convention `cove.measurement.record`: the bytes that a page extends its register with are not specified. Ours, as Salus has them: the
// guest physical address (LE64), then the page's 4096 bytes. The configuration register takes entry_sepc and entry_arg (LE64 each).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/protocol/cove/structures.h"

namespace coveproto {

inline constexpr unsigned kPlatformFirmwareRegister = 0, kPlatformConfigurationRegister = 1, kTsmRegister = 2,
                          kTsmConfigurationRegister = 3, kTvmPagesRegister = 4, kTvmConfigurationRegister = 5;
inline constexpr unsigned kInitialRegisters = 6, kRuntimeRegisters = 4, kRegisters = kInitialRegisters + kRuntimeRegisters;
constexpr bool is_runtime(std::uint64_t index) { return index >= kInitialRegisters && index < kRegisters; }

// M := SHA-384(M || data).
Digest extended(const Digest& current, base::View data);
Digest extended_by_page(const Digest& current, std::uint64_t gpa, base::View page);
Digest extended_by_entry(const Digest& current, std::uint64_t entry_sepc, std::uint64_t entry_arg);

AttestationCapabilities capabilities(std::uint64_t tcb_svn);

// What a TVM extended its run-time registers with, told by whoever did: what was measured, and its digest.
struct Event {
  unsigned index = kInitialRegisters;
  Digest digest{};
  std::string description;
  friend bool operator==(const Event&, const Event&) = default;
};
using EventLog = std::vector<Event>;
// convention `cove.event.log`: CBOR, an array of [index, digest, description].
base::Bytes encode_event_log(const EventLog& log);
std::optional<EventLog> decode_event_log(base::View bytes);
// What the run-time registers come to, from zero.
std::array<Digest, kRuntimeRegisters> replay(const EventLog& log);

}  // namespace coveproto
