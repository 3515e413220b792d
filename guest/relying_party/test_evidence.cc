#include "guest/relying_party/test_evidence.h"

#include <algorithm>

#include "platform/crypto/der.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/sev/policy.h"

namespace relying_party::test {

namespace {

constexpr const char* kAmd = "1.3.6.1.4.1.3704.1.";

crypto::EcKey key(const std::string& who, std::string_view what) {
  return crypto::EcKey::derive(crypto::Curve::kP384, base::view_of(who), what);
}

crypto::Extension number(const char* suffix, std::uint64_t value) {
  return {std::string(kAmd) + suffix, crypto::der::integer(value)};
}
crypto::Extension ia5(const char* suffix, std::string_view text) {
  return {std::string(kAmd) + suffix, crypto::der::text(crypto::der::kIa5String, text)};
}

crypto::Certificate issued(const crypto::CertificateContent& content, const crypto::EcKey& by) {
  crypto::Library library(1);
  return crypto::issue(content, library, {.actor = "test", .purpose = content.subject.common_name, .count = 0}, by);
}

}  // namespace

TestEvidence::TestEvidence(sev::Product p)
    : product(p),
      leaf_tcb{.bootloader = 4, .tee = 1, .snp = 20, .microcode = 209, .fmc = 0},
      hwid(p == sev::Product::kTurin ? 8 : 64, 0xc1),
      leaf_product_name(std::string(sev::name_of(p)) + "-B0"),
      leaf_not_after(crypto::calendar_time(2031, 1, 1)),
      list_next_update(crypto::calendar_time(2027, 1, 1)),
      now(crypto::calendar_time(2026, 6, 1)) {
  if (product == sev::Product::kTurin) leaf_tcb.fmc = 2;
  report.version = 3;
  report.cpuid_fam_id = product == sev::Product::kTurin ? 0x1a : 0x19;
  report.cpuid_mod_id = product == sev::Product::kMilan ? 0x01 : product == sev::Product::kGenoa ? 0x11 : 0x02;
  report.policy = sevproto::kPolicyMustBeOne | sevproto::kPolicySmtAllowed;
  report.platform_info = sevproto::kPlatformAliasCheckComplete | sevproto::kPlatformCiphertextHidingEn;
  report.key_info = sevproto::kKeyInfoAuthorKeyEn;
  report.measurement.fill(0x3e);
  report.host_data.fill(0x40);
  report.id_key_digest.fill(0x1d);
  report.author_key_digest.fill(0xa0);
  report.report_id_ma.fill(0xff);
  report.report_data.fill(0xda);
  std::copy(hwid.begin(), hwid.end(), report.chip_id.begin());
  report.current_tcb = report.committed_tcb = report.reported_tcb = report.launch_tcb = sev::pack(leaf_tcb, product);
  report.current = report.committed = {.build = 5, .minor = 55, .major = 1};

  expected.fill(0xda);
  policy.products.emplace(product, AcceptedProduct{.root = root(), .minimum_tcb = leaf_tcb});
  policy.measurements.insert(report.measurement);
  policy.chips.emplace().insert(report.chip_id);
  policy.id_keys.insert(report.id_key_digest);
  policy.author_keys.insert(report.author_key_digest);
  policy.host_data = report.host_data;
  policy.require_ciphertext_hiding = true;
  policy.require_launch_tcb = true;
}

crypto::Certificate TestEvidence::root() const {
  std::string name = "ARK-" + std::string(sev::name_of(product));
  auto own = key(vendor, "ark");
  return issued({.serial = {1},
                 .subject = {name, "test"},
                 .issuer = {name, "test"},
                 .not_before = crypto::calendar_time(2020, 1, 1),
                 .not_after = crypto::calendar_time(2045, 1, 1),
                 .public_key = crypto::public_key_info(own.public_point()),
                 .extensions = {crypto::basic_constraints(true), crypto::key_usage_authority()}},
                own);
}

crypto::Certificate TestEvidence::intermediate() const {
  auto content = root().content();
  content.serial = {2};
  content.subject.common_name =
      (kind == sevproto::SigningKey::kVlek ? "SEV-VLEK-" : "SEV-") + std::string(sev::name_of(product));
  content.public_key = crypto::public_key_info(key(vendor, "ask").public_point());
  return issued(content, key(vendor, "ark"));
}

crypto::Certificate TestEvidence::leaf() const {
  bool vlek = kind == sevproto::SigningKey::kVlek;
  crypto::CertificateContent content{
      .serial = {0},
      .subject = {vlek ? "SEV-VLEK" : "SEV-VCEK", "test"},
      .issuer = intermediate().content().subject,
      .not_before = crypto::calendar_time(2024, 1, 1),
      .not_after = leaf_not_after,
      .public_key = crypto::public_key_info(key("chip", "leaf").public_point()),
      .extensions = {number("1", 1), ia5("2", leaf_product_name), number("3.1", leaf_tcb.bootloader),
                     number("3.2", leaf_tcb.tee), number("3.3", leaf_tcb.snp), number("3.8", leaf_tcb.microcode)}};
  if (product == sev::Product::kTurin) content.extensions.push_back(number("3.9", leaf_tcb.fmc));
  if (vlek)
    content.extensions.push_back(ia5("5", provider));
  else
    content.extensions.push_back({std::string(kAmd) + "4", hwid});
  return issued(content, key(leaf_issuer, "ask"));
}

crypto::RevocationList TestEvidence::list(std::vector<base::Bytes> serials) const {
  crypto::Library library(1);
  crypto::RevocationContent content{.issuer = root().content().subject,
                                    .this_update = crypto::calendar_time(2026, 1, 1),
                                    .next_update = list_next_update,
                                    .serials = std::move(serials)};
  return crypto::issue(content, library, {.actor = "test", .purpose = "crl", .count = 0}, key(vendor, "ark"));
}

base::Bytes TestEvidence::table() const {
  std::vector<sevproto::CertEntry> entries;
  auto leaf_guid = kind == sevproto::SigningKey::kVlek ? sevproto::kGuidVlek : sevproto::kGuidVcek;
  if (with_leaf) entries.push_back({leaf_guid, leaf().to_der()});
  if (with_intermediate) entries.push_back({sevproto::kGuidAsk, intermediate().to_der()});
  if (with_root) entries.push_back({sevproto::kGuidArk, root().to_der()});
  if (with_list) entries.push_back({sevproto::kGuidCrl, list(revoked).to_der()});
  return sevproto::encode_cert_table(entries);
}

base::Bytes TestEvidence::bytes() const {
  sevproto::Report r = report;
  r.key_info = sevproto::with_signing_key(r.key_info, kind);
  crypto::Library library(1);
  crypto::Operation operation{.actor = "test", .purpose = "report", .count = 0};
  auto signature = key(signer, "leaf").sign(library, operation, signed_part(r));
  base::Block<48> number{};
  std::ranges::copy(signature.r, number.begin());
  r.signature.r = sevproto::le72_of(number);
  std::ranges::copy(signature.s, number.begin());
  r.signature.s = sevproto::le72_of(number);
  auto raw = wire::encode(r);
  for (auto at : flips_after_signing) raw.at(at) ^= 1;
  return raw;
}

std::string TestEvidence::appraised(trust::Defences& defences) const {
  auto raw = bytes(), certificates = table();
  return verdict(appraise({.report = raw, .certificates = certificates}, policy, expected, now, defences));
}

std::string TestEvidence::appraised() const {
  trust::Defences all;
  return appraised(all);
}

std::string verdict(const trust::Result<Appraisal>& result) {
  return result ? "accepted" : std::string(result.refusal().by->id);
}

std::function<base::Bytes(std::size_t)> random_from(std::string seed) {
  return [state = crypto::sha256(base::view_of(seed))](std::size_t size) mutable {
    base::Bytes out;
    while (out.size() < size) base::append(out, state = crypto::sha256(state));
    out.resize(size);
    return out;
  };
}

}  // namespace relying_party::test
