// HEARTBEAT, KEY_UPDATE, END_SESSION and VENDOR_DEFINED.
#include "platform/protocol/spdm/session_control.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/requester/spdm.h"
#include "platform/requester/spdm_session_rules.h"

namespace requester {

base::Bytes Spdm::ask_heartbeat() { return wire::encode(spdm::Heartbeat{.header = header(spdm::Code::kHeartbeat)}); }

Spdm::No Spdm::take_heartbeat(base::View response) {
  doe::Padded<spdm::HeartbeatAck> message;
  return refused<FormCase>(kFormRules, {read(response, spdm::HeartbeatAck{}, message)});
}

// ---- keys -----------------------------------------------------------------------------------------------------------

base::Bytes Spdm::ask_key_update() {
  const bool both = std::get<UpdateKeys>(goal_).both_directions;
  if (both) session_.response_next = session_.response.updated(learned_.algorithms);
  const auto operation = both ? spdm::KeyOperation::kUpdateAllKeys : spdm::KeyOperation::kUpdateKey;
  return wire::encode(spdm::KeyUpdate{
      .header = header(spdm::Code::kKeyUpdate, static_cast<std::uint8_t>(operation), ++key_update_tag_)});
}

base::Bytes Spdm::ask_verify_new_key() {
  return wire::encode(spdm::KeyUpdate{.header = header(spdm::Code::kKeyUpdate,
                                                       static_cast<std::uint8_t>(spdm::KeyOperation::kVerifyNewKey),
                                                       ++key_update_tag_)});
}

Spdm::No Spdm::take_verify_new_key(base::View response) {
  doe::Padded<spdm::KeyUpdateAck> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::KeyUpdateAck{}, message)})) return no;
  const auto request = spdm::header_of(request_);
  const spdm::Header& found = message.message.header;
  auto no = refused<KeyUpdateCase>(kKeyUpdateRules,
                                   {.echoes = found.param1 == request->param1 && found.param2 == request->param2});
  // Which keys the other side has now is no longer certain.
  if (no) session_ = {};
  return no;
}

Spdm::No Spdm::take_key_update(base::View response) {
  if (auto no = take_verify_new_key(response)) return no;
  session_.request = session_.request.updated(learned_.algorithms);
  begin(Step::kVerifyNewKey);
  return std::nullopt;
}

// ---- the end --------------------------------------------------------------------------------------------------------

base::Bytes Spdm::ask_end_session() {
  const bool clear = std::get<CloseSession>(goal_).clear_negotiated_state;
  return wire::encode(spdm::EndSession{
      .header = header(spdm::Code::kEndSession, clear ? spdm::kClearNegotiatedState : std::uint8_t{0})});
}

Spdm::No Spdm::take_end_session(base::View response) {
  doe::Padded<spdm::EndSessionAck> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::EndSessionAck{}, message)})) return no;
  session_ = {};
  return std::nullopt;
}

// ---- other protocols ------------------------------------------------------------------------------------------------

base::Bytes Spdm::ask_vendor_defined() {
  const SendVendorDefined& goal = std::get<SendVendorDefined>(goal_);
  return wire::encode(spdm::VendorDefinedRequest{.header = header(spdm::Code::kVendorDefinedRequest),
                                                 .standard_id = goal.standard_id,
                                                 .vendor_id_length = static_cast<std::uint8_t>(goal.vendor_id.size()),
                                                 .vendor_id = goal.vendor_id,
                                                 .payload_length = static_cast<std::uint16_t>(goal.payload.size()),
                                                 .payload = goal.payload});
}

Spdm::No Spdm::take_vendor_defined(base::View response) {
  const SendVendorDefined& goal = std::get<SendVendorDefined>(goal_);
  doe::Padded<spdm::VendorDefinedResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::VendorDefinedResponse{}, message)})) return no;
  const spdm::VendorDefinedResponse& found = message.message;
  const VendorDefinedCase c{.of_registry = found.standard_id == goal.standard_id && found.vendor_id == goal.vendor_id};
  if (auto no = refused(kVendorDefinedRules, c)) return no;
  learned_.vendor_payload = found.payload;
  return std::nullopt;
}

}  // namespace requester
