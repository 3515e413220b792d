#include "tsm/cove/attest/layers.h"

#include "platform/crypto/hash.h"
#include "platform/protocol/cose/key.h"
#include "platform/protocol/cove/x509_form.h"

namespace attest {

Layers::Layers(crypto::Library& library, Platform platform, Edit edit)
    : library_(library), platform_(std::move(platform)), edit_(std::move(edit)) {}

cose::Sign1 Layers::sign(std::string_view token, cbor::Value claims, const crypto::EcKey& key) {
  if (edit_) edit_(token, claims);
  return cose::sign1(library_, {.actor = "cove", .purpose = token, .count = signatures_++}, key, coveproto::cwt_of(std::move(claims)),
                     cose::algorithm_for(key.curve()));
}

cose::Sign1 Layers::platform_token() {
  const coveproto::PlatformToken claims{.public_key = coveproto::key_of(platform_.platform_cdi()).public_point(),
                                        .manufacturer_id = platform_.manufacturer_id,
                                        .state = platform_.state,
                                        .components = platform_.firmware};
  return sign("cove.PLATFORM_TOKEN", coveproto::claims_of(claims), coveproto::key_of(platform_.uds));
}

cose::Sign1 Layers::tsm_token() {
  const coveproto::TsmToken claims{.public_key = coveproto::key_of(platform_.tsm_cdi()).public_point(),
                                   .driver = platform_.driver,
                                   .tsm = platform_.tsm};
  return sign("cove.TSM_TOKEN", coveproto::claims_of(claims), coveproto::key_of(platform_.platform_cdi()));
}

cose::Sign1 Layers::tvm_token(const coveproto::TvmToken& claims, const crypto::EcKey& key) {
  return sign("cove.TVM_TOKEN", coveproto::claims_of(claims), key);
}

std::optional<base::Bytes> Layers::evidence(const About& about) {
  const auto key_value = cbor::decode(about.public_key);
  const auto point = key_value ? cose::ec2_point(*key_value) : std::nullopt;
  if (!point || point->size() != 2 * crypto::width_of(crypto::Curve::kP384)) return std::nullopt;
  coveproto::TvmToken claims{.challenge = about.challenge, .identity = about.tvm.identity, .public_key = *point};
  claims.runtime.emplace();
  for (unsigned i = 0; i < coveproto::kRegisters; ++i)
    (coveproto::is_runtime(i) ? *claims.runtime : claims.initial).push_back({.index = i, .value = base::bytes_of(about.tvm.registers[i])});
  const auto tsm_cdi = platform_.tsm_cdi();
  const auto key = coveproto::key_of(tsm_cdi);
  const auto tvm_key = coveproto::key_of(coveproto::next_cdi(tsm_cdi, tvm_measured(about.tvm.registers)));
  coveproto::Tokens tokens{.platform = platform_token(), .tsm = tsm_token(), .tvm = tvm_token(claims, key)};
  const coveproto::Certificate certificate{.issuer = coveproto::id_of(key.public_point()),
                                           .subject = coveproto::id_of(tvm_key.public_point()),
                                           .evidence = coveproto::evidence_of(tokens)};
  if (about.format == coveproto::kCertificateCbor) return cose::encode_sign1(sign("cove.CERTIFICATE", coveproto::claims_of(certificate), key));
  cbor::Value outer = coveproto::claims_of(certificate);
  if (edit_) edit_("cove.CERTIFICATE", outer);
  const auto content = coveproto::x509_content(coveproto::certificate_of(outer).value_or(certificate), tvm_key.public_point());
  return crypto::issue(content, library_, {.actor = "cove", .purpose = "cove.CERTIFICATE", .count = signatures_++}, key).to_der();
}

coveproto::Digest tvm_measured(const std::array<coveproto::Digest, coveproto::kRegisters>& registers) {
  crypto::Hash384 hash;
  hash.update(registers[coveproto::kTvmPagesRegister]).update(registers[coveproto::kTvmConfigurationRegister]);
  return hash.finish();
}

}  // namespace attest
