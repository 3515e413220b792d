#pragma once
// The inside of the responder: the state of its connection and sessions, and one function for each request. Private to
// this folder.
#include <deque>
#include <list>
#include <optional>
#include <vector>

#include "devices/responder/message_rules.h"
#include "devices/responder/responder.h"
#include "devices/responder/session.h"
#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/encapsulated.h"
#include "platform/protocol/spdm/signing.h"

namespace responder {

struct Connection {
  ConnectionState state = ConnectionState::kNotStarted;
  spdm::Version version = spdm::Version::k10;
  std::uint32_t requester_capabilities = 0;
  std::uint32_t capabilities = 0;  // ours, as this version tells them
  std::uint32_t data_transfer_size = 0;  // of the requester; 0: it told none
  std::uint32_t max_spdm_msg_size = 0;
  spdm::Algorithms algorithms{};
  bool requester_multi_key = false;
  base::Bytes vca;
  base::Bytes certificates;  // B of M1
  base::Bytes log;           // of MEASUREMENTS outside sessions
  bool changed_in_log = false;
};

// A message on its way in pieces, in or out.
struct Chunks {
  std::uint8_t handle = 0;
  std::uint16_t next = 0;
  std::uint32_t session_id = 0;  // 0: in clear
  std::size_t size = 0;
  base::Bytes bytes{};  // come in so far, or all that goes out
  std::size_t sent = 0;
};

// Authentication of the requester: its digests, then its chain in portions.
struct Encapsulated {
  std::uint32_t session_id = 0;
  bool in_clear = false;
  std::uint8_t request_id = 0;  // of the request at hand; 0: not begun
  bool has_digests = false;
  std::uint8_t slot = 0;
  base::Bytes digests{};
  base::Bytes chain{};
};

struct PutOff {
  spdm::Code code{};
  spdm::NotReady until{};
  bool told = false;
  std::uint32_t session_id = 0;
  base::Bytes message{};
};

// A request as its handler sees it.
struct Request {
  spdm::Header header;
  base::View content;          // with padding
  Session* session = nullptr;  // null: in clear
};

struct Responder::State {
  State(Settings the_settings, identity::Identity the_identity, identity::Firmware the_firmware,
        crypto::Library& the_library, trust::Defences& the_defences, std::uint64_t the_seed, std::string the_name)
      : settings(std::move(the_settings)),
        identity(std::move(the_identity)),
        firmware(std::move(the_firmware)),
        library(the_library),
        defences(the_defences),
        seed(the_seed),
        name(std::move(the_name)) {}

  Settings settings;
  identity::Identity identity;
  identity::Firmware firmware;
  crypto::Library& library;
  trust::Defences& defences;
  std::uint64_t seed;
  std::string name;
  VendorHandler vendor{};
  std::vector<SessionListener*> listeners{};

  Connection connection{};
  std::list<Session> sessions{};
  std::uint32_t latest_session = 0;
  std::uint16_t next_session_half = 0xffff;
  std::optional<Chunks> chunks_in{}, chunks_out{};
  std::uint8_t chunk_handle = 0;
  std::optional<Encapsulated> encapsulated{};
  std::optional<PutOff> put_off{};
  std::uint8_t put_off_token = 0;
  std::uint64_t draws = 0;
  std::uint64_t signatures = 0;

  // dispatch.cc
  base::Bytes answer(base::View message, Session* session);
  base::Bytes handle(const Request& request);
  base::Bytes handle_known(const Request& request);
  base::Bytes respond_if_ready(const Request& request);
  base::Bytes fitted(base::Bytes reply, const Request& request);
  base::Bytes error(ErrorCode code, Code request = Code::kError) const;
  template <class Case>
  std::optional<base::Bytes> refusal(std::span<const MessageRule<Case>> rules, const Case& c, Code request) {
    const MessageRule<Case>* broken = defences.first_broken(rules, c, name);
    return broken ? std::optional(error(broken->error, request)) : std::nullopt;
  }
  // The message and its own bytes; in `no` the ERROR when it is malformed.
  template <wire::Message M>
  std::optional<doe::Padded<M>> decode(const Request& request, base::Bytes& no, M form = M{}) {
    auto out = doe::decode_padded<M>(request.content, std::move(form));
    // Padding is the transport's: a record ends where its message does.
    const bool whole = out && (request.session == nullptr || out->raw.size() == request.content.size());
    if (auto refused = refusal<FormCase>(kFormRules, {whole}, request.header.code)) {
      no = *refused;
      return std::nullopt;
    }
    return *std::move(out);
  }

  // negotiation.cc
  base::Bytes get_version(const Request& request);
  base::Bytes get_capabilities(const Request& request);
  base::Bytes negotiate_algorithms(const Request& request);

  // authentication.cc
  base::Bytes get_digests(const Request& request);
  base::Bytes get_certificate(const Request& request);
  base::Bytes challenge(const Request& request);

  // measurements.cc
  base::Bytes get_measurements(const Request& request);
  bool measurements_negotiated() const;
  base::Bytes summary(std::uint8_t type) const;

  // session_opening.cc
  base::Bytes key_exchange(const Request& request);
  base::Bytes psk_exchange(const Request& request);
  // session_finish.cc
  base::Bytes finish(const Request& request);
  base::Bytes psk_finish(const Request& request);
  void begin_data_phase(Session& session);

  // session_control.cc
  base::Bytes heartbeat(const Request& request);
  base::Bytes key_update(const Request& request);
  base::Bytes end_session_request(const Request& request);
  base::Bytes vendor_defined(const Request& request);

  // encapsulated.cc
  base::Bytes get_encapsulated_request(const Request& request);
  base::Bytes deliver_encapsulated_response(const Request& request);

  // chunks.cc
  base::Bytes chunk_send(const Request& request);
  base::Bytes chunk_get(const Request& request);

  // Shared.
  const spdm::Algorithms& algorithms() const { return connection.algorithms; }
  std::uint32_t common_capabilities() const { return connection.capabilities & connection.requester_capabilities; }
  bool clear_handshake() const { return (common_capabilities() & spdm::kCapHandshakeInTheClear) != 0; }
  spdm::Shape shape() const;
  spdm::Header header(Code code, std::uint8_t param1 = 0, std::uint8_t param2 = 0) const {
    return {connection.version, code, param1, param2};
  }
  // The slot if its key is of the negotiated algorithm.
  const identity::Slot* slot(std::uint8_t number) const;
  std::uint8_t slot_mask() const;
  base::Bytes chain_of(const identity::Slot& slot) const;
  base::Bytes random(std::string_view purpose, std::size_t size);
  template <std::size_t N>
  base::Block<N> random(std::string_view purpose) {
    base::Block<N> out{};
    const base::Bytes bytes = random(purpose, N);
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
  }
  base::Bytes sign(spdm::Purpose purpose, base::View transcript, const identity::Slot& slot);

  Session* find(std::uint32_t id);
  void end(std::uint32_t id, SessionEnd why);
  void end_all(SessionEnd why);
  // What was to happen once the answer was sealed.
  void settle(std::uint32_t id);
};

}  // namespace responder
