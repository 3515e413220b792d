#include "platform/pcie/ide_port.h"

#include "platform/pcie/ide_rules.h"

namespace pcie {

IdePort::IdePort(std::string at, ConfigSpace& config, trust::Defences& defences, const IdeSettings& settings)
    : at_(std::move(at)), config_(config), offset_(pcie::find(config, ExtendedCapability::kIde)), defences_(defences) {
  if (!offset_) return;
  for (unsigned i = 0; i < ide_streams(config_, offset_); ++i)
    streams_.push_back(std::make_unique<IdeStream>(at_, defences_, settings));
  config_.watch([this](const ConfigSpace::Write& write) {
    if (write.offset >= offset_ && write.offset < ide_block(config_, offset_, block_count())) configure();
  });
  configure();
}

std::uint32_t IdePort::control_of(unsigned index) const {
  return config_.get(ide_block(config_, offset_, index) + kIdeStreamControl, 4);
}

void IdePort::configure() {
  for (unsigned i = 0; i < block_count(); ++i) {
    const std::uint32_t control = control_of(i);
    const bool was_secure = streams_[i]->secure();
    const ide::StreamId id = streams_[i]->id();
    streams_[i]->configure(control & kIdeEnable, static_cast<ide::StreamId>(control >> 24), control & kIdeTeeLimited);
    if (was_secure && !streams_[i]->secure() && told_) told_(id);
  }
  refresh();
}

void IdePort::refresh() {
  for (unsigned i = 0; i < block_count(); ++i) {
    const unsigned at = ide_block(config_, offset_, i) + kIdeStreamStatus;
    config_.set(at, 4, (config_.get(at, 4) & ~0xfu) | static_cast<unsigned>(streams_[i]->state()));
  }
}

IdeStream* IdePort::find(ide::StreamId id) {
  for (bool enabled : {true, false})
    for (auto& stream : streams_)
      if (stream->id() == id && stream->enabled() == enabled) return stream.get();
  return nullptr;
}

std::vector<ide::StreamId> IdePort::default_streams() const {
  std::vector<ide::StreamId> out;
  for (unsigned i = 0; i < block_count(); ++i)
    if (control_of(i) & kIdeDefault) out.push_back(streams_[i]->id());
  return out;
}

bool IdePort::rid_associated(unsigned index, tlp::RequesterId rid) const {
  const unsigned block = ide_block(config_, offset_, index);
  const std::uint32_t limit = config_.get(block + kIdeRid1, 4), base = config_.get(block + kIdeRid2, 4);
  return base & 1 && (base >> 8 & 0xffff) <= rid && rid <= (limit >> 8 & 0xffff);
}

bool IdePort::address_associated(unsigned index, std::uint64_t address) const {
  const unsigned block = ide_block(config_, offset_, index);
  const unsigned count = config_.get(block, 4) & 15;
  for (unsigned j = 0; j < count; ++j) {
    const unsigned at = block + kIdeAddress + 12 * j;
    const std::uint32_t low = config_.get(at, 4);
    const std::uint64_t limit = static_cast<std::uint64_t>(config_.get(at + 4, 4)) << 32 | (low & 0xfff00000) | 0xfffff;
    const std::uint64_t base = static_cast<std::uint64_t>(config_.get(at + 8, 4)) << 32 | (low >> 8 & 0xfff) << 20;
    if (low & 1 && base <= address && address <= limit) return true;
  }
  return false;
}

IdeStream* IdePort::choose(const tlp::Tlp& packet, std::optional<ide::StreamId> over) {
  if (over) return find(*over);
  // A message to the link partner stays on the link; a type 0 config request cannot be in a selective stream.
  if (packet.is_completion() || packet.type == tlp::Type::kCfgRd0 || packet.type == tlp::Type::kCfgWr0) return nullptr;
  if (packet.is_message() && packet.message_routing() == tlp::Routing::kLocal) return nullptr;
  IdeStream* fallback = nullptr;
  for (unsigned i = 0; i < block_count(); ++i) {
    const std::uint32_t control = control_of(i);
    if (!(control & kIdeEnable)) continue;
    if (packet.is_memory() && address_associated(i, packet.address)) return streams_[i].get();
    if (packet.is_config() && (control & kIdeForConfig) && rid_associated(i, packet.target)) return streams_[i].get();
    if (control & kIdeDefault && !packet.is_config()) fallback = streams_[i].get();
  }
  return fallback;
}

trust::Result<std::vector<base::Bytes>> IdePort::send(const tlp::Tlp& packet, bool trusted,
                                                      std::optional<ide::StreamId> over) {
  IdeStream* stream = choose(packet, over);
  SendCase c{.trusted = trusted,
             .protects = stream && stream->secure(),
             .failed = stream && stream->enabled() && stream->failed()};
  if (auto no = defences_.first_refusal<SendCase>(kSendRules, c, at_)) return *no;
  if (c.protects) return stream->seal(packet, trusted);
  return std::vector<base::Bytes>{wire::encode(packet)};
}

IdePort::Received IdePort::receive(base::View bytes) {
  Received out;
  if (!ide::is_protected(bytes)) {
    auto packet = wire::decode<tlp::Tlp>(bytes);
    if (!packet) {
      out.malformed = true;
      return out;
    }
    if (auto message = ide::message_of(*packet)) {
      if (message->kind != ide::MessageKind::kFail) return out;
      for (unsigned i = 0; i < block_count(); ++i)
        if (streams_[i]->id() == message->stream && streams_[i]->enabled())
          config_.set_bits(ide_block(config_, offset_, i) + kIdeStreamStatus, 4, kIdeFailReceived, true);
      return out;
    }
    out.arrived = Arrived{std::move(*packet), false, std::nullopt};
    return out;
  }
  auto sealed = wire::decode<ide::Packet>(bytes);
  if (!sealed) {
    out.malformed = true;
    return out;
  }
  for (unsigned i = 0; i < block_count(); ++i) {
    IdeStream& stream = *streams_[i];
    if (stream.id() != sealed->prefix.stream || !stream.enabled()) continue;
    const bool was_secure = stream.secure();
    if (!was_secure && !stream.failed()) break;  // not keyed yet: nothing to lose, nothing to open it with
    auto opened = stream.open(*sealed);
    if (!opened) {
      out.refusal = opened.refusal();
      if (was_secure) out.failed = stream.id();
      refresh();
      return out;
    }
    if (ide::message_of(*opened)) return out;
    ArriveCase c{*opened, true, rid_associated(i, opened->requester)};
    if (auto no = defences_.first_refusal<ArriveCase>(kArriveRules, c, at_)) {
      out.refusal = *no;
      out.associated = false;
    }
    out.arrived = Arrived{std::move(*opened), sealed->prefix.trusted(), stream.id()};
    return out;
  }
  out.misrouted = true;
  return out;
}

void IdePort::wipe() {
  for (auto& stream : streams_) stream->wipe();
  if (offset_) configure();
}

}  // namespace pcie
