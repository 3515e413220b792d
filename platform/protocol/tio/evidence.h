#pragma once
// What platform firmware that spoke to a device in a guest's place hands out about it, for the host to carry to the guest.
// convention: the drivers of SEV-TIO carry certificates, measurements and interface report as three objects; the messages that opened
// the conversation and the transcript of the key exchange come along here, so that a guest can judge what it would have judged itself.
// Little-endian.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace tio {

enum class EvidencePart : std::uint32_t {
  kNegotiation = 1,   // GET_VERSION to ALGORITHMS
  kCertificates = 2,  // the chain of the slot as GET_CERTIFICATE reads it
  kKeyExchange = 3,   // SignedPart
  kMeasurements = 4,  // SignedPart
  kReport = 5,        // TDISP interface report
};

// A transcript without the signature at its end, and that signature.
struct SignedPart {
  std::uint32_t transcript_size = 0;
  base::Bytes transcript;
  base::Bytes signature;
  bool operator==(const SignedPart&) const = default;
  using Wire = wire::Layout<&SignedPart::transcript_size, wire::Run<&SignedPart::transcript, &SignedPart::transcript_size>{},
                            wire::Rest<&SignedPart::signature>{}>;
};

}  // namespace tio
