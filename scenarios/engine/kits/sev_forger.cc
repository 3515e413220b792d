#include "scenarios/engine/kits/sev_forger.h"

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

class Desk {
 public:
  Desk(const Forgery& forgery, sev::Product product, std::uint64_t seed, crypto::Library& library)
      : forgery_(forgery), product_(product), seed_(seed), library_(library) {}

  void sign(sevproto::Report& report, const crypto::EcKey& key) {
    const auto signature = key.sign(library_, {"forger", "attestation report", count_++}, sevproto::signed_part(report));
    report.signature = sevproto::signature_of(block48(signature.r), block48(signature.s));
  }

  // The vendor's own documents are public: whoever has a key of its own copies all of them but the key and the signature.
  base::Bytes certificates(const sev::Chip& chip, const sev::Tcb& tcb) {
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
    const auto root_key = forgers_key(seed_, "forger root"), intermediate_key = forgers_key(seed_, "forger intermediate");
    const auto leaf = issue(vendor.vcek_certificate(chip, tcb).content(), forgers_key(seed_, "forger endorsement"), intermediate_key);
    if (forgery_.root == Forgery::Root::kVendor) return table(leaf, vendor.ask(), vendor.ark());
    return table(leaf, issue(vendor.ask().content(), intermediate_key, root_key), issue(vendor.ark().content(), root_key, root_key));
  }

 private:
  crypto::Certificate issue(crypto::CertificateContent content, const crypto::EcKey& subject, const crypto::EcKey& issuer) {
    content.public_key = crypto::public_key_info(subject.public_point());
    return crypto::issue(content, library_, {"forger", "certificate", count_++}, issuer);
  }

  const Forgery& forgery_;
  sev::Product product_;
  std::uint64_t seed_;
  crypto::Library& library_;
  std::uint64_t count_ = 0;  // of signatures
};

}  // namespace

std::optional<Counterfeit> forge_report(const Forgery& forgery, sev::Product product, std::uint64_t seed, crypto::Library& library,
                                        base::View genuine, const base::Block<64>& binding) {
  auto report = wire::decode<sevproto::Report>(genuine);
  if (!report) return std::nullopt;
  const auto running = sev::unpack(report->reported_tcb, product);
  if (!running) return std::nullopt;
  const sev::Tcb certified = forgery.old_tcb ? old_tcb(*running) : *running;
  const std::uint64_t claimed = sev::pack(forgery.claims_old_tcb ? old_tcb(*running) : *running, product);
  const auto chip = sev::Chip::from_seed(product, base::view_of(forgery.chip));

  report->report_data = binding;
  report->chip_id = sev::Chip::from_seed(product, base::view_of(forgery.claimed_chip)).hwid;
  report->current_tcb = report->committed_tcb = report->reported_tcb = report->launch_tcb = claimed;
  Desk desk(forgery, product, seed, library);
  desk.sign(*report, forgery.key == Forgery::Key::kLeaked ? sev::vcek(chip, certified) : forgers_key(seed, "forger endorsement"));
  return Counterfeit{wire::encode(*report), desk.certificates(chip, certified)};
}

}  // namespace engine
