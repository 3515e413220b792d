// PSK_EXCHANGE and PSK_FINISH.
#include <algorithm>

#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/opaque.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/requester/spdm.h"
#include "platform/requester/spdm_session_rules.h"

namespace requester {

base::Bytes Spdm::ask_psk_exchange() {
  const OpenPskSession& goal = std::get<OpenPskSession>(goal_);
  const std::uint8_t policy = learned_.version >= spdm::Version::k12 ? goal.policy : std::uint8_t{0};
  const base::Bytes context = random_bytes(crypto::size_of(spdm::hash_of(learned_.algorithms)));
  spdm::PskExchange message{
      .header = header(spdm::Code::kPskExchange, goal.summary, policy),
      .req_session_id = ++sessions_opened_,
      .psk_hint_length = static_cast<std::uint16_t>(goal.hint.size()),
      .context_length = static_cast<std::uint16_t>(context.size()),
      .psk_hint = goal.hint,
      .context = context,
      .opaque_data = spdm::opaque_supported_versions(learned_.version, settings_.secured_versions)};
  message.opaque_length = static_cast<std::uint16_t>(message.opaque_data.size());
  return wire::encode(message);
}

Spdm::No Spdm::take_psk_exchange(base::View response) {
  const OpenPskSession& goal = std::get<OpenPskSession>(goal_);
  const spdm::Algorithms& algorithms = learned_.algorithms;
  spdm::Shape form = shape();
  form.measurement_summary = goal.summary != spdm::kSummaryNone;
  doe::Padded<spdm::PskExchangeResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::PskExchangeResponse{.shape = form}, message)}))
    return no;
  const spdm::PskExchangeResponse& found = message.message;

  Session session{.phase = Session::Phase::kHandshake,
                  .id = spdm::session_id_of(sessions_opened_, found.rsp_session_id),
                  .is_psk = true};
  const std::size_t verify_size = found.verify_data.size();
  session.psk = {.digest = spdm::hash_of(algorithms),
                 .vca = learned_.vca,
                 .psk_exchange = request_,
                 .response = base::bytes_of(base::View(message.raw).first(message.raw.size() - verify_size)),
                 .response_verify_data = found.verify_data};
  const base::Bytes th1 = session.psk.th1();
  session.use_handshake_keys(algorithms, spdm::handshake_secrets_psk(algorithms, goal.psk, th1));

  const auto secured_version = spdm::selected_version_in(learned_.version, found.opaque_data);
  const std::vector<spdm::VersionNumber>& offered = settings_.secured_versions;
  const bool finishes = (learned_.capabilities & spdm::kCapPskMask) == spdm::kCapPskWithContext;
  const PskExchangeCase c{
      .has_sizes = found.opaque_data.size() <= spdm::kOpaqueSizeMax,
      .has_secured_version =
          secured_version && std::find(offered.begin(), offered.end(), *secured_version) != offered.end(),
      .has_context = found.context.empty() != finishes,
      .is_verified = found.verify_data ==
                     spdm::verify_data(algorithms, spdm::finished_key(algorithms, session.handshake.response), th1)};
  if (auto no = refused(kPskExchangeRules, c)) return no;

  session_ = std::move(session);
  learned_.session = SessionResult{.id = session_.id,
                                   .psk = true,
                                   .heartbeat_seconds = found.header.param1,
                                   .summary = goal.summary,
                                   .summary_hash = found.measurement_summary_hash,
                                   .opaque_data = found.opaque_data,
                                   .secured_version = *secured_version,
                                   .th1 = th1};
  if (finishes) {
    begin(Step::kPskFinish);
  } else {
    establish(session_.psk.th2());
  }
  return std::nullopt;
}

base::Bytes Spdm::ask_psk_finish() {
  spdm::PskTranscript& transcript = session_.psk;
  spdm::PskFinish message{.header = header(spdm::Code::kPskFinish)};
  transcript.finish = wire::encode(message.header);
  message.verify_data =
      spdm::verify_data(learned_.algorithms, spdm::finished_key(learned_.algorithms, session_.handshake.request),
                        transcript.hash_for_finish());
  transcript.finish_verify_data = message.verify_data;
  return wire::encode(message);
}

Spdm::No Spdm::take_psk_finish(base::View response) {
  doe::Padded<spdm::PskFinishResponse> message;
  if (auto no = refused<FormCase>(kFormRules, {read(response, spdm::PskFinishResponse{}, message)})) return no;
  session_.psk.finish_response = message.raw;
  establish(session_.psk.th2());
  return std::nullopt;
}

}  // namespace requester
