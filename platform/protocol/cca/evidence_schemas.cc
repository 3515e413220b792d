#include "platform/protocol/cca/evidence_schemas.h"

#include "platform/cbor/schema.h"
#include "platform/protocol/cca/token.h"

namespace ccaproto {

const std::vector<wire::Schema>& evidence_schemas() {
  static const std::vector<wire::Schema> kSchemas = [] {
    const base::Bytes hash(32);
    PlatformClaims platform;
    platform.challenge = hash;
    platform.sw_components = {{.type = "BL2", .measurement = hash, .version = "1.0.0", .signer_id = hash, .hash_algorithm = "sha-256"}};
    RealmTokenClaims realm;
    realm.rim = hash;
    realm.rems.fill(hash);
    const KeyEndorsement endorsement{.public_key = base::Bytes(96)};
    return std::vector<wire::Schema>{
        cbor::schema("cca.PLATFORM_TOKEN", cbor::encode(claims_value(platform))),
        cbor::schema("cca.REALM_TOKEN", cbor::encode(claims_value(realm))),
        cbor::schema("cca.KEY_ENDORSEMENT", cbor::encode(claims_value(endorsement))),
    };
  }();
  return kSchemas;
}

}  // namespace ccaproto
