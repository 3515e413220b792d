#include "devices/responder/responder.h"

#include <algorithm>

#include "devices/responder/state.h"

namespace responder {
namespace {

constexpr std::uint64_t kReplayWindow = 64;

// The text under the key stream alone, for a world in which nobody looks at the MAC: these ciphers are their own
// inverses there.
std::optional<base::Bytes> open_without_mac(const spdm::RecordStream& stream, const spdm::SecuredRecord& record) {
  if (record.sealed.size() < spdm::kRecordMacSize) return std::nullopt;
  const base::View text = base::View(record.sealed).first(record.sealed.size() - spdm::kRecordMacSize);
  base::Bytes plain = crypto::aead_seal(stream.keys.aead, stream.keys.key,
                                        spdm::record_nonce(stream.keys.iv, stream.sequence), {}, text);
  plain.resize(text.size());
  const auto inside = wire::decode<spdm::SecuredPlain>(plain);
  if (!inside) return std::nullopt;
  return inside->application_data;
}

// The text of a record that has been before.
std::optional<base::Bytes> open_again(const spdm::RecordStream& stream, const spdm::SecuredRecord& record) {
  const std::uint64_t from = stream.sequence > kReplayWindow ? stream.sequence - kReplayWindow : 0;
  for (std::uint64_t sequence = stream.sequence; sequence-- > from;)
    if (auto text = spdm::open_record(stream.keys, sequence, record)) return text;
  return std::nullopt;
}

}  // namespace

Responder::Responder(Settings settings, identity::Identity identity, identity::Firmware firmware,
                     crypto::Library& library, trust::Defences& defences, std::uint64_t seed, std::string name)
    : state_(std::make_unique<State>(std::move(settings), std::move(identity), std::move(firmware), library, defences,
                                     seed, std::move(name))) {}
Responder::~Responder() = default;

std::optional<base::Bytes> Responder::receive(base::View message) { return state_->answer(message, nullptr); }

std::optional<base::Bytes> Responder::receive_secured(base::View raw) {
  State& s = *state_;
  const auto padded = doe::decode_padded<spdm::SecuredRecord>(raw);
  if (!padded) return std::nullopt;
  const spdm::SecuredRecord& record = padded->message;
  Session* session = s.find(record.session_id);
  if (session == nullptr) return std::nullopt;

  std::optional<base::Bytes> text = session->in.open(record);
  if (!text && session->previous_in) text = session->previous_in->open(record);
  if (!text) {
    std::optional<base::Bytes> again = open_again(session->in, record);
    if (!again && session->previous_in) again = open_again(*session->previous_in, record);
    const RecordCase c{false, again.has_value()};
    if (const auto refused = s.refusal<RecordCase>(kRecordRules, c, Code::kError)) {
      base::Bytes out = wire::encode(session->out.seal(session->id, *refused));
      s.end(record.session_id, SessionEnd::kRecordRefused);
      return out;
    }
    if (again) {
      text = std::move(again);
    } else {
      text = open_without_mac(session->in, record);
      ++session->in.sequence;
    }
    if (!text) return std::nullopt;
  }
  session->idle = 0;
  const base::Bytes reply = s.answer(*text, session);
  session = s.find(record.session_id);
  if (session == nullptr) return std::nullopt;
  base::Bytes out = wire::encode(session->out.seal(session->id, reply));
  s.settle(record.session_id);
  return out;
}

void Responder::serve_vendor(VendorHandler handler) { state_->vendor = std::move(handler); }
void Responder::listen(SessionListener* listener) { state_->listeners.push_back(listener); }

bool Responder::is_established(std::uint32_t session_id) const {
  const Session* session = state_->find(session_id);
  return session != nullptr && session->established;
}

std::vector<std::uint32_t> Responder::sessions() const {
  std::vector<std::uint32_t> out;
  for (const Session& session : state_->sessions)
    if (session.established) out.push_back(session.id);
  std::ranges::sort(out);
  return out;
}

std::size_t Responder::handshakes() const {
  return static_cast<std::size_t>(std::ranges::count(state_->sessions, false, &Session::established));
}

void Responder::end_session(std::uint32_t session_id, SessionEnd why) { state_->end(session_id, why); }

void Responder::load(identity::Firmware firmware) {
  state_->firmware = std::move(firmware);
  state_->connection.changed_in_log = true;
  for (Session& session : state_->sessions) session.changed_in_log = true;
  std::vector<std::uint32_t> ending;
  for (const Session& session : state_->sessions)
    if (state_->defences.refuse_unless(kEndsWithFirmware, (session.policy & spdm::kMayOutliveUpdate) != 0, state_->name))
      ending.push_back(session.id);
  for (std::uint32_t id : ending) state_->end(id, SessionEnd::kUpdate);
}
const identity::Firmware& Responder::firmware() const { return state_->firmware; }
const identity::Identity& Responder::identity() const { return state_->identity; }

void Responder::time_passes(std::uint64_t seconds) {
  std::vector<std::uint32_t> ending;
  for (Session& session : state_->sessions) {
    session.idle += seconds;
    if (session.established && session.heartbeat != 0 && session.idle > 2u * session.heartbeat)
      ending.push_back(session.id);
  }
  for (std::uint32_t id : ending) state_->end(id, SessionEnd::kHeartbeat);
}

void Responder::put_off(spdm::Code request, const spdm::NotReady& until) {
  state_->put_off = PutOff{.code = request, .until = until};
}

void Responder::reset() {
  state_->end_all(SessionEnd::kReset);
  state_->connection = {};
  state_->chunks_in.reset();
  state_->chunks_out.reset();
  state_->encapsulated.reset();
  state_->put_off.reset();
}

// ---- what the handlers share ----------------------------------------------------------------------------------------

base::Bytes Responder::State::random(std::string_view purpose, std::size_t size) {
  base::Bytes salt, info = base::bytes_of(name);
  base::append_le(salt, seed);
  info.push_back(0);
  base::append(info, base::view_of(purpose));
  base::append_le(info, draws++);
  return crypto::hkdf_expand(crypto::Digest::kSha384, crypto::hkdf_extract(crypto::Digest::kSha384, salt, info), info,
                             size);
}

Session* Responder::State::find(std::uint32_t id) {
  for (Session& session : sessions)
    if (session.id == id) return &session;
  return nullptr;
}

void Responder::State::end(std::uint32_t id, SessionEnd why) {
  const auto gone = std::ranges::find(sessions, id, &Session::id);
  if (gone == sessions.end()) return;
  sessions.erase(gone);
  if (latest_session == id) latest_session = 0;
  if (encapsulated && encapsulated->session_id == id) encapsulated.reset();
  if (chunks_in && chunks_in->session_id == id) chunks_in.reset();
  if (chunks_out && chunks_out->session_id == id) chunks_out.reset();
  if (put_off && put_off->told && put_off->session_id == id) put_off.reset();
  for (SessionListener* listener : listeners) listener->ended(id, why);
}

void Responder::State::end_all(SessionEnd why) {
  while (!sessions.empty()) end(sessions.front().id, why);
}

void Responder::State::settle(std::uint32_t id) {
  Session* session = find(id);
  if (session == nullptr) return;
  if (session->ending) return end(id, *session->ending);
  if (!session->next_in) return;
  session->in = *std::move(session->next_in);
  session->out = *std::move(session->next_out);
  session->next_in.reset();
  session->next_out.reset();
  session->established = true;
  for (SessionListener* listener : listeners) listener->established(id);
}

}  // namespace responder
