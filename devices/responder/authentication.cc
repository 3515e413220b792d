#include "devices/responder/state.h"
#include "platform/protocol/spdm/challenge.h"

namespace responder {

spdm::Shape Responder::State::shape() const {
  spdm::Shape out = spdm::shape_of(connection.algorithms);
  out.handshake_in_the_clear = clear_handshake();
  return out;
}

const identity::Slot* Responder::State::slot(std::uint8_t number) const {
  if (number >= identity.slots.size() || !identity.slots[number]) return nullptr;
  const identity::Slot& slot = *identity.slots[number];
  return spdm::ecdsa_curve_of(algorithms().base_asym) == slot.key.curve() ? &slot : nullptr;
}

std::uint8_t Responder::State::slot_mask() const {
  std::uint8_t mask = 0;
  for (std::uint8_t i = 0; i < identity.slots.size(); ++i)
    if (slot(i) != nullptr) mask = static_cast<std::uint8_t>(mask | 1u << i);
  return mask;
}

base::Bytes Responder::State::chain_of(const identity::Slot& slot) const {
  return spdm::certificate_chain_of(spdm::hash_of(algorithms()), slot.chain);
}

base::Bytes Responder::State::sign(spdm::Purpose purpose, base::View transcript, const identity::Slot& slot) {
  return spdm::sign(algorithms(), algorithms().base_asym, purpose, transcript, slot.key, library,
                    {name, spdm::context_of(purpose), signatures++});
}

base::Bytes Responder::State::get_digests(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::GetDigests>(request, no);
  if (!asked) return no;
  if (request.session == nullptr) connection.certificates.clear();

  spdm::Digests response{.header = header(Code::kDigests, 0, slot_mask())};
  if (connection.version >= spdm::Version::k13) {
    for (std::uint8_t i = 0; i < identity.slots.size(); ++i)
      if (identity.slots[i]) response.header.param1 = static_cast<std::uint8_t>(response.header.param1 | 1u << i);
  }
  for (std::uint8_t i = 0; i < spdm::kSlotCount; ++i)
    if (const identity::Slot* s = slot(i))
      base::append(response.digests, crypto::hash(spdm::hash_of(algorithms()), chain_of(*s)));
  base::Bytes reply = wire::encode(response);
  if (request.session == nullptr) {
    base::append(connection.certificates, asked->raw);
    base::append(connection.certificates, reply);
  }
  connection.state = std::max(connection.state, ConnectionState::kAfterDigests);
  return reply;
}

base::Bytes Responder::State::get_certificate(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::GetCertificate>(request, no);
  if (!asked) return no;
  const std::uint8_t number = asked->message.header.param1 & spdm::kSlotMask;
  const identity::Slot* from = slot(number);
  const base::Bytes chain = from != nullptr ? chain_of(*from) : base::Bytes{};
  std::size_t offset = asked->message.offset, length = asked->message.length;
  const bool size_only = connection.version >= spdm::Version::k13 &&
                         (asked->message.header.param2 & spdm::kSlotSizeRequested) != 0;
  if (size_only) offset = length = 0;
  const SlotCase c{from != nullptr, offset, chain.size()};
  if (auto refused = refusal<SlotCase>(kSlotRules, c, request.header.code)) return *refused;

  // A portion fits into what the requester takes: whole messages if it takes pieces, else one transfer.
  std::size_t room = settings.data_transfer_size;
  if (connection.data_transfer_size != 0)
    room = (common_capabilities() & spdm::kCapChunk) != 0
               ? std::min(connection.max_spdm_msg_size, settings.max_spdm_msg_size)
               : std::min(connection.data_transfer_size, settings.data_transfer_size);
  room -= wire::min_size<spdm::CertificateResponse>();
  const std::size_t portion = std::min({length, chain.size() - offset, room});
  spdm::CertificateResponse response{.header = header(Code::kCertificate, number)};
  response.portion_length = static_cast<std::uint16_t>(portion);
  response.remainder_length = static_cast<std::uint16_t>(chain.size() - offset - portion);
  response.portion = base::bytes_of(base::View(chain).subspan(offset, portion));
  base::Bytes reply = wire::encode(response);
  if (request.session == nullptr) {
    base::append(connection.certificates, asked->raw);
    base::append(connection.certificates, reply);
  }
  connection.state = std::max(connection.state, ConnectionState::kAfterCertificate);
  return reply;
}

base::Bytes Responder::State::challenge(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::Challenge>(request, no);
  if (!asked) return no;
  const std::uint8_t number = asked->message.header.param1;
  const std::uint8_t type = asked->message.header.param2;
  const identity::Slot* from = slot(number);
  if (auto refused = refusal<SummaryCase>(kSummaryRules, {type, measurements_negotiated()}, request.header.code))
    return *refused;
  if (auto refused = refusal<SlotCase>(kSlotRules, {from != nullptr}, request.header.code)) return *refused;

  spdm::ChallengeAuth response{.header = header(Code::kChallengeAuth, number, slot_mask())};
  response.cert_chain_hash = crypto::hash(spdm::hash_of(algorithms()), chain_of(*from));
  response.nonce = random<spdm::kNonceSize>("CHALLENGE_AUTH nonce");
  response.measurement_summary_hash = summary(type);
  response.requester_context = asked->message.requester_context;
  base::Bytes reply = wire::encode(response);
  const spdm::ChallengeTranscript m1{connection.vca, connection.certificates, asked->raw, reply};
  base::append(reply, sign(spdm::Purpose::kChallengeAuth, m1.bytes(), *from));
  connection.certificates.clear();
  connection.state = ConnectionState::kAuthenticated;
  return reply;
}

}  // namespace responder
