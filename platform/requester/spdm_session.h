#pragma once
// The session of an SPDM requester: which phase it is in, the keys of both directions, and what its handshake hashed.
#include <cstdint>
#include <optional>

#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/transcript.h"

namespace requester {

struct Session {
  enum class Phase : std::uint8_t { kNone, kHandshake, kEstablished };
  Phase phase = Phase::kNone;
  std::uint32_t id = 0;
  bool handshake_in_the_clear = false;
  bool is_psk = false;
  spdm::HandshakeSecrets handshake{};
  spdm::KeyExchangeTranscript key_exchange{};
  spdm::PskTranscript psk{};
  spdm::RecordStream request{};
  spdm::RecordStream response{};
  // The responder's next keys, while KEY_UPDATE of both directions is not acknowledged: the acknowledgement comes under
  // them, an ERROR in its place under the old ones.
  std::optional<spdm::RecordStream> response_next{};

  bool seals() const { return phase == Phase::kEstablished || (phase == Phase::kHandshake && !handshake_in_the_clear); }
  void use_handshake_keys(const spdm::Algorithms& algorithms, spdm::HandshakeSecrets secrets);
  // Returns the secrets, for whoever exports.
  spdm::DataSecrets use_data_keys(const spdm::Algorithms& algorithms, base::View th2);

  // Empty when the MAC does not fit or the text inside is malformed.
  std::optional<base::Bytes> open(const spdm::SecuredRecord& record);
  // What the record says to a reader who does not check the MAC: every AEAD here xors a key stream.
  std::optional<base::Bytes> open_unchecked(const spdm::SecuredRecord& record);
};

}  // namespace requester
