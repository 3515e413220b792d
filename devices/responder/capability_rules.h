#pragma once
// Which flags of a requester go together (DSP0274 1.3, 10.4, table of requester flags). Every row's refusal is
// InvalidRequest.
#include "devices/responder/message_rules.h"

namespace responder {

struct CapabilitiesCase {
  const spdm::GetCapabilities& request;
  spdm::Version version() const { return request.header.version; }
  bool since(spdm::Version v) const { return version() >= v; }
  bool has(std::uint32_t bits) const { return (request.flags & bits) != 0; }
  std::uint32_t field(std::uint32_t mask) const { return request.flags & mask; }
  bool opens_sessions() const { return has(spdm::kCapKeyExchange | spdm::kCapPskMask); }
  bool has_key() const { return has(spdm::kCapCert | spdm::kCapPublicKeyId); }
  // GET_ENDPOINT_INFO of a requester that signs (1.3).
  bool signs_endpoint_info() const {
    return since(spdm::Version::k13) && (field(spdm::kCapEndpointInfoMask) >> 22) == 2;
  }
};

inline constexpr std::uint8_t kCtExponentMax = 31;

inline constexpr MessageRule<CapabilitiesCase> kCapabilitiesRules[] = {
    {conformance("spdm.capabilities.psk", "DSP0274 1.3, 10.4", "A requester's PSK flag has no reserved value."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || c.field(spdm::kCapPskMask) <= spdm::kCapPsk;
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.protection", "DSP0274 1.3, 10.4", "Who opens sessions protects them."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || !c.opens_sessions() || c.has(spdm::kCapMac | spdm::kCapEncrypt);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.sessionless", "DSP0274 1.3, 10.4",
                 "Who opens no sessions has no capability of sessions."),
     [](const CapabilitiesCase& c) {
       constexpr std::uint32_t kOfSessions = spdm::kCapMac | spdm::kCapEncrypt | spdm::kCapHandshakeInTheClear |
                                             spdm::kCapHeartbeat | spdm::kCapKeyUpdate;
       if (!c.since(spdm::Version::k11) || c.opens_sessions()) return true;
       return !c.has(kOfSessions) && !(c.since(spdm::Version::k13) && c.has(spdm::kCapEvent));
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.clear-psk", "DSP0274 1.3, 10.4", "Handshakes in the clear are of key exchanges."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || c.has(spdm::kCapKeyExchange) || !c.has(spdm::kCapHandshakeInTheClear);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.one-key", "DSP0274 1.3, 10.4", "A key is certified or provisioned, not both."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || !(c.has(spdm::kCapCert) && c.has(spdm::kCapPublicKeyId));
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.key-used", "DSP0274 1.3, 10.4", "Who has a key has a use for it."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || !c.has_key() || c.has(spdm::kCapChallenge | spdm::kCapKeyExchange) ||
              c.signs_endpoint_info();
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.keyless", "DSP0274 1.3, 10.4", "Who has no key authenticates himself nowhere."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || c.has_key() ||
              (!c.has(spdm::kCapChallenge | spdm::kCapMutualAuth) && !c.signs_endpoint_info());
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.mutual", "DSP0274 1.3, 10.4", "Mutual authentication has an exchange to be in."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || !c.has(spdm::kCapMutualAuth) ||
              c.has(spdm::kCapKeyExchange | spdm::kCapChallenge);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.encapsulated", "DSP0274 1.1, 10.4",
                 "In 1.1, who authenticates himself takes encapsulated requests."),
     [](const CapabilitiesCase& c) {
       return c.version() != spdm::Version::k11 || !c.has(spdm::kCapMutualAuth) || c.has(spdm::kCapEncapsulated);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.reserved", "DSP0274 1.3, 10.4", "Flags of two bits have no reserved value."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k13) || (c.field(spdm::kCapEndpointInfoMask) != spdm::kCapEndpointInfoMask &&
                                               c.field(spdm::kCapMultiKeyMask) != spdm::kCapMultiKeyMask);
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.multi-key", "DSP0274 1.3, 10.4", "Several keys are certified keys."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k13) || !c.has(spdm::kCapMultiKeyMask) ||
              (c.has(spdm::kCapCert) && !c.has(spdm::kCapPublicKeyId));
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.sizes", "DSP0274 1.3, 10.4", "Sizes are large enough and agree with each other."),
     [](const CapabilitiesCase& c) {
       const std::uint32_t transfer = c.request.data_transfer_size, whole = c.request.max_spdm_msg_size;
       return !c.since(spdm::Version::k12) ||
              (transfer >= spdm::kDataTransferSizeMin && transfer <= whole &&
               (c.has(spdm::kCapChunk) || transfer == whole));
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.ct-exponent", "DSP0274 1.3, 10.4", "A time for cryptography can be told."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k11) || c.request.ct_exponent <= kCtExponentMax;
     },
     ErrorCode::kInvalidRequest},
    {conformance("spdm.capabilities.algorithms", "DSP0274 1.3, 10.4",
                 "Who asks for the algorithms along with the capabilities takes messages in pieces."),
     [](const CapabilitiesCase& c) {
       return !c.since(spdm::Version::k13) || (c.request.header.param1 & spdm::kSupportedAlgorithms) == 0 ||
              c.has(spdm::kCapChunk);
     },
     ErrorCode::kInvalidRequest},
};

}  // namespace responder
