#include "tsm/tio/port_firmware.h"

#include <algorithm>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/registers.h"
#include "tsm/tio/port_rules.h"

namespace tio {

PortFirmware::PortFirmware(std::string at, pcie::RootPort& port, pcie::Iommu& iommu, trust::Defences& defences)
    : at_(std::move(at)), port_(port), iommu_(iommu), defences_(defences) {}

std::optional<trust::Refusal> PortFirmware::may_key(Owner owner, ide::StreamId stream) const {
  const auto held = streams_.find(stream);
  const StreamCase c{.is_there = port_.ide().find(stream) != nullptr, .is_free_or_own = held == streams_.end() || held->second == owner};
  return defences_.first_refusal<StreamCase>(kStreamRules, c, at_);
}

trust::Result<> PortFirmware::program(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot, const ide::Key& key, bool others) {
  if (auto no = may_key(owner, stream)) return *no;
  streams_[stream] = owner;
  const bool taken = port_.ide().find(stream)->program(slot, key);
  port_.ide().refresh();
  if (defences_.refuse_unless(kKeyInUse, taken, at_)) return trust::Refusal{&kKeyInUse};
  std::erase_if(others_[stream], [&](const pcie::KeySlot& one) {
    return one.set == slot.set && one.direction == slot.direction && one.sub_stream == slot.sub_stream;
  });
  if (others) others_[stream].push_back(slot);
  return trust::ok();
}

trust::Result<> PortFirmware::go(Owner owner, ide::StreamId stream, unsigned key_set, ide::Direction direction) {
  if (auto no = may_key(owner, stream)) return *no;
  for (unsigned sub = 0; sub < 3; ++sub) port_.ide().find(stream)->go({key_set, direction, static_cast<ide::SubStream>(sub)});
  port_.ide().refresh();
  return trust::ok();
}

trust::Result<> PortFirmware::go_one(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot) {
  if (auto no = may_key(owner, stream)) return *no;
  port_.ide().find(stream)->go(slot);
  port_.ide().refresh();
  return trust::ok();
}

void PortFirmware::stop(Owner owner, ide::StreamId stream, const pcie::KeySlot& slot) {
  if (may_key(owner, stream)) return;
  port_.ide().find(stream)->stop(slot);
  port_.ide().refresh();
}

bool PortFirmware::has_key(ide::StreamId stream, const pcie::KeySlot& slot) const {
  const auto* there = port_.ide().find(stream);
  return there && !there->failed() && there->has_key(slot);
}

bool PortFirmware::secure(ide::StreamId stream) const {
  const auto* there = port_.ide().find(stream);
  return there && there->secure();
}

void PortFirmware::erase_keys(Owner owner, ide::StreamId stream) {
  auto* there = port_.ide().find(stream);
  const auto held = streams_.find(stream);
  if (!there || (held != streams_.end() && held->second != owner)) return;
  for (unsigned set = 0; set < 2; ++set)
    for (const auto direction : {ide::Direction::kReceive, ide::Direction::kTransmit})
      for (unsigned sub = 0; sub < ide::kSubStreams; ++sub) there->stop({set, direction, static_cast<ide::SubStream>(sub)});
  port_.ide().refresh();
}

std::optional<unsigned> PortFirmware::block_of(ide::StreamId stream) const {
  const auto& config = port_.config();
  for (unsigned block = 0; block < port_.ide().selective_count(); ++block)
    if (port_.ide().block(block).id() == stream) return pcie::ide_block(config, pcie::find(config, pcie::ExtendedCapability::kIde), block);
  return std::nullopt;
}

// PCIe 6.0, 7.9.26: bits 3:0 of a stream's capability.
unsigned PortFirmware::address_associations(ide::StreamId stream) const {
  const auto at = block_of(stream);
  return at ? port_.config().get(*at, 4) & 0xf : 0;
}

void PortFirmware::associate(ide::StreamId stream, const Association& with) {
  const auto at = block_of(stream);
  if (!at) return;
  auto& config = port_.config();
  config.write(*at + pcie::kIdeRid1, 4, with.rid_1);
  config.write(*at + pcie::kIdeRid2, 4, with.rid_2);
  for (unsigned block = 0; block < with.addresses.size() && block < address_associations(stream); ++block)
    for (unsigned word = 0; word < 3; ++word) config.write(*at + pcie::kIdeAddress + 12 * block + 4 * word, 4, with.addresses[block][word]);
}

bool PortFirmware::leads_to(ide::StreamId stream, tlp::RequesterId function) const {
  const auto& config = port_.config();
  const unsigned capability = pcie::find(config, pcie::ExtendedCapability::kIde);
  for (unsigned block = 0; block < port_.ide().block_count(); ++block) {
    if (port_.ide().block(block).id() != stream) continue;
    const unsigned at = pcie::ide_block(config, capability, block);
    const std::uint32_t limit = config.get(at + pcie::kIdeRid1, 4) >> 8 & 0xffff, second = config.get(at + pcie::kIdeRid2, 4);
    const std::uint32_t base = second >> 8 & 0xffff;
    return (second & 1) != 0 && base <= function && function <= limit;
  }
  return false;
}

trust::Result<> PortFirmware::bind(Owner owner, ide::StreamId stream, tlp::RequesterId function) {
  const auto held = streams_.find(stream);
  const auto bound = bound_.find(function);
  auto* there = port_.ide().find(stream);
  const BindCase c{.stream_is_own = held != streams_.end() && (held->second == owner || held->second == kFirmware),
                   .stream_is_secure = there && there->secure(),
                   .stream_carries_it = leads_to(stream, function),
                   .is_free_or_own = bound == bound_.end() || bound->second.first == owner};
  if (auto no = defences_.first_refusal<BindCase>(kBindRules, c, at_)) return *no;
  bound_[function] = {owner, stream};
  iommu_.bind(function, owner);
  return trust::ok();
}

trust::Result<> PortFirmware::map(Owner owner, tlp::RequesterId function, std::uint64_t iova, std::uint64_t address,
                                  bool writable) {
  if (auto no = defences_.first_refusal<MapCase>(kMapRules, MapCase{owner_of(function) == owner}, at_)) return *no;
  iommu_.map(pcie::IommuTable::kTrusted, function, iova, address, writable);
  return trust::ok();
}

// A VM that gives up before its device was bound gives up the streams that it keyed as well, but for those that other functions of
// its are bound over.
void PortFirmware::release(Owner owner, tlp::RequesterId function) {
  const auto bound = bound_.find(function);
  if (bound == bound_.end()) return give_up(owner);
  if (bound->second.first != owner) return;
  iommu_.clear(pcie::IommuTable::kTrusted, function);
  iommu_.unbind(function);
  const ide::StreamId stream = bound->second.second;
  bound_.erase(bound);
  // The stream goes with the last of its functions.
  const bool in_use = std::ranges::any_of(bound_, [&](const auto& entry) { return entry.second.second == stream; });
  if (in_use || streams_[stream] != owner) return;
  erase_keys(owner, stream);
  streams_.erase(stream);
}

void PortFirmware::give_up(Owner owner) {
  for (auto at = streams_.begin(); at != streams_.end();) {
    const ide::StreamId stream = at->first;  // no structured binding: clang 14 lets no lambda have one
    const Owner held = at++->second;
    if (held != owner || std::any_of(bound_.begin(), bound_.end(), [&](const auto& one) { return one.second.second == stream; })) continue;
    erase_keys(owner, stream);
    streams_.erase(stream);
  }
}

void PortFirmware::forget(Owner owner) {
  for (auto at = bound_.begin(); at != bound_.end();) {
    const auto [function, held] = *at++;
    if (held.first == owner) release(owner, function);
  }
  give_up(owner);
}

bool PortFirmware::keyed_by_others(ide::StreamId stream) const {
  const auto found = others_.find(stream);
  return found != others_.end() && std::ranges::any_of(found->second, [&](const pcie::KeySlot& slot) { return has_key(stream, slot); });
}

Owner PortFirmware::owner_of(tlp::RequesterId function) const {
  const auto bound = bound_.find(function);
  return bound == bound_.end() ? 0 : bound->second.first;
}

std::vector<const trust::Defence*> port_defences() {
  std::vector<const trust::Defence*> out;
  for (const auto& rule : kStreamRules) out.push_back(&rule.defence);
  out.push_back(&kKeyInUse);
  for (const auto& rule : kBindRules) out.push_back(&rule.defence);
  for (const auto& rule : kMapRules) out.push_back(&rule.defence);
  return out;
}

}  // namespace tio
