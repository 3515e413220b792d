#include "platform/protocol/cca/measurement.h"

#include <algorithm>

#include "platform/crypto/digest.h"

namespace ccaproto {
namespace {

crypto::Digest digest_of(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::kSha512 ? crypto::Digest::kSha512 : crypto::Digest::kSha256;
}

}  // namespace

std::size_t size_of(HashAlgorithm algorithm) { return crypto::size_of(digest_of(algorithm)); }
std::string_view name_of(HashAlgorithm algorithm) { return algorithm == HashAlgorithm::kSha512 ? "sha-512" : "sha-256"; }

Measurement hash_of(HashAlgorithm algorithm, base::View data) {
  Measurement out{};
  std::ranges::copy(crypto::hash(digest_of(algorithm), data), out.begin());
  return out;
}

Rim::Rim(const RealmParams& params) : algorithm_(params.hash_algo) {
  RealmParams measured = params;
  measured.rpv = {};
  measured.vmid = 0;
  measured.rtt_base = measured.rtt_level_start = measured.rtt_num_start = 0;
  value_ = hash_of(algorithm_, wire::encode(measured));
}

void Rim::add_data(std::uint64_t ipa, std::uint64_t flags, base::View content) {
  DataDescriptor record{.rim = value_, .ipa = ipa, .flags = flags};
  if (flags & 1) record.content = hash_of(algorithm_, content);
  value_ = hash_of(algorithm_, wire::encode(record));
}

void Rim::add_rec(const RecParams& params) {
  RecParams measured = params;
  measured.mpidr = measured.num_aux = 0;
  measured.aux = {};
  const RecDescriptor record{.rim = value_, .content = hash_of(algorithm_, wire::encode(measured))};
  value_ = hash_of(algorithm_, wire::encode(record));
}

void Rim::add_ripas(std::uint64_t base, std::uint64_t top) {
  const RipasDescriptor record{.rim = value_, .base = base, .top = top};
  value_ = hash_of(algorithm_, wire::encode(record));
}

Measurement extended(HashAlgorithm algorithm, const Measurement& rem, base::View data) {
  base::Bytes all(rem.begin(), rem.begin() + static_cast<std::ptrdiff_t>(size_of(algorithm)));
  base::append(all, data);
  return hash_of(algorithm, all);
}

}  // namespace ccaproto
