#pragma once
// Requests that a responder sends wrapped in its responses, and their answers (DSP0274 1.3, 10.20 to 10.22). A wrapped
// message runs to the end of the wrapping one: its own fields tell where it ends and padding begins.
#include <cstdint>

#include "platform/protocol/spdm/header.h"
#include "platform/protocol/spdm/session_control.h"

namespace spdm {

using GetEncapsulatedRequest = Bare<Code::kGetEncapsulatedRequest>;

struct EncapsulatedRequest {
  Header header{.code = Code::kEncapsulatedRequest};  // param1: request id
  base::Bytes request{};
  bool operator==(const EncapsulatedRequest&) const = default;
  using Wire = wire::Layout<&EncapsulatedRequest::header, wire::Rest<&EncapsulatedRequest::request>{}>;
};

struct DeliverEncapsulatedResponse {
  Header header{.code = Code::kDeliverEncapsulatedResponse};  // param1: request id
  base::Bytes response{};
  bool operator==(const DeliverEncapsulatedResponse&) const = default;
  using Wire = wire::Layout<&DeliverEncapsulatedResponse::header, wire::Rest<&DeliverEncapsulatedResponse::response>{}>;
};

// param2 of ENCAPSULATED_RESPONSE_ACK.
inline constexpr std::uint8_t kPayloadAbsent = 0;
inline constexpr std::uint8_t kPayloadPresent = 1;
inline constexpr std::uint8_t kPayloadSlotNumber = 2;  // one byte: use the certificate of this slot

struct EncapsulatedResponseAck {
  Header header{.code = Code::kEncapsulatedResponseAck};  // param1: id of the next request
  std::uint8_t ack_request_id = 0;                        // 1.2
  base::Bytes payload{};
  bool operator==(const EncapsulatedResponseAck&) const = default;
  bool has_ack() const { return header.version >= Version::k12; }
  using Wire = wire::Layout<&EncapsulatedResponseAck::header,
                            wire::When<&EncapsulatedResponseAck::has_ack, &EncapsulatedResponseAck::ack_request_id>{},
                            wire::When<&EncapsulatedResponseAck::has_ack, wire::Loose<3>{}>{},
                            wire::Rest<&EncapsulatedResponseAck::payload>{}>;
};

}  // namespace spdm
