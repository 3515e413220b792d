#pragma once
// GET_CAPABILITIES and CAPABILITIES (DSP0274 1.3, 10.4). 1.0 asks with a bare header; the two sizes came with 1.2.
#include <cstdint>

#include "platform/protocol/spdm/header.h"
#include "platform/protocol/spdm/negotiate.h"

namespace spdm {

// Flags; "(rsp)" in the specification's tables means that only a responder sets it.
inline constexpr std::uint32_t kCapCache = 1u << 0;
inline constexpr std::uint32_t kCapCert = 1u << 1;
inline constexpr std::uint32_t kCapChallenge = 1u << 2;
inline constexpr std::uint32_t kCapMeasurementsMask = 3u << 3;
inline constexpr std::uint32_t kCapMeasurementsUnsigned = 1u << 3;
inline constexpr std::uint32_t kCapMeasurementsSigned = 2u << 3;
inline constexpr std::uint32_t kCapMeasurementsFresh = 1u << 5;
inline constexpr std::uint32_t kCapEncrypt = 1u << 6;
inline constexpr std::uint32_t kCapMac = 1u << 7;
inline constexpr std::uint32_t kCapMutualAuth = 1u << 8;
inline constexpr std::uint32_t kCapKeyExchange = 1u << 9;
inline constexpr std::uint32_t kCapPskMask = 3u << 10;
inline constexpr std::uint32_t kCapPsk = 1u << 10;
inline constexpr std::uint32_t kCapPskWithContext = 2u << 10;  // of a responder
inline constexpr std::uint32_t kCapEncapsulated = 1u << 12;
inline constexpr std::uint32_t kCapHeartbeat = 1u << 13;
inline constexpr std::uint32_t kCapKeyUpdate = 1u << 14;
inline constexpr std::uint32_t kCapHandshakeInTheClear = 1u << 15;
inline constexpr std::uint32_t kCapPublicKeyId = 1u << 16;
inline constexpr std::uint32_t kCapChunk = 1u << 17;
inline constexpr std::uint32_t kCapAliasCert = 1u << 18;
inline constexpr std::uint32_t kCapSetCertificate = 1u << 19;
inline constexpr std::uint32_t kCapCsr = 1u << 20;
inline constexpr std::uint32_t kCapCertInstallReset = 1u << 21;
inline constexpr std::uint32_t kCapEndpointInfoMask = 3u << 22;
inline constexpr std::uint32_t kCapMeasurementExtensionLog = 1u << 24;
inline constexpr std::uint32_t kCapEvent = 1u << 25;
inline constexpr std::uint32_t kCapMultiKeyMask = 3u << 26;
inline constexpr std::uint32_t kCapMultiKeyOnly = 1u << 26;
inline constexpr std::uint32_t kCapMultiKeyNegotiated = 2u << 26;
inline constexpr std::uint32_t kCapGetKeyPairInfo = 1u << 28;
inline constexpr std::uint32_t kCapSetKeyPairInfo = 1u << 29;

inline constexpr std::uint32_t kDataTransferSizeMin = 42;  // 1.2
// GET_CAPABILITIES 1.3, param1: the response may carry the supported algorithms. CAPABILITIES: it does.
inline constexpr std::uint8_t kSupportedAlgorithms = 1u << 0;

struct GetCapabilities {
  Header header{.code = Code::kGetCapabilities};
  std::uint8_t ct_exponent = 0;
  std::uint32_t flags = 0;
  std::uint32_t data_transfer_size = 0;
  std::uint32_t max_spdm_msg_size = 0;
  bool operator==(const GetCapabilities&) const = default;
  bool has_flags() const { return header.version >= Version::k11; }
  bool has_sizes() const { return header.version >= Version::k12; }
  using Wire = wire::Layout<&GetCapabilities::header, wire::When<&GetCapabilities::has_flags, wire::Loose<1>{}>{},
                            wire::When<&GetCapabilities::has_flags, &GetCapabilities::ct_exponent>{},
                            wire::When<&GetCapabilities::has_flags, wire::Loose<2>{}>{},
                            wire::When<&GetCapabilities::has_flags, &GetCapabilities::flags>{},
                            wire::When<&GetCapabilities::has_sizes, &GetCapabilities::data_transfer_size>{},
                            wire::When<&GetCapabilities::has_sizes, &GetCapabilities::max_spdm_msg_size>{}>;
};

struct Capabilities {
  Header header{.code = Code::kCapabilities};
  std::uint8_t ct_exponent = 0;  // a response with cryptography takes at most 2^n microseconds
  std::uint32_t flags = 0;
  std::uint32_t data_transfer_size = 0;
  std::uint32_t max_spdm_msg_size = 0;
  AlgorithmsBlock supported_algorithms{};
  bool operator==(const Capabilities&) const = default;
  bool has_sizes() const { return header.version >= Version::k12; }
  bool has_algorithms() const { return header.version >= Version::k13 && (header.param1 & kSupportedAlgorithms) != 0; }
  using Wire = wire::Layout<&Capabilities::header, wire::Loose<1>{}, &Capabilities::ct_exponent, wire::Loose<2>{},
                            &Capabilities::flags,
                            wire::When<&Capabilities::has_sizes, &Capabilities::data_transfer_size>{},
                            wire::When<&Capabilities::has_sizes, &Capabilities::max_spdm_msg_size>{},
                            wire::When<&Capabilities::has_algorithms, &Capabilities::supported_algorithms>{}>;
};

}  // namespace spdm
