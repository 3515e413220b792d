#pragma once
// The key schedule (DSP0274 1.3, 12): from a shared secret and two transcript hashes to the keys of both directions.
// All of it is arithmetic of its arguments.
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/protocol/spdm/algorithms.h"

namespace spdm {

// bin_str0 to bin_str9.
inline constexpr std::string_view kLabelDerived = "derived";
inline constexpr std::string_view kLabelRequestHandshake = "req hs data";
inline constexpr std::string_view kLabelResponseHandshake = "rsp hs data";
inline constexpr std::string_view kLabelRequestData = "req app data";
inline constexpr std::string_view kLabelResponseData = "rsp app data";
inline constexpr std::string_view kLabelKey = "key";
inline constexpr std::string_view kLabelIv = "iv";
inline constexpr std::string_view kLabelFinished = "finished";
inline constexpr std::string_view kLabelExportMaster = "exp master";
inline constexpr std::string_view kLabelUpdate = "traffic upd";

// BinConcat: length (16 bits, little-endian), "spdm1.2 " or the like, label, context.
base::Bytes bin_concat(Version version, std::size_t length, std::string_view label, base::View context = {});

struct HandshakeSecrets {
  base::Bytes handshake{};
  base::Bytes request{};   // of the requester's direction
  base::Bytes response{};  // of the responder's
  bool operator==(const HandshakeSecrets&) const = default;
};
// `shared` is the X coordinate of the exchange.
HandshakeSecrets handshake_secrets(const Algorithms& algorithms, base::View shared, base::View th1);
// From a pre-shared key, whose salt is another since 1.3.
HandshakeSecrets handshake_secrets_psk(const Algorithms& algorithms, base::View psk, base::View th1);

struct DataSecrets {
  base::Bytes master{};
  base::Bytes request{};
  base::Bytes response{};
  base::Bytes export_master{};
  bool operator==(const DataSecrets&) const = default;
};
DataSecrets data_secrets(const Algorithms& algorithms, base::View handshake, base::View th2);

// Of the secret of one direction.
base::Bytes finished_key(const Algorithms& algorithms, base::View secret);
base::Bytes updated_secret(const Algorithms& algorithms, base::View secret);  // KEY_UPDATE

// HMAC of a transcript hash.
base::Bytes verify_data(const Algorithms& algorithms, base::View finished_key, base::View transcript_hash);

struct TrafficKeys {
  crypto::Aead aead = crypto::Aead::kAes256Gcm;
  base::Bytes key{};
  base::Bytes iv{};
  bool operator==(const TrafficKeys&) const = default;
};
TrafficKeys traffic_keys(const Algorithms& algorithms, base::View secret);

}  // namespace spdm
