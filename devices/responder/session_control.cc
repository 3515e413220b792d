#include "platform/protocol/spdm/session_control.h"

#include "devices/responder/state.h"
#include "platform/protocol/spdm/vendor_defined.h"

namespace responder {

base::Bytes Responder::State::heartbeat(const Request& request) {
  base::Bytes no;
  if (!decode<spdm::Heartbeat>(request, no)) return no;
  const std::uint8_t period = request.session != nullptr ? request.session->heartbeat : 0;
  if (auto refused = refusal<HeartbeatCase>(kHeartbeatRules, {period}, request.header.code)) return *refused;
  return wire::encode(spdm::HeartbeatAck{.header = header(Code::kHeartbeatAck)});
}

// The requester's keys change with this message, which still came under the old ones; ours before the answer to it
// (DSP0274 1.3, 10.19). The old keys of the requester stay until the new ones are verified, for it may have missed the
// acknowledgement.
base::Bytes Responder::State::key_update(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::KeyUpdate>(request, no);
  if (!asked) return no;
  if (request.session == nullptr) return error(ErrorCode::kSessionRequired);
  Session& session = *request.session;
  const auto operation = static_cast<spdm::KeyOperation>(request.header.param1);
  const KeyUpdateCase c{operation, session.update_pending};
  if (auto refused = refusal<KeyUpdateCase>(kKeyUpdateRules, c, request.header.code)) return *refused;
  if (operation == spdm::KeyOperation::kVerifyNewKey) {
    session.previous_in.reset();
    session.update_pending = false;
  } else {
    session.previous_in = session.in;
    session.in = session.in.updated(algorithms());
    session.update_pending = true;
    if (operation == spdm::KeyOperation::kUpdateAllKeys) session.out = session.out.updated(algorithms());
  }
  return wire::encode(
      spdm::KeyUpdateAck{.header = header(Code::kKeyUpdateAck, request.header.param1, request.header.param2)});
}

// simplified: no negotiated state is kept across a GET_VERSION, so there is none to clear.
base::Bytes Responder::State::end_session_request(const Request& request) {
  base::Bytes no;
  if (!decode<spdm::EndSession>(request, no)) return no;
  if (request.session == nullptr) return error(ErrorCode::kSessionRequired);
  request.session->ending = SessionEnd::kEndSession;
  return wire::encode(spdm::EndSessionAck{.header = header(Code::kEndSessionAck)});
}

base::Bytes Responder::State::vendor_defined(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::VendorDefinedRequest>(request, no);
  if (!asked) return no;
  const spdm::VendorDefinedRequest& message = asked->message;
  const auto pci = spdm::pci_payload(message);
  const bool is_pci = pci && (pci->protocol == spdm::kPciProtocolIdeKm || pci->protocol == spdm::kPciProtocolTdisp);
  const VendorCase c{is_pci, request.session == nullptr ? Place::kClear : Place::kEstablished};
  if (auto refused = refusal<VendorCase>(kVendorRules, c, request.header.code)) return *refused;

  const std::uint32_t session_id = request.session != nullptr ? request.session->id : 0;
  std::optional<base::Bytes> payload;
  if (vendor) payload = vendor(session_id, message.standard_id, message.vendor_id, message.payload);
  constexpr std::size_t kPayloadMax = 0xffff;
  if (!payload || payload->size() > kPayloadMax) return error(ErrorCode::kUnsupportedRequest, request.header.code);
  spdm::VendorDefinedResponse response{.header = header(Code::kVendorDefinedResponse),
                                       .standard_id = message.standard_id,
                                       .vendor_id_length = message.vendor_id_length,
                                       .vendor_id = message.vendor_id,
                                       .payload_length = static_cast<std::uint16_t>(payload->size()),
                                       .payload = *payload};
  return wire::encode(response);
}

}  // namespace responder
