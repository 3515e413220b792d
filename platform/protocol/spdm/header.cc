#include "platform/protocol/spdm/header.h"

#include <utility>

namespace spdm {
namespace {

constexpr std::pair<Code, std::string_view> kNames[] = {
    {Code::kDigests, "DIGESTS"},
    {Code::kCertificate, "CERTIFICATE"},
    {Code::kChallengeAuth, "CHALLENGE_AUTH"},
    {Code::kVersion, "VERSION"},
    {Code::kChunkSendAck, "CHUNK_SEND_ACK"},
    {Code::kChunkResponse, "CHUNK_RESPONSE"},
    {Code::kEndpointInfo, "ENDPOINT_INFO"},
    {Code::kMeasurements, "MEASUREMENTS"},
    {Code::kCapabilities, "CAPABILITIES"},
    {Code::kSupportedEventTypes, "SUPPORTED_EVENT_TYPES"},
    {Code::kAlgorithms, "ALGORITHMS"},
    {Code::kKeyExchangeRsp, "KEY_EXCHANGE_RSP"},
    {Code::kFinishRsp, "FINISH_RSP"},
    {Code::kPskExchangeRsp, "PSK_EXCHANGE_RSP"},
    {Code::kPskFinishRsp, "PSK_FINISH_RSP"},
    {Code::kHeartbeatAck, "HEARTBEAT_ACK"},
    {Code::kKeyUpdateAck, "KEY_UPDATE_ACK"},
    {Code::kEncapsulatedRequest, "ENCAPSULATED_REQUEST"},
    {Code::kEncapsulatedResponseAck, "ENCAPSULATED_RESPONSE_ACK"},
    {Code::kEndSessionAck, "END_SESSION_ACK"},
    {Code::kCsr, "CSR"},
    {Code::kSetCertificateRsp, "SET_CERTIFICATE_RSP"},
    {Code::kMeasurementExtensionLog, "MEASUREMENT_EXTENSION_LOG"},
    {Code::kSubscribeEventTypesAck, "SUBSCRIBE_EVENT_TYPES_ACK"},
    {Code::kEventAck, "EVENT_ACK"},
    {Code::kKeyPairInfo, "KEY_PAIR_INFO"},
    {Code::kSetKeyPairInfoAck, "SET_KEY_PAIR_INFO_ACK"},
    {Code::kVendorDefinedResponse, "VENDOR_DEFINED_RESPONSE"},
    {Code::kError, "ERROR"},
    {Code::kGetDigests, "GET_DIGESTS"},
    {Code::kGetCertificate, "GET_CERTIFICATE"},
    {Code::kChallenge, "CHALLENGE"},
    {Code::kGetVersion, "GET_VERSION"},
    {Code::kChunkSend, "CHUNK_SEND"},
    {Code::kChunkGet, "CHUNK_GET"},
    {Code::kGetEndpointInfo, "GET_ENDPOINT_INFO"},
    {Code::kGetMeasurements, "GET_MEASUREMENTS"},
    {Code::kGetCapabilities, "GET_CAPABILITIES"},
    {Code::kGetSupportedEventTypes, "GET_SUPPORTED_EVENT_TYPES"},
    {Code::kNegotiateAlgorithms, "NEGOTIATE_ALGORITHMS"},
    {Code::kKeyExchange, "KEY_EXCHANGE"},
    {Code::kFinish, "FINISH"},
    {Code::kPskExchange, "PSK_EXCHANGE"},
    {Code::kPskFinish, "PSK_FINISH"},
    {Code::kHeartbeat, "HEARTBEAT"},
    {Code::kKeyUpdate, "KEY_UPDATE"},
    {Code::kGetEncapsulatedRequest, "GET_ENCAPSULATED_REQUEST"},
    {Code::kDeliverEncapsulatedResponse, "DELIVER_ENCAPSULATED_RESPONSE"},
    {Code::kEndSession, "END_SESSION"},
    {Code::kGetCsr, "GET_CSR"},
    {Code::kSetCertificate, "SET_CERTIFICATE"},
    {Code::kGetMeasurementExtensionLog, "GET_MEASUREMENT_EXTENSION_LOG"},
    {Code::kSubscribeEventTypes, "SUBSCRIBE_EVENT_TYPES"},
    {Code::kSendEvent, "SEND_EVENT"},
    {Code::kGetKeyPairInfo, "GET_KEY_PAIR_INFO"},
    {Code::kSetKeyPairInfo, "SET_KEY_PAIR_INFO"},
    {Code::kVendorDefinedRequest, "VENDOR_DEFINED_REQUEST"},
    {Code::kRespondIfReady, "RESPOND_IF_READY"},
};

}  // namespace

std::string_view name_of(Code code) {
  for (const auto& [known, name] : kNames)
    if (known == code) return name;
  return {};
}

std::optional<Header> header_of(base::View message) {
  auto header = wire::decode_front<Header>(message);
  if (!header) return std::nullopt;
  return *header;
}

}  // namespace spdm
