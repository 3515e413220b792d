// KEY_EXCHANGE and FINISH.
#include <algorithm>

#include "platform/crypto/ec_key.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/opaque.h"
#include "platform/protocol/spdm/signing.h"
#include "platform/requester/spdm.h"
#include "platform/requester/spdm_session_rules.h"

namespace requester {
namespace {

constexpr std::size_t kExchangeSeedSize = 64;

crypto::EcKey exchange_key(const spdm::Algorithms& algorithms, base::View seed) {
  return crypto::EcKey::derive(*spdm::dhe_curve_of(algorithms.dhe), seed, "spdm key exchange");
}

}  // namespace

base::Bytes Spdm::ask_key_exchange() {
  const OpenSession& goal = std::get<OpenSession>(goal_);
  exchange_seed_ = random_bytes(kExchangeSeedSize);
  spdm::KeyExchange message{
      .header = header(spdm::Code::kKeyExchange, goal.summary, goal.slot),
      .req_session_id = ++sessions_opened_,
      .session_policy = learned_.version >= spdm::Version::k12 ? goal.policy : std::uint8_t{0},
      .random_data = random_block<spdm::kNonceSize>(),
      .exchange_data = exchange_key(learned_.algorithms, exchange_seed_).public_point(),
      .opaque_data = spdm::opaque_supported_versions(learned_.version, settings_.secured_versions)};
  message.opaque_length = static_cast<std::uint16_t>(message.opaque_data.size());
  nonce_ = message.random_data;
  return wire::encode(message);
}

Spdm::No Spdm::take_key_exchange(base::View response) {
  const OpenSession& goal = std::get<OpenSession>(goal_);
  const spdm::Algorithms& algorithms = learned_.algorithms;
  spdm::Shape form = shape();
  form.measurement_summary = goal.summary != spdm::kSummaryNone;
  doe::Padded<spdm::KeyExchangeResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::KeyExchangeResponse{.shape = form}, message)}))
    return no;
  const spdm::KeyExchangeResponse& found = message.message;
  const Slot& slot = *learned_.slots[goal.slot];

  const std::size_t behind = found.signature.size() + found.verify_data.size();
  const base::View signed_part = base::View(message.raw).first(message.raw.size() - behind);
  Session session{.phase = Session::Phase::kHandshake,
                  .id = spdm::session_id_of(sessions_opened_, found.rsp_session_id),
                  .handshake_in_the_clear = form.handshake_in_the_clear};
  session.key_exchange = {.digest = spdm::hash_of(algorithms),
                          .vca = learned_.vca,
                          .certificate_chain = slot.chain,
                          .key_exchange = request_,
                          .response = base::bytes_of(signed_part),
                          .response_signature = found.signature};
  const SignedEvidence evidence{.slot = goal.slot,
                                .nonce = nonce_,
                                .transcript = session.key_exchange.signed_by_responder(),
                                .signature = found.signature,
                                .opaque_data = found.opaque_data};
  const auto secured_version = spdm::selected_version_in(learned_.version, found.opaque_data);
  const std::vector<spdm::VersionNumber>& offered = settings_.secured_versions;
  const auto shared = exchange_key(algorithms, exchange_seed_).ecdh(found.exchange_data);
  const base::Bytes th1 = session.key_exchange.th1();
  if (shared) session.use_handshake_keys(algorithms, spdm::handshake_secrets(algorithms, *shared, th1));
  const auto expected_verify_data = [&] {
    return spdm::verify_data(algorithms, spdm::finished_key(algorithms, session.handshake.response), th1);
  };
  const KeyExchangeCase c{
      .without_mutual = found.mut_auth_requested == 0,
      .has_opaque_size = found.opaque_data.size() <= spdm::kOpaqueSizeMax,
      .has_secured_version =
          secured_version && std::find(offered.begin(), offered.end(), *secured_version) != offered.end(),
      .has_point = shared.has_value(),
      .is_signed = spdm::verify(algorithms, algorithms.base_asym, spdm::Purpose::kKeyExchangeRsp, evidence.transcript,
                                slot.public_key, found.signature),
      .is_verified = shared && (form.handshake_in_the_clear || found.verify_data == expected_verify_data())};
  if (auto no = refused(kKeyExchangeRules, c)) return no;

  session.key_exchange.response_verify_data = found.verify_data;
  session_ = std::move(session);
  learned_.session = SessionResult{.id = session_.id,
                                   .heartbeat_seconds = found.header.param1,
                                   .summary = goal.summary,
                                   .summary_hash = found.measurement_summary_hash,
                                   .opaque_data = found.opaque_data,
                                   .secured_version = *secured_version,
                                   .evidence = evidence,
                                   .th1 = th1};
  begin(Step::kFinish);
  return std::nullopt;
}

base::Bytes Spdm::ask_finish() {
  spdm::KeyExchangeTranscript& transcript = session_.key_exchange;
  spdm::Finish message{.header = header(spdm::Code::kFinish)};
  transcript.finish = wire::encode(message.header);
  message.verify_data =
      spdm::verify_data(learned_.algorithms, spdm::finished_key(learned_.algorithms, session_.handshake.request),
                        transcript.hash_for_finish());
  transcript.finish_verify_data = message.verify_data;
  return wire::encode(message);
}

Spdm::No Spdm::take_finish(base::View response) {
  doe::Padded<spdm::FinishResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::FinishResponse{.shape = shape()}, message)}))
    return no;
  const spdm::Algorithms& algorithms = learned_.algorithms;
  spdm::KeyExchangeTranscript& transcript = session_.key_exchange;
  const std::size_t verify_size = message.message.verify_data.size();
  transcript.finish_response = base::bytes_of(base::View(message.raw).first(message.raw.size() - verify_size));
  FinishCase c{.is_verified = true};
  if (session_.handshake_in_the_clear) {
    c.is_verified = message.message.verify_data ==
                    spdm::verify_data(algorithms, spdm::finished_key(algorithms, session_.handshake.response),
                                      transcript.hash_for_finish_response());
  }
  if (auto no = refused(kFinishRules, c)) return no;
  transcript.finish_response_verify_data = message.message.verify_data;
  establish(transcript.th2());
  return std::nullopt;
}

void Spdm::establish(base::View th2) {
  const spdm::DataSecrets data = session_.use_data_keys(learned_.algorithms, th2);
  learned_.session->th2 = base::bytes_of(th2);
  learned_.session->export_master = data.export_master;
}

}  // namespace requester
