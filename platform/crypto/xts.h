#pragma once
// AES-256 in XTS mode (IEEE 1619-2018, SP 800-38E) for the sectors of a disk. Pure functions; a memory engine has its own. Nothing here
// notices that a sector was altered: whatever comes in decrypts to something.
#include "platform/base/bytes.h"

namespace crypto {

// The key of the data, then the key of the tweak. They must differ (FIPS 140-3 IG C.I).
using XtsKey = base::Block<64>;

// `data` is of 16 bytes or more, and goes to as many bytes. `unit` is the number of the sector, little-endian in the tweak.
base::Bytes aes256_xts_encrypt(const XtsKey& key, std::uint64_t unit, base::View data);
base::Bytes aes256_xts_decrypt(const XtsKey& key, std::uint64_t unit, base::View data);

}  // namespace crypto
