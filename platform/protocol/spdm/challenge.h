#pragma once
// CHALLENGE and CHALLENGE_AUTH (DSP0274 1.3, 10.8).
#include <cstdint>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/header.h"

namespace spdm {

struct Challenge {
  Header header{.code = Code::kChallenge};  // param1: slot, param2: summary
  Nonce nonce{};
  RequesterContext requester_context{};  // 1.3
  bool operator==(const Challenge&) const = default;
  bool has_context() const { return header.version >= Version::k13; }
  using Wire = wire::Layout<&Challenge::header, &Challenge::nonce,
                            wire::When<&Challenge::has_context, &Challenge::requester_context>{}>;
};

inline constexpr std::uint8_t kBasicMutualAuthRequested = 1u << 7;  // param1 of CHALLENGE_AUTH before 1.2

struct ChallengeAuth {
  Header header{.code = Code::kChallengeAuth};  // param1 3:0: slot, param2: provisioned slots
  base::Bytes cert_chain_hash{};
  Nonce nonce{};
  base::Bytes measurement_summary_hash{};
  std::uint16_t opaque_length = 0;
  base::Bytes opaque_data{};
  RequesterContext requester_context{};  // 1.3
  base::Bytes signature{};
  Shape shape{};
  bool operator==(const ChallengeAuth&) const = default;
  std::size_t digest_size() const { return shape.digest; }
  std::size_t summary_size() const { return shape.measurement_summary ? shape.digest : 0; }
  std::size_t signature_size() const { return shape.signature; }
  bool has_context() const { return header.version >= Version::k13; }
  using Wire = wire::Layout<&ChallengeAuth::header,
                            wire::Run<&ChallengeAuth::cert_chain_hash, &ChallengeAuth::digest_size>{},
                            &ChallengeAuth::nonce,
                            wire::Run<&ChallengeAuth::measurement_summary_hash, &ChallengeAuth::summary_size>{},
                            &ChallengeAuth::opaque_length,
                            wire::Run<&ChallengeAuth::opaque_data, &ChallengeAuth::opaque_length>{},
                            wire::When<&ChallengeAuth::has_context, &ChallengeAuth::requester_context>{},
                            wire::Run<&ChallengeAuth::signature, &ChallengeAuth::signature_size>{}>;
};

}  // namespace spdm
