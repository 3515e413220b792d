#include "platform/requester/assignment.h"

#include "platform/requester/assignment_rules.h"

namespace requester {

Assignment::Assignment(Settings settings, tdisp::FunctionId function, Random random, CarryObject carry, trust::Defences& defences,
                       std::string at)
    : carry_(std::move(carry)), defences_(defences), at_(at), spdm_(std::move(settings), random, defences, at),
      ide_km_(random, defences, at) {
  turn_to(function);
}

void Assignment::turn_to(tdisp::FunctionId function) {
  tdisp_ = &interfaces_.try_emplace(function.bits, function, defences_, at_).first->second;
}

trust::Result<> Assignment::spdm(const Goal& goal) {
  return spdm_.run(goal, [this](const Message& message) -> std::optional<Message> {
    const auto object = carry_(doe_wrap(message));
    if (!object) return std::nullopt;
    return doe_unwrap(*object);
  });
}

// Payloads of another protocol, within the session.
template <class Part, class PartGoal>
trust::Result<> Assignment::speak(Part& part, const PartGoal& goal) {
  if (auto started = part.start(goal); !started) return started.refusal();
  while (const auto payload = part.next()) {
    if (auto carried = spdm(SendVendorDefined{.payload = *payload}); !carried) return carried.refusal();
    const base::Bytes answer = learned().vendor_payload;
    if (auto taken = part.receive(answer); !taken) return taken.refusal();
  }
  return trust::ok();
}

trust::Result<> Assignment::connect() {
  DoeDiscovery discovery(defences_, at_);
  while (const auto request = discovery.next()) {
    const auto answer = carry_(*request);
    if (auto taken = discovery.receive(answer ? *answer : base::Bytes{}); !taken) return taken.refusal();
  }
  const MailboxCase served{discovery.serves(doe::ObjectType::kSpdm) && discovery.serves(doe::ObjectType::kSecuredSpdm)};
  if (auto no = defences_.first_refusal<MailboxCase>(kMailboxRules, served, at_)) return *no;
  return spdm(Connect{});
}

trust::Result<> Assignment::read_certificates(std::uint8_t slots) { return spdm(ReadCertificates{.slots = slots}); }

trust::Result<> Assignment::measure(std::uint8_t slot, const std::optional<spdm::Nonce>& nonce, bool raw) {
  return spdm(Measure{.raw = raw, .slot = slot, .nonce = nonce});
}

trust::Result<> Assignment::open_session(std::uint8_t slot) { return spdm(OpenSession{.slot = slot}); }

trust::Result<> Assignment::key_stream(std::uint8_t stream, unsigned key_set, PeerPort& peer) {
  const auto peer_took = [&](bool took) { return defences_.first_refusal<PeerCase>(kPeerRules, PeerCase{took}, at_); };
  if (auto done = speak(ide_km_, IdeKm::Goal{IdeKm::Program{.stream = stream, .key_set = key_set}}); !done) return done.refusal();
  for (const auto& key : ide_km_.mirror_keys())
    if (auto no = peer_took(peer.program(stream, key))) return *no;
  for (const auto direction : {ide::Direction::kReceive, ide::Direction::kTransmit}) {
    const IdeKm::Go go{.stream = stream, .key_set = key_set, .direction = direction};
    if (auto done = speak(ide_km_, IdeKm::Goal{go}); !done) return done.refusal();
    if (auto no = peer_took(peer.go(stream, key_set, direction))) return *no;
  }
  return trust::ok();
}

trust::Result<> Assignment::ask_interface() {
  for (const Tdisp::Goal& goal : {Tdisp::Goal{Tdisp::GetVersion{}}, Tdisp::Goal{Tdisp::GetCapabilities{}}})
    if (auto done = speak(*tdisp_, goal); !done) return done.refusal();
  return trust::ok();
}

trust::Result<> Assignment::lock(const Tdisp::Lock& lock) { return speak(*tdisp_, Tdisp::Goal{lock}); }

trust::Result<> Assignment::read_report() { return speak(*tdisp_, Tdisp::Goal{Tdisp::ReadReport{}}); }

trust::Result<tdisp::State> Assignment::state() {
  if (auto done = speak(*tdisp_, Tdisp::Goal{Tdisp::GetState{}}); !done) return done.refusal();
  return *tdisp_->state();
}

trust::Result<> Assignment::start() { return speak(*tdisp_, Tdisp::Goal{Tdisp::Start{}}); }

trust::Result<> Assignment::stop() { return speak(*tdisp_, Tdisp::Goal{Tdisp::Stop{}}); }

std::optional<spdm::Nonce> Assignment::own_proof() const {
  const auto& session = learned().session;
  if (!session || !session->evidence) return std::nullopt;
  return session->evidence->nonce;
}

std::optional<spdm::Nonce> Assignment::own_measurements() const {
  const auto& measured = learned().measurements;
  if (!measured || !measured->evidence) return std::nullopt;
  return measured->evidence->nonce;
}

trust::Result<> Assignment::heartbeat() { return spdm(SendHeartbeat{}); }

trust::Result<> Assignment::update_keys() { return spdm(UpdateKeys{}); }

trust::Result<> Assignment::stop_stream(std::uint8_t stream, unsigned key_set) {
  return speak(ide_km_, IdeKm::Goal{IdeKm::Stop{.stream = stream, .key_set = key_set}});
}

trust::Result<> Assignment::close_session() { return spdm(CloseSession{}); }

}  // namespace requester
