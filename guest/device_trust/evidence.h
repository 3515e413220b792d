#pragma once
// Everything a device said for itself, as one value: what a guest judges, keeps, and passes on to a relying party far
// away, which can judge it again from the bytes alone. What is signed is kept as it was on the wire; nothing is read
// from anywhere else. Little-endian.
#include <array>
#include <cstdint>
#include <optional>

#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace device_trust {

struct SlotEvidence {
  spdm::CertificateModel model{};  // as CERTIFICATE told (1.3); kNone before
  std::uint16_t chain_size = 0;
  base::Bytes chain{};  // the blob that GET_CERTIFICATE reads; empty when the slot has none
  bool operator==(const SlotEvidence&) const = default;
  using Wire = wire::Layout<&SlotEvidence::model, &SlotEvidence::chain_size,
                            wire::Run<&SlotEvidence::chain, &SlotEvidence::chain_size>{}>;
};

enum class ProofKind : std::uint8_t { kNone = 0, kChallenge = 1, kKeyExchange = 2, kMeasurements = 3 };

// A transcript (M1, TH or L1) without the signature at its end, and that signature.
struct SignedEvidence {
  ProofKind kind{};
  std::uint8_t in_session = 0;  // 1: it came inside the session that the proof opened; the collector's word
  std::uint32_t transcript_size = 0;
  base::Bytes transcript{};
  std::uint16_t signature_size = 0;
  base::Bytes signature{};
  bool operator==(const SignedEvidence&) const = default;
  using Wire = wire::Layout<&SignedEvidence::kind, &SignedEvidence::in_session,
                            &SignedEvidence::transcript_size,
                            wire::Run<&SignedEvidence::transcript, &SignedEvidence::transcript_size>{},
                            &SignedEvidence::signature_size,
                            wire::Run<&SignedEvidence::signature, &SignedEvidence::signature_size>{}>;
};

inline constexpr std::uint32_t kEvidenceForm = 0x31564544;  // "DEV1"

struct DeviceEvidence {
  std::uint32_t form = kEvidenceForm;
  std::uint32_t vca_size = 0;
  base::Bytes vca{};  // GET_VERSION to ALGORITHMS
  std::array<SlotEvidence, spdm::kSlotCount> slots{};
  SignedEvidence proof{};         // CHALLENGE or KEY_EXCHANGE
  SignedEvidence measurements{};  // with or without a signature
  tdisp::FunctionId interface{};
  tdisp::State state{};  // as the device says
  std::uint8_t report_in_session = 0;  // as SignedEvidence::in_session, of report and state
  std::uint32_t report_size = 0;
  base::Bytes report{};  // of the interface; empty when none was read
  bool operator==(const DeviceEvidence&) const = default;
  using Wire =
      wire::Layout<&DeviceEvidence::form, &DeviceEvidence::vca_size,
                   wire::Run<&DeviceEvidence::vca, &DeviceEvidence::vca_size>{}, &DeviceEvidence::slots,
                   &DeviceEvidence::proof, &DeviceEvidence::measurements, &DeviceEvidence::interface,
                   &DeviceEvidence::state, &DeviceEvidence::report_in_session, &DeviceEvidence::report_size,
                   wire::Run<&DeviceEvidence::report, &DeviceEvidence::report_size>{}>;
};

// The bytes to keep or to send, sizes as they should be; and back.
base::Bytes bytes_of(DeviceEvidence evidence);
std::optional<DeviceEvidence> evidence_of(base::View bytes);
// SHA-384 of `bytes_of`: what a guest puts into its own report, so that a relying party knows the device was judged.
base::Block<48> digest_of(const DeviceEvidence& evidence);

std::vector<wire::Schema> schemas();

}  // namespace device_trust
