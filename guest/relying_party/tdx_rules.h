#pragma once
// What makes the owner turn a TD quote down, in the order in which a verifier looks. A row stands for itself: an absent
// part answers "no" wherever it is asked.
//
// Clauses: "DCAP" is Intel's SGX/TDX DCAP Quote Library API; "PCS" the provisioning service's API 4; "TDX module ABI"
// the Intel TDX module 1.5 ABI specification.
#include "guest/relying_party/tdx_endorsement.h"
#include "guest/relying_party/tdx_policy.h"
#include "guest/relying_party/tdx_tcb.h"
#include "platform/trust/defence.h"

namespace relying_party {

// A quote as received, what came with it, and what the owner expects.
struct TdxCase {
  const TdxPolicy& policy;
  const base::Block<64>& expected_report_data;
  crypto::CalendarTime now = 0;

  std::optional<tdxproto::ReadQuote> quote;  // empty: no quote
  TdxEndorsement endorsement;
  std::optional<tdxproto::EventLog> log;

  // All zero when there is none.
  tdxproto::QuoteContent content() const { return quote ? quote->content : tdxproto::QuoteContent{}; }
  std::uint64_t attributes() const { return content().body.td_attributes; }
};

// How the platform with its module, and the quoting enclave, stand on the vendor's lists. Empty when they stand
// nowhere.
std::optional<TdxTcbVerdict> tcb_of(const TdxCase& c);
std::optional<TdxTcbVerdict> qe_tcb_of(const TdxCase& c);

// The questions that take more than a line, in tdx_checks.cc.
bool tdx_format_is_right(const TdxCase& c);
bool tdx_root_is_pinned(const TdxCase& c);
bool tdx_chain_is_signed(const TdxCase& c);
bool tdx_chain_is_not_revoked(const TdxCase& c);
bool qe_report_is_signed(const TdxCase& c);
bool qe_vouches_for_key(const TdxCase& c);
bool quote_is_signed(const TdxCase& c);
bool collateral_is_signed(const TdxCase& c);
bool collateral_is_current(const TdxCase& c);
bool qe_is_the_vendors(const TdxCase& c);
bool qe_level_is_accepted(const TdxCase& c);
bool tcb_info_is_of_this_platform(const TdxCase& c);
bool module_is_the_vendors(const TdxCase& c);
bool tcb_level_is_accepted(const TdxCase& c);
bool platform_is_known(const TdxCase& c);
bool features_are_as_allowed(const TdxCase& c);
bool owner_is_as_expected(const TdxCase& c);
bool rtmrs_have_expected_values(const TdxCase& c);
bool log_replays(const TdxCase& c);
bool events_are_as_expected(const TdxCase& c);

inline constexpr trust::Rule<TdxCase> kTdxRules[] = {
    {{"owner.tdx.quote.format", "DCAP, A.3 and A.4, quote format",
      "A quote has its exact layout, a known version, an ECDSA P-256 key, a TD's body and no undefined attributes.",
      trust::Act::kDetect, trust::Kind::kConformance},
     tdx_format_is_right},
    {{"owner.tdx.chain.root", "Intel PCK certificate profile 1.5, 1; RFC 5280, 6.1.1 (d)",
      "The chain in the quote ends in the root key that the owner has pinned.", trust::Act::kDetect},
     tdx_root_is_pinned},
    {{"owner.tdx.chain.signatures", "Intel PCK certificate profile 1.5, 1; RFC 5280, 6.1.3",
      "Root, authority and PCK certificate certify each other by name and signature, and all are valid now.",
      trust::Act::kDetect},
     tdx_chain_is_signed},
    {{"owner.tdx.chain.revoked", "Intel PCK certificate profile 1.5, 2; RFC 5280, 6.3.3",
      "Current revocation lists of the root and of the PCK authority are at hand where asked for, and none revokes a "
      "certificate of the chain.",
      trust::Act::kDetect},
     tdx_chain_is_not_revoked},
    {{"owner.tdx.qe.signature", "DCAP, A.4, QE report certification data",
      "The platform's PCK key signed the report of the quoting enclave.", trust::Act::kDetect,
      trust::Kind::kConformance},
     qe_report_is_signed},
    {{"owner.tdx.qe.key-binding", "DCAP, A.4, QE report's report data",
      "The quoting enclave vouches for exactly this attestation key.", trust::Act::kDetect, trust::Kind::kConformance},
     qe_vouches_for_key},
    {{"owner.tdx.quote.signature", "DCAP, A.4, ECDSA 256-bit quote signature",
      "The attestation key signed the quote's header and body, as they were received.", trust::Act::kDetect},
     quote_is_signed},
    {{"owner.tdx.collateral.signatures", "PCS, TCB info and QE identity",
      "The vendor signed TCB info and QE identity, byte by byte, by a certificate that is good now.",
      trust::Act::kDetect, trust::Kind::kConformance},
     collateral_is_signed},
    {{"owner.tdx.collateral.current", "PCS, issueDate, nextUpdate, tcbEvaluationDataNumber",
      "TCB info and QE identity are of today, and no older than the owner has seen.", trust::Act::kDetect,
      trust::Kind::kConformance},
     collateral_is_current},
    {{"owner.tdx.qe.identity", "PCS, Get TDX QE identity, MISCSELECT, ATTRIBUTES, MRSIGNER, ISVPRODID",
      "The quoting enclave is the vendor's, and no debugger reads it.", trust::Act::kDetect, trust::Kind::kConformance},
     qe_is_the_vendors},
    {{"owner.tdx.qe.level", "PCS, Get TDX QE identity, tcbLevels",
      "The quoting enclave's version has a status that the owner accepts.", trust::Act::kDetect,
      trust::Kind::kConformance},
     qe_level_is_accepted},
    {{"owner.tdx.tcb.platform", "PCS, Get TDX TCB info, fmspc and pceId",
      "TCB info is that of the family of platforms which the PCK certificate names.", trust::Act::kDetect,
      trust::Kind::kConformance},
     tcb_info_is_of_this_platform},
    {{"owner.tdx.tcb.module", "PCS, Get TDX TCB info, tdxModule and tdxModuleIdentities",
      "The TDX module is the vendor's, with the attributes that it demands, and one that the owner knows where it "
      "asks.",
      trust::Act::kDetect, trust::Kind::kConformance},
     module_is_the_vendors},
    {{"owner.tdx.tcb.level", "PCS, Get TDX TCB info, tcbLevels",
      "The platform and its TDX module reach a level, in each component, whose status the owner accepts.",
      trust::Act::kDetect},
     tcb_level_is_accepted},
    {{"owner.tdx.platform.allow-list", "Intel PCK certificate profile 1.5, 1.3, PPID",
      "The platform is one of those that the owner knows, where the owner keeps such a list.", trust::Act::kDetect},
     platform_is_known},
    {{"owner.tdx.attributes.debug", "TDX module ABI, ATTRIBUTES.TUD",
      "The TD's memory and registers cannot be read by debug commands.", trust::Act::kDetect},
     [](const TdxCase& c) { return c.policy.allow_debug || !(c.attributes() & tdxproto::kAttributesDebugGroup); }},
    {{"owner.tdx.attributes.sept-ve-disable", "TDX module ABI, ATTRIBUTES.SEPT_VE_DISABLE",
      "A page that the host takes away stops the TD, and raises no exception in it.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const TdxCase& c) {
       return !c.policy.require_sept_ve_disable || (c.attributes() & tdxproto::kAttributesSeptVeDisable);
     }},
    {{"owner.tdx.attributes.migratable", "TDX module ABI, ATTRIBUTES.MIGRATABLE",
      "The TD cannot be moved to another platform, unless the owner allows it.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const TdxCase& c) { return c.policy.allow_migration || !(c.attributes() & tdxproto::kAttributesMigratable); }},
    {{"owner.tdx.service-td", "TDX module ABI, SERVTD_HASH", "The TDs that may act on this one are those expected.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const TdxCase& c) { return c.content().body15.mr_service_td == c.policy.mr_service_td; }},
    {{"owner.tdx.xfam", "TDX module ABI, XFAM",
      "The TD has the processor features asked for and no others than allowed.", trust::Act::kDetect,
      trust::Kind::kConformance},
     features_are_as_allowed},
    {{"owner.tdx.mrtd", "TDX module ABI, TDINFO_STRUCT.MRTD", "What was built is what the owner built.",
      trust::Act::kDetect},
     [](const TdxCase& c) { return c.policy.mr_tds.contains(c.content().body.mr_td); }},
    {{"owner.tdx.mrconfigid", "TDX module ABI, TDINFO_STRUCT.MRCONFIGID",
      "The configuration that the host chose is the one expected, where the owner expects one.", trust::Act::kDetect},
     [](const TdxCase& c) {
       return !c.policy.mr_config_id || c.content().body.mr_config_id == *c.policy.mr_config_id;
     }},
    {{"owner.tdx.mrowner", "TDX module ABI, TDINFO_STRUCT.MROWNER and MROWNERCONFIG",
      "The owner that the host named, and its configuration, are those expected, where the owner expects any.",
      trust::Act::kDetect, trust::Kind::kConformance},
     owner_is_as_expected},
    {{"owner.tdx.rtmr.values", "TDX module ABI, TDINFO_STRUCT.RTMR",
      "Each run-time register has a value that the owner expects, where it expects any.", trust::Act::kDetect},
     rtmrs_have_expected_values},
    {{"owner.tdx.rtmr.replay", "UEFI 2.10, 38.4; TDX module ABI, TDG.MR.RTMR.EXTEND",
      "An event log that the owner reads comes to exactly the registers quoted.", trust::Act::kDetect},
     log_replays},
    {{"owner.tdx.rtmr.events", "UEFI 2.10, 38.4",
      "What the TD measured is what the owner asked for, and nothing besides.", trust::Act::kDetect},
     events_are_as_expected},
    {{"owner.tdx.report-data", "RFC 9334, 10.2; TDX module ABI, REPORTDATA",
      "The quote was made for this nonce and this channel key.", trust::Act::kDetect},
     [](const TdxCase& c) { return c.quote && c.quote->content.body.report_data == c.expected_report_data; }},
};

}  // namespace relying_party
