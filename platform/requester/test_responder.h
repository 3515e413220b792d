#pragma once
// The other end for tests: the answers of an honest SPDM responder, put together from formats, with a place to spoil
// each of them.
#include <functional>
#include <optional>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/signing.h"
#include "platform/protocol/spdm/transcript.h"
#include "platform/protocol/spdm/version.h"
#include "platform/requester/message.h"

namespace requester {

// Counts up; nothing more random is needed.
Random counting_random(std::uint8_t seed = 1);

class TestResponder {
 public:
  explicit TestResponder(spdm::Version version = spdm::Version::k12);

  std::vector<spdm::VersionNumber> versions;
  std::uint32_t capabilities;
  spdm::Algorithms algorithms;
  std::vector<spdm::MeasurementBlock> blocks;
  base::Bytes psk{'k', 'e', 'y'};
  base::Bytes chain;            // of slot 0, alone
  std::size_t chunk = 0;        // bytes; 0: answers come whole
  bool pads = false;            // as DOE does
  bool answers_secured = true;  // what came secured
  bool refuses_key_update = false;

  // Spoils an answer to this request, before it is sealed. The responder itself believes what it meant to say.
  std::function<void(spdm::Code request, base::Bytes& answer)> spoil;
  std::function<void(Message& answer)> spoil_wire;
  // Answers payloads of other protocols (IDE_KM, TDISP); without it they come back the other way round.
  std::function<base::Bytes(base::View payload)> vendor;

  std::optional<Message> operator()(const Message& request);
  std::size_t answered() const { return answered_; }

 private:
  base::Bytes answer(base::View request);
  base::Bytes answer_to(spdm::Code code, base::View request);
  base::Bytes measurements(base::View request);
  base::Bytes key_exchange(base::View request);
  base::Bytes finish(base::View request);
  base::Bytes psk_exchange(base::View request);
  base::Bytes key_update(base::View request);
  base::Bytes signature(spdm::Purpose purpose, base::View transcript);
  void establish(base::View th2);
  spdm::Header header(spdm::Code code, std::uint8_t param1 = 0, std::uint8_t param2 = 0) const {
    return {algorithms.version, code, param1, param2};
  }

  crypto::Library library_{7};
  crypto::EcKey key_;
  std::uint64_t signatures_ = 0;
  std::size_t answered_ = 0;
  std::uint32_t requester_capabilities_ = 0;
  base::Bytes vca_{}, certificates_log_{}, measurements_log_{}, large_{};
  std::uint32_t session_id_ = 0;
  bool in_the_clear_ = false, ends_ = false;
  spdm::HandshakeSecrets handshake_{};
  spdm::KeyExchangeTranscript transcript_{};
  spdm::PskTranscript psk_transcript_{};
  spdm::RecordStream from_requester_{}, to_requester_{};
};

}  // namespace requester
