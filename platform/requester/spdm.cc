#include "platform/requester/spdm.h"

#include "platform/base/check.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/requester/spdm_rules.h"

namespace requester {

Spdm::Spdm(Settings settings, Random random, trust::Defences& defences, std::string at)
    : settings_(std::move(settings)), random_(std::move(random)), defences_(defences), at_(std::move(at)) {}

const Spdm::Exchange& Spdm::exchange_of(Step step) {
  using spdm::Code;
  static constexpr Exchange kExchanges[] = {
      {Code::kGetVersion, &Spdm::ask_version, &Spdm::take_version},
      {Code::kGetCapabilities, &Spdm::ask_capabilities, &Spdm::take_capabilities},
      {Code::kNegotiateAlgorithms, &Spdm::ask_algorithms, &Spdm::take_algorithms},
      {Code::kGetDigests, &Spdm::ask_digests, &Spdm::take_digests},
      {Code::kGetCertificate, &Spdm::ask_certificate, &Spdm::take_certificate},
      {Code::kChallenge, &Spdm::ask_challenge, &Spdm::take_challenge},
      {Code::kGetMeasurements, &Spdm::ask_measurements, &Spdm::take_measurements},
      {Code::kKeyExchange, &Spdm::ask_key_exchange, &Spdm::take_key_exchange},
      {Code::kFinish, &Spdm::ask_finish, &Spdm::take_finish},
      {Code::kPskExchange, &Spdm::ask_psk_exchange, &Spdm::take_psk_exchange},
      {Code::kPskFinish, &Spdm::ask_psk_finish, &Spdm::take_psk_finish},
      {Code::kHeartbeat, &Spdm::ask_heartbeat, &Spdm::take_heartbeat},
      {Code::kKeyUpdate, &Spdm::ask_key_update, &Spdm::take_key_update},
      {Code::kKeyUpdate, &Spdm::ask_verify_new_key, &Spdm::take_verify_new_key},
      {Code::kEndSession, &Spdm::ask_end_session, &Spdm::take_end_session},
      {Code::kVendorDefinedRequest, &Spdm::ask_vendor_defined, &Spdm::take_vendor_defined},
  };
  return kExchanges[static_cast<std::size_t>(step)];
}

spdm::Header Spdm::header(spdm::Code code, std::uint8_t param1, std::uint8_t param2) const {
  return {learned_.version, code, param1, param2};
}

spdm::Shape Spdm::shape() const {
  spdm::Shape shape = spdm::shape_of(learned_.algorithms);
  shape.handshake_in_the_clear = both_can(spdm::kCapHandshakeInTheClear);
  return shape;
}

// ---- out ------------------------------------------------------------------------------------------------------------

void Spdm::begin(Step step) {
  step_ = step;
  const Exchange& exchange = exchange_of(step);
  forget_logs_before(exchange.request);
  busy_retries_ = not_ready_retries_ = 0;
  was_large_ = false;
  large_response_.reset();
  request_ = (this->*exchange.ask)();
  send(request_);
}

void Spdm::send(base::Bytes plain, std::uint64_t wait_microseconds) {
  sent_ = std::move(plain);
  outgoing_ = {.bytes = sent_, .secured = session_.seals(), .wait_microseconds = wait_microseconds};
  if (outgoing_->secured) outgoing_->bytes = wire::encode(session_.request.seal(session_.id, sent_));
}

// DSP0274 1.3, 10.8.3 and 10.11.3: which requests make both sides forget what a later signature would have covered.
void Spdm::forget_logs_before(spdm::Code request) {
  using spdm::Code;
  if (request != Code::kGetMeasurements) measurements_log_.clear();
  switch (request) {
    case Code::kGetDigests:
      certificates_log_.clear();
      break;
    case Code::kKeyExchange:
    case Code::kFinish:
    case Code::kPskExchange:
    case Code::kPskFinish:
    case Code::kGetMeasurements:
    case Code::kHeartbeat:
    case Code::kKeyUpdate:
    case Code::kEndSession:
      if (!authenticated_) certificates_log_.clear();
      break;
    default:
      break;
  }
}

// ---- in -------------------------------------------------------------------------------------------------------------

trust::Result<Progress> Spdm::receive(const Message& answer) {
  if (auto no = take_answer(answer)) return ended_by(*no);
  return outgoing_ ? Progress::kGoOn : Progress::kDone;
}

trust::Result<Progress> Spdm::receive_nothing() {
  auto no = refused<ArrivalCase>(kArrivalRules,
                                 {.arrived = false, .expected = true, .sent_secured = false, .came_secured = false});
  return ended_by(*no);
}

trust::Result<Progress> Spdm::ended_by(const trust::Refusal& no) {
  end();
  if (session_.phase == Session::Phase::kHandshake) session_ = {};
  session_.response_next.reset();
  measurements_log_.clear();
  return no;
}

Spdm::No Spdm::take_answer(const Message& answer) {
  auto plain = open(answer);
  if (!plain) return plain.refusal();
  return take_plain(*plain);
}

trust::Result<base::Bytes> Spdm::open(const Message& answer) {
  const ArrivalCase arrival{.arrived = true,
                            .expected = outgoing_.has_value(),
                            .sent_secured = outgoing_ && outgoing_->secured,
                            .came_secured = answer.secured};
  if (auto no = refused(kArrivalRules, arrival)) return *no;
  if (!answer.secured) return answer.bytes;

  doe::Padded<spdm::SecuredRecord> record;
  RecordCase c{};
  std::optional<base::Bytes> text;
  c.has_form = read(answer.bytes, spdm::SecuredRecord{}, record);
  if (c.has_form) {
    c.of_this_session = record.message.session_id == session_.id;
    text = session_.open(record.message);
    c.opens = text.has_value();
    if (!text) text = session_.open_unchecked(record.message);
    c.has_text = text.has_value();
  }
  if (auto no = refused(kRecordRules, c)) {
    session_ = {};
    return *no;
  }
  return *std::move(text);
}

Spdm::No Spdm::take_plain(base::View plain) {
  const auto found = spdm::header_of(plain);
  if (found && found->code == spdm::Code::kError) return take_error(plain);
  const Exchange& exchange = exchange_of(step_);
  const spdm::Code code = large_response_ ? spdm::Code::kChunkResponse : spdm::response_to(exchange.request);
  const HeaderCase c{.has_header = found.has_value(),
                     .is_error = false,
                     .is_response = found && found->code == code,
                     .of_version = found && found->version == spdm::header_of(sent_)->version};
  if (auto no = refused(kHeaderRules, c)) return no;
  if (large_response_) return take_chunk(plain);
  end();
  if (!heard_) return (this->*exchange.take)(plain);
  const base::Bytes asked = request_;
  auto no = (this->*exchange.take)(plain);
  if (!no) heard_(asked, read_);
  return no;
}

Spdm::No Spdm::take_error(base::View plain) {
  doe::Padded<spdm::Error> error;
  if (auto no = refused<FormCase>(kFormRules, {read(plain, spdm::Error{}, error)})) return no;
  learned_.error = error.message;
  const spdm::ErrorCode code = error.message.error_code();
  if (code == spdm::ErrorCode::kBusy || code == spdm::ErrorCode::kResponseNotReady) return wait_for(error.message);
  if (code == spdm::ErrorCode::kLargeResponse && both_can(spdm::kCapChunk) && !was_large_) {
    was_large_ = true;
    large_response_ = LargeResponse{.handle = error.message.extended.at(0)};
    send(wire::encode(spdm::ChunkGet{.header = header(spdm::Code::kChunkGet, 0, large_response_->handle)}));
    return std::nullopt;
  }
  if (may_lack_index(code)) {
    measurements_log_.clear();
    return probe_next();
  }
  // The responder has lost the keys, and says so with its last record.
  if (code == spdm::ErrorCode::kDecryptError) session_ = {};
  return refused<HeaderCase>(kHeaderRules,
                             {.has_header = true, .is_error = true, .is_response = true, .of_version = true});
}

Spdm::No Spdm::wait_for(const spdm::Error& error) {
  const Limits& limits = settings_.limits;
  RetryCase c{.may_ask_again = true, .may_wait_again = true, .names_request = true, .may_wait_so_long = true};
  if (error.error_code() == spdm::ErrorCode::kBusy) {
    c.may_ask_again = busy_retries_++ < limits.busy_retries_max;
    if (auto no = refused(kRetryRules, c)) return no;
    send(sent_, limits.busy_wait_microseconds);
    return std::nullopt;
  }
  const auto when = wire::decode<spdm::NotReady>(error.extended);
  if (auto no = refused<FormCase>(kFormRules, {static_cast<bool>(when)})) return no;
  c.may_wait_again = not_ready_retries_++ < limits.not_ready_retries_max;
  c.names_request = when->request_code == exchange_of(step_).request && !large_response_;
  const std::uint64_t wait = when->rdt_exponent < 63 ? std::uint64_t{1} << when->rdt_exponent : ~std::uint64_t{0};
  c.may_wait_so_long = wait <= limits.not_ready_wait_microseconds_max;
  if (auto no = refused(kRetryRules, c)) return no;
  spdm::RespondIfReady again{.header = *spdm::header_of(request_)};
  again.header.code = spdm::Code::kRespondIfReady;
  again.header.param1 = static_cast<std::uint8_t>(when->request_code);
  again.header.param2 = when->token;
  send(wire::encode(again), wait);
  return std::nullopt;
}

Spdm::No Spdm::take_chunk(base::View plain) {
  doe::Padded<spdm::ChunkResponse> piece;
  if (auto no = refused<FormCase>(kFormRules, {read(plain, spdm::ChunkResponse{}, piece)})) return no;
  const spdm::ChunkResponse& chunk = piece.message;
  LargeResponse& large = *large_response_;
  if (chunk.is_first()) large.size = chunk.large_message_size;
  const std::size_t size = large.bytes.size() + chunk.chunk.size();
  const bool is_last = (chunk.header.param1 & spdm::kLastChunk) != 0;
  const ChunkCase c{
      .in_order = chunk.header.param2 == large.handle && chunk.chunk_seq_no == large.number,
      .fits = !chunk.chunk.empty() && size <= large.size && large.size <= settings_.limits.large_response_bytes_max,
      .ends = is_last == (size == large.size)};
  if (auto no = refused(kChunkRules, c)) return no;
  base::append(large.bytes, chunk.chunk);
  if (is_last) {
    const base::Bytes whole = std::move(large.bytes);
    large_response_.reset();
    return take_plain(whole);
  }
  ++large.number;
  send(wire::encode(
      spdm::ChunkGet{.header = header(spdm::Code::kChunkGet, 0, large.handle), .chunk_seq_no = large.number}));
  return std::nullopt;
}

}  // namespace requester
