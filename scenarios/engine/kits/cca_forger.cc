// CCA tokens signed by whoever holds the keys of a platform, or made some up.
#include "guest/relying_party/cca_messages.h"
#include "guest/relying_party/messages.h"
#include "platform/crypto/hash.h"
#include "scenarios/engine/kits/cca_kit.h"

namespace engine {

namespace {

// The vendor's own words about another key: what the vendor signed, with its signature as it was.
base::Bytes with_key(base::View endorsement, base::View public_key) {
  auto message = cose::decode_sign1(endorsement);
  auto says = message ? ccaproto::key_endorsement(message->payload) : std::nullopt;
  if (!says) return base::bytes_of(endorsement);
  says->public_key = base::bytes_of(public_key);
  message->payload = cbor::encode(ccaproto::claims_value(*says));
  return cose::encode_sign1(*message);
}

}  // namespace

// A platform has two keys. That of the silicon lasts for its life, and whoever took it out of the chip says of the firmware what he
// likes. Old firmware gives away its own alone, the one for realms, and the token that vouches for that one says that it is old.
std::optional<Counterfeit> CcaKit::forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
  const auto token = ccaproto::decode_token(genuine.report);
  auto beside = wire::decode<relying_party::CcaAttachment>(genuine.certificates);
  auto realm = token ? ccaproto::realm_claims(token->realm.payload) : std::nullopt;
  if (!realm || !beside) return std::nullopt;

  const unsigned firmware = forgery.old_tcb ? kFirmware - 1 : kFirmware;
  auto platform = attestation::Platform::from_seed(base::view_of(forgery.chip), firmware);
  const auto claimed = attestation::Platform::from_seed(base::view_of(forgery.claimed_chip), firmware);
  base::Bytes endorsement = vendor_.endorse(claimed);  // the vendor hands them to whoever asks
  if (forgery.key == Forgery::Key::kOwn) {
    platform.secret = crypto::sha256(base::view_of("forger endorsement"));  // a key that nobody endorsed
    endorsement = forgery.root == Forgery::Root::kOwn ? attestation::Vendor("forger").endorse(platform)
                                                      : with_key(endorsement, platform.platform_key().public_point());
  }
  platform.instance_id = claimed.instance_id;

  attestation::Signer signer(world_.library, platform);
  realm->challenge = binding;
  realm->public_key = signer.realm_public_key();
  auto made = ccaproto::decode_token(signer.token({}, [&](std::string_view message, base::Bytes& claims) {
    if (message == "cca.REALM_TOKEN") claims = cbor::encode(ccaproto::claims_value(*realm));
  }));
  // Claims of current firmware, which old firmware has no key for: the current one's own token, as it passed by.
  if (forgery.old_tcb && !forgery.claims_old_tcb) made->platform = token->platform;
  beside->endorsement = std::move(endorsement);
  beside->endorsement_size = static_cast<std::uint32_t>(beside->endorsement.size());
  return Counterfeit{ccaproto::encode_token(*made), wire::encode(*beside)};
}

}  // namespace engine
