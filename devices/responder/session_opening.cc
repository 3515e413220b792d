#include <algorithm>

#include "devices/responder/state.h"
#include "platform/protocol/spdm/psk.h"

namespace responder {
namespace {

constexpr std::uint16_t kMajorMinor = 0xff00;

// The first of ours that the requester has too. It may tell none at all, and then none is agreed on.
std::optional<spdm::VersionNumber> secured_version(const Settings& settings, spdm::Version version,
                                                   base::View opaque) {
  const auto theirs = spdm::supported_versions_in(version, opaque);
  if (!theirs) return std::nullopt;
  for (spdm::VersionNumber ours : settings.secured_versions)
    for (spdm::VersionNumber number : *theirs)
      if ((number & kMajorMinor) == (ours & kMajorMinor)) return ours;
  return std::nullopt;
}

bool computable(const spdm::Algorithms& algorithms, bool exchange) {
  return spdm::digest_of(algorithms.base_hash) && spdm::aead_of(algorithms.aead) &&
         algorithms.key_schedule == spdm::kKeyScheduleSpdm && (!exchange || spdm::dhe_curve_of(algorithms.dhe));
}

std::uint16_t next_half(std::uint16_t half) { return half == 1 ? 0xffff : static_cast<std::uint16_t>(half - 1); }

}  // namespace

base::Bytes Responder::State::key_exchange(const Request& request) {
  const Code code = request.header.code;
  const bool fits = computable(algorithms(), true);
  OpeningCase opening{algorithms(), common_capabilities(), fits, 0, sessions.size(), settings.sessions_max, true};
  if (auto refused = refusal<OpeningCase>(kOpeningRules, opening, code)) return *refused;
  base::Bytes no;
  const auto asked = decode<spdm::KeyExchange>(request, no, {.shape = shape()});
  if (!asked) return no;
  const spdm::KeyExchange& message = asked->message;
  const std::uint8_t number = message.header.param2, summary_type = message.header.param1;
  const identity::Slot* from = slot(number);
  if (auto refused = refusal<SummaryCase>(kSummaryRules, {summary_type, measurements_negotiated()}, code))
    return *refused;
  if (auto refused = refusal<SlotCase>(kSlotRules, {from != nullptr}, code)) return *refused;
  const auto secured = secured_version(settings, connection.version, message.opaque_data);
  opening.policy = message.session_policy;
  opening.secured_version_common = message.opaque_data.empty() || secured;
  if (auto refused = refusal<OpeningCase>(kOpeningRules, opening, code)) return *refused;
  constexpr std::uint32_t kMutual = spdm::kCapMutualAuth | spdm::kCapEncapsulated;
  const bool mutual = !settings.requester_root.empty();
  const bool possible = (common_capabilities() & kMutual) == kMutual &&
                        spdm::ecdsa_curve_of(algorithms().requester_asym).has_value();
  if (auto refused = refusal<MutualCase>(kMutualRules, {mutual, possible}, code)) return *refused;

  base::Bytes key_seed;
  base::append_le(key_seed, seed);
  const auto ephemeral = crypto::EcKey::derive(*spdm::dhe_curve_of(algorithms().dhe), key_seed,
                                               name + " key exchange " + std::to_string(draws++));
  const auto shared = ephemeral.ecdh(message.exchange_data);
  if (auto refused = refusal<FormCase>(kFormRules, {shared.has_value()}, code)) return *refused;

  Session session{.policy = message.session_policy};
  const std::uint16_t half = next_session_half;
  next_session_half = next_half(half);
  session.id = spdm::session_id_of(message.req_session_id, half);
  session.heartbeat = (common_capabilities() & spdm::kCapHeartbeat) != 0 ? settings.heartbeat_period : 0;
  session.mutual = mutual ? spdm::kMutualAuthEncapsulated : 0;

  spdm::KeyExchangeResponse response{.header = header(Code::kKeyExchangeRsp, session.heartbeat),
                                     .rsp_session_id = half,
                                     .mut_auth_requested = session.mutual};
  response.random_data = random<spdm::kNonceSize>("KEY_EXCHANGE_RSP random");
  response.exchange_data = ephemeral.public_point();
  response.measurement_summary_hash = summary(summary_type);
  if (secured) response.opaque_data = spdm::opaque_version_selection(connection.version, *secured);
  response.opaque_length = static_cast<std::uint16_t>(response.opaque_data.size());

  spdm::KeyExchangeTranscript& th = session.exchange;
  th.digest = spdm::hash_of(algorithms());
  th.vca = connection.vca;
  th.certificate_chain = chain_of(*from);
  th.key_exchange = asked->raw;
  th.response = wire::encode(response);
  th.response_signature = sign(spdm::Purpose::kKeyExchangeRsp, th.signed_by_responder(), *from);
  const base::Bytes th1 = th.th1();
  for (SessionListener* listener : listeners) listener->agreed(*shared);
  session.secrets = spdm::handshake_secrets(algorithms(), *shared, th1);
  if (!clear_handshake())
    th.response_verify_data =
        spdm::verify_data(algorithms(), spdm::finished_key(algorithms(), session.secrets.response), th1);
  session.in = spdm::RecordStream::start(algorithms(), session.secrets.request);
  session.out = spdm::RecordStream::start(algorithms(), session.secrets.response);

  base::Bytes reply = th.response;
  base::append(reply, th.response_signature);
  base::append(reply, th.response_verify_data);
  if (mutual)
    encapsulated = Encapsulated{.session_id = session.id, .in_clear = clear_handshake()};
  latest_session = session.id;
  sessions.push_back(std::move(session));
  return reply;
}

base::Bytes Responder::State::psk_exchange(const Request& request) {
  const Code code = request.header.code;
  base::Bytes no;
  const auto asked = decode<spdm::PskExchange>(request, no);
  if (!asked) return no;
  const spdm::PskExchange& message = asked->message;
  const auto secured = secured_version(settings, connection.version, message.opaque_data);
  const OpeningCase opening{algorithms(),    common_capabilities(), computable(algorithms(), false),
                            message.header.param2, sessions.size(),  settings.sessions_max,
                            message.opaque_data.empty() || secured};
  if (auto refused = refusal<OpeningCase>(kOpeningRules, opening, code)) return *refused;
  const std::uint8_t summary_type = message.header.param1;
  if (auto refused = refusal<SummaryCase>(kSummaryRules, {summary_type, measurements_negotiated()}, code))
    return *refused;
  const auto key = settings.psk.find(base::text_of(message.psk_hint));
  if (auto refused = refusal<HintCase>(kHintRules, {key != settings.psk.end()}, code)) return *refused;

  const bool with_context = (connection.capabilities & spdm::kCapPskMask) == spdm::kCapPskWithContext;
  Session session{.psk = true, .policy = message.header.param2};
  const std::uint16_t half = next_session_half;
  next_session_half = next_half(half);
  session.id = spdm::session_id_of(message.req_session_id, half);
  session.heartbeat = (common_capabilities() & spdm::kCapHeartbeat) != 0 ? settings.heartbeat_period : 0;
  spdm::PskExchangeResponse response{.header = header(Code::kPskExchangeRsp, session.heartbeat),
                                     .rsp_session_id = half};
  response.measurement_summary_hash = summary(summary_type);
  if (with_context) response.context = random("PSK_EXCHANGE_RSP context", spdm::kNonceSize);
  response.context_length = static_cast<std::uint16_t>(response.context.size());
  if (secured) response.opaque_data = spdm::opaque_version_selection(connection.version, *secured);
  response.opaque_length = static_cast<std::uint16_t>(response.opaque_data.size());

  spdm::PskTranscript& th = session.psk_exchange;
  th.digest = spdm::hash_of(algorithms());
  th.vca = connection.vca;
  th.psk_exchange = asked->raw;
  th.response = wire::encode(response);
  const base::Bytes th1 = th.th1();
  session.secrets = spdm::handshake_secrets_psk(algorithms(), key->second, th1);
  th.response_verify_data =
      spdm::verify_data(algorithms(), spdm::finished_key(algorithms(), session.secrets.response), th1);
  session.in = spdm::RecordStream::start(algorithms(), session.secrets.request);
  session.out = spdm::RecordStream::start(algorithms(), session.secrets.response);
  base::Bytes reply = th.response;
  base::append(reply, th.response_verify_data);
  const std::uint32_t id = session.id;
  sessions.push_back(std::move(session));
  if (!with_context) {
    begin_data_phase(sessions.back());
    settle(id);
  }
  return reply;
}

}  // namespace responder
