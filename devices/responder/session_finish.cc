#include "devices/responder/state.h"
#include "platform/protocol/spdm/psk.h"

namespace responder {
namespace {

base::View without(base::View message, std::size_t tail) { return message.first(message.size() - tail); }

bool same(base::View a, base::View b) { return std::ranges::equal(a, b); }

}  // namespace

// From the handshake's keys to those of the data, once the answer at hand is sealed.
void Responder::State::begin_data_phase(Session& session) {
  const spdm::DataSecrets secrets = spdm::data_secrets(algorithms(), session.secrets.handshake, session.th2());
  session.next_in = spdm::RecordStream::start(algorithms(), secrets.request);
  session.next_out = spdm::RecordStream::start(algorithms(), secrets.response);
}

base::Bytes Responder::State::finish(const Request& request) {
  const Code code = request.header.code;
  Session* session = request.session != nullptr ? request.session : find(latest_session);
  const FinishKindCase kind{false, session != nullptr && session->psk, session != nullptr && !session->established};
  if (session == nullptr) return error(ErrorCode::kSessionRequired);
  if (auto refused = refusal<FinishKindCase>(kFinishKindRules, kind, code)) return *refused;
  base::Bytes no;
  const auto asked = decode<spdm::Finish>(request, no, {.shape = shape()});
  if (!asked) return no;
  const spdm::Finish& message = asked->message;

  spdm::KeyExchangeTranscript& th = session->exchange;
  const std::size_t tail = message.signature.size() + message.verify_data.size();
  const base::View front = without(asked->raw, tail);
  th.finish = base::bytes_of(front);
  th.finish_signature = message.signature;
  const base::Bytes covered = session->psk ? session->hash_for_finish(front) : th.hash_for_finish();
  const base::Bytes expected =
      spdm::verify_data(algorithms(), spdm::finished_key(algorithms(), session->secrets.request), covered);
  FinishCase c{.mutual = session->mutual != 0,
               .signature_included = (message.header.param1 & spdm::kSignatureIncluded) != 0,
               .slot_agreed = message.header.param2 == session->requester_slot,
               .chain_trusted = session->requester_trusted,
               .signature_fits = false,
               .verify_data_fits = same(expected, message.verify_data)};
  if (c.signature_included && !session->requester_key.empty())
    c.signature_fits = spdm::verify(algorithms(), algorithms().requester_asym, spdm::Purpose::kFinish,
                                    th.signed_by_requester(), session->requester_key, message.signature);
  if (auto refused = refusal<FinishCase>(kFinishRules, c, code)) {
    const auto told = wire::decode<spdm::Error>(*refused);
    if (told && told->error_code() == ErrorCode::kDecryptError) session->ending = SessionEnd::kHandshakeRefused;
    if (request.session == nullptr) settle(session->id);
    return *refused;
  }

  spdm::FinishResponse response{.header = header(Code::kFinishRsp)};
  base::Bytes reply = wire::encode(response);
  if (session->psk) {
    session->psk_exchange.finish_verify_data = message.verify_data;
    session->psk_exchange.finish_response = reply;
  } else {
    th.finish_verify_data = message.verify_data;
    th.finish_response = reply;
    if (clear_handshake()) {
      th.finish_response_verify_data =
          spdm::verify_data(algorithms(), spdm::finished_key(algorithms(), session->secrets.response),
                            th.hash_for_finish_response());
      base::append(reply, th.finish_response_verify_data);
    }
  }
  begin_data_phase(*session);
  if (request.session == nullptr) settle(session->id);
  return reply;
}

base::Bytes Responder::State::psk_finish(const Request& request) {
  const Code code = request.header.code;
  Session* session = request.session;
  if (session == nullptr) return error(ErrorCode::kSessionRequired);
  const FinishKindCase kind{true, session->psk, !session->established};
  if (auto refused = refusal<FinishKindCase>(kFinishKindRules, kind, code)) return *refused;
  base::Bytes no;
  const auto asked = decode<spdm::PskFinish>(request, no, {.shape = shape()});
  if (!asked) return no;
  const base::View front = without(asked->raw, asked->message.verify_data.size());
  // Where the kind does not count, the session's own transcript goes on with this message.
  if (!session->psk) session->exchange.finish = base::bytes_of(front);
  const base::Bytes expected = spdm::verify_data(
      algorithms(), spdm::finished_key(algorithms(), session->secrets.request), session->hash_for_finish(front));
  if (auto refused = refusal<VerifyCase>(kPskFinishRules, {same(expected, asked->message.verify_data)}, code)) {
    session->ending = SessionEnd::kHandshakeRefused;
    return *refused;
  }
  base::Bytes reply = wire::encode(spdm::PskFinishResponse{.header = header(Code::kPskFinishRsp)});
  if (session->psk) {
    session->psk_exchange.finish_verify_data = asked->message.verify_data;
    session->psk_exchange.finish_response = reply;
  } else {
    session->exchange.finish_verify_data = asked->message.verify_data;
    session->exchange.finish_response = reply;
  }
  begin_data_phase(*session);
  return reply;
}

}  // namespace responder
