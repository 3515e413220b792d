#pragma once
// Records of a session (DSP0277 1.2) as DOE carries them: no sequence number on the wire, no random bytes behind the
// application data. A record is session id and length, which are authenticated, then ciphertext and MAC; the
// ciphertext starts with the length of the application data.
//
// simplified: sessions that authenticate without encrypting are not modelled.
#include <cstdint>
#include <optional>

#include "platform/protocol/spdm/key_schedule.h"
#include "platform/wire/wire.h"

namespace spdm {

inline constexpr std::size_t kRecordHeaderSize = 6;
inline constexpr std::size_t kRecordMacSize = 16;

struct SecuredRecord {
  std::uint32_t session_id = 0;  // 15:0 requester's half, 31:16 responder's
  std::uint16_t length = 0;      // of what follows
  base::Bytes sealed{};            // ciphertext, MAC
  bool operator==(const SecuredRecord&) const = default;
  using Wire = wire::Layout<&SecuredRecord::session_id, &SecuredRecord::length,
                            wire::Run<&SecuredRecord::sealed, &SecuredRecord::length>{}>;
};

// What is encrypted. Random bytes are allowed on reading.
struct SecuredPlain {
  std::uint16_t application_length = 0;
  base::Bytes application_data{};
  base::Bytes random{};
  bool operator==(const SecuredPlain&) const = default;
  using Wire = wire::Layout<&SecuredPlain::application_length,
                            wire::Run<&SecuredPlain::application_data, &SecuredPlain::application_length>{},
                            wire::Rest<&SecuredPlain::random>{}>;
};

// The AEAD's nonce: IV xor sequence number, little-endian in the first 8 bytes.
base::Bytes record_nonce(base::View iv, std::uint64_t sequence);

// Of at most 65517 bytes of application data: more is a Bug.
SecuredRecord seal_record(const TrafficKeys& keys, std::uint64_t sequence, std::uint32_t session_id,
                          base::View application_data);
// Seals what is given under the header as it stands, lies included.
SecuredRecord seal_record(const TrafficKeys& keys, std::uint64_t sequence, SecuredRecord header,
                          const SecuredPlain& plain);
// The application data. Empty when the MAC does not fit or the text inside is malformed. Whose session the record
// belongs to is for the caller to know.
std::optional<base::Bytes> open_record(const TrafficKeys& keys, std::uint64_t sequence, const SecuredRecord& record);

// The session id of the record in these bytes, without opening it. Empty when there are fewer than four.
std::optional<std::uint32_t> session_id_in(base::View record);

// One direction of one phase of a session: keys and how many records have gone. Refusing a record counts nothing.
struct RecordStream {
  base::Bytes secret{};
  TrafficKeys keys{};
  std::uint64_t sequence = 0;
  bool operator==(const RecordStream&) const = default;

  static RecordStream start(const Algorithms& algorithms, base::View secret);
  // After KEY_UPDATE: the next secret, from sequence number 0 again.
  RecordStream updated(const Algorithms& algorithms) const;
  SecuredRecord seal(std::uint32_t session_id, base::View application_data);
  std::optional<base::Bytes> open(const SecuredRecord& record);
};

}  // namespace spdm
