#include "scenarios/engine/forger.h"

namespace engine {

crypto::EcKey forgers_key(std::uint64_t seed, std::string_view label, crypto::Curve curve) {
  base::Bytes from;
  base::append_le<std::uint64_t>(from, seed);
  return crypto::EcKey::derive(curve, from, label);
}

base::Block<64> Forger::binding(const relying_party::Nonce& nonce) const {
  return relying_party::report_data_for(nonce, relying_party::public_half(forgers_key(seed_, "forger channel")));
}

relying_party::Evidence Forger::present(const relying_party::Evidence& genuine, Counterfeit shown) const {
  relying_party::Evidence out = genuine;
  out.channel_key = relying_party::public_half(forgers_key(seed_, "forger channel"));
  out.report = std::move(shown.report);
  out.report_size = static_cast<std::uint32_t>(out.report.size());
  out.certificates = std::move(shown.attachment);
  out.certificates_size = static_cast<std::uint32_t>(out.certificates.size());
  return out;
}

std::optional<base::Bytes> Forger::open(base::View answer) const {
  const auto secret = wire::decode<relying_party::Secret>(answer);
  if (!secret) return std::nullopt;
  return relying_party::open_secret(forgers_key(seed_, "forger channel"), secret->nonce,
                                    {.ephemeral = secret->ephemeral, .sealed = secret->sealed});
}

}  // namespace engine
