#pragma once
// An SPDM requester (DSP0274 1.0 to 1.3; records as DSP0277 has them for DOE): one conversation with one responder,
// bytes in and out. A goal that is refused ends there, with the rule that refused; what was learned before stays. A
// record that does not open, and a handshake that fails, end the session as well.
//
// simplified: the requester has no certificate of its own; one session at a time; requests are never sent in chunks.
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "platform/protocol/doe/data_object.h"
#include "platform/requester/goal.h"
#include "platform/requester/learned.h"
#include "platform/requester/message.h"
#include "platform/requester/settings.h"
#include "platform/requester/spdm_session.h"
#include "platform/trust/defence.h"

namespace requester {

class Spdm {
 public:
  // `at` is where refusals say they stood: "tsm0.spdm".
  Spdm(Settings settings, Random random, trust::Defences& defences, std::string at);
  Spdm(const Spdm&) = delete;
  Spdm& operator=(const Spdm&) = delete;

  // Refuses what the responder cannot do and what comes too early. A goal that has not ended is dropped.
  trust::Result<> start(const Goal& goal);
  // The message to send; the same one until its answer was received. Empty when the goal has ended.
  std::optional<Message> next() const { return outgoing_; }
  trust::Result<Progress> receive(const Message& answer);
  // The carrier gave up waiting.
  trust::Result<Progress> receive_nothing();

  // All of a goal. `carry` takes a Message and gives a std::optional<Message>.
  template <class Carry>
  trust::Result<> run(const Goal& goal, Carry&& carry) {
    if (auto started = start(goal); !started) return started.refusal();
    while (auto message = next()) {
      const std::optional<Message> answer = carry(*message);
      auto progress = answer ? receive(*answer) : receive_nothing();
      if (!progress) return progress.refusal();
    }
    return trust::ok();
  }

  const Learned& learned() const { return learned_; }
  bool in_session() const { return session_.phase == Session::Phase::kEstablished; }
  // Takes this key (SubjectPublicKeyInfo) for the slot's from now on, whatever its certificate says: somebody else answers for it.
  void use_key(std::uint8_t slot, base::Bytes public_key_info) {
    if (learned_.slots[slot]) learned_.slots[slot]->public_key = std::move(public_key_info);
  }
  // Told of each request and its response once the response was taken: in clear, whole, without padding.
  using Heard = std::function<void(base::View request, base::View response)>;
  void on_exchange(Heard heard) { heard_ = std::move(heard); }
  // Drops the keys without telling the responder.
  void forget_session() { session_ = {}; }

 private:
  using No = std::optional<trust::Refusal>;
  struct Exchange {
    spdm::Code request;
    base::Bytes (Spdm::*ask)();
    No (Spdm::*take)(base::View response);
  };
  enum class Step : std::uint8_t {
    kVersion,
    kCapabilities,
    kAlgorithms,
    kDigests,
    kCertificate,
    kChallenge,
    kMeasurements,
    kKeyExchange,
    kFinish,
    kPskExchange,
    kPskFinish,
    kHeartbeat,
    kKeyUpdate,
    kVerifyNewKey,
    kEndSession,
    kVendorDefined,
  };
  static const Exchange& exchange_of(Step step);

  // spdm.cc: what all exchanges share.
  No may_start(const Goal& goal);
  void begin(Step step);
  void send(base::Bytes plain, std::uint64_t wait_microseconds = 0);
  void forget_logs_before(spdm::Code request);
  void end() { outgoing_.reset(); }
  trust::Result<Progress> ended_by(const trust::Refusal& no);
  No take_answer(const Message& answer);
  trust::Result<base::Bytes> open(const Message& answer);
  No take_plain(base::View plain);
  No take_error(base::View plain);
  No wait_for(const spdm::Error& error);
  template <class Case, std::size_t kRows>
  No refused(const trust::Rule<Case> (&rules)[kRows], const Case& c) {
    return defences_.first_refusal<Case>(rules, c, at_);
  }
  // A response of this kind with the bytes it is made of, without padding.
  template <class M>
  bool read(base::View response, M form, doe::Padded<M>& into) {
    auto found = doe::decode_padded<M>(response, std::move(form));
    if (!found) return false;
    into = *std::move(found);
    if (heard_) read_.assign(into.raw.begin(), into.raw.end());
    return true;
  }
  No take_chunk(base::View plain);
  spdm::Header header(spdm::Code code, std::uint8_t param1 = 0, std::uint8_t param2 = 0) const;
  spdm::Shape shape() const;
  bool both_can(std::uint32_t capability) const {
    return (learned_.capabilities & learned_.own_capabilities & capability) != 0;
  }
  template <std::size_t kSize>
  base::Block<kSize> random_block() {
    base::Block<kSize> block{};
    random_(block);
    return block;
  }
  base::Bytes random_bytes(std::size_t size) {
    base::Bytes bytes(size);
    random_(bytes);
    return bytes;
  }

  // spdm_connect.cc
  base::Bytes ask_version();
  base::Bytes ask_capabilities();
  base::Bytes ask_algorithms();
  No take_version(base::View response);
  No take_capabilities(base::View response);
  No take_algorithms(base::View response);

  // spdm_certificates.cc
  base::Bytes ask_digests();
  base::Bytes ask_certificate();
  base::Bytes ask_challenge();
  No take_digests(base::View response);
  No take_certificate(base::View response);
  No take_challenge(base::View response);
  void read_next_slot();
  No take_chain();

  // spdm_measurements.cc
  base::Bytes ask_measurements();
  No take_measurements(base::View response);
  bool may_lack_index(spdm::ErrorCode code) const;
  No probe_next();
  No take_measured(std::vector<spdm::MeasurementBlock> blocks, const spdm::Measurements& message);

  // spdm_key_exchange.cc, spdm_psk.cc
  base::Bytes ask_key_exchange();
  base::Bytes ask_finish();
  base::Bytes ask_psk_exchange();
  base::Bytes ask_psk_finish();
  No take_key_exchange(base::View response);
  No take_finish(base::View response);
  No take_psk_exchange(base::View response);
  No take_psk_finish(base::View response);
  void establish(base::View th2);

  // spdm_control.cc
  base::Bytes ask_heartbeat();
  base::Bytes ask_key_update();
  base::Bytes ask_verify_new_key();
  base::Bytes ask_end_session();
  base::Bytes ask_vendor_defined();
  No take_heartbeat(base::View response);
  No take_key_update(base::View response);
  No take_verify_new_key(base::View response);
  No take_end_session(base::View response);
  No take_vendor_defined(base::View response);

  const Settings settings_;
  const Random random_;
  trust::Defences& defences_;
  const std::string at_;
  Heard heard_{};
  base::Bytes read_{};  // the last response that was read, for whoever hears

  Learned learned_;
  Session session_;
  bool connected_ = false;
  bool authenticated_ = false;      // a CHALLENGE succeeded
  base::Bytes certificates_log_{};  // B of the challenge's transcript
  base::Bytes measurements_log_{};  // L1 without VCA

  Goal goal_{};
  Step step_{};
  base::Bytes request_{};  // of the step
  base::Bytes sent_{};     // last, in clear: the request, or what asks for its response again
  std::optional<Message> outgoing_{};
  std::size_t busy_retries_ = 0;
  std::size_t not_ready_retries_ = 0;

  struct LargeResponse {
    std::uint8_t handle = 0;
    std::uint16_t number = 0;
    std::size_t size = 0;
    base::Bytes bytes{};
  };
  std::optional<LargeResponse> large_response_{};
  bool was_large_ = false;  // the response to this request came, or comes, in chunks

  struct Reading {
    std::uint8_t slots_left = 0;
    std::uint8_t slot = 0;
    std::size_t size = 0;  // of the chain, once it is known
    std::size_t portions = 0;
    base::Bytes chain{};
  } reading_;
  struct Measuring {
    enum class Pass : std::uint8_t { kOnly, kCount, kProbe, kCollect } pass = Pass::kOnly;
    std::uint8_t index = 0;
    std::size_t count = 0;                // as the responder says
    std::vector<std::uint8_t> indices{};  // that have a block
    std::size_t collected = 0;
    bool signs = false;  // the request at hand asks for a signature
    MeasurementResult result{};
  } measuring_;
  spdm::Nonce nonce_{};
  spdm::RequesterContext context_{};
  base::Bytes exchange_seed_{};  // of the ephemeral key
  std::uint16_t sessions_opened_ = 0;
  std::uint8_t key_update_tag_ = 0;
};

}  // namespace requester
