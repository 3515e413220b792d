#include "platform/protocol/spdm/algorithms.h"

#include <utility>

#include "platform/base/check.h"

namespace spdm {
namespace {

constexpr std::pair<std::uint32_t, std::size_t> kSignatureSizes[] = {
    {kAsymRsaSsa2048, 256}, {kAsymRsaPss2048, 256}, {kAsymRsaSsa3072, 384}, {kAsymRsaPss3072, 384},
    {kAsymRsaSsa4096, 512}, {kAsymRsaPss4096, 512}, {kAsymEcdsaP256, 64},   {kAsymEcdsaP384, 96},
    {kAsymEcdsaP521, 132},
};
constexpr std::pair<std::uint16_t, std::size_t> kExchangeSizes[] = {
    {kDheFfdhe2048, 256}, {kDheFfdhe3072, 384}, {kDheFfdhe4096, 512},
    {kDheSecp256r1, 64},  {kDheSecp384r1, 96},  {kDheSecp521r1, 132},
};

template <class Table, class Key>
std::size_t size_in(const Table& table, Key key) {
  for (const auto& [known, size] : table)
    if (known == key) return size;
  return 0;
}

std::size_t lists_size(const std::vector<ExtendedAlgorithm>& asym, const std::vector<ExtendedAlgorithm>& hash,
                       const std::vector<AlgorithmTable>& tables) {
  constexpr std::size_t kItem = wire::min_size<ExtendedAlgorithm>();
  std::size_t size = (asym.size() + hash.size()) * kItem;
  for (const AlgorithmTable& table : tables) size += wire::min_size<AlgorithmTable>() + table.external.size() * kItem;
  return size;
}

}  // namespace

std::uint16_t supported_in(const std::vector<AlgorithmTable>& tables, TableType type) {
  for (const AlgorithmTable& table : tables)
    if (table.type == type) return table.supported;
  return 0;
}

Algorithms algorithms_of(const AlgorithmsResponse& message) {
  return {.version = message.header.version,
          .measurement_specification = message.measurement_specification_sel,
          .other_params = message.other_params_selection,
          .measurement_hash = message.measurement_hash_algo,
          .base_asym = message.base_asym_sel,
          .base_hash = message.base_hash_sel,
          .dhe = supported_in(message.tables, TableType::kDhe),
          .aead = supported_in(message.tables, TableType::kAead),
          .requester_asym = supported_in(message.tables, TableType::kRequesterAsymmetric),
          .key_schedule = supported_in(message.tables, TableType::kKeySchedule)};
}

AlgorithmsResponse algorithms_response(const Algorithms& algorithms) {
  AlgorithmsResponse message;
  message.header.version = algorithms.version;
  message.measurement_specification_sel = algorithms.measurement_specification;
  message.other_params_selection = algorithms.other_params;
  message.measurement_hash_algo = algorithms.measurement_hash;
  message.base_asym_sel = algorithms.base_asym;
  message.base_hash_sel = algorithms.base_hash;
  if (algorithms.version >= Version::k11) {
    message.tables = {{.type = TableType::kDhe, .supported = algorithms.dhe},
                      {.type = TableType::kAead, .supported = algorithms.aead},
                      {.type = TableType::kRequesterAsymmetric, .supported = algorithms.requester_asym},
                      {.type = TableType::kKeySchedule, .supported = algorithms.key_schedule}};
  }
  message.header.param1 = static_cast<std::uint8_t>(message.tables.size());
  message.length = length_of(message);
  return message;
}

std::uint16_t length_of(const NegotiateAlgorithms& message) {
  return static_cast<std::uint16_t>(kNegotiateAlgorithmsSize +
                                    lists_size(message.ext_asym, message.ext_hash, message.tables));
}
std::uint16_t length_of(const AlgorithmsResponse& message) {
  return static_cast<std::uint16_t>(kAlgorithmsSize +
                                    lists_size(message.ext_asym_sel, message.ext_hash_sel, message.tables));
}

std::optional<crypto::Digest> digest_of(std::uint32_t base_hash) {
  switch (base_hash) {
    case kHashSha256: return crypto::Digest::kSha256;
    case kHashSha384: return crypto::Digest::kSha384;
    case kHashSha512: return crypto::Digest::kSha512;
    default: return std::nullopt;
  }
}

std::optional<crypto::Digest> measurement_digest_of(std::uint32_t measurement_hash) {
  switch (measurement_hash) {
    case kMeasurementHashSha256: return crypto::Digest::kSha256;
    case kMeasurementHashSha384: return crypto::Digest::kSha384;
    case kMeasurementHashSha512: return crypto::Digest::kSha512;
    default: return std::nullopt;
  }
}

std::optional<crypto::Aead> aead_of(std::uint16_t aead) {
  switch (aead) {
    case kAeadAes128Gcm: return crypto::Aead::kAes128Gcm;
    case kAeadAes256Gcm: return crypto::Aead::kAes256Gcm;
    case kAeadChaCha20Poly1305: return crypto::Aead::kChaCha20Poly1305;
    default: return std::nullopt;
  }
}

std::optional<crypto::Curve> dhe_curve_of(std::uint16_t dhe) {
  switch (dhe) {
    case kDheSecp256r1: return crypto::Curve::kP256;
    case kDheSecp384r1: return crypto::Curve::kP384;
    case kDheSecp521r1: return crypto::Curve::kP521;
    default: return std::nullopt;
  }
}

std::optional<crypto::Curve> ecdsa_curve_of(std::uint32_t asym) {
  switch (asym) {
    case kAsymEcdsaP256: return crypto::Curve::kP256;
    case kAsymEcdsaP384: return crypto::Curve::kP384;
    case kAsymEcdsaP521: return crypto::Curve::kP521;
    default: return std::nullopt;
  }
}

crypto::Digest hash_of(const Algorithms& algorithms) {
  auto digest = digest_of(algorithms.base_hash);
  base::check(digest.has_value(), "one hash was negotiated");
  return *digest;
}

std::size_t digest_size(std::uint32_t base_hash) {
  auto digest = digest_of(base_hash);
  return digest ? crypto::size_of(*digest) : 0;
}
std::size_t measurement_digest_size(std::uint32_t measurement_hash) {
  auto digest = measurement_digest_of(measurement_hash);
  return digest ? crypto::size_of(*digest) : 0;
}
std::size_t signature_size(std::uint32_t asym) { return size_in(kSignatureSizes, asym); }
std::size_t exchange_size(std::uint16_t dhe) { return size_in(kExchangeSizes, dhe); }

Shape shape_of(const Algorithms& algorithms) {
  return {.digest = digest_size(algorithms.base_hash),
          .signature = signature_size(algorithms.base_asym),
          .requester_signature = signature_size(algorithms.requester_asym),
          .exchange = exchange_size(algorithms.dhe)};
}

}  // namespace spdm
