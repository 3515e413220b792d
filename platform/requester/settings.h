#pragma once
// What a requester is told before it says anything: what it offers, and where its patience ends.
#include <cstdint>
#include <vector>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/opaque.h"

namespace requester {

// Each bounds a loop that the responder could otherwise keep going.
struct Limits {
  std::size_t busy_retries_max = 8;                // for one request
  std::size_t not_ready_retries_max = 8;           // for one request
  std::size_t certificate_portions_max = 512;      // of one chain
  std::size_t large_response_bytes_max = 1 << 17;  // in chunks
  std::uint64_t records_max = 1ull << 32;          // under one key
  std::uint64_t busy_wait_microseconds = 1000;     // before a request is repeated
  std::uint64_t not_ready_wait_microseconds_max = 1'000'000;
};

// Offers are sets of bits; the responder chooses one of each.
struct Offer {
  std::uint8_t measurement_specification = spdm::kMeasurementSpecificationDmtf;
  std::uint8_t other_params = spdm::kOpaqueFormat1;
  std::uint32_t base_asym = spdm::kAsymEcdsaP384 | spdm::kAsymEcdsaP256;
  std::uint32_t base_hash = spdm::kHashSha384 | spdm::kHashSha256;
  std::uint16_t dhe = spdm::kDheSecp384r1 | spdm::kDheSecp256r1;
  std::uint16_t aead = spdm::kAeadAes256Gcm;
  std::uint16_t requester_asym = spdm::kAsymEcdsaP384 | spdm::kAsymEcdsaP256;
  std::uint16_t key_schedule = spdm::kKeyScheduleSpdm;
};

struct Settings {
  std::vector<spdm::Version> versions{spdm::Version::k12, spdm::Version::k13};
  // Those that the chosen version does not know are left out. simplified: a requester without certificates of its own.
  std::uint32_t capabilities = spdm::kCapEncrypt | spdm::kCapMac | spdm::kCapKeyExchange | spdm::kCapPsk |
                               spdm::kCapHeartbeat | spdm::kCapKeyUpdate | spdm::kCapChunk;
  std::uint8_t ct_exponent = 0;
  std::uint32_t data_transfer_size = 0x1200;
  std::uint32_t max_spdm_msg_size = 0x10000;
  Offer offer{};
  std::uint16_t certificate_portion = 0x400;  // bytes asked for at once
  std::vector<spdm::VersionNumber> secured_versions{spdm::kSecuredMessages10, spdm::kSecuredMessages11,
                                                    spdm::kSecuredMessages12};
  Limits limits{};
};

}  // namespace requester
