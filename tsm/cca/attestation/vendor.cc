#include "tsm/cca/attestation/vendor.h"

#include "platform/protocol/cose/sign1.h"

namespace attestation {

Vendor::Vendor(std::string name) : key_(crypto::EcKey::derive(crypto::Curve::kP384, base::view_of("emulated silicon vendor " + name), "endorsements")) {}

base::Bytes Vendor::endorse(const Platform& platform, const Edit& edit) const {
  const ccaproto::KeyEndorsement says{.implementation_id = platform.implementation_id,
                                      .instance_id = platform.instance_id,
                                      .public_key = platform.platform_key().public_point()};
  base::Bytes payload = cbor::encode(ccaproto::claims_value(says));
  if (edit) edit("cca.KEY_ENDORSEMENT", payload);
  crypto::Library library(0);
  return cose::encode_sign1(cose::sign1(library, {.actor = "silicon vendor", .purpose = "key endorsement"}, key_, std::move(payload), cose::Algorithm::kEs384));
}

}  // namespace attestation
