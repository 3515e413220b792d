#pragma once
// KEY_EXCHANGE, FINISH and their responses (DSP0274 1.3, 10.14 to 10.15).
#include <cstdint>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/header.h"

namespace spdm {

// session_policy.
// 1.2: whether the session ends when other firmware runs is for the responder to decide; it has to end without this.
inline constexpr std::uint8_t kMayOutliveUpdate = 1u << 0;
inline constexpr std::uint8_t kSubscribeAllEvents = 1u << 1;        // 1.3

inline constexpr std::uint8_t kPublicKeySlot = 0xff;  // param2: no certificate, a key provisioned beforehand

// Both halves on the wire: the requester's in bits 15:0.
constexpr std::uint32_t session_id_of(std::uint16_t requester, std::uint16_t responder) {
  return requester | static_cast<std::uint32_t>(responder) << 16;
}

struct KeyExchange {
  Header header{.code = Code::kKeyExchange};  // param1: summary, param2: slot
  std::uint16_t req_session_id = 0;
  std::uint8_t session_policy = 0;  // 1.2
  Nonce random_data{};
  base::Bytes exchange_data{};
  std::uint16_t opaque_length = 0;
  base::Bytes opaque_data{};
  Shape shape{};
  bool operator==(const KeyExchange&) const = default;
  std::size_t exchange_size() const { return shape.exchange; }
  using Wire = wire::Layout<&KeyExchange::header, &KeyExchange::req_session_id, &KeyExchange::session_policy,
                            wire::Loose<1>{}, &KeyExchange::random_data,
                            wire::Run<&KeyExchange::exchange_data, &KeyExchange::exchange_size>{},
                            &KeyExchange::opaque_length,
                            wire::Run<&KeyExchange::opaque_data, &KeyExchange::opaque_length>{}>;
};

// mut_auth_requested: one of these at most.
inline constexpr std::uint8_t kMutualAuth = 1u << 0;
inline constexpr std::uint8_t kMutualAuthEncapsulated = 1u << 1;
inline constexpr std::uint8_t kMutualAuthGetDigests = 1u << 2;

struct KeyExchangeResponse {
  Header header{.code = Code::kKeyExchangeRsp};  // param1: heartbeat period in seconds
  std::uint16_t rsp_session_id = 0;
  std::uint8_t mut_auth_requested = 0;
  std::uint8_t req_slot_id = 0;  // 3:0
  Nonce random_data{};
  base::Bytes exchange_data{};
  base::Bytes measurement_summary_hash{};
  std::uint16_t opaque_length = 0;
  base::Bytes opaque_data{};
  base::Bytes signature{};
  base::Bytes verify_data{};  // absent from a handshake in the clear
  Shape shape{};
  bool operator==(const KeyExchangeResponse&) const = default;
  std::size_t exchange_size() const { return shape.exchange; }
  std::size_t summary_size() const { return shape.measurement_summary ? shape.digest : 0; }
  std::size_t signature_size() const { return shape.signature; }
  std::size_t verify_size() const { return shape.handshake_in_the_clear ? 0 : shape.digest; }
  using Wire = wire::Layout<
      &KeyExchangeResponse::header, &KeyExchangeResponse::rsp_session_id, &KeyExchangeResponse::mut_auth_requested,
      &KeyExchangeResponse::req_slot_id, &KeyExchangeResponse::random_data,
      wire::Run<&KeyExchangeResponse::exchange_data, &KeyExchangeResponse::exchange_size>{},
      wire::Run<&KeyExchangeResponse::measurement_summary_hash, &KeyExchangeResponse::summary_size>{},
      &KeyExchangeResponse::opaque_length,
      wire::Run<&KeyExchangeResponse::opaque_data, &KeyExchangeResponse::opaque_length>{},
      wire::Run<&KeyExchangeResponse::signature, &KeyExchangeResponse::signature_size>{},
      wire::Run<&KeyExchangeResponse::verify_data, &KeyExchangeResponse::verify_size>{}>;
};

inline constexpr std::uint8_t kSignatureIncluded = 1u << 0;  // param1 of FINISH

struct Finish {
  Header header{.code = Code::kFinish};  // param2: the requester's slot
  base::Bytes signature{};                 // of the requester, when param1 says so
  base::Bytes verify_data{};
  Shape shape{};
  bool operator==(const Finish&) const = default;
  std::size_t signature_size() const {
    return (header.param1 & kSignatureIncluded) != 0 ? shape.requester_signature : 0;
  }
  std::size_t verify_size() const { return shape.digest; }
  using Wire = wire::Layout<&Finish::header, wire::Run<&Finish::signature, &Finish::signature_size>{},
                            wire::Run<&Finish::verify_data, &Finish::verify_size>{}>;
};

struct FinishResponse {
  Header header{.code = Code::kFinishRsp};
  base::Bytes verify_data{};  // in a handshake in the clear alone
  Shape shape{};
  bool operator==(const FinishResponse&) const = default;
  std::size_t verify_size() const { return shape.handshake_in_the_clear ? shape.digest : 0; }
  using Wire = wire::Layout<&FinishResponse::header,
                            wire::Run<&FinishResponse::verify_data, &FinishResponse::verify_size>{}>;
};

}  // namespace spdm
