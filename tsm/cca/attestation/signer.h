#pragma once
// Who signs: the hardware enforced security subsystem (HES) for the platform, and the RMM for its realms with the key that the HES gave
// it. The platform's token names that key by its hash, and is otherwise the same for every realm.
#include "platform/crypto/library.h"
#include "platform/protocol/cca/token.h"
#include "tsm/cca/attestation/edit.h"
#include "tsm/cca/attestation/platform.h"
#include "tsm/cca/rmm.h"

namespace attestation {

class Signer final : public cca::TokenUnit {
 public:
  Signer(crypto::Library& library, Platform platform);
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  // `edit` sees "cca.PLATFORM_TOKEN", then "cca.REALM_TOKEN", each before it is signed.
  base::Bytes token(const cca::RealmClaims& claims, const Edit& edit = {});
  // cca::TokenUnit
  void set_edit(Edit edit) { edit_ = std::move(edit); }
  base::Bytes make(const cca::RealmClaims& claims) override { return token(claims, edit_); }

  const Platform& platform() const { return platform_; }
  // Of the key that signs realm tokens: an encoded COSE_Key.
  const base::Bytes& realm_public_key() const { return realm_public_; }

 private:
  cose::Sign1 signed_by(const crypto::EcKey& key, std::string_view purpose, base::Bytes payload);

  crypto::Library& library_;
  Platform platform_;
  crypto::EcKey platform_key_, realm_key_;
  base::Bytes realm_public_;
  Edit edit_;
  std::uint64_t signatures_ = 0;
};

}  // namespace attestation
