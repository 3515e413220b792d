#pragma once
// What the responder refuses before it looks into a message: which request exists since when, needs which capability,
// and is for which state of the connection and of a session (DSP0274 1.3, 9 and 10). Tables; the messages' own rules
// are in message_rules.h.
#include <cstdint>
#include <span>

#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/error.h"
#include "platform/trust/defence.h"

namespace responder {

using spdm::Code;
using spdm::ErrorCode;

// A row, and the ERROR that whoever breaks it gets. SessionRequired is Unspecified before 1.2, and UnsupportedRequest
// names the request: see error_for.
template <class Case>
struct MessageRule {
  trust::Defence defence;
  bool (*holds)(const Case&);
  ErrorCode error;
};

enum class ConnectionState : std::uint8_t {
  kNotStarted,
  kAfterVersion,
  kAfterCapabilities,
  kNegotiated,
  kAfterDigests,
  kAfterCertificate,
  kAuthenticated,
};

// Where a message arrives.
enum class Place : std::uint8_t { kClear, kHandshake, kEstablished };
inline constexpr std::uint8_t kInClear = 1, kInHandshake = 2, kInEstablished = 4;
inline constexpr std::uint8_t kInSession = kInHandshake | kInEstablished;
inline constexpr std::uint8_t kAnywhere = kInClear | kInSession;
constexpr std::uint8_t bit_of(Place place) { return static_cast<std::uint8_t>(1u << static_cast<unsigned>(place)); }

struct RequestRow {
  Code code;
  spdm::Version since;
  std::uint32_t requester_capabilities;  // any of these bits; 0: none is needed
  std::uint32_t responder_capabilities;
  ConnectionState at_least;
  std::uint8_t places;
};

inline constexpr RequestRow kRequests[] = {
    {Code::kGetVersion, spdm::Version::k10, 0, 0, ConnectionState::kNotStarted, kInClear},
    {Code::kGetCapabilities, spdm::Version::k10, 0, 0, ConnectionState::kAfterVersion, kInClear},
    {Code::kNegotiateAlgorithms, spdm::Version::k10, 0, 0, ConnectionState::kAfterCapabilities, kInClear},
    {Code::kGetDigests, spdm::Version::k10, 0, spdm::kCapCert, ConnectionState::kNegotiated,
     kInClear | kInEstablished},
    {Code::kGetCertificate, spdm::Version::k10, 0, spdm::kCapCert, ConnectionState::kNegotiated,
     kInClear | kInEstablished},
    {Code::kChallenge, spdm::Version::k10, 0, spdm::kCapChallenge, ConnectionState::kNegotiated, kInClear},
    {Code::kGetMeasurements, spdm::Version::k10, 0, spdm::kCapMeasurementsMask, ConnectionState::kNegotiated,
     kInClear | kInEstablished},
    {Code::kKeyExchange, spdm::Version::k11, spdm::kCapKeyExchange, spdm::kCapKeyExchange, ConnectionState::kNegotiated,
     kInClear},
    {Code::kFinish, spdm::Version::k11, spdm::kCapKeyExchange, spdm::kCapKeyExchange, ConnectionState::kNegotiated,
     kInHandshake},
    {Code::kPskExchange, spdm::Version::k11, spdm::kCapPskMask, spdm::kCapPskMask, ConnectionState::kNegotiated,
     kInClear},
    {Code::kPskFinish, spdm::Version::k11, spdm::kCapPskMask, spdm::kCapPskWithContext, ConnectionState::kNegotiated,
     kInHandshake},
    {Code::kHeartbeat, spdm::Version::k11, spdm::kCapHeartbeat, spdm::kCapHeartbeat, ConnectionState::kNegotiated,
     kInEstablished},
    {Code::kKeyUpdate, spdm::Version::k11, spdm::kCapKeyUpdate, spdm::kCapKeyUpdate, ConnectionState::kNegotiated,
     kInEstablished},
    {Code::kEndSession, spdm::Version::k11, 0, 0, ConnectionState::kNegotiated, kInEstablished},
    {Code::kGetEncapsulatedRequest, spdm::Version::k11, spdm::kCapEncapsulated, spdm::kCapEncapsulated,
     ConnectionState::kNegotiated, kAnywhere},
    {Code::kDeliverEncapsulatedResponse, spdm::Version::k11, spdm::kCapEncapsulated, spdm::kCapEncapsulated,
     ConnectionState::kNegotiated, kAnywhere},
    {Code::kChunkSend, spdm::Version::k12, spdm::kCapChunk, spdm::kCapChunk, ConnectionState::kAfterCapabilities,
     kAnywhere},
    {Code::kChunkGet, spdm::Version::k12, spdm::kCapChunk, spdm::kCapChunk, ConnectionState::kAfterCapabilities,
     kAnywhere},
    {Code::kVendorDefinedRequest, spdm::Version::k10, 0, 0, ConnectionState::kNegotiated, kInClear | kInEstablished},
    {Code::kRespondIfReady, spdm::Version::k10, 0, 0, ConnectionState::kAfterVersion, kAnywhere},
};

struct RequestCase {
  const RequestRow* row = nullptr;  // null: not a request of ours
  spdm::Header header{};
  ConnectionState state{};
  spdm::Version version{};  // of the connection; 1.0 until CAPABILITIES
  std::span<const spdm::Version> offered{};
  std::uint32_t requester_capabilities = 0;
  std::uint32_t responder_capabilities = 0;
  bool measurements_negotiated = false;
  Place place{};

  bool is(Code code) const { return header.code == code; }
  bool clear_handshake() const {
    return (requester_capabilities & responder_capabilities & spdm::kCapHandshakeInTheClear) != 0;
  }
  // FINISH of a handshake in the clear travels in clear, and there alone.
  std::uint8_t places() const { return is(Code::kFinish) && clear_handshake() ? kInClear : row->places; }
  bool version_holds() const {
    if (is(Code::kGetVersion)) return header.version == spdm::Version::k10;
    if (!is(Code::kGetCapabilities)) return header.version == version;
    for (spdm::Version v : offered)
      if (v == header.version) return true;
    return false;
  }
  bool capable() const {
    auto has = [](std::uint32_t asked, std::uint32_t flags) { return asked == 0 || (asked & flags) != 0; };
    return has(row->requester_capabilities, requester_capabilities) &&
           has(row->responder_capabilities, responder_capabilities);
  }
  bool is_chunk() const { return is(Code::kChunkSend) || is(Code::kChunkGet); }
};

inline constexpr MessageRule<RequestCase> kRequestRules[] = {
    {{"spdm.request.code", "DSP0274 1.3, 10.12", "Only requests of this responder are answered.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const RequestCase& c) { return c.row != nullptr; },
     ErrorCode::kUnsupportedRequest},
    {{"spdm.negotiation.order", "DSP0274 1.3, 10.2", "Capabilities and algorithms are negotiated once, in their order.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) {
       return (!c.is(Code::kGetCapabilities) || c.state == ConnectionState::kAfterVersion) &&
              (!c.is(Code::kNegotiateAlgorithms) || c.state == ConnectionState::kAfterCapabilities);
     },
     ErrorCode::kUnexpectedRequest},
    {{"spdm.request.since", "DSP0274 1.3, 9.4", "A request is one that the connection's version has.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.version >= c.row->since; },
     ErrorCode::kUnsupportedRequest},
    {{"spdm.request.version", "DSP0274 1.3, 10.3", "A request speaks the version of the connection.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.version_holds(); },
     ErrorCode::kVersionMismatch},
    {{"spdm.chunk.capability", "DSP0274 1.3, 10.27", "Messages are cut only between two that both can.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return !c.is_chunk() || c.capable(); },
     ErrorCode::kUnexpectedRequest},
    {{"spdm.request.capability", "DSP0274 1.3, 10.4", "A request is one that both sides have the capability for.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.capable(); },
     ErrorCode::kUnsupportedRequest},
    {{"spdm.request.order", "DSP0274 1.3, 10.2", "A request comes after those that it builds upon.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.state >= c.row->at_least; },
     ErrorCode::kUnexpectedRequest},
    {{"spdm.session.required", "DSP0274 1.3, 10.14 to 10.23", "What belongs to a session arrives in one.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.place != Place::kClear || (c.places() & kInClear) != 0; },
     ErrorCode::kSessionRequired},
    {{"spdm.finish.place", "DSP0274 1.3, 10.15", "FINISH of a handshake in the clear arrives in clear.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return !c.is(Code::kFinish) || c.place == Place::kClear || !c.clear_handshake(); },
     ErrorCode::kSessionRequired},
    {{"spdm.session.established", "DSP0274 1.3, 10.15",
      "Until its handshake is finished, a session carries nothing but its handshake.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.place != Place::kHandshake || (c.places() & kInHandshake) != 0; },
     ErrorCode::kUnexpectedRequest},
    {{"spdm.session.place", "DSP0274 1.3, 10.14 to 10.17", "A request arrives in a session only if it is for sessions.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return c.place != Place::kEstablished || (c.places() & kInEstablished) != 0; },
     ErrorCode::kUnexpectedRequest},
    {{"spdm.measurements.negotiated", "DSP0274 1.3, 10.11", "Measurements are told in a form that was agreed on.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const RequestCase& c) { return !c.is(Code::kGetMeasurements) || c.measurements_negotiated; },
     ErrorCode::kUnexpectedRequest},
};

constexpr const RequestRow* row_of(Code code) {
  for (const RequestRow& row : kRequests)
    if (row.code == code) return &row;
  return nullptr;
}

// The ERROR as a connection of this version says it.
spdm::Error error_for(spdm::Version version, ErrorCode code, Code request);

}  // namespace responder
