#include "platform/protocol/sev/launch_measure.h"

#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"

namespace sevproto {
namespace {

// The first byte tells one use of the TIK from another.
constexpr std::uint8_t kSecretContext = 0x01;
constexpr std::uint8_t kMeasureContext = 0x04;

}  // namespace

base::Bytes measured_bytes(const MeasureInput& input) {
  base::Bytes data{kMeasureContext};
  base::append(data, wire::encode(input));
  return data;
}

Measure launch_measure(const Tik& tik, const MeasureInput& input) { return crypto::hmac_sha256(tik, measured_bytes(input)); }

base::Block<32> secret_mac(const Tik& tik, const SecretHeader& header, std::uint32_t guest_length, base::View data,
                           const Measure& measure) {
  base::Bytes bound{kSecretContext};
  base::append_le(bound, header.flags);
  base::append(bound, header.iv);
  base::append_le(bound, guest_length);
  base::append_le(bound, static_cast<std::uint32_t>(data.size()));
  base::append(bound, data);
  base::append(bound, measure);
  return crypto::hmac_sha256(tik, bound);
}

SecretPacket seal_secret(const Tek& tek, const Tik& tik, const base::Block<16>& iv, const Measure& measure,
                         base::View secret) {
  SecretPacket packet;
  packet.header.iv = iv;
  packet.data = crypto::aes128_ctr(tek, iv, secret);
  packet.header.mac =
      secret_mac(tik, packet.header, static_cast<std::uint32_t>(secret.size()), packet.data, measure);
  return packet;
}

wire::Decoded<base::Bytes> open_secret(const Tek& tek, const Tik& tik, const Measure& measure,
                                       const SecretPacket& packet, std::uint32_t guest_length) {
  if (secret_mac(tik, packet.header, guest_length, packet.data, measure) != packet.header.mac)
    return wire::Error{20, "mac", "does not fit"};
  return crypto::aes128_ctr(tek, packet.header.iv, packet.data);
}

}  // namespace sevproto
