#pragma once
// Which bytes are hashed, signed and authenticated, and in which order (DSP0274 1.3, 10.8.3, 10.11.3, 12 and 15). Each
// transcript is a value: fill in what went over the wire, without padding, and ask. "VCA" is GET_VERSION up to and
// with ALGORITHMS, all six.
#include "platform/base/bytes.h"
#include "platform/protocol/spdm/algorithms.h"

namespace spdm {

// M1 and M2: CHALLENGE.
struct ChallengeTranscript {
  base::Bytes vca{};
  base::Bytes certificates{};    // B: GET_DIGESTS, DIGESTS, GET_CERTIFICATE, CERTIFICATE, as often as they were
  base::Bytes challenge{};       // C, with the next
  base::Bytes challenge_auth{};  // without its signature
  base::Bytes bytes() const;
};

// L1 and L2: MEASUREMENTS. `log` takes every pair since the last signature, reset or other request, the last response
// without its signature. VCA counts since 1.2.
struct MeasurementsTranscript {
  base::Bytes vca{};
  base::Bytes log{};
  base::Bytes bytes(Version version) const;
};

// TH of a session that KEY_EXCHANGE opens. What is not there, stays empty.
struct KeyExchangeTranscript {
  crypto::Digest digest = crypto::Digest::kSha384;
  base::Bytes vca{};
  base::Bytes digests{};            // the responder's DIGESTS, with several keys per connection alone (1.3)
  base::Bytes certificate_chain{};  // the responder's whole blob, or its public key when it was provisioned
  base::Bytes key_exchange{};
  base::Bytes response{};              // KEY_EXCHANGE_RSP up to its signature
  base::Bytes response_signature{};
  base::Bytes response_verify_data{};  // absent from a handshake in the clear
  base::Bytes requester_digests{};     // as `digests`, of a requester that authenticates itself
  base::Bytes requester_certificate_chain{};
  base::Bytes finish{};  // up to its signature
  base::Bytes finish_signature{};
  base::Bytes finish_verify_data{};
  base::Bytes finish_response{};  // up to its verify data
  base::Bytes finish_response_verify_data{};

  // Transcripts, for whoever signs.
  base::Bytes signed_by_responder() const;  // KEY_EXCHANGE_RSP
  base::Bytes signed_by_requester() const;  // FINISH
  // Hashes. TH1 leaves out the responder's verify data, TH2 has it.
  base::Bytes th1() const;                      // also what the responder's verify data cover
  base::Bytes hash_for_finish() const;          // what FINISH's verify data cover
  base::Bytes hash_for_finish_response() const;  // and FINISH_RSP's
  base::Bytes th2() const;
};

// TH of a session that PSK_EXCHANGE opens.
struct PskTranscript {
  crypto::Digest digest = crypto::Digest::kSha384;
  base::Bytes vca{};
  base::Bytes psk_exchange{};
  base::Bytes response{};  // PSK_EXCHANGE_RSP up to its verify data
  base::Bytes response_verify_data{};
  base::Bytes finish{};  // PSK_FINISH up to its verify data
  base::Bytes finish_verify_data{};
  base::Bytes finish_response{};

  base::Bytes th1() const;  // also what the responder's verify data cover
  base::Bytes hash_for_finish() const;
  base::Bytes th2() const;
};

}  // namespace spdm
