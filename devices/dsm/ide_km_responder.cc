#include "devices/dsm/ide_km_responder.h"

#include "devices/dsm/ide_km_rules.h"

namespace dsm {
namespace {

template <class Visit>
void each_slot(Visit visit) {
  for (unsigned set = 0; set < 2; ++set)
    for (auto direction : {ide::Direction::kReceive, ide::Direction::kTransmit})
      for (unsigned s = 0; s < ide::kSubStreams; ++s)
        visit(pcie::KeySlot{set, direction, static_cast<ide::SubStream>(s)});
}

template <class Array>
auto& at_slot(Array& array, const pcie::KeySlot& slot) {
  return array[slot.set][static_cast<unsigned>(slot.direction)][static_cast<unsigned>(slot.sub_stream)];
}

}  // namespace

IdeKmResponder::IdeKmResponder(std::string at, trust::Defences& defences, pcie::IdePort& port,
                               const pcie::ConfigSpace& config, std::function<tlp::RequesterId()> id)
    : at_(std::move(at)),
      defences_(defences),
      port_(port),
      config_(config),
      offset_(pcie::find(config, pcie::ExtendedCapability::kIde)),
      id_(std::move(id)),
      blocks_(port.block_count()) {}

std::optional<base::Bytes> IdeKmResponder::answer(SessionId session, base::View payload) {
  auto object = ide_km::object_of(payload);
  if (!object) return std::nullopt;
  switch (*object) {
    case ide_km::Object::kQuery: return query(session, payload);
    case ide_km::Object::kKeyProg: return key_prog(session, payload);
    case ide_km::Object::kSetGo: return go_or_stop<ide_km::SetGo>(session, payload);
    case ide_km::Object::kSetStop: return go_or_stop<ide_km::SetStop>(session, payload);
    default: return std::nullopt;  // an answer is no request
  }
}

std::optional<unsigned> IdeKmResponder::block_of(ide::StreamId stream) const {
  const pcie::IdeStream* found = port_.find(stream);
  for (unsigned i = 0; i < port_.block_count(); ++i)
    if (&port_.block(i) == found) return i;
  return std::nullopt;
}

// `block` nothing: whoever asks, asks for the whole port.
bool IdeKmResponder::may(SessionId session, std::optional<unsigned> block) {
  SpeakerCase c{session, kNoSession};
  for (unsigned i = 0; i < blocks_.size(); ++i) {
    const bool concerned = !block || *block == i;
    if (concerned && blocks_[i].owner != kNoSession && blocks_[i].owner != session) c.owner = blocks_[i].owner;
  }
  return !defences_.first_refusal<SpeakerCase>(kSpeakerRules, c, at_);
}

std::optional<base::Bytes> IdeKmResponder::query(SessionId session, base::View payload) {
  auto request = wire::decode<ide_km::Query>(payload);
  if (!request || !may(session, std::nullopt)) return std::nullopt;
  const tlp::RequesterId id = id_();
  ide_km::QueryResp answer{.port_index = request->port_index,
                           .dev_func = static_cast<std::uint8_t>(tlp::devfn_of(id)),
                           .bus = static_cast<std::uint8_t>(tlp::bus_of(id)),
                           .max_port_index = port_index_,
                           .registers = {}};
  if (request->port_index == port_index_ && offset_) {
    const unsigned from = offset_ + pcie::kIdeCapability;
    const unsigned end = pcie::ide_block(config_, offset_, pcie::ide_streams(config_, offset_));
    answer.registers = base::bytes_of(config_.bytes().subspan(from, end - from));
  }
  return wire::encode(answer);
}

std::optional<base::Bytes> IdeKmResponder::key_prog(SessionId session, base::View payload) {
  // What an answer echoes is taken from whatever is there; the length is one of the checks.
  base::Bytes whole = base::bytes_of(payload);
  whole.resize(ide_km::kKeyProgSize);
  auto request = wire::decode<ide_km::KeyProg>(whole);
  if (!request) return std::nullopt;
  const auto which = ide_km::key_sub_stream_of(request->key_sub_stream);
  const auto block = block_of(request->stream_id);
  if (!may(session, block ? block : std::optional<unsigned>(port_.block_count()))) return std::nullopt;

  ide_km::KpAck ack{.stream_id = request->stream_id,
                    .status = ide_km::Status::kSuccess,
                    .key_sub_stream = request->key_sub_stream,
                    .port_index = request->port_index};
  KeyProgCase c{.size = payload.size(),
                .port_index = request->port_index,
                .own_index = port_index_,
                .stream_known = block.has_value(),
                .sub_stream = which.sub_stream,
                .ifv = ide_km::ifv_of(request->ifv)};
  if (const auto* broken = defences_.first_broken(kKeyProgRules, c, at_)) {
    ack.status = broken->status;
    return wire::encode(ack);
  }
  const pcie::KeySlot slot{which.key_set, which.direction, static_cast<ide::SubStream>(which.sub_stream)};
  if (!port_.block(*block).program(slot, ide_km::key_of(request->key))) {
    defences_.refuse_unless(kKeyInUse, false, at_);
    ack.status = kKeyInUseStatus;
    return wire::encode(ack);
  }
  if (blocks_[*block].owner == kNoSession) blocks_[*block].owner = session;
  at_slot(blocks_[*block].brought_by, slot) = session;
  port_.refresh();
  return wire::encode(ack);
}

// convention: the acknowledgement has no status, so what cannot be done is acknowledged and not done.
template <class Request>
std::optional<base::Bytes> IdeKmResponder::go_or_stop(SessionId session, base::View payload) {
  auto request = wire::decode<Request>(payload);
  if (!request) return std::nullopt;
  const auto which = ide_km::key_sub_stream_of(request->key_sub_stream);
  const auto block = block_of(request->stream_id);
  if (!may(session, block ? block : std::optional<unsigned>(port_.block_count()))) return std::nullopt;
  if (block && request->port_index == port_index_ && which.sub_stream < ide::kSubStreams) {
    pcie::IdeStream& stream = port_.block(*block);
    const pcie::KeySlot slot{which.key_set, which.direction, static_cast<ide::SubStream>(which.sub_stream)};
    const bool was_secure = stream.secure();
    if constexpr (std::is_same_v<Request, ide_km::SetGo>) {
      stream.go(slot);
    } else {
      stream.stop(slot);
      at_slot(blocks_[*block].brought_by, slot) = kNoSession;
    }
    became(*block, was_secure);
  }
  return wire::encode(ide_km::GoStopAck{.stream_id = request->stream_id,
                                        .key_sub_stream = request->key_sub_stream,
                                        .port_index = request->port_index});
}

// A stream that loses its keys while it is enabled fails, so that nothing of it leaves in the clear.
void IdeKmResponder::became(unsigned block, bool was_secure) {
  pcie::IdeStream& stream = port_.block(block);
  if (was_secure && !stream.secure()) {
    stream.fail();
    port_.refresh();
    if (told_) told_(stream.id());
  }
  port_.refresh();
}

void IdeKmResponder::session_ended(SessionId session) {
  for (unsigned i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    pcie::IdeStream& stream = port_.block(i);
    bool any = false;
    each_slot([&](const pcie::KeySlot& slot) { any |= at_slot(block.brought_by, slot) == session; });
    // Lifted, the keys stay, and whoever comes next may find them.
    if (any && !defences_.lifted(kKeysErased)) {
      const bool was_secure = stream.secure();
      each_slot([&](const pcie::KeySlot& slot) {
        if (at_slot(block.brought_by, slot) != session) return;
        stream.stop(slot);
        at_slot(block.brought_by, slot) = kNoSession;
      });
      became(i, was_secure);
    }
    if (block.owner == session) block.owner = kNoSession;
  }
}

void IdeKmResponder::reset() { blocks_.assign(blocks_.size(), Block{}); }

bool IdeKmResponder::keyed(ide::StreamId stream) const {
  auto block = block_of(stream);
  if (!block) return false;
  bool whole[2] = {true, true};
  each_slot([&](const pcie::KeySlot& slot) { whole[slot.set] &= port_.block(*block).has_key(slot); });
  return whole[0] || whole[1];
}

bool IdeKmResponder::keyed_by(ide::StreamId stream, SessionId session) const {
  auto block = block_of(stream);
  if (!block || !keyed(stream)) return false;
  bool all = true;
  each_slot([&](const pcie::KeySlot& slot) {
    if (port_.block(*block).has_key(slot)) all &= at_slot(blocks_[*block].brought_by, slot) == session;
  });
  return all;
}

std::optional<SessionId> IdeKmResponder::owner(ide::StreamId stream) const {
  auto block = block_of(stream);
  if (!block || blocks_[*block].owner == kNoSession) return std::nullopt;
  return blocks_[*block].owner;
}

}  // namespace dsm
