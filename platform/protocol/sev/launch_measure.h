#pragma once
// The launch of legacy SEV and SEV-ES (SEV API 0.24, LAUNCH_MEASURE and LAUNCH_SECRET): the MAC by which the owner
// knows what was launched, and the packet in which he sends a secret.
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace sevproto {

using Tik = base::Block<16>;  // transport integrity key
using Tek = base::Block<16>;  // transport encryption key
using Measure = base::Block<32>;

struct MeasureInput {
  std::uint8_t api_major = 0;
  std::uint8_t api_minor = 0;
  std::uint8_t build = 0;
  std::uint32_t policy = 0;
  std::array<std::uint8_t, 32> digest{};  // SHA-256 over all plaintext of UPDATE_DATA, then all VMSA pages
  std::array<std::uint8_t, 16> mnonce{};
  bool operator==(const MeasureInput&) const = default;
  using Wire = wire::Layout<&MeasureInput::api_major, &MeasureInput::api_minor, &MeasureInput::build,
                            &MeasureInput::policy, &MeasureInput::digest, &MeasureInput::mnonce>;
};

base::Bytes measured_bytes(const MeasureInput& input);  // what the MAC covers
Measure launch_measure(const Tik& tik, const MeasureInput& input);

// What LAUNCH_MEASURE hands out.
struct MeasureBlob {
  std::array<std::uint8_t, 32> measure{};
  std::array<std::uint8_t, 16> mnonce{};
  bool operator==(const MeasureBlob&) const = default;
  using Wire = wire::Layout<&MeasureBlob::measure, &MeasureBlob::mnonce>;
};

inline constexpr std::uint32_t kSecretCompressed = 1;

struct SecretHeader {
  std::uint32_t flags = 0;
  std::array<std::uint8_t, 16> iv{};
  std::array<std::uint8_t, 32> mac{};
  bool operator==(const SecretHeader&) const = default;
  using Wire = wire::Layout<&SecretHeader::flags, &SecretHeader::iv, &SecretHeader::mac>;
};
static_assert(wire::min_size<SecretHeader>() == 52);

struct SecretPacket {
  SecretHeader header;
  base::Bytes data;  // AES-128-CTR
  bool operator==(const SecretPacket&) const = default;
};

// Binds the packet to its measurement. `guest_length` is that of the plaintext in guest memory.
base::Block<32> secret_mac(const Tik& tik, const SecretHeader& header, std::uint32_t guest_length, base::View data,
                           const Measure& measure);
SecretPacket seal_secret(const Tek& tek, const Tik& tik, const base::Block<16>& iv, const Measure& measure,
                         base::View secret);
wire::Decoded<base::Bytes> open_secret(const Tek& tek, const Tik& tik, const Measure& measure,
                                       const SecretPacket& packet, std::uint32_t guest_length);

}  // namespace sevproto
