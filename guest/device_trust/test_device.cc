#include "guest/device_trust/test_device.h"

#include "platform/crypto/der.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/signing.h"
#include "platform/protocol/spdm/transcript.h"
#include "platform/protocol/spdm/version.h"

namespace device_trust::test {

namespace der = crypto::der;
using spdm::MeasurementType;

crypto::Extension extended_key_usage(std::string_view oid) {
  return {"2.5.29.37", der::sequence({der::object_id(oid)}), true};
}
crypto::Extension spdm_mark(std::string_view oid) {
  return {spdm::kOidSpdmExtension, der::sequence({der::sequence({der::object_id(oid)})}), false};
}
crypto::Extension pci_name(std::string_view text) {
  const base::Bytes value = der::element(der::context(0), der::text(der::kUtf8String, text));
  const base::Bytes name = der::element(der::context(0), der::joined({der::object_id(spdm::kOidPciSigCma), value}));
  return {"2.5.29.17", der::sequence({name}), false};
}

crypto::EcKey key_of(const std::string& label) {
  return crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("device_trust test"), label);
}

std::vector<crypto::Certificate> issue_chain(const Chain& chain) {
  crypto::Library library(1);
  std::vector<crypto::Certificate> out;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Link& link = chain[i];
    const Link& before = i == 0 ? link : chain[i - 1];
    const std::string issuer = link.issuer.empty() ? before.name : link.issuer;
    const crypto::CertificateContent content{.serial = {link.serial},
                                             .subject = {link.name, "test"},
                                             .issuer = {issuer, "test"},
                                             .not_before = link.not_before,
                                             .not_after = link.not_after,
                                             .public_key = crypto::public_key_info(key_of(link.key).public_point()),
                                             .extensions = link.extensions};
    out.push_back(crypto::issue(content, library, {.actor = "test", .purpose = link.name, .count = 0},
                                key_of(link.signer.empty() ? before.key : link.signer)));
  }
  return out;
}

namespace {

const std::vector<crypto::Extension> kAuthority = {crypto::basic_constraints(true), crypto::key_usage_authority()};

Link leaf_of(const std::string& device, const PciIdentity& identity, std::string_view mark) {
  return {.name = device,
          .key = device,
          .extensions = {crypto::basic_constraints(false), crypto::key_usage_signature(),
                         extended_key_usage(spdm::kOidResponderAuth), pci_name(pci_name_of(identity, false)),
                         spdm_mark(mark)},
          .serial = 3};
}

template <class M>
void add(base::Bytes& to, const M& message) {
  base::append(to, wire::encode(message));
}

spdm::Header header(const TestDevice& d, spdm::Code code, std::uint8_t param1 = 0, std::uint8_t param2 = 0) {
  return {.version = d.algorithms.version, .code = code, .param1 = param1, .param2 = param2};
}

base::Bytes vca_of(const TestDevice& d) {
  base::Bytes out;
  add(out, spdm::GetVersion{});
  add(out, spdm::VersionResponse{.version_number_entry_count = 1,
                                 .version_number_entries = {spdm::version_number(d.algorithms.version)}});
  add(out, spdm::GetCapabilities{.header = header(d, spdm::Code::kGetCapabilities), .flags = spdm::kCapEncrypt});
  add(out, spdm::Capabilities{.header = header(d, spdm::Code::kCapabilities), .flags = d.capabilities});
  add(out, spdm::NegotiateAlgorithms{.header = header(d, spdm::Code::kNegotiateAlgorithms)});
  spdm::AlgorithmsResponse choice = spdm::algorithms_response(d.algorithms);
  choice.header.version = d.algorithms.version;
  add(out, choice);
  return out;
}

base::Bytes signature_of(const TestDevice& d, spdm::Purpose purpose, base::View transcript, const std::string& key) {
  crypto::Library library(1);
  return spdm::sign(d.algorithms, d.algorithms.base_asym, purpose, transcript, key_of(key), library,
                    {.actor = "test", .purpose = "sign", .count = 0});
}

spdm::Shape shape_of(const TestDevice& d) {
  spdm::Shape shape = spdm::shape_of(d.algorithms);
  shape.measurement_summary = d.summary != spdm::kSummaryNone;
  return shape;
}

base::Bytes summary_of(const TestDevice& d) {
  if (d.summary == spdm::kSummaryNone) return {};
  return d.summary_hash.value_or(spdm::measurement_summary(spdm::hash_of(d.algorithms), d.blocks));
}

SignedEvidence challenged(const TestDevice& d, const base::Bytes& vca, const base::Bytes& chain) {
  spdm::ChallengeTranscript t{.vca = vca};
  add(t.certificates, spdm::GetDigests{.header = header(d, spdm::Code::kGetDigests)});
  add(t.certificates, spdm::Digests{.header = header(d, spdm::Code::kDigests, 0, 1),
                                    .digests = crypto::hash(spdm::hash_of(d.algorithms), chain)});
  add(t.challenge, spdm::Challenge{.header = header(d, spdm::Code::kChallenge, d.proof_slot, d.summary),
                                   .nonce = d.proof_nonce});
  add(t.challenge_auth, spdm::ChallengeAuth{.header = header(d, spdm::Code::kChallengeAuth, d.proof_slot, 1),
                                            .cert_chain_hash = crypto::hash(spdm::hash_of(d.algorithms), chain),
                                            .measurement_summary_hash = summary_of(d),
                                            .shape = shape_of(d)});
  SignedEvidence out{.kind = ProofKind::kChallenge, .transcript = t.bytes()};
  out.signature = signature_of(d, spdm::Purpose::kChallengeAuth, out.transcript, d.proof_key);
  return out;
}

SignedEvidence key_exchanged(const TestDevice& d, const base::Bytes& vca, const base::Bytes& chain) {
  const spdm::Shape shape = shape_of(d);
  spdm::KeyExchangeTranscript t{.vca = vca, .certificate_chain = chain};
  add(t.key_exchange, spdm::KeyExchange{.header = header(d, spdm::Code::kKeyExchange, d.summary, d.proof_slot),
                                        .random_data = d.proof_nonce,
                                        .exchange_data = base::Bytes(shape.exchange, 0x11),
                                        .shape = shape});
  add(t.response, spdm::KeyExchangeResponse{.header = header(d, spdm::Code::kKeyExchangeRsp),
                                            .exchange_data = base::Bytes(shape.exchange, 0x22),
                                            .measurement_summary_hash = summary_of(d),
                                            .shape = shape});
  SignedEvidence out{.kind = ProofKind::kKeyExchange, .transcript = t.signed_by_responder()};
  out.signature = signature_of(d, spdm::Purpose::kKeyExchangeRsp, out.transcript, d.proof_key);
  return out;
}

SignedEvidence measured(const TestDevice& d, const base::Bytes& vca) {
  spdm::MeasurementsTranscript t{.vca = vca};
  const std::uint8_t attributes = d.measurements_signed ? spdm::kSignatureRequested : 0;
  add(t.log, spdm::GetMeasurements{
                 .header = header(d, spdm::Code::kGetMeasurements, attributes, spdm::kMeasurementAll),
                 .nonce = d.measurements_nonce,
                 .slot_id = d.measurements_slot});
  const base::Bytes record = spdm::record_of(d.blocks);
  add(t.log, spdm::Measurements{.header = header(d, spdm::Code::kMeasurements, 0, d.content_change),
                                .number_of_blocks = static_cast<std::uint8_t>(d.blocks.size()),
                                .measurement_record_length = static_cast<std::uint32_t>(record.size()),
                                .measurement_record = record});
  SignedEvidence out{.kind = ProofKind::kMeasurements,
                     .in_session = d.proof_kind == ProofKind::kKeyExchange,
                     .transcript = t.bytes(d.algorithms.version)};
  if (d.measurements_signed)
    out.signature = signature_of(d, spdm::Purpose::kMeasurements, out.transcript, d.measurements_key);
  return out;
}

spdm::MeasurementBlock raw(std::uint8_t index, MeasurementType type, base::View value) {
  return spdm::measurement_block(index, type, true, value);
}

}  // namespace

Chain honest_chain(const std::string& maker, const std::string& device, const PciIdentity& identity) {
  return {{.name = maker + " root", .key = maker + " root", .extensions = kAuthority},
          {.name = maker + " CA", .key = maker + " CA", .extensions = kAuthority, .serial = 2},
          leaf_of(device, identity, spdm::kOidHardwareIdentity)};
}

Chain alias_chain(const std::string& maker, const std::string& device, const PciIdentity& identity) {
  Chain chain = honest_chain(maker, device, identity);
  std::vector<crypto::Extension> extensions = kAuthority;
  extensions.push_back(spdm_mark(spdm::kOidHardwareIdentity));
  chain.back() = {.name = device + " CA", .key = device + " CA", .extensions = extensions, .serial = 3};
  chain.push_back(leaf_of(device, identity, spdm::kOidMutableCertificate));
  return chain;
}

crypto::RevocationList list_of(const Link& issuer, std::vector<base::Bytes> serials, crypto::CalendarTime next_update) {
  crypto::Library library(1);
  return crypto::issue({.issuer = {issuer.name, "test"},
                        .this_update = crypto::calendar_time(2026, 1, 1),
                        .next_update = next_update,
                        .serials = std::move(serials)},
                       library, {.actor = "test", .purpose = "crl", .count = 0}, key_of(issuer.key));
}

TestDevice::TestDevice()
    : capabilities(spdm::kCapCert | spdm::kCapChallenge | spdm::kCapMeasurementsSigned | spdm::kCapEncrypt |
                   spdm::kCapMac | spdm::kCapKeyExchange) {
  question.now = crypto::calendar_time(2026, 6, 1);
  question.held = {.session = true, .locked = true};
  Seen& seen = question.seen;
  seen.identity = {.vendor_id = 0x1b36,
                   .device_id = 0x0100,
                   .class_code = 0x120000,
                   .revision = 1,
                   .subsystem = PciIdentity::Subsystem{.vendor_id = 0x1af4, .id = 0x1100},
                   .serial_number = 0x0123456789abcdef};
  seen.interface = interface = {.bits = 0x0100};
  seen.bars = {{.index = 0, .address = 0x4'd000'0000, .size = 0x10000},
               {.index = 2, .address = 0x4'd010'0000, .size = 0x2000}};
  seen.msix = Msix{.control = 0x8003, .table_bar = 2, .table_offset = 0x1000, .pba_bar = 2, .pba_offset = 0x1800};

  Asked& asked = question.asked;
  proof_nonce.fill(0xa1);
  measurements_nonce.fill(0xa2);
  asked.proof = proof_nonce;
  asked.measurements = measurements_nonce;
  asked.lock_flags = tdisp::kLockNoFwUpdate | tdisp::kLockMsix;
  asked.mmio_reporting_offset = 0x7f'0000'0000;

  slots[0] = honest_chain("vendor", "device", seen.identity);
  policy.chain.keyring = {{.root = issue_chain(*slots[0]).front(), .vendors = {seen.identity.vendor_id}}};

  const base::Bytes firmware(48, 0xf1), version = base::bytes_of("1.2.3"), number{5, 0, 0, 0, 0, 0, 0, 0};
  const spdm::DeviceMode mode{.operational_mode_state = spdm::kModeNormal};
  blocks = {spdm::measurement_block(1, MeasurementType::kMutableFirmware, false, firmware),
            raw(0x10, MeasurementType::kVersion, version), raw(0x11, MeasurementType::kSecureVersionNumber, number),
            raw(spdm::kIndexDeviceMode, MeasurementType::kDeviceMode, wire::encode(mode))};
  policy.measurements.references[1] = {.type = MeasurementType::kMutableFirmware, .raw = false, .values = {firmware}};
  policy.measurements.security_version_min = 5;
  policy.measurements.versions = {"1.2.3"};
  policy.measurements.require_device_mode = true;

  report.interface_info = tdisp::kInfoNoFwUpdateAfterLock | tdisp::kInfoDmaWithoutPasid;
  report.msix_message_control = seen.msix->control;
  report.mmio_ranges = {{.first_page = 0x83d0000, .page_count = 16, .attributes = 0, .range_id = 0},
                        {.first_page = 0x83d0100, .page_count = 1, .attributes = 0, .range_id = 2},
                        {.first_page = 0x83d0101,
                         .page_count = 1,
                         .attributes = tdisp::kRangeMsixTable | tdisp::kRangeMsixPba,
                         .range_id = 2}};
  report.device_specific_info = base::bytes_of("DEMO");
  policy.interface.device_info = crypto::sha384(report.device_specific_info);
}

DeviceEvidence TestDevice::evidence() const {
  DeviceEvidence out{.vca = vca_of(*this),
                     .interface = interface,
                     .state = state,
                     .report_in_session = report_in_session};
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    if (!slots[slot]) continue;
    std::vector<base::Bytes> ders;
    for (const crypto::Certificate& certificate : issue_chain(*slots[slot])) ders.push_back(certificate.to_der());
    out.slots[slot] = {.model = models[slot],
                       .chain = spdm::certificate_chain_of(spdm::hash_of(algorithms), ders)};
  }
  const base::Bytes& chain = out.slots[proof_slot].chain;
  out.proof = proof_kind == ProofKind::kChallenge ? challenged(*this, out.vca, chain)
                                                  : key_exchanged(*this, out.vca, chain);
  out.measurements = measured(*this, out.vca);
  tdisp::InterfaceReport sized = report;
  sized.mmio_range_count = static_cast<std::uint32_t>(sized.mmio_ranges.size());
  sized.device_specific_info_length = static_cast<std::uint32_t>(sized.device_specific_info.size());
  out.report = wire::encode(sized);
  return out;
}

TsmDigests TestDevice::tsm_digests(const DeviceEvidence& evidence) const {
  return {.certificates = crypto::sha384(evidence.slots[proof_slot].chain),
          .measurements = crypto::sha384(evidence.measurements.transcript),
          .report = crypto::sha384(evidence.report)};
}

Decision TestDevice::judged(trust::Defences& defences) const {
  return judge(evidence(), question, policy, defences, "vm0");
}
std::string TestDevice::verdict(trust::Defences& defences) const { return test::verdict(judged(defences)); }
std::string TestDevice::verdict() const {
  trust::Defences defences;
  return verdict(defences);
}

std::string verdict(const Decision& decision) {
  return decision.refusal ? std::string(decision.refusal->by->id) : "accepted";
}

}  // namespace device_trust::test
