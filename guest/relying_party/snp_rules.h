#pragma once
// What makes the owner turn a report down, in the order in which a verifier looks. A row stands for itself: lifted,
// it leaves the others as they are, and an absent certificate answers "no" wherever it is asked.
//
// Clauses: "SNP ABI" is AMD 56860; AMD 57230 describes endorsement certificates and their server.
#include "guest/relying_party/endorsement.h"
#include "guest/relying_party/policy.h"
#include "platform/protocol/sev/policy.h"
#include "platform/trust/defence.h"

namespace relying_party {

// A report as received, the material that came with it, and what the owner expects.
struct SnpCase {
  const Policy& policy;
  base::View raw;
  const base::Block<64>& expected_report_data;
  crypto::CalendarTime now = 0;

  bool well_formed = false;
  sevproto::Report report;
  Endorsement endorsement;
  // Of the report itself from version 3 on, else of the leaf. Empty when unknown.
  std::optional<sev::Product> product;
  const AcceptedProduct* accepted = nullptr;  // null when the owner does not accept the product

  // Packed versions are read as the product packs them.
  sev::Product packing() const { return product.value_or(sev::Product::kMilan); }
  std::optional<sev::Tcb> tcb(std::uint64_t packed) const { return sev::unpack(packed, packing()); }
  // Where the chain is to end: the table's root if it has one. That this is the pinned one is a rule of its own.
  const crypto::Certificate* anchor() const {
    if (endorsement.root) return &*endorsement.root;
    return accepted ? &accepted->root : nullptr;
  }
};

// The questions that take more than a line, in snp_checks.cc.
bool format_is_right(const SnpCase& c);
bool root_is_pinned(const SnpCase& c);
bool chain_is_signed(const SnpCase& c);
bool chain_is_not_revoked(const SnpCase& c);
bool report_is_signed(const SnpCase& c);
bool certificate_is_of_reported_tcb(const SnpCase& c);
bool certificate_is_of_this_chip(const SnpCase& c);
bool tcb_is_in_order(const SnpCase& c);
bool tcb_reaches_floor(const SnpCase& c);
bool no_migration_agent(const SnpCase& c);
bool id_key_is_trusted(const SnpCase& c);
inline bool has_platform(const SnpCase& c, std::uint64_t bit) { return (c.report.platform_info & bit) != 0; }

inline constexpr trust::Rule<SnpCase> kSnpRules[] = {
    {{"rp.report.format", "SNP ABI 1.58, ATTESTATION_REPORT",
      "A report has its exact layout, an accepted version, a known signature algorithm and a well-formed policy.",
      trust::Act::kDetect, trust::Kind::kConformance},
     format_is_right},
    {{"rp.chain.root", "AMD 57230, certificate chain; RFC 5280, 6.1.1 (d)",
      "The product is one that the owner accepts, and its chain ends in the root key that the owner has pinned.",
      trust::Act::kDetect},
     root_is_pinned},
    {{"rp.chain.signatures", "AMD 57230, certificate chain; RFC 5280, 6.1.3",
      "Root, intermediate and endorsement key certify each other by name and signature, and all are valid now.",
      trust::Act::kDetect},
     chain_is_signed},
    {{"rp.chain.revoked", "AMD 57230, CRL; RFC 5280, 6.3.3",
      "A current revocation list of the root is at hand where asked for, and none revokes a certificate of the chain.",
      trust::Act::kDetect},
     chain_is_not_revoked},
    {{"rp.report.signature", "SNP ABI 1.58, ATTESTATION_REPORT.SIGNATURE",
      "The report carries a signature, and it is that of the endorsement key over the bytes received.",
      trust::Act::kDetect},
     report_is_signed},
    {{"rp.tcb.certificate", "AMD 57230, TCB extensions",
      "The endorsement key is the one of exactly the reported TCB, component by component.", trust::Act::kDetect},
     certificate_is_of_reported_tcb},
    {{"rp.chip.hwid", "AMD 57230, hwID and cspID extensions",
      "The endorsement is of a kind that the owner accepts, for the reporting chip or the expected cloud provider.",
      trust::Act::kDetect},
     certificate_is_of_this_chip},
    {{"rp.chip.allow-list", "SNP ABI 1.58, ATTESTATION_REPORT.CHIP_ID",
      "The chip is one of those that the owner knows, where the owner keeps such a list.", trust::Act::kDetect},
     [](const SnpCase& c) { return !c.policy.chips || c.policy.chips->contains(c.report.chip_id); }},
    {{"rp.tcb.order", "SNP ABI 1.58, TCB_VERSION",
      "Neither the committed nor the reported TCB exceeds the current one.",
      trust::Act::kDetect, trust::Kind::kConformance},
     tcb_is_in_order},
    {{"rp.tcb.floor", "SNP ABI 1.58, ATTESTATION_REPORT.REPORTED_TCB",
      "Every component of the reported TCB, and of the committed and launch TCB where asked for, reaches the floor.",
      trust::Act::kDetect},
     tcb_reaches_floor},
    {{"rp.policy.debug", "SNP ABI 1.58, guest policy DEBUG", "The guest's memory cannot be read by debug commands.",
      trust::Act::kDetect},
     [](const SnpCase& c) { return c.policy.allow_debug || !(c.report.policy & sevproto::kPolicyDebugAllowed); }},
    {{"rp.policy.migration-agent", "SNP ABI 1.58, guest policy MIGRATE_MA",
      "No migration agent may, or does, hold the guest, unless the owner allows one.", trust::Act::kDetect},
     no_migration_agent},
    {{"rp.platform.alias-check", "SNP ABI 1.58, PLATFORM_INFO.ALIAS_CHECK_COMPLETE",
      "The firmware has found no two addresses for one memory cell since the last reset.", trust::Act::kDetect},
     [](const SnpCase& c) {
       return !c.policy.require_alias_check || has_platform(c, sevproto::kPlatformAliasCheckComplete);
     }},
    {{"rp.platform.ciphertext-hiding", "SNP ABI 1.58, PLATFORM_INFO.CIPHERTEXT_HIDING_DRAM_EN",
      "The host cannot read the ciphertext of the guest's memory.", trust::Act::kDetect},
     [](const SnpCase& c) {
       return !c.policy.require_ciphertext_hiding || has_platform(c, sevproto::kPlatformCiphertextHidingEn);
     }},
    {{"rp.vmpl", "SNP ABI 1.58, ATTESTATION_REPORT.VMPL", "The report was asked for at the privilege level expected.",
      trust::Act::kDetect},
     [](const SnpCase& c) { return c.report.vmpl == c.policy.vmpl; }},
    {{"rp.measurement", "SNP ABI 1.58, ATTESTATION_REPORT.MEASUREMENT", "What was launched is what the owner built.",
      trust::Act::kDetect},
     [](const SnpCase& c) { return c.policy.measurements.contains(c.report.measurement); }},
    {{"rp.id-key", "SNP ABI 1.58, ID block",
      "The keys that vouch for the guest's identity are trusted ones, where asked for.",
      trust::Act::kDetect},
     id_key_is_trusted},
    {{"rp.host-data", "SNP ABI 1.58, ATTESTATION_REPORT.HOST_DATA",
      "The configuration that the host chose is the one expected, where the owner expects one.", trust::Act::kDetect},
     [](const SnpCase& c) { return !c.policy.host_data || c.report.host_data == *c.policy.host_data; }},
    {{"rp.report-data", "RFC 9334, 10.2; SNP ABI 1.58, ATTESTATION_REPORT.REPORT_DATA",
      "The report was made for this nonce and this channel key.", trust::Act::kDetect},
     [](const SnpCase& c) { return c.report.report_data == c.expected_report_data; }},
};

}  // namespace relying_party
