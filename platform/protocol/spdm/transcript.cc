#include "platform/protocol/spdm/transcript.h"

#include <initializer_list>

namespace spdm {
namespace {

base::Bytes joined(std::initializer_list<base::View> parts) {
  base::Bytes out;
  for (base::View part : parts) base::append(out, part);
  return out;
}

// Ct: the hash of the chain; nothing where no chain is used.
base::Bytes hash_if_any(crypto::Digest digest, base::View chain) {
  return chain.empty() ? base::Bytes{} : crypto::hash(digest, chain);
}

base::Bytes up_to_response(const KeyExchangeTranscript& t) {
  return joined({t.vca, t.digests, hash_if_any(t.digest, t.certificate_chain), t.key_exchange, t.response});
}

base::Bytes up_to_finish(const KeyExchangeTranscript& t) {
  return joined({up_to_response(t), t.response_signature, t.response_verify_data, t.requester_digests,
                 hash_if_any(t.digest, t.requester_certificate_chain), t.finish});
}

base::Bytes up_to_finish_response(const KeyExchangeTranscript& t) {
  return joined({up_to_finish(t), t.finish_signature, t.finish_verify_data, t.finish_response});
}

base::Bytes up_to_response(const PskTranscript& t) { return joined({t.vca, t.psk_exchange, t.response}); }

base::Bytes up_to_finish(const PskTranscript& t) {
  return joined({up_to_response(t), t.response_verify_data, t.finish});
}

}  // namespace

base::Bytes ChallengeTranscript::bytes() const { return joined({vca, certificates, challenge, challenge_auth}); }

base::Bytes MeasurementsTranscript::bytes(Version version) const {
  return version < Version::k12 ? log : joined({vca, log});
}

base::Bytes KeyExchangeTranscript::signed_by_responder() const { return up_to_response(*this); }
base::Bytes KeyExchangeTranscript::signed_by_requester() const { return up_to_finish(*this); }
base::Bytes KeyExchangeTranscript::th1() const {
  return crypto::hash(digest, joined({up_to_response(*this), response_signature}));
}
base::Bytes KeyExchangeTranscript::hash_for_finish() const {
  return crypto::hash(digest, joined({up_to_finish(*this), finish_signature}));
}
base::Bytes KeyExchangeTranscript::hash_for_finish_response() const {
  return crypto::hash(digest, up_to_finish_response(*this));
}
base::Bytes KeyExchangeTranscript::th2() const {
  return crypto::hash(digest, joined({up_to_finish_response(*this), finish_response_verify_data}));
}

base::Bytes PskTranscript::th1() const { return crypto::hash(digest, up_to_response(*this)); }
base::Bytes PskTranscript::hash_for_finish() const { return crypto::hash(digest, up_to_finish(*this)); }
base::Bytes PskTranscript::th2() const {
  return crypto::hash(digest, joined({up_to_finish(*this), finish_verify_data, finish_response}));
}

}  // namespace spdm
