#pragma once
// One session of the responder: transcript, keys of both directions, and what is to happen to it once the answer at
// hand has been sealed. A value.
#include <cstdint>
#include <optional>

#include "devices/responder/responder.h"
#include "platform/protocol/spdm/key_schedule.h"
#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/transcript.h"

namespace responder {

struct Session {
  std::uint32_t id = 0;
  bool psk = false;
  bool established = false;
  std::uint8_t policy = 0;
  std::uint8_t heartbeat = 0;  // period in seconds
  std::uint64_t idle = 0;      // seconds
  std::uint8_t mutual = 0;     // mut_auth_requested
  std::uint8_t requester_slot = 0;
  bool requester_trusted = false;
  base::Bytes requester_key{};  // SubjectPublicKeyInfo

  spdm::KeyExchangeTranscript exchange{};  // of KEY_EXCHANGE
  spdm::PskTranscript psk_exchange{};      // of PSK_EXCHANGE
  spdm::HandshakeSecrets secrets{};
  spdm::RecordStream in{}, out{};
  std::optional<spdm::RecordStream> previous_in{};  // while an update waits to be verified
  bool update_pending = false;
  base::Bytes log{};  // of MEASUREMENTS
  bool changed_in_log = false;  // other firmware since the first of them

  // After the answer.
  std::optional<spdm::RecordStream> next_in{}, next_out{};
  std::optional<SessionEnd> ending{};

  // The hash that verify data cover, once `finish` (up to them) has come. In the transcript that this session has.
  base::Bytes hash_for_finish(base::View finish) {
    if (psk) {
      psk_exchange.finish = base::bytes_of(finish);
      return psk_exchange.hash_for_finish();
    }
    return exchange.hash_for_finish();
  }
  base::Bytes th2() const { return psk ? psk_exchange.th2() : exchange.th2(); }
};

}  // namespace responder
