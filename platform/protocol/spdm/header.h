#pragma once
// What every SPDM message starts with (DSP0274 1.3, 9), and the codes. Little-endian throughout, signatures and public
// points excepted. Reserved bytes are zero when written and ignored when read, as the specification asks; bytes that
// are hashed or signed are therefore always those that were on the wire, never a message encoded anew.
#include <cstdint>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace spdm {

enum class Version : std::uint8_t { k10 = 0x10, k11 = 0x11, k12 = 0x12, k13 = 0x13 };

enum class Code : std::uint8_t {
  // responses
  kDigests = 0x01,
  kCertificate = 0x02,
  kChallengeAuth = 0x03,
  kVersion = 0x04,
  kChunkSendAck = 0x05,
  kChunkResponse = 0x06,
  kEndpointInfo = 0x07,
  kMeasurements = 0x60,
  kCapabilities = 0x61,
  kSupportedEventTypes = 0x62,
  kAlgorithms = 0x63,
  kKeyExchangeRsp = 0x64,
  kFinishRsp = 0x65,
  kPskExchangeRsp = 0x66,
  kPskFinishRsp = 0x67,
  kHeartbeatAck = 0x68,
  kKeyUpdateAck = 0x69,
  kEncapsulatedRequest = 0x6a,
  kEncapsulatedResponseAck = 0x6b,
  kEndSessionAck = 0x6c,
  kCsr = 0x6d,
  kSetCertificateRsp = 0x6e,
  kMeasurementExtensionLog = 0x6f,
  kSubscribeEventTypesAck = 0x70,
  kEventAck = 0x71,
  kKeyPairInfo = 0x7c,
  kSetKeyPairInfoAck = 0x7d,
  kVendorDefinedResponse = 0x7e,
  kError = 0x7f,
  // requests
  kGetDigests = 0x81,
  kGetCertificate = 0x82,
  kChallenge = 0x83,
  kGetVersion = 0x84,
  kChunkSend = 0x85,
  kChunkGet = 0x86,
  kGetEndpointInfo = 0x87,
  kGetMeasurements = 0xe0,
  kGetCapabilities = 0xe1,
  kGetSupportedEventTypes = 0xe2,
  kNegotiateAlgorithms = 0xe3,
  kKeyExchange = 0xe4,
  kFinish = 0xe5,
  kPskExchange = 0xe6,
  kPskFinish = 0xe7,
  kHeartbeat = 0xe8,
  kKeyUpdate = 0xe9,
  kGetEncapsulatedRequest = 0xea,
  kDeliverEncapsulatedResponse = 0xeb,
  kEndSession = 0xec,
  kGetCsr = 0xed,
  kSetCertificate = 0xee,
  kGetMeasurementExtensionLog = 0xef,
  kSubscribeEventTypes = 0xf0,
  kSendEvent = 0xf1,
  kGetKeyPairInfo = 0xfc,
  kSetKeyPairInfo = 0xfd,
  kVendorDefinedRequest = 0xfe,
  kRespondIfReady = 0xff,
};

constexpr bool is_request(Code code) { return (static_cast<std::uint8_t>(code) & 0x80) != 0; }
// The response that a request asks for. RESPOND_IF_READY has none of its own: its bit cleared gives ERROR.
constexpr Code response_to(Code request) { return static_cast<Code>(static_cast<std::uint8_t>(request) & 0x7f); }
// "KEY_EXCHANGE_RSP"; empty for a code that is none.
std::string_view name_of(Code code);

struct Header {
  Version version = Version::k12;
  Code code{};
  std::uint8_t param1 = 0;
  std::uint8_t param2 = 0;
  bool operator==(const Header&) const = default;
  using Wire = wire::Layout<&Header::version, &Header::code, &Header::param1, &Header::param2>;
};
static_assert(wire::min_size<Header>() == 4);

// The header of any message. Empty when there are fewer than four bytes.
std::optional<Header> header_of(base::View message);

inline constexpr std::size_t kNonceSize = 32;
inline constexpr std::size_t kRequesterContextSize = 8;
inline constexpr std::size_t kOpaqueSizeMax = 1024;
inline constexpr std::uint8_t kSlotCount = 8;
inline constexpr std::uint8_t kSlotMask = 0x0f;

using Nonce = base::Block<kNonceSize>;
using RequesterContext = base::Block<kRequesterContextSize>;

// param1 of KEY_EXCHANGE and PSK_EXCHANGE, param2 of CHALLENGE: which measurements to summarise.
inline constexpr std::uint8_t kSummaryNone = 0;
inline constexpr std::uint8_t kSummaryTcb = 1;
inline constexpr std::uint8_t kSummaryAll = 0xff;

}  // namespace spdm
