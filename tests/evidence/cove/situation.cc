#include "tests/evidence/cove/situation.h"

#include "platform/crypto/hash.h"

namespace cove_evidence {

using coveproto::extended;

Situation::Situation() : platform(attest::Platform::from_seed(base::view_of("chip0"))), now(crypto::calendar_time(2026, 1, 15)) {
  tvm.id = 1;
  const auto boot = platform.boot_registers();
  std::copy(boot.begin(), boot.end(), tvm.registers.begin());
  tvm.registers[4] = coveproto::extended_by_page({}, 0x1000, base::Bytes(4096, 7));
  tvm.registers[5] = coveproto::extended_by_entry({}, 0x1000, 0);
  tvm.identity.emplace();
  tvm.identity->fill(0x1D);
  log = {{6, crypto::sha384(base::view_of("kernel")), "kernel"}, {7, crypto::sha384(base::view_of("console=ttyS0")), "command line"}};
  const auto runtime = coveproto::replay(log);
  std::copy(runtime.begin(), runtime.end(), tvm.registers.begin() + coveproto::kInitialRegisters);
  challenge.fill(0xC4);
  expected = challenge;

  policy.root = attest::Vendor().root();
  policy.platforms = {coveproto::id_of(coveproto::key_of(platform.uds).public_point())};
  policy.manufacturer = platform.manufacturer_id;
  for (const auto* one : {&platform.firmware[0], &platform.firmware[1], &platform.driver, &platform.tsm})
    policy.components[one->type] = {.svn_min = std::stoul(one->svn), .measurements = {one->measurement}, .signers = {one->signer}};
  policy.initial = {{4, {tvm.registers[4]}}, {5, {tvm.registers[5]}}};
  policy.runtime = {{6, {.values = {tvm.registers[6]}, .events = std::vector{log[0].digest}}}, {7, {.values = {tvm.registers[7]}, .events = {}}}};
  policy.identity = tvm.identity;
}

Carried Situation::carried() const {
  crypto::Library library(1);
  attest::Layers layers(library, platform, edit);
  const auto key = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("guest"), "TVM key");
  const auto made = layers.evidence({tvm, cbor::encode(cose::ec2_key(key.public_point())), challenge, format});
  Carried out{.certificate = made.value(), .endorsement = attest::Vendor(vendor).endorse(platform).to_der(), .event_log = {}};
  out.event_log = coveproto::encode_event_log(log);
  if (format == coveproto::kCertificateX509 && (alter || certificate_signer)) {
    auto content = crypto::Certificate::from_der(out.certificate)->content();
    if (alter) alter(content);
    out.certificate = crypto::issue(content, library, {.actor = "test", .purpose = "again", .count = 0},
                                    certificate_signer.value_or(coveproto::key_of(platform.tsm_cdi()))).to_der();
  }
  if (format == coveproto::kCertificateX509 || (!tvm_signer && !certificate_signer)) return out;
  // Taken apart and signed anew by somebody else.
  auto envelope = *cose::decode_sign1(out.certificate);
  auto certificate = *coveproto::certificate_of(*coveproto::claims_of_cwt(envelope.payload));
  auto tokens = *coveproto::tokens_of(certificate.evidence);
  const auto tsm = coveproto::key_of(platform.tsm_cdi());
  const auto sign = [&](base::Bytes payload, const crypto::EcKey& by) {
    return cose::sign1(library, {.actor = "test", .purpose = "again", .count = 0}, by, std::move(payload), cose::Algorithm::kEs384);
  };
  if (tvm_signer) tokens.tvm = sign(tokens.tvm.payload, *tvm_signer);
  certificate.evidence = coveproto::evidence_of(tokens);
  out.certificate = cose::encode_sign1(sign(coveproto::cwt_of(coveproto::claims_of(certificate)), certificate_signer.value_or(tsm)));
  return out;
}

trust::Result<relying_party::CoveAppraisal> Situation::appraise(const Carried& carried) const {
  trust::Defences defences;
  return relying_party::appraise({carried.certificate, carried.endorsement, carried.event_log}, policy, expected, now, defences);
}

std::string Situation::verdict(const trust::Result<relying_party::CoveAppraisal>& result) {
  return result ? "accepted" : std::string(result.refusal().by->id);
}

attest::Edit set_claim(std::string token, std::string path, cbor::Value to) {
  return [=](std::string_view name, cbor::Value& claims) {
    if (name == token) base::check(cbor::edit(claims, path, to), "a test names a claim that is there");
  };
}

attest::Edit drop_claim(std::string token, std::string path) {
  return [=](std::string_view name, cbor::Value& claims) {
    if (name == token) base::check(cbor::erase(claims, path), "a test names a claim that is there");
  };
}

}  // namespace cove_evidence
