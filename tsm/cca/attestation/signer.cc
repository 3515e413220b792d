#include "tsm/cca/attestation/signer.h"

#include "platform/protocol/cose/key.h"

namespace attestation {
namespace {

base::Bytes front(const ccaproto::Measurement& measurement, ccaproto::HashAlgorithm algorithm) {
  return base::bytes_of(base::View(measurement).first(ccaproto::size_of(algorithm)));
}

}  // namespace

Signer::Signer(crypto::Library& library, Platform platform)
    : library_(library), platform_(std::move(platform)), platform_key_(platform_.platform_key()), realm_key_(platform_.realm_key()),
      realm_public_(cbor::encode(cose::ec2_key(realm_key_.public_point()))) {}

cose::Sign1 Signer::signed_by(const crypto::EcKey& key, std::string_view purpose, base::Bytes payload) {
  return cose::sign1(library_, {.actor = "cca attestation", .purpose = purpose, .count = signatures_++}, key, std::move(payload),
                     cose::Algorithm::kEs384);
}

base::Bytes Signer::token(const cca::RealmClaims& claims, const Edit& edit) {
  ccaproto::RealmTokenClaims realm;
  realm.challenge = claims.challenge;
  realm.personalization = claims.rpv;
  realm.hash_algorithm = ccaproto::name_of(claims.algorithm);
  realm.public_key = realm_public_;
  realm.rim = front(claims.rim, claims.algorithm);
  for (std::size_t i = 0; i < realm.rems.size(); ++i) realm.rems[i] = front(claims.rem[i], claims.algorithm);

  ccaproto::PlatformClaims platform;
  platform.challenge = *ccaproto::hash_by_name(realm.public_key_hash_algorithm, realm_public_);
  platform.implementation_id = platform_.implementation_id;
  platform.instance_id = platform_.instance_id;
  platform.config = platform_.config;
  platform.lifecycle = platform_.lifecycle;
  platform.sw_components = platform_.sw_components;

  base::Bytes of_platform = cbor::encode(ccaproto::claims_value(platform)), of_realm = cbor::encode(ccaproto::claims_value(realm));
  if (edit) edit("cca.PLATFORM_TOKEN", of_platform);
  if (edit) edit("cca.REALM_TOKEN", of_realm);
  return ccaproto::encode_token({.platform = signed_by(platform_key_, "platform token", std::move(of_platform)),
                                 .realm = signed_by(realm_key_, "realm token", std::move(of_realm))});
}

}  // namespace attestation
