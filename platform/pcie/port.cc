#include "platform/pcie/port.h"

#include "platform/base/check.h"
#include "platform/pcie/ide_rules.h"

namespace pcie {

Port::Port(std::string at, ConfigSpace& config, trust::Defences& defences, const PortSettings& settings)
    : at_(std::move(at)),
      config_(config),
      defences_(defences),
      settings_(settings),
      ide_(at_, config, defences, settings.ide),
      aer_(find(config, ExtendedCapability::kAer)),
      pcie_(find(config, Capability::kPcie)),
      tags_(settings.tags) {
  ide_.on_disabled([this](ide::StreamId stream) {
    if (told_) told_(stream);
  });
  base::check(settings.tags >= 1 && settings.tags <= 1024, "a port has 1 to 1024 tags");
}

std::size_t Port::payload_max() const {
  return pcie_ ? std::size_t{128} << (config_.get(pcie_ + kDeviceControl, 2) >> 5 & 7) : 128;
}

void Port::error(std::uint32_t bits) {
  if (aer_) config_.set_bits(aer_ + kAerUncorrectable, 4, bits, true);
  if (pcie_ && bits & kAerUnsupportedRequest)
    config_.set_bits(pcie_ + kDeviceStatus, 2, kUnsupportedRequestDetected, true);
}

bool Port::send(const tlp::Tlp& packet, bool trusted, std::optional<ide::StreamId> over, bool more) {
  return transmit(ide_.send(packet, trusted, over, more));
}

bool Port::send_by(IdeStream* stream, tlp::Tlp& packet, bool trusted) {
  if (ide_.refuses(stream, trusted)) return false;
  const bool clear = !stream || !stream->secure();
  if (clear && hand_ && tlp::reads_back(packet) && hand_(packet)) return true;
  return transmit(ide_.pack(stream, packet, trusted));
}

bool Port::transmit(const trust::Result<Sealed>& sealed) {
  if (!sealed) return false;
  for (const auto& one : *sealed) transmit_(one);
  return true;
}

// The lowest one, as simple hardware does it.
std::optional<std::uint16_t> Port::free_tag() const {
  for (std::size_t i = 0; i < tags_.size(); ++i)
    if (tags_[i].state == Tag::State::kFree ||
        (tags_[i].state == Tag::State::kQuarantined && defences_.lifted(kCompletionRules[0].defence)))
      return static_cast<std::uint16_t>(i);
  return std::nullopt;
}

Completion Port::request(tlp::Tlp packet, bool trusted) {
  auto number = free_tag();
  if (!number) return {};
  Tag& tag = tags_[*number];
  packet.set_tag(*number);
  IdeStream* stream = ide_.choose(packet, std::nullopt);
  tag = {.state = Tag::State::kWaiting, .stream = std::nullopt, .requester = packet.requester, .data_size = 0,
         .completion = {}};
  if (stream && stream->secure()) tag.stream = stream->id();
  if (!packet.has_data()) tag.data_size = 4 * packet.length();
  if (!send_by(stream, packet, trusted)) {
    tag.state = Tag::State::kFree;
    return {.outcome = Outcome::kUnsupportedRequest, .data = {}};
  }
  if (tag.state == Tag::State::kDone) {
    Completion done = std::move(tag.completion);
    tag = {};
    return done;
  }
  error(kAerTimeout);
  tag.state = tag.stream && settings_.ide.quarantine_tags ? Tag::State::kQuarantined : Tag::State::kFree;
  return {};
}

Outcome Port::post(const tlp::Tlp& packet, bool trusted, bool more) {
  return send(packet, trusted, std::nullopt, more) ? Outcome::kOk : Outcome::kUnsupportedRequest;
}

Outcome Port::post_over(std::optional<ide::StreamId> stream, const tlp::Tlp& packet, bool trusted) {
  return send(packet, trusted, stream) ? Outcome::kOk : Outcome::kUnsupportedRequest;
}

void Port::complete(const Arrived& request, tlp::Tlp completion) {
  send_by(ide_.choose(completion, request.stream), completion, request.trusted);
}

void Port::take_in(IdePort::Received received) {
  if (received.malformed) error(kAerMalformed);
  if (received.misrouted) error(kAerMisroutedIde);
  if (received.pcrc_failed) error(kAerPcrcCheck);
  if (received.refusal) error(kAerIdeCheck);
  if (received.failed) {
    send(ide::fail_message(0, *received.failed), false);
    if (told_) told_(*received.failed);
    if (check_failed_) check_failed_();
  }
  for (Arrived& arrived : received.before) hand_over(arrived);
  if (received.arrived) hand_over(*received.arrived);
}

void Port::hand_over(Arrived& arrived) {
  if (tlp::fault_of(arrived.packet)) return error(kAerMalformed);
  if (arrived.packet.is_completion()) return take(arrived);
  if (!arrived.associated) {
    error(kAerUnsupportedRequest);
    if (arrived.packet.flow() == tlp::Flow::kNonPosted)
      complete(arrived, tlp::completion(arrived.packet, 0, tlp::Status::kUnsupportedRequest));
    return;
  }
  if (taker_) taker_(arrived);
}

void Port::take(Arrived& arrived) {
  const std::uint16_t number = arrived.packet.tag();
  if (number >= tags_.size()) return error(kAerUnexpectedCompletion);
  Tag& tag = tags_[number];
  CompletionCase c{.request_stream = tag.stream,
                   .stream = arrived.stream,
                   .tag_waits = tag.state == Tag::State::kWaiting,
                   .tag_quarantined = tag.state == Tag::State::kQuarantined};
  if (!all_hold<kCompletionRules>(c) && defences_.first_refusal<CompletionCase>(kCompletionRules, c, at_))
    return error(kAerUnexpectedCompletion);
  const bool success = arrived.packet.status() == tlp::Status::kSuccess;
  if (tag.state != Tag::State::kWaiting || arrived.packet.requester != tag.requester ||
      (success && arrived.packet.payload.size() != tag.data_size))
    return error(kAerUnexpectedCompletion);
  if (arrived.packet.poisoned()) {
    error(kAerPoisoned);
    return;
  }
  tag.completion = {.outcome = success ? Outcome::kOk
                               : arrived.packet.status() == tlp::Status::kCompleterAbort ? Outcome::kCompleterAbort
                                                                                         : Outcome::kUnsupportedRequest,
                    .data = success ? std::move(arrived.packet.payload) : base::Bytes{},
                    .completer = arrived.packet.completer};
  tag.state = Tag::State::kDone;
}

void Port::reset() {
  for (auto& tag : tags_) tag = {};
  ide_.wipe();
}

void Port::fail_streams(std::optional<ide::StreamId> only) {
  for (unsigned i = 0; i < ide_.block_count(); ++i) {
    IdeStream& stream = ide_.block(i);
    if (!stream.secure() || (only && stream.id() != *only)) continue;
    stream.fail();
    if (told_) told_(stream.id());
  }
  ide_.refresh();
}

}  // namespace pcie
