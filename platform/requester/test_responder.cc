#include "platform/requester/test_responder.h"

#include "platform/base/check.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/protocol/spdm/error.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/opaque.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/protocol/spdm/session_control.h"
#include "platform/protocol/spdm/vendor_defined.h"

namespace requester {
namespace {

using spdm::Code;

base::Bytes bytes_of_chain(const crypto::EcKey& key, crypto::Library& library) {
  crypto::CertificateContent content{.subject = {.common_name = "device", .organization = {}},
                                     .issuer = {.common_name = "device", .organization = {}},
                                     .not_after = 4'000'000'000,
                                     .public_key = crypto::public_key_info(key.public_point()),
                                     .extensions = {}};
  const crypto::Certificate leaf = crypto::issue(content, library, {"test", "leaf"}, key);
  return spdm::certificate_chain_of(crypto::Digest::kSha384, {leaf.to_der()});
}

template <class M>
M read(base::View bytes, M form = M{}) {
  auto message = wire::decode<M>(bytes, std::move(form));
  base::check(static_cast<bool>(message), "the requester sends well-formed messages");
  return *std::move(message);
}

}  // namespace

Random counting_random(std::uint8_t seed) {
  return [next = seed](std::span<std::uint8_t> out) mutable {
    for (std::uint8_t& byte : out) byte = next++;
    next = static_cast<std::uint8_t>(next * 5 + 1);
  };
}

TestResponder::TestResponder(spdm::Version version)
    : versions{spdm::version_number(spdm::Version::k10), spdm::version_number(version)},
      capabilities(spdm::kCapCert | spdm::kCapChallenge | spdm::kCapMeasurementsSigned | spdm::kCapEncrypt |
                   spdm::kCapMac | spdm::kCapKeyExchange | spdm::kCapPskWithContext | spdm::kCapHeartbeat |
                   spdm::kCapKeyUpdate | spdm::kCapHandshakeInTheClear | spdm::kCapChunk),
      blocks{spdm::measurement_block(1, spdm::MeasurementType::kImmutableRom, false, base::Bytes(48, 0x11)),
             spdm::measurement_block(3, spdm::MeasurementType::kMutableFirmware, false, base::Bytes(48, 0x33))},
      key_(crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{1}, "device")) {
  algorithms.version = version;
  algorithms.requester_asym = 0;
  if (version < spdm::Version::k12) algorithms.other_params = 0;
  chain = bytes_of_chain(key_, library_);
}

std::optional<Message> TestResponder::operator()(const Message& request) {
  base::Bytes plain = request.bytes;
  const bool sealed = request.secured;
  if (sealed) {
    auto text = from_requester_.open(read<spdm::SecuredRecord>(request.bytes));
    base::check(text.has_value(), "the requester seals well");
    plain = *std::move(text);
  }
  ++answered_;
  base::Bytes out = answer(plain);
  const Code code = spdm::header_of(plain)->code;
  if (spoil) spoil(code, out);
  Message message{.bytes = out, .secured = sealed && answers_secured};
  if (message.secured) message.bytes = wire::encode(to_requester_.seal(session_id_, out));
  if (ends_) {
    ends_ = false;
    psk_transcript_.finish_response = out;
    establish(psk_transcript_.vca.empty() ? transcript_.th2() : psk_transcript_.th2());
  }
  if (pads) message.bytes.resize((message.bytes.size() + 3) / 4 * 4);
  if (spoil_wire) spoil_wire(message);
  return message;
}

base::Bytes TestResponder::answer(base::View request) {
  const Code code = spdm::header_of(request)->code;
  if (code == Code::kChunkGet) {
    const auto get = read<spdm::ChunkGet>(request);
    const std::size_t at = get.chunk_seq_no * chunk;
    if (at >= large_.size()) return wire::encode(spdm::error(algorithms.version, spdm::ErrorCode::kInvalidRequest));
    const std::size_t size = std::min(chunk, large_.size() - at);
    const bool is_last = at + size == large_.size();
    return wire::encode(spdm::ChunkResponse{.header = header(Code::kChunkResponse, is_last ? 1 : 0, get.header.param2),
                                            .chunk_seq_no = get.chunk_seq_no,
                                            .chunk_size = static_cast<std::uint32_t>(size),
                                            .large_message_size = static_cast<std::uint32_t>(large_.size()),
                                            .chunk = base::bytes_of(base::View(large_).subspan(at, size))});
  }
  if (code != Code::kGetMeasurements) measurements_log_.clear();
  base::Bytes out = answer_to(code, request);
  if (chunk == 0 || out.size() <= chunk) return out;
  large_ = out;
  return wire::encode(spdm::error_large_response(algorithms.version, 9));
}

base::Bytes TestResponder::answer_to(Code code, base::View request) {
  const auto log = [&](base::Bytes& to, base::Bytes response) {
    base::append(to, request);
    base::append(to, response);
    return response;
  };
  const spdm::Header asked = *spdm::header_of(request);
  switch (code) {
    case Code::kGetVersion: {
      vca_.clear();
      return log(vca_, wire::encode(spdm::VersionResponse{
                           .version_number_entry_count = static_cast<std::uint8_t>(versions.size()),
                           .version_number_entries = versions}));
    }
    case Code::kGetCapabilities:
      requester_capabilities_ = read<spdm::GetCapabilities>(request).flags;
      algorithms.version = asked.version;
      return log(vca_, wire::encode(spdm::Capabilities{.header = header(Code::kCapabilities),
                                                       .flags = capabilities,
                                                       .data_transfer_size = 0x1000,
                                                       .max_spdm_msg_size = 0x1000}));
    case Code::kNegotiateAlgorithms:
      return log(vca_, wire::encode(spdm::algorithms_response(algorithms)));
    case Code::kGetDigests:
      certificates_log_.clear();
      return log(certificates_log_,
                 wire::encode(spdm::Digests{.header = header(Code::kDigests, 0, 1),
                                            .digests = crypto::hash(crypto::Digest::kSha384, chain)}));
    case Code::kGetCertificate: {
      const auto get = read<spdm::GetCertificate>(request);
      if (get.offset >= chain.size()) return wire::encode(spdm::error(algorithms.version, spdm::ErrorCode::kInvalidRequest));
      const std::size_t size = std::min<std::size_t>(get.length, chain.size() - get.offset);
      return log(certificates_log_,
                 wire::encode(spdm::CertificateResponse{
                     .header = header(Code::kCertificate, asked.param1),
                     .portion_length = static_cast<std::uint16_t>(size),
                     .remainder_length = static_cast<std::uint16_t>(chain.size() - get.offset - size),
                     .portion = base::bytes_of(base::View(chain).subspan(get.offset, size))}));
    }
    case Code::kChallenge: {
      spdm::ChallengeAuth auth{.header = header(Code::kChallengeAuth, asked.param1, 1),
                               .cert_chain_hash = crypto::hash(crypto::Digest::kSha384, chain),
                               .requester_context = read<spdm::Challenge>(request).requester_context};
      const spdm::ChallengeTranscript m1{vca_, certificates_log_, base::bytes_of(request), wire::encode(auth)};
      auth.signature = signature(spdm::Purpose::kChallengeAuth, m1.bytes());
      return wire::encode(auth);
    }
    case Code::kGetMeasurements:
      return measurements(request);
    case Code::kKeyExchange:
      return key_exchange(request);
    case Code::kFinish:
      return finish(request);
    case Code::kPskExchange:
      return psk_exchange(request);
    case Code::kPskFinish:
      psk_transcript_.finish = base::bytes_of(request.first(4));
      psk_transcript_.finish_verify_data = base::bytes_of(request.subspan(4));
      ends_ = true;
      return wire::encode(spdm::PskFinishResponse{.header = header(Code::kPskFinishRsp)});
    case Code::kKeyUpdate:
      if (refuses_key_update) return wire::encode(spdm::error(algorithms.version, spdm::ErrorCode::kUnspecified));
      return key_update(request);
    case Code::kVendorDefinedRequest: {
      const auto ask = read<spdm::VendorDefinedRequest>(request);
      spdm::VendorDefinedResponse response{.header = header(Code::kVendorDefinedResponse),
                                           .standard_id = ask.standard_id,
                                           .vendor_id_length = ask.vendor_id_length,
                                           .vendor_id = ask.vendor_id,
                                           .payload_length = ask.payload_length,
                                           .payload = {ask.payload.rbegin(), ask.payload.rend()}};
      if (vendor) response.payload = vendor(ask.payload), response.payload_length = static_cast<std::uint16_t>(response.payload.size());
      return wire::encode(response);
    }
    case Code::kHeartbeat:
    case Code::kEndSession:
      return wire::encode(header(spdm::response_to(code)));
    case Code::kRespondIfReady:
      return answer_to(Code::kGetDigests, wire::encode(header(Code::kGetDigests)));
    default:
      return wire::encode(spdm::error(algorithms.version, spdm::ErrorCode::kUnsupportedRequest));
  }
}

base::Bytes TestResponder::signature(spdm::Purpose purpose, base::View transcript) {
  return spdm::sign(algorithms, algorithms.base_asym, purpose, transcript, key_, library_,
                    {"test", "signature", signatures_++});
}

base::Bytes TestResponder::measurements(base::View request) {
  const auto ask = read<spdm::GetMeasurements>(request);
  const std::uint8_t index = ask.header.param2;
  std::vector<spdm::MeasurementBlock> chosen;
  for (const auto& block : blocks)
    if (index == spdm::kMeasurementAll || index == block.index) chosen.push_back(block);
  if (index != 0 && chosen.empty()) {
    measurements_log_.clear();
    return wire::encode(spdm::error(algorithms.version, spdm::ErrorCode::kInvalidRequest));
  }
  spdm::Measurements out{
      .header = header(Code::kMeasurements, index == 0 ? static_cast<std::uint8_t>(blocks.size()) : 0),
      .number_of_blocks = static_cast<std::uint8_t>(chosen.size()),
      .measurement_record = spdm::record_of(chosen),
      .requester_context = ask.requester_context};
  out.measurement_record_length = static_cast<std::uint32_t>(out.measurement_record.size());
  base::append(measurements_log_, request);
  base::append(measurements_log_, wire::encode(out));
  if (ask.wants_signature()) {
    const spdm::MeasurementsTranscript l1{vca_, measurements_log_};
    out.signature = signature(spdm::Purpose::kMeasurements, l1.bytes(algorithms.version));
    measurements_log_.clear();
  }
  return wire::encode(out);
}

base::Bytes TestResponder::key_exchange(base::View request) {
  const spdm::Shape shape = spdm::shape_of(algorithms);
  const auto ask = read<spdm::KeyExchange>(request, {.shape = shape});
  in_the_clear_ = (capabilities & requester_capabilities_ & spdm::kCapHandshakeInTheClear) != 0;
  const auto key = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{2}, "exchange");
  spdm::KeyExchangeResponse out{.header = header(Code::kKeyExchangeRsp, 20),
                                .rsp_session_id = 0xfffe,
                                .exchange_data = key.public_point(),
                                .opaque_data = spdm::opaque_version_selection(algorithms.version, 0x1100)};
  if (ask.header.param1 != 0) out.measurement_summary_hash = spdm::measurement_summary(crypto::Digest::kSha384, blocks);
  out.opaque_length = static_cast<std::uint16_t>(out.opaque_data.size());
  session_id_ = spdm::session_id_of(ask.req_session_id, out.rsp_session_id);
  psk_transcript_ = {};
  transcript_ = {
      .vca = vca_, .certificate_chain = chain, .key_exchange = base::bytes_of(request), .response = wire::encode(out)};
  out.signature = transcript_.response_signature =
      signature(spdm::Purpose::kKeyExchangeRsp, transcript_.signed_by_responder());
  handshake_ = spdm::handshake_secrets(algorithms, *key.ecdh(ask.exchange_data), transcript_.th1());
  if (!in_the_clear_)
    out.verify_data =
        spdm::verify_data(algorithms, spdm::finished_key(algorithms, handshake_.response), transcript_.th1());
  transcript_.response_verify_data = out.verify_data;
  from_requester_ = spdm::RecordStream::start(algorithms, handshake_.request);
  to_requester_ = spdm::RecordStream::start(algorithms, handshake_.response);
  return wire::encode(out);
}

base::Bytes TestResponder::finish(base::View request) {
  transcript_.finish = base::bytes_of(request.first(4));
  transcript_.finish_verify_data = base::bytes_of(request.subspan(4));
  spdm::FinishResponse out{.header = header(Code::kFinishRsp)};
  transcript_.finish_response = wire::encode(out);
  if (in_the_clear_) {
    out.verify_data = spdm::verify_data(algorithms, spdm::finished_key(algorithms, handshake_.response),
                                        transcript_.hash_for_finish_response());
  }
  transcript_.finish_response_verify_data = out.verify_data;
  ends_ = true;
  return wire::encode(out);
}

base::Bytes TestResponder::psk_exchange(base::View request) {
  const auto ask = read<spdm::PskExchange>(request);
  const bool has_context = (capabilities & spdm::kCapPskMask) == spdm::kCapPskWithContext;
  spdm::PskExchangeResponse out{.header = header(Code::kPskExchangeRsp),
                                .rsp_session_id = 0xfffd,
                                .context = base::Bytes(has_context ? 48 : 0, 0x77),
                                .opaque_data = spdm::opaque_version_selection(algorithms.version, 0x1100)};
  out.context_length = static_cast<std::uint16_t>(out.context.size());
  out.opaque_length = static_cast<std::uint16_t>(out.opaque_data.size());
  session_id_ = spdm::session_id_of(ask.req_session_id, out.rsp_session_id);
  psk_transcript_ = {.vca = vca_, .psk_exchange = base::bytes_of(request), .response = wire::encode(out)};
  handshake_ = spdm::handshake_secrets_psk(algorithms, psk, psk_transcript_.th1());
  out.verify_data = psk_transcript_.response_verify_data =
      spdm::verify_data(algorithms, spdm::finished_key(algorithms, handshake_.response), psk_transcript_.th1());
  from_requester_ = spdm::RecordStream::start(algorithms, handshake_.request);
  to_requester_ = spdm::RecordStream::start(algorithms, handshake_.response);
  if (!has_context) establish(psk_transcript_.th2());
  return wire::encode(out);
}

base::Bytes TestResponder::key_update(base::View request) {
  const spdm::Header asked = *spdm::header_of(request);
  if (asked.param1 != static_cast<std::uint8_t>(spdm::KeyOperation::kVerifyNewKey)) {
    from_requester_ = from_requester_.updated(algorithms);
    if (asked.param1 == static_cast<std::uint8_t>(spdm::KeyOperation::kUpdateAllKeys))
      to_requester_ = to_requester_.updated(algorithms);
  }
  return wire::encode(header(Code::kKeyUpdateAck, asked.param1, asked.param2));
}

void TestResponder::establish(base::View th2) {
  const spdm::DataSecrets data = spdm::data_secrets(algorithms, handshake_.handshake, th2);
  from_requester_ = spdm::RecordStream::start(algorithms, data.request);
  to_requester_ = spdm::RecordStream::start(algorithms, data.response);
}

}  // namespace requester
