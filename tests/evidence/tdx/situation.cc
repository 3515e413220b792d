#include "tests/evidence/tdx/situation.h"

#include <algorithm>

#include "platform/base/check.h"

namespace tdx_evidence {
namespace {

constexpr tdxproto::PlatformTcb kTcb{.components = {3, 3, 2, 2, 4, 1, 0, 5}, .pce_svn = 11};
constexpr std::array<std::uint8_t, 16> kModuleSvn{6, 1, 3};  // SVN 6 of major version 1; the third counts microcode

tdxproto::Measurement filled(std::uint8_t with) {
  tdxproto::Measurement out;
  out.fill(with);
  return out;
}

}  // namespace

Situation::Situation(std::uint16_t v)
    : version(v),
      platform(quoting::Platform::from_seed(base::view_of("platform 0"), kTcb)),
      certified(platform),
      now(crypto::calendar_time(2026, 6, 1)) {
  service = quoting::Service::for_platform(platform, kModuleSvn, crypto::calendar_time(2026, 5, 20),
                                           crypto::calendar_time(2026, 6, 20));
  report.tee_tcb_info.tee_tcb_svn = report.tee_tcb_info.tee_tcb_svn2 = kModuleSvn;
  report.tee_tcb_info.mr_seam = filled(0x5e);
  report.td_info.attributes = tdxproto::kAttributesSeptVeDisable;
  report.td_info.xfam = 0x602e7;
  report.td_info.mr_td = filled(0x7d);
  report.td_info.mr_config_id = filled(0xc1);
  report.td_info.mr_owner = filled(0x01);
  report.td_info.mr_owner_config = filled(0x02);
  report.mac_struct.report_data.fill(0xda);

  using tdxproto::event_of;
  log.events = {event_of(1, tdxproto::kEventEfiPlatformFirmwareBlob2, base::view_of("firmware volume")),
                event_of(1, tdxproto::kEventSeparator, base::Bytes(4)),
                event_of(2, tdxproto::kEventEfiBootServicesApplication, base::view_of("boot loader")),
                event_of(3, tdxproto::kEventIpl, base::view_of("kernel")),
                event_of(3, tdxproto::kEventIpl, base::view_of("command line"))};
  report.td_info.rtmr = tdxproto::replay(log);

  expected.fill(0xda);
  policy.root = quoting::Provisioning(vendor).root();
  policy.mr_tds = {report.td_info.mr_td};
  policy.platforms = {platform.ppid};
  policy.minimum_tcb_evaluation_data_number = service.tcb_info.tcb_evaluation_data_number;
  policy.mr_seams = {report.tee_tcb_info.mr_seam};
  policy.mr_config_id = report.td_info.mr_config_id;
  policy.mr_owner = report.td_info.mr_owner;
  policy.mr_owner_config = report.td_info.mr_owner_config;
  for (std::size_t i : {0u, 1u, 3u}) policy.rtmrs[i].values = {report.td_info.rtmr[i]};
  policy.rtmrs[2].events =
      relying_party::TdxEventPolicy{.required = {log.events[3].digest, log.events[4].digest}, .allowed = {}};
}

std::vector<crypto::Certificate> Situation::pck_chain() const {
  return quoting::Provisioning(vendor).pck_chain(certified);
}

base::Bytes Situation::sealed_report() const { return platform.report_key().seal(report); }

Carried Situation::carried() const {
  crypto::Library library(1);
  quoting::QuotingEnclave enclave(library, platform, pck_chain(), qe);
  auto quote = enclave.quote(sealed_report(), version, edit_quote);
  base::check(quote.has_value(), "a quoting enclave quotes a report of its own platform");
  for (std::size_t at : flips) quote->at(at) ^= 1;
  return {.quote = *quote,
          .collateral = wire::encode(service.collateral(quoting::Provisioning(tcb_vendor), edit_service)),
          .event_log = tdxproto::encode_event_log(log)};
}

trust::Result<relying_party::TdxAppraisal> Situation::appraise(const Carried& carried) const {
  trust::Defences defences;
  return relying_party::appraise(
      relying_party::TdxEvidence{
          .quote = carried.quote, .collateral = carried.collateral, .event_log = carried.event_log},
      policy, expected, now, defences);
}

std::string Situation::appraised() const { return verdict(appraise(carried())); }

std::string Situation::verdict(const trust::Result<relying_party::TdxAppraisal>& result) {
  return result ? "accepted" : std::string(result.refusal().by->id);
}

quoting::Edit set_bytes(std::string message, std::size_t offset, base::Bytes to) {
  return [=](std::string_view name, base::Bytes& bytes) {
    if (name == message) std::ranges::copy(to, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  };
}

quoting::Edit flip(std::string message, std::size_t offset) {
  return [=](std::string_view name, base::Bytes& bytes) {
    if (name == message) bytes.at(offset) ^= 1;
  };
}

}  // namespace tdx_evidence
