#pragma once
// The guest's own judgement on a device: from what the device said, what the guest sees and asked, and what its owner
// wants. Pure: the same arguments give the same answer. The host and the security manager carried the bytes and are
// not asked.
#include <string_view>
#include <vector>

#include "guest/device_trust/evidence.h"
#include "guest/device_trust/policy.h"
#include "guest/device_trust/seen.h"
#include "platform/trust/defence.h"

namespace device_trust {

// What must be as it was when a device comes back from a reset, from containment or from sleep.
struct Remembered {
  base::Bytes identity_key{};  // of the certificate that stands for the hardware: the leaf, or the issuer of an alias
  base::Bytes leaf_key{};
  PciIdentity identity{};
  std::vector<spdm::MeasurementBlock> measurements{};
  bool operator==(const Remembered&) const = default;
};

// What the guest holds of the device by now.
struct Held {
  bool session = false;
  bool locked = false;
  bool mmio_mapped = false;  // as private memory
  bool dma_enabled = false;
  bool started = false;
  bool streams_keyed = false;  // by the guest itself
};

enum class Teardown : std::uint8_t {
  kQuiesceDriver,
  kDisableDma,
  kUnmapMmio,
  kScrubBuffers,
  kStopInterface,
  kStopStreams,
  kEndSession,
  kForgetKeys,
};
std::string_view name_of(Teardown step);
// What is to be done, in this order, to let go of a device. Nothing that the host could refuse comes before what the
// guest can do alone.
std::vector<Teardown> teardown_of(const Held& held);

struct Question {
  Seen seen{};
  Asked asked{};
  std::optional<TsmDigests> tsm{};
  std::optional<Remembered> before{};
  Held held{};
  crypto::CalendarTime now = 0;
};

enum class Trust : std::uint8_t {
  kNone,             // refused
  kUnauthenticated,  // no proof, and none was asked for: as good as the host
  kAuthenticated,    // it is the device that it claims to be, and runs what it should
  kInterface,        // and its interface may be used with private memory
};

struct Decision {
  Trust trust = Trust::kNone;
  std::optional<trust::Refusal> refusal{};
  std::optional<std::uint8_t> slot{};     // that verified
  Remembered remembered{};                // for the next time
  base::Block<48> evidence_digest{};
  std::vector<Teardown> teardown{};       // when refused
  bool accepted() const { return trust != Trust::kNone; }
};

Decision judge(const DeviceEvidence& evidence, const Question& question, const Policy& policy,
               trust::Defences& defences, std::string_view at);

// Which slot to ask for a proof: the first that verifies, or the pinned one. Says nothing to the listener.
std::optional<std::uint8_t> choose_slot(const DeviceEvidence& evidence, const Question& question, const Policy& policy,
                                        const trust::Defences& defences);

void collect_device_defences(std::vector<const trust::Defence*>& into);

}  // namespace device_trust
