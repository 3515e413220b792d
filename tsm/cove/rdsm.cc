#include "tsm/cove/rdsm.h"

#include <algorithm>

#include "platform/protocol/ide_km/ide_km.h"

namespace cove {
namespace {

using namespace coveproto;

constexpr std::uint32_t index_of(const IdeKeyDescriptor& key) { return key.sub_stream_id << 2u | key.key_set << 1u | key.tx_rx; }
pcie::KeySlot slot_of(const IdeKeyDescriptor& key) {
  const auto direction = key.tx_rx == 0 ? ide::Direction::kTransmit : ide::Direction::kReceive;
  return {key.key_set, direction, static_cast<ide::SubStream>(key.sub_stream_id)};
}
IdeKeyDescriptor key_at(std::uint8_t stream, std::uint32_t index) {
  return {stream, static_cast<std::uint8_t>(index >> 2), static_cast<std::uint8_t>(index >> 1 & 1), static_cast<std::uint8_t>(index & 1)};
}
constexpr Rdsm::Answer succeeded(std::uint64_t value = 0) { return {{SbiError::kSuccess, value}, std::nullopt}; }
constexpr Rdsm::Answer failed(SbiError error) { return {{error, 0}, std::nullopt}; }

}  // namespace

Rdsm::Answer Rdsm::ecall(const Caller& caller, const Ecall& call) {
  switch (static_cast<Covt>(fid_of(call.a6))) {
    case Covt::kProgramRpIdeKey: return program_key(caller, call);
    case Covt::kClearRpIdeKey: return clear_key(caller, call);
    case Covt::kSetGoRpIdeKey: return set_go(caller, call);
    case Covt::kSetStopRpIdeKey: return set_stop(caller, call);
    case Covt::kRpIdeKeyStatus: return key_status(caller, call);
    case Covt::kProgramRpIdeStream: return program_stream(caller, call);
  }
  return failed(SbiError::kNotSupported);
}

Rdsm::Answer Rdsm::refuse(std::span<const KeyStep> steps, const KeyCase& c) {
  for (const KeyStep& step : steps)
    if (auto no = defences_.refuse_unless(*step.defence, step.holds(c), name_)) return {{step.error, 0}, no};
  return succeeded();
}

tio::PortFirmware* Rdsm::port(std::uint64_t id) const {
  const auto found = ports_.find(id);
  return found == ports_.end() ? nullptr : found->second;
}

Rdsm::Stream* Rdsm::stream(std::uint64_t port, std::uint8_t stream) {
  const auto found = streams_.find({port, stream});
  return found == streams_.end() ? nullptr : &found->second;
}

// A stream whose keys are all gone is nobody's.
bool Rdsm::own(const Caller& caller, std::uint64_t port, std::uint8_t id) {
  const Stream* known = stream(port, id);
  if (!known || known->domain == caller.domain) return true;
  return std::ranges::all_of(known->keys, [&](const auto& key) { return status(port, key_at(id, key.first)) == IdeKeyStatus::kCleared; });
}

IdeKeyStatus Rdsm::status(std::uint64_t port_id, const IdeKeyDescriptor& name) {
  Stream* known = stream(port_id, name.stream_id);
  const auto found = known ? known->keys.find(index_of(name)) : std::map<std::uint32_t, Key>::iterator{};
  if (!known || found == known->keys.end()) return IdeKeyStatus::kCleared;
  if (found->second.held) return IdeKeyStatus::kProgrammed;
  if (!port(port_id)->has_key(name.stream_id, slot_of(name))) return known->keys.erase(found), IdeKeyStatus::kCleared;
  return found->second.enabled ? IdeKeyStatus::kEnabled : IdeKeyStatus::kProgrammed;
}

std::optional<IdeKeyDescriptor> Rdsm::descriptor(const Caller& caller, const Ecall& in, KeyCase& c) {
  const tio::PortFirmware* there = port(in.a0);
  c.root_port = there != nullptr;
  const auto bytes = caller.memory(in.a1, kIdeKeyDescriptorSize);
  const auto read = bytes ? wire::decode<IdeKeyDescriptor>(*bytes) : wire::Decoded<IdeKeyDescriptor>(wire::Error{});
  c.descriptor = read && read->sub_stream_id < ide::kSubStreams && read->key_set < 2 && read->tx_rx < 2 &&
                 (!there || there->has(read->stream_id));
  if (!c.descriptor || !there) return std::nullopt;
  c.own_stream = own(caller, in.a0, read->stream_id);
  const auto now = status(in.a0, *read);
  c.disabled = now != IdeKeyStatus::kEnabled;
  c.programmed = now == IdeKeyStatus::kProgrammed;
  c.enabled = now == IdeKeyStatus::kEnabled;
  return *read;
}

// An enabled key that is replaced all the same is no longer in use.
Rdsm::Answer Rdsm::program_key(const Caller& caller, const Ecall& in) {
  KeyCase c;
  const auto name = descriptor(caller, in, c);
  const auto bytes = caller.memory(in.a2, kIdeKeyDataSize);
  const auto data = bytes ? wire::decode<IdeKeyData>(*bytes) : wire::Decoded<IdeKeyData>(wire::Error{});
  c.data = static_cast<bool>(data);
  if (auto no = refuse(kProgramKeySteps, c); !no.ok()) return no;
  if (!name || !data) return failed(SbiError::kFailed);
  // The counter of a new key begins at one; another would be a stream's that has sent before.
  if (ide_km::ifv_of(data->ifv) != ide::kFirstCounter) return failed(SbiError::kIo);
  tio::PortFirmware& there = *port(in.a0);
  if (status(in.a0, *name) == IdeKeyStatus::kEnabled) there.stop(tio::kFirmware, name->stream_id, slot_of(*name));
  // Whoever keyed the stream first, owns it.
  Stream& stream = streams_.try_emplace({in.a0, name->stream_id}, Stream{.domain = caller.domain, .keys = {}}).first->second;
  if (c.own_stream) stream.domain = caller.domain;
  const ide::Key key = ide_km::key_of(data->key);
  if (!there.program(tio::kFirmware, name->stream_id, slot_of(*name), key, !c.own_stream)) return failed(SbiError::kIo);
  stream.keys[index_of(*name)] = {.value = key};
  return succeeded();
}

Rdsm::Answer Rdsm::clear_key(const Caller& caller, const Ecall& in) {
  const auto id = static_cast<std::uint8_t>(in.a1);
  KeyCase c;
  c.root_port = port(in.a0) != nullptr;
  c.descriptor = in.a1 <= 0xff && (!c.root_port || port(in.a0)->has(id));
  Stream* known = c.root_port && c.descriptor ? stream(in.a0, id) : nullptr;
  if (c.root_port && c.descriptor) c.own_stream = own(caller, in.a0, id);
  std::vector<std::uint32_t> names;
  if (known)
    for (const auto& [index, key] : known->keys) names.push_back(index);
  c.programmed = false;
  for (const std::uint32_t index : names) {
    const auto now = status(in.a0, key_at(id, index));
    c.disabled = c.disabled && now != IdeKeyStatus::kEnabled;
    c.programmed = c.programmed || now != IdeKeyStatus::kCleared;
  }
  if (auto no = refuse(kClearKeySteps, c); !no.ok()) return no;
  port(in.a0)->erase_keys(tio::kFirmware, id);
  streams_.erase({in.a0, id});
  return succeeded();
}

Rdsm::Answer Rdsm::set_go(const Caller& caller, const Ecall& in) {
  KeyCase c;
  const auto name = descriptor(caller, in, c);
  if (auto no = refuse(kSetGoSteps, c); !no.ok()) return no;
  if (!name) return failed(SbiError::kFailed);
  tio::PortFirmware& there = *port(in.a0);
  Key& key = streams_.at({in.a0, name->stream_id}).keys.at(index_of(*name));
  if (key.held && !there.program(tio::kFirmware, name->stream_id, slot_of(*name), key.value)) return failed(SbiError::kFailed);
  if (!there.go_one(tio::kFirmware, name->stream_id, slot_of(*name))) return failed(SbiError::kFailed);
  key.held = false, key.enabled = true;
  return succeeded();
}

// The port forgets a key that it stops; here it is kept, for the state is Programmed again.
Rdsm::Answer Rdsm::set_stop(const Caller& caller, const Ecall& in) {
  KeyCase c;
  const auto name = descriptor(caller, in, c);
  if (auto no = refuse(kSetStopSteps, c); !no.ok()) return no;
  if (!name) return failed(SbiError::kFailed);
  port(in.a0)->stop(tio::kFirmware, name->stream_id, slot_of(*name));
  Key& key = streams_.at({in.a0, name->stream_id}).keys.at(index_of(*name));
  key.held = true, key.enabled = false;
  return succeeded();
}

Rdsm::Answer Rdsm::key_status(const Caller& caller, const Ecall& in) {
  KeyCase c;
  const auto name = descriptor(caller, in, c);
  if (auto no = refuse(kNamedSteps, c); !no.ok()) return no;
  if (!name) return failed(SbiError::kFailed);
  return succeeded(static_cast<std::uint64_t>(status(in.a0, *name)));
}

Rdsm::Answer Rdsm::program_stream(const Caller& caller, const Ecall& in) {
  KeyCase c;
  c.root_port = port(in.a0) != nullptr;
  const auto head = caller.memory(in.a1, kIdeStreamDescriptorSize);
  const std::size_t blocks = head ? (*head)[1] : 0;
  const auto bytes = caller.memory(in.a1, kIdeStreamDescriptorSize + 12 * blocks);
  const auto read = bytes ? wire::decode<IdeStreamDescriptor>(*bytes) : wire::Decoded<IdeStreamDescriptor>(wire::Error{});
  // Valid requester ids, from first to last.
  const auto rid = [](std::uint32_t image) { return image >> 8 & 0xffff; };
  c.descriptor = read && (read->rid_assoc_2 & 1) != 0 && rid(read->rid_assoc_2) <= rid(read->rid_assoc_1);
  if (c.descriptor && c.root_port) {
    c.descriptor = port(in.a0)->has(read->stream_id) && blocks <= port(in.a0)->address_associations(read->stream_id);
    c.own_stream = own(caller, in.a0, read->stream_id);
  }
  if (auto no = refuse(kNamedSteps, c); !no.ok()) return no;
  if (!read || !c.root_port) return failed(SbiError::kFailed);
  tio::PortFirmware::Association with{.rid_1 = read->rid_assoc_1, .rid_2 = read->rid_assoc_2, .addresses = {}};
  for (const auto& block : read->addr_assoc) with.addresses.push_back({block.first, block.second, block.third});
  port(in.a0)->associate(read->stream_id, with);
  return succeeded();
}

std::vector<const trust::Defence*> rdsm_defences() {
  return {&kKeyDataAddress, &kKeyPort, &kKeyDescriptor, &kKeyOwner, &kKeyDisabled, &kKeyProgrammed, &kKeyInState};
}

}  // namespace cove
