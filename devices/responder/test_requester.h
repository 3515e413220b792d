#pragma once
// The other side, for tests: a requester that does what it is told, message by message, and knows what it should get.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "devices/responder/responder.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/session_control.h"
#include "platform/protocol/spdm/signing.h"
#include "platform/protocol/spdm/transcript.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/protocol/spdm/version.h"

namespace responder {

inline constexpr std::uint32_t kTestCapabilities =
    spdm::kCapCert | spdm::kCapChallenge | spdm::kCapEncrypt | spdm::kCapMac | spdm::kCapKeyExchange | spdm::kCapPsk |
    spdm::kCapEncapsulated | spdm::kCapHeartbeat | spdm::kCapKeyUpdate | spdm::kCapChunk | spdm::kCapMutualAuth;

struct TestSession {
  std::uint32_t id = 0;
  bool psk = false;
  spdm::KeyExchangeTranscript th{};
  spdm::PskTranscript psk_th{};
  base::Bytes shared{};  // of the key exchange
  spdm::HandshakeSecrets secrets{};
  spdm::RecordStream to{}, from{};
};

class TestRequester {
 public:
  TestRequester(Responder& responder, spdm::Version the_version, crypto::Curve curve = crypto::Curve::kP384)
      : version(the_version), responder_(responder), curve_(curve) {}

  spdm::Version version;
  std::uint32_t capabilities = kTestCapabilities;
  std::uint32_t data_transfer_size = 0x1200;
  std::uint32_t max_spdm_msg_size = 0x1200;
  spdm::Algorithms algorithms{};
  base::Bytes vca{};
  bool clear_handshake = false;

  spdm::Header header(spdm::Code code, std::uint8_t param1 = 0, std::uint8_t param2 = 0) const {
    return {version, code, param1, param2};
  }
  base::Bytes clear(base::View message) { return responder_.receive(message).value_or(base::Bytes{}); }
  std::optional<base::Bytes> secured(TestSession& session, base::View message) {
    const auto raw = responder_.receive_secured(wire::encode(session.to.seal(session.id, message)));
    return raw ? opened(session, *raw) : std::nullopt;
  }
  std::optional<base::Bytes> opened(TestSession& session, base::View raw) {
    const auto record = wire::decode<spdm::SecuredRecord>(raw);
    return record ? session.from.open(*record) : std::nullopt;
  }

  base::Bytes get_version() const { return wire::encode(spdm::GetVersion{}); }
  base::Bytes get_capabilities() const {
    return wire::encode(spdm::GetCapabilities{.header = header(spdm::Code::kGetCapabilities),
                                              .flags = capabilities,
                                              .data_transfer_size = data_transfer_size,
                                              .max_spdm_msg_size = max_spdm_msg_size});
  }
  base::Bytes negotiate_algorithms() const {
    spdm::NegotiateAlgorithms ask{.header = header(spdm::Code::kNegotiateAlgorithms)};
    ask.measurement_specification = spdm::kMeasurementSpecificationDmtf;
    if (version >= spdm::Version::k12) ask.other_params_support = spdm::kOpaqueFormat1;
    ask.base_asym_algo = spdm::kAsymEcdsaP256 | spdm::kAsymEcdsaP384 | spdm::kAsymEcdsaP521;
    ask.base_hash_algo = curve_ == crypto::Curve::kP256 ? spdm::kHashSha256 : spdm::kHashSha384;
    if (version >= spdm::Version::k11) {
      ask.tables = {{.type = spdm::TableType::kDhe,
                     .supported = curve_ == crypto::Curve::kP256 ? spdm::kDheSecp256r1 : spdm::kDheSecp384r1},
                    {.type = spdm::TableType::kAead, .supported = spdm::kAeadAes256Gcm},
                    {.type = spdm::TableType::kRequesterAsymmetric, .supported = spdm::kAsymEcdsaP384},
                    {.type = spdm::TableType::kKeySchedule, .supported = spdm::kKeyScheduleSpdm}};
    }
    ask.header.param1 = static_cast<std::uint8_t>(ask.tables.size());
    ask.length = spdm::length_of(ask);
    return wire::encode(ask);
  }
  void step(const base::Bytes& request) {
    const base::Bytes reply = clear(request);
    base::append(vca, request);
    base::append(vca, reply);
    last = reply;
  }
  // Up to ALGORITHMS.
  void negotiate() {
    vca.clear();
    step(get_version());
    step(get_capabilities());
    const auto theirs = wire::decode<spdm::Capabilities>(last);
    ASSERT_TRUE(theirs) << base::to_hex(last);
    clear_handshake = (theirs->flags & capabilities & spdm::kCapHandshakeInTheClear) != 0;
    step(negotiate_algorithms());
    const auto chosen = wire::decode<spdm::AlgorithmsResponse>(last);
    ASSERT_TRUE(chosen) << base::to_hex(last);
    algorithms = spdm::algorithms_of(*chosen);
  }
  base::Bytes last{};

  spdm::Shape shape() const {
    spdm::Shape out = spdm::shape_of(algorithms);
    out.handshake_in_the_clear = clear_handshake;
    return out;
  }

  base::Bytes key_exchange(std::uint8_t summary = spdm::kSummaryNone, std::uint8_t policy = 0) {
    spdm::KeyExchange ask{.header = header(spdm::Code::kKeyExchange, summary)};
    ask.req_session_id = ++half_;
    ask.session_policy = policy;
    ask.exchange_data = ephemeral().public_point();
    ask.opaque_data = spdm::opaque_supported_versions(version, {spdm::kSecuredMessages11});
    ask.opaque_length = static_cast<std::uint16_t>(ask.opaque_data.size());
    return wire::encode(ask);
  }
  // Of `request`, which key_exchange made. `chain`: the responder's whole blob.
  std::optional<TestSession> began(const base::Bytes& request, const base::Bytes& reply, const base::Bytes& chain) {
    spdm::Shape form = shape();
    form.measurement_summary = request[2] != spdm::kSummaryNone;
    const auto said = wire::decode<spdm::KeyExchangeResponse>(reply, {.shape = form});
    if (!said) return std::nullopt;
    TestSession session{.id = spdm::session_id_of(half_, said->rsp_session_id)};
    session.th.digest = spdm::hash_of(algorithms);
    session.th.vca = vca;
    session.th.certificate_chain = chain;
    session.th.key_exchange = request;
    const std::size_t tail = said->signature.size() + said->verify_data.size();
    session.th.response.assign(reply.begin(), reply.end() - static_cast<std::ptrdiff_t>(tail));
    session.th.response_signature = said->signature;
    session.th.response_verify_data = said->verify_data;
    const base::Bytes th1 = session.th.th1();
    session.shared = *ephemeral().ecdh(said->exchange_data);
    session.secrets = spdm::handshake_secrets(algorithms, session.shared, th1);
    if (!clear_handshake) {
      EXPECT_EQ(said->verify_data,
                spdm::verify_data(algorithms, spdm::finished_key(algorithms, session.secrets.response), th1));
    }
    session.to = spdm::RecordStream::start(algorithms, session.secrets.request);
    session.from = spdm::RecordStream::start(algorithms, session.secrets.response);
    return session;
  }
  // With the signature of this key, where there is one.
  base::Bytes finish(TestSession& session, const crypto::EcKey* key = nullptr, crypto::Library* library = nullptr) {
    session.th.finish = wire::encode(header(spdm::Code::kFinish, key != nullptr ? spdm::kSignatureIncluded : 0));
    session.th.finish_signature.clear();
    if (key != nullptr)
      session.th.finish_signature =
          spdm::sign(algorithms, algorithms.requester_asym, spdm::Purpose::kFinish, session.th.signed_by_requester(),
                     *key, *library, {"requester", "FINISH", 0});
    session.th.finish_verify_data = spdm::verify_data(
        algorithms, spdm::finished_key(algorithms, session.secrets.request), session.th.hash_for_finish());
    base::Bytes out = session.th.finish;
    base::append(out, session.th.finish_signature);
    base::append(out, session.th.finish_verify_data);
    return out;
  }
  // Sends FINISH where it belongs and goes on to the data keys. False unless FINISH_RSP came.
  bool finished(TestSession& session, const base::Bytes& message) {
    const auto reply = clear_handshake ? std::optional(clear(message)) : secured(session, message);
    if (!reply || reply->size() < 4 || static_cast<spdm::Code>((*reply)[1]) != spdm::Code::kFinishRsp) return false;
    session.th.finish_response.assign(reply->begin(), reply->begin() + 4);
    session.th.finish_response_verify_data.assign(reply->begin() + 4, reply->end());
    use_data_keys(session, session.th.th2());
    return true;
  }
  void use_data_keys(TestSession& session, const base::Bytes& th2) {
    const auto secrets = spdm::data_secrets(algorithms, session.secrets.handshake, th2);
    session.to = spdm::RecordStream::start(algorithms, secrets.request);
    session.from = spdm::RecordStream::start(algorithms, secrets.response);
  }
  std::optional<TestSession> open(const base::Bytes& chain) {
    const base::Bytes request = key_exchange();
    auto session = began(request, clear(request), chain);
    if (!session || !finished(*session, finish(*session))) return std::nullopt;
    return session;
  }

  static constexpr std::string_view kPsk = "a key of both";
  base::Bytes psk_exchange() {
    spdm::PskExchange ask{.header = header(spdm::Code::kPskExchange)};
    ask.req_session_id = ++half_;
    ask.psk_hint = base::bytes_of("hint");
    ask.psk_hint_length = 4;
    ask.context = base::Bytes(32, 7);
    ask.context_length = 32;
    ask.opaque_data = spdm::opaque_supported_versions(version, {spdm::kSecuredMessages11});
    ask.opaque_length = static_cast<std::uint16_t>(ask.opaque_data.size());
    return wire::encode(ask);
  }
  std::optional<TestSession> began_psk(const base::Bytes& request, const base::Bytes& reply) {
    const auto said = wire::decode<spdm::PskExchangeResponse>(reply, {.shape = shape()});
    if (!said) return std::nullopt;
    TestSession session{.id = spdm::session_id_of(half_, said->rsp_session_id), .psk = true};
    session.psk_th.digest = spdm::hash_of(algorithms);
    session.psk_th.vca = vca;
    session.psk_th.psk_exchange = request;
    session.psk_th.response.assign(reply.begin(), reply.end() - static_cast<std::ptrdiff_t>(said->verify_data.size()));
    session.psk_th.response_verify_data = said->verify_data;
    session.secrets = spdm::handshake_secrets_psk(algorithms, base::view_of(kPsk), session.psk_th.th1());
    session.to = spdm::RecordStream::start(algorithms, session.secrets.request);
    session.from = spdm::RecordStream::start(algorithms, session.secrets.response);
    return session;
  }
  base::Bytes psk_finish(TestSession& session) {
    const base::Bytes front = wire::encode(header(spdm::Code::kPskFinish));
    session.psk_th.finish = front;
    session.th.finish = front;
    const base::Bytes covered = session.psk ? session.psk_th.hash_for_finish() : session.th.hash_for_finish();
    base::Bytes out = front;
    base::append(out, spdm::verify_data(algorithms, spdm::finished_key(algorithms, session.secrets.request), covered));
    return out;
  }

  base::Bytes vendor(std::uint16_t standard, base::View payload) const {
    spdm::VendorDefinedRequest ask{.header = header(spdm::Code::kVendorDefinedRequest), .standard_id = standard};
    if (standard == spdm::kRegistryPciSig) ask.vendor_id = {1, 0};
    ask.vendor_id_length = static_cast<std::uint8_t>(ask.vendor_id.size());
    ask.payload = base::bytes_of(payload);
    ask.payload_length = static_cast<std::uint16_t>(payload.size());
    return wire::encode(ask);
  }

 private:
  crypto::EcKey ephemeral() const {
    return crypto::EcKey::derive(curve_ == crypto::Curve::kP256 ? curve_ : crypto::Curve::kP384, base::Bytes{1},
                                 "requester " + std::to_string(half_));
  }
  Responder& responder_;
  crypto::Curve curve_;
  std::uint16_t half_ = 0;
};

// What an ERROR says; 0 for another message, and 0xee for none.
inline unsigned error_in(const std::optional<base::Bytes>& reply) {
  if (!reply || reply->size() < 4) return 0xee;
  return static_cast<spdm::Code>((*reply)[1]) == spdm::Code::kError ? (*reply)[2] : 0;
}

struct TestDevice {
  static Settings settings(std::uint32_t more = 0) {
    Settings out;
    out.capabilities |= spdm::kCapPskWithContext | spdm::kCapMutualAuth | spdm::kCapEncapsulated | more;
    out.heartbeat_period = 5;
    out.psk["hint"] = base::bytes_of(TestRequester::kPsk);
    return out;
  }
  explicit TestDevice(Settings the_settings = settings(), crypto::Curve curve = crypto::Curve::kP384,
                      spdm::Version version = spdm::Version::k12)
      : responder(std::move(the_settings), identity::provisioned({}, {.curve = curve}, 7, library),
                  identity::firmware_of("test", "1.0", 3), library, defences, 7, "dev0"),
        requester(responder, version, curve) {}
  base::Bytes chain() const {
    return spdm::certificate_chain_of(spdm::hash_of(requester.algorithms), responder.identity().slots[0]->chain);
  }
  std::optional<TestSession> open() { return requester.open(chain()); }

  crypto::Library library{7};
  trust::Defences defences;
  Responder responder;
  TestRequester requester;
};

}  // namespace responder
