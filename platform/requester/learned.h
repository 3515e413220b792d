#pragma once
// What an SPDM requester has learned. The signatures and MACs that the protocol demands were checked; whether the
// certificates are to be trusted and the measurements to be liked is for the reader to judge.
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/error.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/version.h"

namespace requester {

struct Slot {
  base::Bytes digest{};
  base::Bytes chain{};                      // the blob: length, root hash, certificates; empty until it was read
  std::vector<base::Bytes> certificates{};  // DER, the leaf last
  base::Bytes public_key{};                 // SubjectPublicKeyInfo of the leaf
  spdm::CertificateModel model{};           // 1.3
};

// Bytes that a third party can verify again: spdm::verify(algorithms, ..., transcript, public key, signature).
struct SignedEvidence {
  std::uint8_t slot = 0;
  spdm::Nonce nonce{};  // ours, in the request
  base::Bytes transcript{};
  base::Bytes signature{};
  base::Bytes opaque_data{};
};

struct ChallengeResult {
  SignedEvidence evidence{};
  std::uint8_t summary = 0;  // what was asked for
  base::Bytes summary_hash{};
};

struct MeasurementResult {
  std::vector<spdm::MeasurementBlock> blocks{};  // as they came
  std::optional<SignedEvidence> evidence{};      // when a signature was asked for
  std::uint8_t content_changed = 0;              // the responder's word on it, as in param2 5:4
  bool in_session = false;
  base::Bytes transcript{};  // of an answer without a signature
};

struct SessionResult {
  std::uint32_t id = 0;
  bool psk = false;
  std::uint8_t heartbeat_seconds = 0;  // 0: no heartbeat
  std::uint8_t summary = 0;
  base::Bytes summary_hash{};
  base::Bytes opaque_data{};
  spdm::VersionNumber secured_version = 0;
  std::optional<SignedEvidence> evidence{};  // KEY_EXCHANGE_RSP's
  base::Bytes th1{};
  base::Bytes th2{};
  base::Bytes export_master{};
};

struct Learned {
  std::vector<spdm::VersionNumber> versions_offered{};
  spdm::Version version = spdm::Version::k10;
  std::uint32_t capabilities = 0;  // the responder's
  std::uint32_t own_capabilities = 0;
  std::uint8_t ct_exponent = 0;
  std::uint32_t data_transfer_size = 0;
  std::uint32_t max_spdm_msg_size = 0;
  spdm::Algorithms algorithms{};
  base::Bytes vca{};
  std::uint8_t slots_provisioned = 0;
  std::array<std::optional<Slot>, spdm::kSlotCount> slots{};
  std::optional<ChallengeResult> challenge{};
  std::optional<MeasurementResult> measurements{};
  std::optional<SessionResult> session{};  // stays when the session ends
  base::Bytes vendor_payload{};            // of the last VENDOR_DEFINED_RESPONSE
  std::optional<spdm::Error> error{};      // what the last ERROR said
};

}  // namespace requester
