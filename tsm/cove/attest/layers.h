#pragma once
// The layers that attest: the root of trust signs what it says of the platform, the TSM-driver what it says of the TSM, the TSM what it
// says of a TVM. Each knows the secret of its own layer and no other.
#include "platform/crypto/library.h"
#include "tsm/cove/attest/edit.h"
#include "tsm/cove/attest/platform.h"
#include "tsm/cove/tsm.h"

namespace attest {

class Layers final : public cove::Attester {
 public:
  // `edit` sees each token before it is signed.
  Layers(crypto::Library& library, Platform platform, Edit edit = {});
  Layers(const Layers&) = delete;
  Layers& operator=(const Layers&) = delete;

  const Platform& platform() const { return platform_; }

  // Made at boot, and handed up layer by layer.
  cose::Sign1 platform_token();
  cose::Sign1 tsm_token();
  // Another key than the TSM's, for whoever has none of this platform.
  cose::Sign1 tvm_token(const coveproto::TvmToken& claims, const crypto::EcKey& key);
  // cove::Attester: the certificate, signed by the TSM.
  std::optional<base::Bytes> evidence(const About& about) override;

 private:
  cose::Sign1 sign(std::string_view token, cbor::Value claims, const crypto::EcKey& key);

  crypto::Library& library_;
  Platform platform_;
  Edit edit_;
  std::uint64_t signatures_ = 0;
};

// H(Meas(TVM)): what a TVM's own secret depends on, by the convention of dice.h.
coveproto::Digest tvm_measured(const std::array<coveproto::Digest, coveproto::kRegisters>& registers);

}  // namespace attest
