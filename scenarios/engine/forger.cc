#include "scenarios/engine/forger.h"

#include <algorithm>

#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/sev/id_block.h"

namespace engine {

namespace {

base::Block<48> block48(const base::Bytes& bytes) {
  base::Block<48> out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

}  // namespace

Forger::Forger(Forgery forgery, sev::Product product, std::uint64_t seed, crypto::Library& library)
    : forgery_(std::move(forgery)), product_(product), seed_(seed), library_(library) {}

crypto::EcKey Forger::own(std::string_view label) const {
  base::Bytes seed;
  base::append_le<std::uint64_t>(seed, seed_);
  return crypto::EcKey::derive(crypto::Curve::kP384, seed, label);
}

std::optional<relying_party::Evidence> Forger::forge(const relying_party::Evidence& genuine) {
  auto report = wire::decode<sevproto::Report>(genuine.report);
  if (!report) return std::nullopt;
  const auto running = sev::unpack(report->reported_tcb, product_);
  if (!running) return std::nullopt;
  const sev::Tcb certified = forgery_.old_tcb ? old_tcb(*running) : *running;
  const std::uint64_t claimed = sev::pack(forgery_.claims_old_tcb ? old_tcb(*running) : *running, product_);
  const auto chip = sev::Chip::from_seed(product_, base::view_of(forgery_.chip));

  report->report_data = binding(genuine.nonce);
  report->chip_id = sev::Chip::from_seed(product_, base::view_of(forgery_.claimed_chip)).hwid;
  report->current_tcb = report->committed_tcb = report->reported_tcb = report->launch_tcb = claimed;
  const bool leaked = forgery_.key == Forgery::Key::kLeaked;
  const crypto::EcKey key = leaked ? sev::vcek(chip, certified) : own("forger endorsement");
  const crypto::Operation signing{"forger", "attestation report", count_++};
  const auto signature = key.sign(library_, signing, sevproto::signed_part(*report));
  report->signature = sevproto::signature_of(block48(signature.r), block48(signature.s));

  return present(genuine, wire::encode(*report), certificates(chip, certified));
}

base::Block<64> Forger::binding(const relying_party::Nonce& nonce) const {
  return relying_party::report_data_for(nonce, relying_party::public_half(own("forger channel")));
}

relying_party::Evidence Forger::present(const relying_party::Evidence& genuine, base::Bytes report,
                                        base::Bytes table) const {
  relying_party::Evidence out = genuine;
  out.channel_key = relying_party::public_half(own("forger channel"));
  out.report = std::move(report);
  out.report_size = static_cast<std::uint32_t>(out.report.size());
  out.certificates = std::move(table);
  out.certificates_size = static_cast<std::uint32_t>(out.certificates.size());
  return out;
}

// The vendor's own documents are public: whoever has a key of its own copies all of them but the key and the signature.
base::Bytes Forger::certificates(const sev::Chip& chip, const sev::Tcb& tcb) {
  const sev::KeyHierarchy vendor(product_);
  using crypto::Certificate;
  const auto table = [](const Certificate& leaf, const Certificate& intermediate, const Certificate& root) {
    return sevproto::encode_cert_table({{sevproto::kGuidVcek, leaf.to_der()},
                                        {sevproto::kGuidAsk, intermediate.to_der()},
                                        {sevproto::kGuidArk, root.to_der()}});
  };
  if (forgery_.key == Forgery::Key::kLeaked)
    return forgery_.intermediate == Forgery::Intermediate::kRetired
               ? table(vendor.retired_vcek_certificate(chip, tcb), vendor.retired_ask(), vendor.ark())
               : table(vendor.vcek_certificate(chip, tcb), vendor.ask(), vendor.ark());
  const auto root_key = own("forger root"), intermediate_key = own("forger intermediate");
  const auto leaf = issue(vendor.vcek_certificate(chip, tcb).content(), own("forger endorsement"), intermediate_key);
  if (forgery_.root == Forgery::Root::kVendor) return table(leaf, vendor.ask(), vendor.ark());
  return table(leaf, issue(vendor.ask().content(), intermediate_key, root_key),
               issue(vendor.ark().content(), root_key, root_key));
}

crypto::Certificate Forger::issue(crypto::CertificateContent content, const crypto::EcKey& subject,
                                  const crypto::EcKey& issuer) {
  content.public_key = crypto::public_key_info(subject.public_point());
  return crypto::issue(content, library_, {"forger", "certificate", count_++}, issuer);
}

std::optional<base::Bytes> Forger::open(base::View answer) const {
  const auto secret = wire::decode<relying_party::Secret>(answer);
  if (!secret) return std::nullopt;
  return relying_party::open_secret(own("forger channel"), secret->nonce,
                                    {.ephemeral = secret->ephemeral, .sealed = secret->sealed});
}

}  // namespace engine
