#include "tsm/tdx/quoting/provisioning.h"

#include <algorithm>

#include "platform/crypto/der.h"
#include "platform/crypto/hash.h"
#include "tsm/tdx/quoting/quoting_enclave.h"

namespace quoting {
namespace {

namespace der = crypto::der;

constexpr char kOrganization[] = "Glacis EMULATED - not Intel";
// The vendor's own randomness, the same in every world: its signatures are older than the world.
constexpr std::uint64_t kVendorSeed = 0x746478656d756c61;

constexpr std::string_view kRoot = "Intel SGX Root CA";
constexpr std::string_view kPlatformCa = "Intel SGX PCK Platform CA";
constexpr std::string_view kProcessorCa = "Intel SGX PCK Processor CA";
constexpr std::string_view kTcbSigning = "Intel SGX TCB Signing";
constexpr std::string_view kPck = "Intel SGX PCK Certificate";

constexpr const char* kSubjectKeyId = "2.5.29.14";
constexpr const char* kAuthorityKeyId = "2.5.29.35";
constexpr const char* kCrlDistributionPoints = "2.5.29.31";
constexpr std::uint8_t kContext0Primitive = 0x80;
constexpr std::uint8_t kContext6Primitive = 0x86;

crypto::Operation signing(std::string_view purpose) { return {.actor = "tdx vendor", .purpose = purpose, .count = 0}; }

crypto::Name name(std::string_view common_name) { return {std::string(common_name), kOrganization}; }

crypto::EcKey key_of(const std::string& vendor, std::string_view whose) {
  return crypto::EcKey::derive(crypto::Curve::kP256, base::view_of("tdx vendor/" + vendor), whose);
}

// 20 bytes, positive, no two alike: some readers look a serial number up in every list they have.
base::Bytes serial_of(base::View what) {
  base::Bytes out = base::bytes_of(base::View(crypto::sha256(what)).first(20));
  out[0] = static_cast<std::uint8_t>((out[0] & 0x7f) | 0x40);
  return out;
}

// RFC 7093, 2: the first 20 bytes of a hash of the key.
base::Bytes key_id(base::View point) { return base::bytes_of(base::View(crypto::sha256(point)).first(20)); }

crypto::Extension subject_key_id(base::View point) {
  return {kSubjectKeyId, der::element(der::kOctetString, key_id(point))};
}
crypto::Extension authority_key_id(base::View point) {
  return {kAuthorityKeyId, der::sequence({der::element(kContext0Primitive, key_id(point))})};
}
crypto::Extension crl_at(std::string_view file) {
  const std::string url = "https://certificates.glacis.invalid/" + std::string(file);
  const base::Bytes uri = der::element(kContext6Primitive, base::view_of(url));
  const base::Bytes point = der::element(der::context(0), der::element(der::context(0), uri));
  return {kCrlDistributionPoints, der::sequence({der::sequence({point})})};
}

crypto::CertificateContent content_of(std::string_view subject, std::string_view issuer, base::View point,
                                      const crypto::EcKey& by) {
  return {.serial = serial_of(point),
          .subject = name(subject),
          .issuer = name(issuer),
          .not_before = authority_not_before(),
          .not_after = authority_not_after(),
          .public_key = crypto::public_key_info(point),
          .extensions = {authority_key_id(by.public_point()), crl_at(issuer == kRoot ? "root.crl" : "pck.crl"),
                         subject_key_id(point)}};
}

crypto::Certificate issued(const crypto::CertificateContent& content, const crypto::EcKey& by) {
  crypto::Library library(kVendorSeed);
  return crypto::issue(content, library, signing("certificate"), by);
}

crypto::Certificate certificate(const std::string& vendor, std::string_view subject, bool is_authority) {
  const crypto::EcKey root = key_of(vendor, kRoot);
  auto content = content_of(subject, kRoot, key_of(vendor, subject).public_point(), root);
  content.extensions.push_back(is_authority ? crypto::key_usage_authority() : crypto::key_usage_signature());
  content.extensions.push_back(crypto::basic_constraints(is_authority));
  return issued(content, root);
}

std::string_view name_of(PckAuthority authority) {
  return authority == PckAuthority::kPlatform ? kPlatformCa : kProcessorCa;
}

crypto::RevocationList list(const std::string& vendor, std::string_view issuer, const std::vector<base::Bytes>& serials,
                            crypto::CalendarTime this_update, crypto::CalendarTime next_update) {
  crypto::Library library(kVendorSeed);
  const crypto::RevocationContent content{name(issuer), this_update, next_update, serials};
  return crypto::issue(content, library, signing("revocation list"), key_of(vendor, issuer));
}

tdxproto::SignedJson signed_json(const std::string& vendor, std::string_view message, std::string body,
                                 const Edit& edit) {
  base::Bytes raw = base::bytes_of(body);
  if (edit) edit(message, raw);
  crypto::Library library(kVendorSeed);
  tdxproto::SignedJson out{.body = base::text_of(raw)};
  const auto signature = key_of(vendor, kTcbSigning).sign(library, signing(message), raw);
  std::ranges::copy(signature.joined(), out.signature.begin());
  return out;
}

std::uint8_t one_less(std::uint8_t svn) { return svn > 0 ? static_cast<std::uint8_t>(svn - 1) : svn; }

tdxproto::TcbLevelState state_of(tdxproto::TcbStatus status, crypto::CalendarTime date,
                                 std::vector<std::string> advisories) {
  return {.date = date, .status = status, .advisories = std::move(advisories)};
}

constexpr const char* kAdvisory = "GLACIS-SA-00001";
constexpr const char* kAdvisoryOld = "GLACIS-SA-00002";

// The platform's own level, the one below it in each component, and everything older.
std::vector<tdxproto::PlatformTcbLevel> levels_around(const Platform& platform, const base::Block<16>& tee_tcb_svn,
                                                      crypto::CalendarTime date) {
  tdxproto::PlatformTcbLevel now, before, ever;
  for (std::size_t i = 0; i < tee_tcb_svn.size(); ++i) {
    // The major version of the module is no SVN.
    const std::uint8_t sgx = platform.tcb.components[i], tdx = i == 1 ? 0 : tee_tcb_svn[i];
    now.sgx_components[i].svn = sgx;
    now.tdx_components[i].svn = tdx;
    before.sgx_components[i].svn = one_less(sgx);
    before.tdx_components[i].svn = one_less(tdx);
  }
  now.tdx_components[0].type = before.tdx_components[0].type = ever.tdx_components[0].type = "TDX Module";
  now.pce_svn = platform.tcb.pce_svn;
  before.pce_svn = platform.tcb.pce_svn > 0 ? static_cast<std::uint16_t>(platform.tcb.pce_svn - 1) : 0;
  using Status = tdxproto::TcbStatus;
  now.state = state_of(Status::kUpToDate, date, {});
  before.state = state_of(Status::kOutOfDate, date, {kAdvisory});
  ever.state = state_of(Status::kRevoked, date, {kAdvisory, kAdvisoryOld});
  return {now, before, ever};
}

std::vector<tdxproto::SvnTcbLevel> levels_around(std::uint16_t isv_svn, crypto::CalendarTime date) {
  using Status = tdxproto::TcbStatus;
  std::vector<tdxproto::SvnTcbLevel> out{{isv_svn, state_of(Status::kUpToDate, date, {})}};
  if (isv_svn > 1) out.push_back({isv_svn - 1u, state_of(Status::kOutOfDate, date, {kAdvisory})});
  if (isv_svn > 0) out.push_back({0, state_of(Status::kRevoked, date, {kAdvisory, kAdvisoryOld})});
  return out;
}

}  // namespace

Provisioning::Provisioning(std::string vendor)
    : vendor_(std::move(vendor)),
      root_(certificate(vendor_, kRoot, true)),
      platform_ca_(certificate(vendor_, kPlatformCa, true)),
      processor_ca_(certificate(vendor_, kProcessorCa, true)),
      tcb_signing_(certificate(vendor_, kTcbSigning, false)) {}

const crypto::Certificate& Provisioning::ca_of(PckAuthority authority) const {
  return authority == PckAuthority::kPlatform ? platform_ca_ : processor_ca_;
}

crypto::Certificate Provisioning::pck_certificate(const Platform& platform) const {
  const std::string_view issuer = name_of(platform.authority);
  const crypto::EcKey by = key_of(vendor_, issuer);
  auto content = content_of(kPck, issuer, platform.pck_key().public_point(), by);
  content.not_before = pck_not_before();
  content.not_after = pck_not_after();
  content.extensions.push_back(crypto::key_usage_signature());
  content.extensions.push_back(crypto::basic_constraints(false));
  content.extensions.push_back({tdxproto::kSgxExtensionOid, tdxproto::encode_pck_extension(platform.pck_extension())});
  return issued(content, by);
}

std::vector<crypto::Certificate> Provisioning::pck_chain(const Platform& platform) const {
  return {pck_certificate(platform), ca_of(platform.authority), root_};
}

crypto::RevocationList Provisioning::root_crl(const std::vector<base::Bytes>& serials, crypto::CalendarTime this_update,
                                              crypto::CalendarTime next_update) const {
  return list(vendor_, kRoot, serials, this_update, next_update);
}
crypto::RevocationList Provisioning::pck_crl(PckAuthority authority, const std::vector<base::Bytes>& serials,
                                             crypto::CalendarTime this_update, crypto::CalendarTime next_update) const {
  return list(vendor_, name_of(authority), serials, this_update, next_update);
}

tdxproto::SignedJson Provisioning::signed_tcb_info(const tdxproto::TcbInfo& info, const Edit& edit) const {
  return signed_json(vendor_, "tdx.TCB_INFO", tdxproto::to_json(info), edit);
}
tdxproto::SignedJson Provisioning::signed_qe_identity(const tdxproto::QeIdentity& identity, const Edit& edit) const {
  return signed_json(vendor_, "tdx.QE_IDENTITY", tdxproto::to_json(identity), edit);
}

Service Service::for_platform(const Platform& platform, const base::Block<16>& tee_tcb_svn, crypto::CalendarTime issued,
                              crypto::CalendarTime next_update) {
  constexpr std::uint32_t kEvaluationDataNumber = 18;
  Service out;
  out.authority = platform.authority;
  out.crl_this_update = issued;
  out.crl_next_update = next_update;

  tdxproto::TcbInfo& info = out.tcb_info;
  info.issue_date = issued;
  info.next_update = next_update;
  info.fmspc = platform.fmspc;
  info.pce_id = platform.pce_id;
  info.tcb_evaluation_data_number = kEvaluationDataNumber;
  info.levels = levels_around(platform, tee_tcb_svn, issued);
  if (tee_tcb_svn[1] > 0)
    info.module_identities.push_back({.id = tdxproto::module_identity_id(tee_tcb_svn[1]),
                                      .module = info.module,
                                      .levels = levels_around(tee_tcb_svn[0], issued)});

  tdxproto::QeIdentity& qe = out.qe_identity;
  const tdxproto::EnclaveReport honest = quoting_enclave_identity();
  qe.issue_date = issued;
  qe.next_update = next_update;
  qe.tcb_evaluation_data_number = kEvaluationDataNumber;
  // The QE may or may not hold the launch key's attribute; its extended features are not the vendor's to say.
  qe.attributes_mask = {0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  for (std::size_t i = 0; i < qe.attributes.size(); ++i)
    qe.attributes[i] = honest.attributes[i] & qe.attributes_mask[i];
  qe.mr_signer = honest.mr_signer;
  qe.isv_prod_id = honest.isv_prod_id;
  qe.levels = levels_around(honest.isv_svn, issued);
  return out;
}

tdxproto::Collateral Service::collateral(const Provisioning& vendor, const Edit& edit) const {
  auto bytes = [](const std::string& text) { return base::bytes_of(text); };
  tdxproto::Collateral out;
  out.pck_crl_issuer_chain = bytes(crypto::to_pem({vendor.ca_of(authority), vendor.root()}));
  out.root_ca_crl = vendor.root_crl(revoked_authorities, crl_this_update, crl_next_update).to_der();
  out.pck_crl = vendor.pck_crl(authority, revoked_platforms, crl_this_update, crl_next_update).to_der();
  out.tcb_info_issuer_chain = bytes(crypto::to_pem({vendor.tcb_signing(), vendor.root()}));
  out.tcb_info = bytes(tdxproto::join(tdxproto::kTcbInfoMember, vendor.signed_tcb_info(tcb_info, edit)));
  out.qe_identity_issuer_chain = out.tcb_info_issuer_chain;
  out.qe_identity = bytes(tdxproto::join(tdxproto::kQeIdentityMember, vendor.signed_qe_identity(qe_identity, edit)));
  return tdxproto::sized(std::move(out));
}

crypto::CalendarTime authority_not_before() { return crypto::calendar_time(2018, 5, 21); }
crypto::CalendarTime authority_not_after() { return crypto::calendar_time(2049, 12, 31); }
crypto::CalendarTime pck_not_before() { return crypto::calendar_time(2024, 1, 1); }
crypto::CalendarTime pck_not_after() { return crypto::calendar_time(2031, 1, 1); }

}  // namespace quoting
