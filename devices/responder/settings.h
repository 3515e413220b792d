#pragma once
// What a responder offers. A value, told at construction.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/opaque.h"

namespace responder {

struct Settings {
  std::vector<spdm::Version> versions{spdm::Version::k10, spdm::Version::k11, spdm::Version::k12, spdm::Version::k13};
  std::uint32_t capabilities = spdm::kCapCert | spdm::kCapChallenge | spdm::kCapMeasurementsSigned |
                               spdm::kCapMeasurementsFresh | spdm::kCapEncrypt | spdm::kCapMac |
                               spdm::kCapKeyExchange | spdm::kCapHeartbeat | spdm::kCapKeyUpdate | spdm::kCapChunk;
  std::uint8_t ct_exponent = 20;
  std::uint32_t data_transfer_size = 0x1200;
  std::uint32_t max_spdm_msg_size = 0x1200;
  // What it can compute; the choice is the first of a list that the requester has too. Signatures: those that the
  // slots' keys make, in the order of the slots.
  std::vector<std::uint32_t> base_hash{spdm::kHashSha384, spdm::kHashSha256, spdm::kHashSha512};
  std::vector<std::uint32_t> measurement_hash{spdm::kMeasurementHashSha384, spdm::kMeasurementHashSha256,
                                              spdm::kMeasurementHashSha512};
  std::vector<std::uint16_t> dhe{spdm::kDheSecp384r1, spdm::kDheSecp256r1, spdm::kDheSecp521r1};
  std::vector<std::uint16_t> aead{spdm::kAeadAes256Gcm, spdm::kAeadAes128Gcm, spdm::kAeadChaCha20Poly1305};
  std::vector<std::uint16_t> requester_asym{spdm::kAsymEcdsaP384, spdm::kAsymEcdsaP256, spdm::kAsymEcdsaP521};
  std::vector<spdm::VersionNumber> secured_versions{spdm::kSecuredMessages11, spdm::kSecuredMessages12,
                                                    spdm::kSecuredMessages10};
  std::size_t sessions_max = 4;
  std::uint8_t heartbeat_period = 0;  // seconds; 0: no heartbeat is expected
  std::map<std::string, base::Bytes> psk;  // by hint, which may hold any bytes
  // Non-empty: KEY_EXCHANGE asks the requester to authenticate itself, with a chain that begins at this certificate
  // (DER).
  base::Bytes requester_root;
};

}  // namespace responder
