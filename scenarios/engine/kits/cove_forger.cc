// CoVE certificates signed by whoever holds the secrets of a platform, or made some up.
#include "guest/relying_party/cove_messages.h"
#include "guest/relying_party/messages.h"
#include "platform/crypto/hash.h"
#include "scenarios/engine/kits/cove_kit.h"

namespace engine {

// Each layer's secret comes from that of the layer below and from what was started. Whoever took the secret out of the chip has all of
// them; an old TSM gives away its own alone, and the token of the layer below says that it is old.
std::optional<Counterfeit> CoveKit::forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
  const auto seen = coveproto::read_evidence(genuine.report);
  auto beside = wire::decode<relying_party::CoveAttachment>(genuine.certificates);
  if (!seen || !beside) return std::nullopt;

  auto platform = attest::Platform::from_seed(base::view_of(forgery.chip));
  if (forgery.old_tcb) platform.tsm.svn = std::to_string(attest::kTsmSvn - 1);
  auto endorsement = vendor_.endorse(attest::Platform::from_seed(base::view_of(forgery.claimed_chip)));
  if (forgery.key == Forgery::Key::kOwn) {
    const auto secret = crypto::sha256(base::view_of("forger endorsement"));  // that nobody endorsed
    std::copy(secret.begin(), secret.end(), platform.uds.begin());
    // Under the vendor's name, or under a root of the same kind.
    endorsement = attest::Vendor("forger").endorse(platform);
    if (forgery.root == Forgery::Root::kVendor)
      endorsement = crypto::issue(vendor_.endorse(platform).content(), world_.library, {"forger", "certificate", 0},
                                  forgers_key(world_.run.seed, "forger root"));
  }

  attest::Layers layers(world_.library, platform);
  auto claims = seen->tvm;
  claims.challenge = binding;
  const auto key = coveproto::key_of(platform.tsm_cdi());
  coveproto::Certificate certificate = seen->certificate;
  certificate.issuer = coveproto::id_of(key.public_point());
  coveproto::Tokens tokens{.platform = layers.platform_token(), .tsm = layers.tsm_token(), .tvm = layers.tvm_token(claims, key)};
  if (forgery.old_tcb && !forgery.claims_old_tcb) {
    // Claims of the current TSM, which the old one has no key for: what the layers below said of that, as it passed by.
    tokens.platform = seen->signed_tokens.platform, tokens.tsm = seen->signed_tokens.tsm;
    certificate.issuer = seen->certificate.issuer;
  }
  certificate.evidence = coveproto::evidence_of(tokens);
  const auto envelope = cose::sign1(world_.library, {"forger", "certificate", 1}, key,
                                    coveproto::cwt_of(coveproto::claims_of(certificate)), cose::Algorithm::kEs384);
  beside->endorsement = endorsement.to_der();
  beside->endorsement_size = static_cast<std::uint32_t>(beside->endorsement.size());
  return Counterfeit{cose::encode_sign1(envelope), wire::encode(*beside)};
}

}  // namespace engine
