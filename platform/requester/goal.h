#pragma once
// What an SPDM requester can be told to do, one goal after the other.
#include <cstdint>
#include <optional>
#include <variant>

#include "platform/protocol/spdm/header.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/vendor_defined.h"

namespace requester {

// GET_VERSION, GET_CAPABILITIES, NEGOTIATE_ALGORITHMS. Forgets everything learned before, the session too.
struct Connect {};
// GET_DIGESTS, then the whole chain of each provisioned slot that is asked for.
struct ReadCertificates {
  std::uint8_t slots = 0xff;  // one bit for each; those without a certificate are skipped
};
struct Challenge {
  std::uint8_t slot = 0;
  std::uint8_t summary = spdm::kSummaryNone;
};
// In the session when there is one.
struct Measure {
  enum class How : std::uint8_t {
    kIndex,     // the block of `index`; kMeasurementAll for all of them at once
    kOneByOne,  // ask for the number of blocks, then for one index after the other; the last one found is signed
  };
  How how = How::kIndex;
  std::uint8_t index = spdm::kMeasurementAll;
  bool with_signature = true;
  bool raw = false;  // 1.2: values rather than digests, where the responder has them
  std::uint8_t slot = 0;
  std::optional<spdm::Nonce> nonce{};  // somebody else's, where a signature is asked for in their name
};
// KEY_EXCHANGE and FINISH.
struct OpenSession {
  std::uint8_t slot = 0;
  std::uint8_t summary = spdm::kSummaryNone;
  std::uint8_t policy = 0;
};
// PSK_EXCHANGE, and PSK_FINISH where the responder has a context.
struct OpenPskSession {
  base::Bytes hint{};
  base::Bytes psk{};
  std::uint8_t summary = spdm::kSummaryNone;
  std::uint8_t policy = 0;
};
struct SendHeartbeat {};
struct UpdateKeys {
  bool both_directions = true;  // otherwise the requester's own
};
struct CloseSession {
  bool clear_negotiated_state = false;
};
// VENDOR_DEFINED within the session.
struct SendVendorDefined {
  base::Bytes payload{};
  std::uint16_t standard_id = spdm::kRegistryPciSig;
  base::Bytes vendor_id{spdm::kPciSigVendorId & 0xff, spdm::kPciSigVendorId >> 8};
};

using Goal = std::variant<Connect, ReadCertificates, Challenge, Measure, OpenSession, OpenPskSession, SendHeartbeat,
                          UpdateKeys, CloseSession, SendVendorDefined>;

}  // namespace requester
