#include "platform/requester/ide_km.h"

#include "platform/requester/ide_km_rules.h"

namespace requester {
namespace {

constexpr ide::Direction kDirections[] = {ide::Direction::kReceive, ide::Direction::kTransmit};
constexpr unsigned kKeysOfSet = ide::kSubStreams * 2;

ide::Direction other(ide::Direction direction) {
  return direction == ide::Direction::kReceive ? ide::Direction::kTransmit : ide::Direction::kReceive;
}

template <class M, class G>
base::Bytes key_set_message(const G& goal, ide::Direction direction, unsigned sub_stream) {
  return wire::encode(M{.stream_id = goal.stream,
                        .key_sub_stream = ide_km::bits_of({goal.key_set & 1, direction, sub_stream}),
                        .port_index = goal.port});
}

template <class A, class B>
bool echoes(const A& answer, const B& request) {
  return answer.stream_id == request.stream_id && answer.key_sub_stream == request.key_sub_stream &&
         answer.port_index == request.port_index;
}

}  // namespace

IdeKm::IdeKm(Random random, trust::Defences& defences, std::string at)
    : random_(std::move(random)), defences_(defences), at_(std::move(at)) {}

trust::Result<> IdeKm::start(const Goal& goal) {
  goal_.reset();
  step_ = 0;
  messages_.clear();
  if (const auto* query = std::get_if<Query>(&goal)) {
    messages_.push_back(wire::encode(ide_km::Query{.port_index = query->port}));
  } else if (const auto* program = std::get_if<Program>(&goal)) {
    if (auto no = compose(*program)) return *no;
  } else if (const auto* go = std::get_if<Go>(&goal)) {
    const KeySetState& state = states_[{go->stream, go->port, go->key_set & 1}];
    const IdeKmStartCase c{
        .has_keys = state.programmed == kKeysOfSet,
        .receives_first = go->direction == ide::Direction::kReceive || state.receives == ide::kSubStreams};
    if (auto no = defences_.first_refusal<IdeKmStartCase>(kIdeKmStartRules, c, at_)) return *no;
    for (unsigned s = 0; s < ide::kSubStreams; ++s)
      messages_.push_back(key_set_message<ide_km::SetGo>(*go, go->direction, s));
  } else {
    const Stop& stop = std::get<Stop>(goal);
    for (ide::Direction direction : kDirections)
      for (unsigned s = 0; s < ide::kSubStreams; ++s)
        messages_.push_back(key_set_message<ide_km::SetStop>(stop, direction, s));
  }
  goal_ = goal;
  return trust::ok();
}

std::optional<trust::Refusal> IdeKm::compose(const Program& goal) {
  mirror_keys_.clear();
  states_[{goal.stream, goal.port, goal.key_set & 1}] = {};
  for (ide::Direction direction : kDirections) {
    for (unsigned s = 0; s < ide::kSubStreams; ++s) {
      ide::Key key{};
      random_(key);
      const bool is_new = used_.insert(key).second;
      if (auto no = defences_.first_refusal<IdeKmKeyCase>(kIdeKmKeyRules, {is_new}, at_)) return no;
      messages_.push_back(
          wire::encode(ide_km::KeyProg{.stream_id = goal.stream,
                                       .key_sub_stream = ide_km::bits_of({goal.key_set & 1, direction, s}),
                                       .port_index = goal.port,
                                       .key = ide_km::wire_key_of(key),
                                       .ifv = ide_km::wire_ifv_of(ide::kFirstCounter)}));
      mirror_keys_.push_back({.sub_stream = static_cast<ide::SubStream>(s),
                              .direction = other(direction),
                              .key_set = goal.key_set & 1,
                              .key = key});
    }
  }
  return std::nullopt;
}

std::optional<base::Bytes> IdeKm::next() const {
  if (!goal_) return std::nullopt;
  return messages_.at(step_);
}

trust::Result<Progress> IdeKm::receive(base::View payload) {
  if (auto no = take(payload)) {
    goal_.reset();
    return *no;
  }
  if (++step_ < messages_.size()) return Progress::kGoOn;
  goal_.reset();
  return Progress::kDone;
}

std::optional<trust::Refusal> IdeKm::take(base::View payload) {
  IdeKmResponseCase c{
      .expected = goal_.has_value(), .of_kind = false, .has_form = false, .of_request = false, .succeeded = true};
  const auto refusal = [&] { return defences_.first_refusal<IdeKmResponseCase>(kIdeKmResponseRules, c, at_); };
  if (!goal_) return refusal();
  const auto object = ide_km::object_of(payload);
  if (const auto* query = std::get_if<Query>(&*goal_)) {
    c.of_kind = object == ide_km::Object::kQueryResp;
    const auto answer = wire::decode<ide_km::QueryResp>(payload);
    c.has_form = answer && answer->registers.size() % sizeof(std::uint32_t) == 0;
    c.of_request = answer && answer->port_index == query->port;
    if (auto no = refusal()) return no;
    port_ = *answer;
    return std::nullopt;
  }
  if (const auto* program = std::get_if<Program>(&*goal_)) {
    c.of_kind = object == ide_km::Object::kKpAck;
    const auto answer = wire::decode<ide_km::KpAck>(payload);
    c.has_form = static_cast<bool>(answer);
    if (answer) {
      c.of_request = echoes(*answer, *wire::decode<ide_km::KeyProg>(messages_[step_]));
      last_status_ = answer->status;
      c.succeeded = answer->status == ide_km::Status::kSuccess;
    }
    if (auto no = refusal()) return no;
    ++states_[{program->stream, program->port, program->key_set & 1}].programmed;
    return std::nullopt;
  }
  c.of_kind = object == ide_km::Object::kGoStopAck;
  const auto answer = wire::decode<ide_km::GoStopAck>(payload);
  c.has_form = static_cast<bool>(answer);
  const auto* go = std::get_if<Go>(&*goal_);
  if (answer) {
    c.of_request = go ? echoes(*answer, *wire::decode<ide_km::SetGo>(messages_[step_]))
                      : echoes(*answer, *wire::decode<ide_km::SetStop>(messages_[step_]));
  }
  if (auto no = refusal()) return no;
  if (go) {
    KeySetState& state = states_[{go->stream, go->port, go->key_set & 1}];
    ++(go->direction == ide::Direction::kReceive ? state.receives : state.transmits);
  } else {
    const Stop& stop = std::get<Stop>(*goal_);
    states_[{stop.stream, stop.port, stop.key_set & 1}] = {};
  }
  return std::nullopt;
}

}  // namespace requester
