#pragma once
// An SPDM responder, 1.0 to 1.3, as a device plays it (DSP0274, DSP0277): bytes in, bytes out, over any transport. One
// connection; several sessions at once. Promise: never more than one answer to a message, nothing but an ERROR to a
// message that it refuses, and no state but the session's is touched by a record that does not open.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "devices/identity/firmware.h"
#include "devices/identity/identity.h"
#include "devices/responder/settings.h"
#include "platform/crypto/library.h"
#include "platform/protocol/spdm/error.h"
#include "platform/trust/defence.h"

namespace responder {

// `session_id` is 0 outside a session. Nothing: the answer is ERROR UnsupportedRequest.
using VendorHandler = std::function<std::optional<base::Bytes>(std::uint32_t session_id, std::uint16_t standard_id,
                                                               base::View vendor_id, base::View payload)>;

enum class SessionEnd : std::uint8_t {
  kEndSession,
  kRecordRefused,
  kHandshakeRefused,
  kGetVersion,
  kReset,
  kHeartbeat,
  kUpdate,
};

// Hears what happens to sessions, after it happened. Sessions are established by FINISH, PSK_FINISH or, without
// context, by PSK_EXCHANGE; those that end in their handshake are heard of too.
class SessionListener {
 public:
  virtual ~SessionListener() = default;
  virtual void established(std::uint32_t session_id) = 0;
  virtual void ended(std::uint32_t session_id, SessionEnd why) = 0;
  // The secret of a key exchange, before its keys are used. For a reader of captures; nothing in the world acts on it.
  virtual void agreed(base::View) {}
};

class Responder {
 public:
  // `name` stands in traces and names the stream of randomness: one per device of a world.
  Responder(Settings settings, identity::Identity identity, identity::Firmware firmware, crypto::Library& library,
            trust::Defences& defences, std::uint64_t seed, std::string name);
  ~Responder();
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  // One SPDM message in clear. `message` may have up to three zero bytes of padding behind it.
  std::optional<base::Bytes> receive(base::View message);
  // One record of a session, padding likewise. A record of no session of ours gets no answer.
  std::optional<base::Bytes> receive_secured(base::View record);

  // Who answers VENDOR_DEFINED_REQUEST. Messages of IDE_KM and TDISP get there from an established session alone.
  void serve_vendor(VendorHandler handler);
  void listen(SessionListener* listener);  // any number, in their order

  bool is_established(std::uint32_t session_id) const;
  std::vector<std::uint32_t> sessions() const;  // established, by id
  std::size_t handshakes() const;               // sessions that are not yet
  void end_session(std::uint32_t session_id, SessionEnd why);

  // Other firmware runs from now on. Sessions end that did not allow for it (session policy).
  void load(identity::Firmware firmware);
  const identity::Firmware& firmware() const;
  const identity::Identity& identity() const;
  // Sessions without traffic for twice the heartbeat period end.
  void time_passes(std::uint64_t seconds);
  // The next request of this code is put off: ERROR ResponseNotReady, and its answer waits for RESPOND_IF_READY.
  void put_off(spdm::Code request, const spdm::NotReady& until);
  // A reset of the device: no connection, no session.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace responder
