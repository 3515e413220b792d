#include "platform/requester/spdm_session.h"

namespace requester {

void Session::use_handshake_keys(const spdm::Algorithms& algorithms, spdm::HandshakeSecrets secrets) {
  handshake = std::move(secrets);
  request = spdm::RecordStream::start(algorithms, handshake.request);
  response = spdm::RecordStream::start(algorithms, handshake.response);
}

spdm::DataSecrets Session::use_data_keys(const spdm::Algorithms& algorithms, base::View th2) {
  spdm::DataSecrets data = spdm::data_secrets(algorithms, handshake.handshake, th2);
  request = spdm::RecordStream::start(algorithms, data.request);
  response = spdm::RecordStream::start(algorithms, data.response);
  phase = Phase::kEstablished;
  return data;
}

std::optional<base::Bytes> Session::open(const spdm::SecuredRecord& record) {
  if (response_next) {
    if (auto text = response_next->open(record)) {
      response = *std::move(response_next);
      response_next.reset();
      return text;
    }
    spdm::RecordStream old = response;
    auto text = old.open(record);
    const auto header = text ? spdm::header_of(*text) : std::nullopt;
    if (!header || header->code != spdm::Code::kError) return std::nullopt;
    response = std::move(old);
    return text;
  }
  return response.open(record);
}

std::optional<base::Bytes> Session::open_unchecked(const spdm::SecuredRecord& record) {
  if (record.sealed.size() < spdm::kRecordMacSize) return std::nullopt;
  if (response_next) {
    response = *std::move(response_next);
    response_next.reset();
  }
  const base::View cipher = base::View(record.sealed).first(record.sealed.size() - spdm::kRecordMacSize);
  base::Bytes text = crypto::aead_seal(response.keys.aead, response.keys.key,
                                       spdm::record_nonce(response.keys.iv, response.sequence), {}, cipher);
  text.resize(cipher.size());
  const auto plain = wire::decode<spdm::SecuredPlain>(text);
  if (!plain) return std::nullopt;
  ++response.sequence;
  return plain->application_data;
}

}  // namespace requester
