#include "platform/protocol/ide/ide.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/aead.h"

namespace ide {
namespace {

// The encrypted bytes: payload, then PCRC when there is one.
base::Bytes body_of(const Packet& packet) {
  base::Bytes body = packet.tlp.payload;
  if (packet.has_pcrc()) base::append(body, packet.pcrc);
  return body;
}

tlp::Tlp local_message(tlp::RequesterId requester, MessageKind kind, StreamId stream) {
  auto packet = tlp::message(requester, tlp::Routing::kLocal, kMessageCode);
  packet.routing[0] = static_cast<std::uint8_t>(kind);
  packet.routing[1] = stream;
  return packet;
}

}  // namespace

SubStream sub_stream_of(const tlp::Tlp& packet) {
  switch (packet.flow()) {
    case tlp::Flow::kPosted: return SubStream::kPosted;
    case tlp::Flow::kNonPosted: return SubStream::kNonPosted;
    case tlp::Flow::kCompletion: break;
  }
  return SubStream::kCompletion;
}

std::string_view name_of(SubStream sub_stream) {
  switch (sub_stream) {
    case SubStream::kPosted: return "PR";
    case SubStream::kNonPosted: return "NPR";
    case SubStream::kCompletion: return "CPL";
  }
  return "?";
}

Prefix prefix_of(StreamId stream, SubStream sub_stream, unsigned key_set, bool trusted, std::uint8_t pr_sent_counter) {
  const unsigned flags = static_cast<unsigned>(sub_stream) << 4 | 4u | (key_set & 1) << 1 | (trusted ? 1u : 0u);
  return {.pr_sent_counter = pr_sent_counter, .stream = stream, .flags = static_cast<std::uint8_t>(flags)};
}

std::array<std::uint8_t, 12> iv_of(SubStream sub_stream, std::uint64_t counter) {
  std::array<std::uint8_t, 12> iv{};
  iv[0] = static_cast<std::uint8_t>(static_cast<unsigned>(sub_stream) << 4);
  for (unsigned i = 0; i < 8; ++i) iv[4 + i] = static_cast<std::uint8_t>(counter >> (56 - 8 * i));
  return iv;
}

base::Bytes aad_of(const Prefix& prefix, const tlp::Tlp& packet) {
  tlp::Tlp header = packet;
  header.payload.clear();
  base::Bytes aad = wire::encode(prefix);
  base::append(aad, wire::encode(header));
  return aad;
}

Packet seal(const Key& key, std::uint64_t counter, const Prefix& prefix, tlp::Tlp packet) {
  base::check(!prefix.pcrc(), "PCRC is not computed");
  Packet out{.prefix = prefix, .tlp = std::move(packet)};
  auto sealed = crypto::aes256_gcm_seal(key, iv_of(prefix.sub_stream(), counter), aad_of(prefix, out.tlp),
                                        out.tlp.payload);
  const std::size_t size = out.tlp.payload.size();
  std::copy_n(sealed.begin(), size, out.tlp.payload.begin());
  std::copy_n(sealed.begin() + static_cast<std::ptrdiff_t>(size), kMacSize, out.mac.begin());
  return out;
}

Opened open(const Key& key, std::uint64_t counter, const Packet& sealed) {
  const auto iv = iv_of(sealed.prefix.sub_stream(), counter);
  const auto aad = aad_of(sealed.prefix, sealed.tlp);
  const base::Bytes body = body_of(sealed);
  // Counter mode is its own inverse, so sealing the ciphertext gives the plaintext; sealing that gives the tag.
  base::Bytes plain = crypto::aes256_gcm_seal(key, iv, aad, body);
  plain.resize(body.size());
  const base::Bytes again = crypto::aes256_gcm_seal(key, iv, aad, plain);
  Opened out{.packet = sealed.tlp};
  out.mac_fits = sealed.has_mac() && std::equal(sealed.mac.begin(), sealed.mac.end(),
                                                again.begin() + static_cast<std::ptrdiff_t>(body.size()));
  std::copy_n(plain.begin(), out.packet.payload.size(), out.packet.payload.begin());
  return out;
}

tlp::Tlp sync_message(tlp::RequesterId requester, StreamId stream, std::uint8_t pr_sent_npr, std::uint8_t pr_sent_cpl) {
  auto packet = local_message(requester, MessageKind::kSync, stream);
  packet.routing[2] = pr_sent_npr;
  packet.routing[3] = pr_sent_cpl;
  return packet;
}

tlp::Tlp fail_message(tlp::RequesterId requester, StreamId stream) {
  return local_message(requester, MessageKind::kFail, stream);
}

std::optional<Message> message_of(const tlp::Tlp& packet) {
  if (!packet.is_message() || packet.code != kMessageCode || packet.routing[0] > 1) return std::nullopt;
  return Message{static_cast<MessageKind>(packet.routing[0]), packet.routing[1], packet.routing[2], packet.routing[3]};
}

}  // namespace ide
