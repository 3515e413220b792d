#include "platform/protocol/spdm/secured_message.h"

#include <utility>

#include "platform/base/check.h"

namespace spdm {
namespace {

// The header alone is what the MAC covers besides the text.
base::Bytes aad_of(const SecuredRecord& record) {
  return wire::encode(SecuredRecord{.session_id = record.session_id, .length = record.length});
}

}  // namespace

base::Bytes record_nonce(base::View iv, std::uint64_t sequence) {
  base::Bytes nonce = base::bytes_of(iv);
  for (std::size_t i = 0; i < sizeof(sequence); ++i) nonce[i] ^= static_cast<std::uint8_t>(sequence >> (8 * i));
  return nonce;
}

SecuredRecord seal_record(const TrafficKeys& keys, std::uint64_t sequence, std::uint32_t session_id,
                          base::View application_data) {
  const std::size_t length = 2 + application_data.size() + kRecordMacSize;
  base::check(length <= 0xffff, "a record has at most 65535 bytes behind its header");
  const SecuredPlain plain{.application_length = static_cast<std::uint16_t>(application_data.size()),
                           .application_data = base::bytes_of(application_data)};
  SecuredRecord header{.session_id = session_id, .length = static_cast<std::uint16_t>(length)};
  return seal_record(keys, sequence, std::move(header), plain);
}

SecuredRecord seal_record(const TrafficKeys& keys, std::uint64_t sequence, SecuredRecord header,
                          const SecuredPlain& plain) {
  header.sealed =
      crypto::aead_seal(keys.aead, keys.key, record_nonce(keys.iv, sequence), aad_of(header), wire::encode(plain));
  return header;
}

std::optional<base::Bytes> open_record(const TrafficKeys& keys, std::uint64_t sequence, const SecuredRecord& record) {
  auto text =
      crypto::aead_open(keys.aead, keys.key, record_nonce(keys.iv, sequence), aad_of(record), record.sealed);
  if (!text) return std::nullopt;
  auto plain = wire::decode<SecuredPlain>(*text);
  if (!plain) return std::nullopt;
  return std::move(plain->application_data);
}

std::optional<std::uint32_t> session_id_in(base::View record) {
  if (record.size() < sizeof(std::uint32_t)) return std::nullopt;
  return base::load_le<std::uint32_t>(record);
}

RecordStream RecordStream::start(const Algorithms& algorithms, base::View secret) {
  return {.secret = base::bytes_of(secret), .keys = traffic_keys(algorithms, secret), .sequence = 0};
}

RecordStream RecordStream::updated(const Algorithms& algorithms) const {
  return start(algorithms, updated_secret(algorithms, secret));
}

SecuredRecord RecordStream::seal(std::uint32_t session_id, base::View application_data) {
  return seal_record(keys, sequence++, session_id, application_data);
}

std::optional<base::Bytes> RecordStream::open(const SecuredRecord& record) {
  auto data = open_record(keys, sequence, record);
  if (data) ++sequence;
  return data;
}

}  // namespace spdm
