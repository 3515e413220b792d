#pragma once
// Reads along at a mailbox with the secrets of its key exchanges, and opens the records of their sessions. It believes what the
// responder heard and said: requests as they arrived, responses as they were sent.
//
// simplified: sessions of KEY_EXCHANGE whose requester has no certificate; no chain in chunks. Records of others stay closed.
#include <map>
#include <optional>
#include <vector>

#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/transcript.h"

namespace exports {

class SessionReader {
 public:
  // `secrets`: of the key exchanges at this mailbox, in their order.
  explicit SessionReader(std::vector<base::Bytes> secrets) : secrets_(std::move(secrets)) {}

  // One data object as the responder heard (`reply` false) or said it. The message inside, where it is a record that opens.
  std::optional<base::Bytes> hear(base::View object, bool reply);
  // The same of an object that the responder never had so: what was sent to it before it was altered.
  std::optional<base::Bytes> peek(base::View object, bool reply) const;

 private:
  struct Session {
    spdm::Algorithms algorithms{};
    spdm::Shape shape{};
    spdm::KeyExchangeTranscript transcript{};
    base::Bytes handshake{};  // secret
    spdm::RecordStream requester{}, responder{};
  };

  void hear_clear(base::View message, bool reply);
  void hear_inside(Session& session, base::View message, bool reply);
  void start(base::View response);
  void finish(Session& session, base::View message);
  void finished(Session& session, base::View message);

  std::vector<base::Bytes> secrets_;
  std::size_t exchanges_ = 0;
  std::uint32_t flags_[2] = {};
  spdm::Algorithms algorithms_;
  spdm::Shape shape_;
  base::Bytes vca_, digests_, key_exchange_;
  std::map<unsigned, base::Bytes> chains_;  // slot -> what came of it
  unsigned chain_slot_ = 0;
  std::map<std::uint32_t, Session> sessions_;
  std::uint32_t last_session_ = 0;
};

}  // namespace exports
