#include "devices/responder/state.h"

namespace responder {
namespace {

// Requests that leave the log of measurements alone: what they carry counts, not they.
bool carries(Code code) {
  return code == Code::kChunkSend || code == Code::kChunkGet || code == Code::kRespondIfReady;
}

// DSP0274 1.3, 10.8.3: these begin M1 anew unless CHALLENGE has completed.
bool resets_certificates(Code code) {
  switch (code) {
    case Code::kKeyExchange:
    case Code::kGetMeasurements:
    case Code::kFinish:
    case Code::kPskExchange:
    case Code::kPskFinish:
    case Code::kKeyUpdate:
    case Code::kHeartbeat:
    case Code::kGetEncapsulatedRequest:
    case Code::kDeliverEncapsulatedResponse:
    case Code::kEndSession: return true;
    default: return false;
  }
}

bool is_error(base::View reply) { return reply.size() >= 2 && static_cast<Code>(reply[1]) == Code::kError; }

Place place_of(const Session* session) {
  return session == nullptr ? Place::kClear : session->established ? Place::kEstablished : Place::kHandshake;
}

}  // namespace

spdm::Error error_for(spdm::Version version, ErrorCode code, Code request) {
  if (code == ErrorCode::kUnsupportedRequest) return spdm::error(version, code, static_cast<std::uint8_t>(request));
  if (code == ErrorCode::kSessionRequired && version < spdm::Version::k12) code = ErrorCode::kUnspecified;
  if (code == ErrorCode::kInvalidPolicy && version < spdm::Version::k13) code = ErrorCode::kUnspecified;
  if (code == ErrorCode::kNoPendingRequests && version < spdm::Version::k13) code = ErrorCode::kUnexpectedRequest;
  return spdm::error(version, code);
}

base::Bytes Responder::State::error(ErrorCode code, Code request) const {
  return wire::encode(error_for(connection.version, code, request));
}

base::Bytes Responder::State::answer(base::View message, Session* session) {
  const auto header = spdm::header_of(message);
  if (!header) return error(ErrorCode::kInvalidRequest);
  const Request request{*header, message, session};
  const std::uint32_t session_id = session != nullptr ? session->id : 0;

  const bool mine = header->code == Code::kGetVersion || (header->code == Code::kChunkSend && chunks_in) ||
                    (header->code == Code::kChunkGet && chunks_out);
  const bool elsewhere = (chunks_in && chunks_in->session_id != session_id) ||
                         (chunks_out && chunks_out->session_id != session_id);
  const PendingCase pieces{(chunks_in || chunks_out) && (!mine || (elsewhere && header->code != Code::kGetVersion))};
  if (auto no = refusal<PendingCase>(kChunkingRules, pieces, header->code)) return *no;
  return fitted(handle(request), request);
}

base::Bytes Responder::State::handle(const Request& request) {
  const Code code = request.header.code;
  if (put_off && !put_off->told && put_off->code == code) {
    put_off->told = true;
    put_off->until.request_code = code;
    put_off->until.token = put_off_token++;
    put_off->session_id = request.session != nullptr ? request.session->id : 0;
    put_off->message = base::bytes_of(request.content);
    return wire::encode(spdm::error_not_ready(connection.version, put_off->until));
  }
  const RequestCase c{row_of(code),
                      request.header,
                      connection.state,
                      connection.version,
                      settings.versions,
                      connection.requester_capabilities,
                      connection.capabilities,
                      measurements_negotiated(),
                      place_of(request.session)};
  base::Bytes& log = request.session != nullptr ? request.session->log : connection.log;
  if (auto no = refusal<RequestCase>(kRequestRules, c, code)) {
    log.clear();
    return *no;
  }
  const bool part_of_flow = code == Code::kGetVersion || carries(code) || code == Code::kGetEncapsulatedRequest ||
                            code == Code::kDeliverEncapsulatedResponse;
  const std::uint32_t session_id = request.session != nullptr ? request.session->id : 0;
  const bool same_place = encapsulated && session_id == (encapsulated->in_clear ? 0 : encapsulated->session_id);
  if (auto no = refusal<PendingCase>(kEncapsulatedRules, {same_place && !part_of_flow}, code)) return *no;

  if (resets_certificates(code) && connection.state < ConnectionState::kAuthenticated) connection.certificates.clear();
  if (code != Code::kGetMeasurements && !carries(code)) log.clear();
  base::Bytes reply = handle_known(request);
  if (code == Code::kGetMeasurements && is_error(reply)) log.clear();
  return reply;
}

base::Bytes Responder::State::handle_known(const Request& request) {
  switch (request.header.code) {
    case Code::kGetVersion: return get_version(request);
    case Code::kGetCapabilities: return get_capabilities(request);
    case Code::kNegotiateAlgorithms: return negotiate_algorithms(request);
    case Code::kGetDigests: return get_digests(request);
    case Code::kGetCertificate: return get_certificate(request);
    case Code::kChallenge: return challenge(request);
    case Code::kGetMeasurements: return get_measurements(request);
    case Code::kKeyExchange: return key_exchange(request);
    case Code::kFinish: return finish(request);
    case Code::kPskExchange: return psk_exchange(request);
    case Code::kPskFinish: return psk_finish(request);
    case Code::kHeartbeat: return heartbeat(request);
    case Code::kKeyUpdate: return key_update(request);
    case Code::kEndSession: return end_session_request(request);
    case Code::kGetEncapsulatedRequest: return get_encapsulated_request(request);
    case Code::kDeliverEncapsulatedResponse: return deliver_encapsulated_response(request);
    case Code::kChunkSend: return chunk_send(request);
    case Code::kChunkGet: return chunk_get(request);
    case Code::kVendorDefinedRequest: return vendor_defined(request);
    case Code::kRespondIfReady: return respond_if_ready(request);
    default: return error(ErrorCode::kUnsupportedRequest, request.header.code);
  }
}

base::Bytes Responder::State::respond_if_ready(const Request& request) {
  const std::uint32_t session_id = request.session != nullptr ? request.session->id : 0;
  const bool fits = put_off && put_off->told && put_off->session_id == session_id &&
                    static_cast<Code>(request.header.param1) == put_off->code &&
                    request.header.param2 == put_off->until.token;
  if (auto no = refusal<FormCase>(kReadyRules, {fits}, request.header.code)) return *no;
  const base::Bytes message = std::move(put_off->message);
  put_off.reset();
  const auto header = spdm::header_of(message);
  return header ? handle({*header, message, request.session}) : error(ErrorCode::kInvalidRequest);
}

// DSP0274 1.3, 10.27: what is too long for the requester goes in pieces, or not at all.
base::Bytes Responder::State::fitted(base::Bytes reply, const Request& request) {
  if (connection.max_spdm_msg_size != 0 && reply.size() > connection.max_spdm_msg_size) {
    spdm::Error no = spdm::error(connection.version, ErrorCode::kResponseTooLarge);
    base::append_le(no.extended, static_cast<std::uint32_t>(reply.size()));
    return wire::encode(no);
  }
  if (connection.data_transfer_size == 0 || reply.size() <= connection.data_transfer_size ||
      (common_capabilities() & spdm::kCapChunk) == 0)
    return reply;
  // Pieces are not cut again: the answer inside an acknowledgement goes alone.
  base::View whole = reply;
  if (static_cast<Code>(reply[1]) == Code::kChunkSendAck) whole = whole.subspan(wire::min_size<spdm::ChunkSendAck>());
  chunks_out = Chunks{.handle = ++chunk_handle,
                      .session_id = request.session != nullptr ? request.session->id : 0,
                      .size = whole.size(),
                      .bytes = base::bytes_of(whole)};
  return wire::encode(spdm::error_large_response(connection.version, chunk_handle));
}

}  // namespace responder
