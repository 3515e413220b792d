#pragma once
// What an SPDM signature covers (DSP0274 1.3, 15). Since 1.2 a prefix of 100 bytes names the version and the purpose;
// what is signed is prefix || H(transcript). Before, it is the transcript itself.
#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/crypto/certificate.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/library.h"
#include "platform/crypto/rsa_key.h"
#include "platform/protocol/spdm/algorithms.h"

namespace spdm {

enum class Purpose : std::uint8_t {
  kChallengeAuth,           // by the responder
  kMutualChallengeAuth,     // by the requester
  kMeasurements,
  kKeyExchangeRsp,
  kFinish,                  // by the requester
};
std::string_view context_of(Purpose purpose);  // "responder-key_exchange_rsp signing"

inline constexpr std::size_t kSigningPrefixSize = 100;
base::Bytes signing_prefix(Version version, Purpose purpose);

// The message that the signature algorithm hashes and signs.
base::Bytes signed_message(const Algorithms& algorithms, Purpose purpose, base::View transcript);

// Signatures as they go on the wire, r||s or an RSA block. `asym` is base_asym or requester_asym. The key must be of
// the algorithm that `asym` names: anything else is a Bug.
base::Bytes sign(const Algorithms& algorithms, std::uint32_t asym, Purpose purpose, base::View transcript,
                 const crypto::EcKey& key, crypto::Library& library, const crypto::Operation& operation);
base::Bytes sign(const Algorithms& algorithms, std::uint32_t asym, Purpose purpose, base::View transcript,
                 const crypto::RsaKey& key, crypto::Library& library, const crypto::Operation& operation);

// False too for a key of another kind, and for signatures of the wrong size. `public_key_info` is a
// SubjectPublicKeyInfo, as the leaf certificate has it.
bool verify(const Algorithms& algorithms, std::uint32_t asym, Purpose purpose, base::View transcript,
            base::View public_key_info, base::View signature);

}  // namespace spdm
