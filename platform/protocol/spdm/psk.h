#pragma once
// PSK_EXCHANGE, PSK_FINISH and their responses (DSP0274 1.3, 10.16 to 10.17).
#include <cstdint>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/header.h"

namespace spdm {

struct PskExchange {
  Header header{.code = Code::kPskExchange};  // param1: summary, param2: session policy (1.2)
  std::uint16_t req_session_id = 0;
  std::uint16_t psk_hint_length = 0;
  std::uint16_t context_length = 0;
  std::uint16_t opaque_length = 0;
  base::Bytes psk_hint{};
  base::Bytes context{};
  base::Bytes opaque_data{};
  bool operator==(const PskExchange&) const = default;
  using Wire = wire::Layout<&PskExchange::header, &PskExchange::req_session_id, &PskExchange::psk_hint_length,
                            &PskExchange::context_length, &PskExchange::opaque_length,
                            wire::Run<&PskExchange::psk_hint, &PskExchange::psk_hint_length>{},
                            wire::Run<&PskExchange::context, &PskExchange::context_length>{},
                            wire::Run<&PskExchange::opaque_data, &PskExchange::opaque_length>{}>;
};

struct PskExchangeResponse {
  Header header{.code = Code::kPskExchangeRsp};  // param1: heartbeat period in seconds
  std::uint16_t rsp_session_id = 0;
  std::uint16_t context_length = 0;
  std::uint16_t opaque_length = 0;
  base::Bytes measurement_summary_hash{};
  base::Bytes context{};  // only of a responder with context; without it the session starts without PSK_FINISH
  base::Bytes opaque_data{};
  base::Bytes verify_data{};
  Shape shape{};
  bool operator==(const PskExchangeResponse&) const = default;
  std::size_t summary_size() const { return shape.measurement_summary ? shape.digest : 0; }
  std::size_t verify_size() const { return shape.digest; }
  using Wire =
      wire::Layout<&PskExchangeResponse::header, &PskExchangeResponse::rsp_session_id, wire::Loose<2>{},
                   &PskExchangeResponse::context_length, &PskExchangeResponse::opaque_length,
                   wire::Run<&PskExchangeResponse::measurement_summary_hash, &PskExchangeResponse::summary_size>{},
                   wire::Run<&PskExchangeResponse::context, &PskExchangeResponse::context_length>{},
                   wire::Run<&PskExchangeResponse::opaque_data, &PskExchangeResponse::opaque_length>{},
                   wire::Run<&PskExchangeResponse::verify_data, &PskExchangeResponse::verify_size>{}>;
};

struct PskFinish {
  Header header{.code = Code::kPskFinish};
  base::Bytes verify_data{};
  Shape shape{};
  bool operator==(const PskFinish&) const = default;
  std::size_t verify_size() const { return shape.digest; }
  using Wire = wire::Layout<&PskFinish::header, wire::Run<&PskFinish::verify_data, &PskFinish::verify_size>{}>;
};

struct PskFinishResponse {
  Header header{.code = Code::kPskFinishRsp};
  bool operator==(const PskFinishResponse&) const = default;
  using Wire = wire::Layout<&PskFinishResponse::header>;
};

}  // namespace spdm
