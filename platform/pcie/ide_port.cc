#include "platform/pcie/ide_port.h"

#include "platform/pcie/ide_rules.h"

namespace pcie {

IdePort::IdePort(std::string at, ConfigSpace& config, trust::Defences& defences, const IdeSettings& settings)
    : at_(std::move(at)), config_(config), offset_(pcie::find(config, ExtendedCapability::kIde)), defences_(defences) {
  if (!offset_) return;
  selective_ = ide_streams(config_, offset_);
  for (unsigned i = 0; i < selective_; ++i) {
    const unsigned at = ide_block(config_, offset_, i);
    blocks_.push_back({at + kIdeStreamControl, at + kIdeRid1, at + kIdeAddress, config_.get(at, 4) & 15});
  }
  for (unsigned i = 0; i < ide_link_streams(config_, offset_); ++i) blocks_.push_back({ide_link_block(offset_, i)});
  for (std::size_t i = 0; i < blocks_.size(); ++i)
    streams_.push_back(std::make_unique<IdeStream>(at_, defences_, settings));
  config_.watch([this, end = ide_block(config_, offset_, selective_)](const ConfigSpace::Write& write) {
    if (write.offset >= offset_ && write.offset < end) configure();
  });
  configure();
}

void IdePort::configure() {
  const std::uint32_t capability = config_.get(offset_ + kIdeCapability, 4);
  for (unsigned i = 0; i < block_count(); ++i) {
    const std::uint32_t control = control_of(i);
    const bool was_secure = streams_[i]->secure();
    const ide::StreamId id = streams_[i]->id();
    StreamControl now{.enabled = (control & kIdeEnable) != 0,
                      .id = static_cast<ide::StreamId>(control >> 24),
                      .tee_limited = !is_link(i) && (control & kIdeTeeLimited) != 0,
                      .pcrc = (capability & kIdeCapPcrc) != 0 && (control & kIdePcrc) != 0};
    // Control 3:2 non-posted, 5:4 posted, 7:6 completions.
    if (capability & kIdeCapAggregation)
      now.unit_max = {ide::aggregation_of(control >> 4), ide::aggregation_of(control >> 2),
                      ide::aggregation_of(control >> 6)};
    streams_[i]->configure(now);
    if (was_secure && !streams_[i]->secure() && told_) told_(id);
  }
  refresh();
}

// The status register stands behind the control register in both kinds of blocks.
void IdePort::refresh() {
  for (unsigned i = 0; i < block_count(); ++i) {
    const unsigned at = control_at(i) + 4;
    config_.set(at, 4, (config_.get(at, 4) & ~0xfu) | static_cast<unsigned>(streams_[i]->state()));
  }
}

IdeStream* IdePort::link_stream(unsigned traffic_class) {
  for (unsigned i = selective_; i < block_count(); ++i)
    if (streams_[i]->enabled() && (control_of(i) >> 19 & 7) == traffic_class) return streams_[i].get();
  return nullptr;
}

IdeStream* IdePort::stream_to(tlp::RequesterId function) {
  for (unsigned i = 0; i < selective_; ++i)
    if (streams_[i]->enabled() && rid_associated(i, function)) return streams_[i].get();
  return nullptr;
}

bool IdePort::is_link(const IdeStream& stream) const {
  for (unsigned i = selective_; i < block_count(); ++i)
    if (streams_[i].get() == &stream) return true;
  return false;
}

IdeStream* IdePort::find(ide::StreamId id) {
  for (bool enabled : {true, false})
    for (auto& stream : streams_)
      if (stream->id() == id && stream->enabled() == enabled) return stream.get();
  return nullptr;
}

std::vector<ide::StreamId> IdePort::default_streams() const {
  std::vector<ide::StreamId> out;
  for (unsigned i = 0; i < selective_; ++i)
    if (control_of(i) & kIdeDefault) out.push_back(streams_[i]->id());
  return out;
}

bool IdePort::rid_associated(unsigned index, tlp::RequesterId rid) const {
  const unsigned at = blocks_[index].rid;
  const std::uint32_t limit = config_.get(at, 4), base = config_.get(at + kIdeRid2 - kIdeRid1, 4);
  return base & 1 && (base >> 8 & 0xffff) <= rid && rid <= (limit >> 8 & 0xffff);
}

bool IdePort::address_associated(unsigned index, std::uint64_t address) const {
  const Block& block = blocks_[index];
  for (unsigned j = 0; j < block.address_count; ++j) {
    const unsigned at = block.addresses + 12 * j;
    const std::uint32_t low = config_.get(at, 4);
    const std::uint64_t limit = static_cast<std::uint64_t>(config_.get(at + 4, 4)) << 32 | (low & 0xfff00000) | 0xfffff;
    const std::uint64_t base = static_cast<std::uint64_t>(config_.get(at + 8, 4)) << 32 | (low >> 8 & 0xfff) << 20;
    if (low & 1 && base <= address && address <= limit) return true;
  }
  return false;
}

IdeStream* IdePort::choose(const tlp::Tlp& packet, std::optional<ide::StreamId> over) {
  if (over) return find(*over);
  // Of the engine itself; and what asked in the clear is answered so, as who enables a stream is (PCIe 6.0, 6.33.3).
  if (ide::message_of(packet) || packet.is_completion()) return nullptr;
  // A message to the link partner stays on the link; a type 0 config request cannot be in a selective stream.
  const bool local = packet.type == tlp::Type::kCfgRd0 || packet.type == tlp::Type::kCfgWr0 ||
                     (packet.is_message() && packet.message_routing() == tlp::Routing::kLocal);
  IdeStream* fallback = block_count() > selective_ ? link_stream(packet.traffic_class()) : nullptr;
  // convention: of messages by id, which are address translation's, the sender says over which selective stream they go.
  if (packet.is_message() && packet.message_routing() == tlp::Routing::kById) return fallback;
  for (unsigned i = 0; i < selective_ && !local; ++i) {
    const std::uint32_t control = control_of(i);
    if (!(control & kIdeEnable)) continue;
    if (packet.is_memory() && address_associated(i, packet.address)) return streams_[i].get();
    if (packet.is_config() && (control & kIdeForConfig) && rid_associated(i, packet.target)) return streams_[i].get();
    if (control & kIdeDefault && !packet.is_config()) fallback = streams_[i].get();
  }
  return fallback;
}

trust::Result<Sealed> IdePort::send(const tlp::Tlp& packet, bool trusted,
                                    std::optional<ide::StreamId> over, bool more) {
  return send_by(choose(packet, over), packet, trusted, more);
}

trust::Result<Sealed> IdePort::send_by(IdeStream* stream, const tlp::Tlp& packet, bool trusted, bool more) {
  if (auto no = refuses(stream, trusted)) return *no;
  return pack(stream, packet, trusted, more);
}

std::optional<trust::Refusal> IdePort::refuses(IdeStream* stream, bool trusted) {
  SendCase c{.trusted = trusted,
             .protects = stream && stream->secure(),
             .link = stream && is_link(*stream),
             .failed = stream && stream->enabled() && stream->failed()};
  return all_hold<kSendRules>(c) ? std::nullopt : defences_.first_refusal<SendCase>(kSendRules, c, at_);
}

trust::Result<Sealed> IdePort::pack(IdeStream* stream, const tlp::Tlp& packet, bool trusted, bool more) {
  if (stream && stream->secure()) return stream->seal(packet, trusted, more);
  Sealed out;
  out.add(wire::encode(packet));
  return out;
}

IdePort::Received IdePort::receive_clear(tlp::Tlp packet) {
  Received out;
  if (auto message = ide::message_of(packet)) {
    if (message->kind != ide::MessageKind::kFail) return out;
    for (unsigned i = 0; i < block_count(); ++i)
      if (streams_[i]->id() == message->stream && streams_[i]->enabled())
        config_.set_bits(control_at(i) + 4, 4, kIdeFailReceived, true);
    return out;
  }
  const IdeStream* link = block_count() > selective_ ? link_stream(packet.traffic_class()) : nullptr;
  const ClearCase c{link != nullptr && link->secure()};
  if (auto no = defences_.first_refusal<ClearCase>(kClearRules, c, at_)) out.refusal = *no;
  else out.arrived = Arrived{std::move(packet), false, std::nullopt};
  return out;
}

IdePort::Received IdePort::receive(base::View bytes) {
  Received out;
  if (!ide::is_protected(bytes)) {
    if (auto packet = wire::decode<tlp::Tlp>(bytes)) return receive_clear(std::move(*packet));
    out.malformed = true;
    return out;
  }
  auto sealed = ide::read_packet(bytes);
  if (!sealed) {
    out.malformed = true;
    return out;
  }
  for (unsigned i = 0; i < block_count(); ++i) {
    IdeStream& stream = *streams_[i];
    if (stream.id() != sealed->prefix.stream || !stream.enabled()) continue;
    if (!stream.secure() && !stream.failed()) break;  // not keyed yet: nothing to lose, nothing to open it with
    return opened(i, std::move(*sealed), bytes);
  }
  out.misrouted = true;
  return out;
}

IdePort::Received IdePort::opened(unsigned index, ide::Packet sealed, base::View bytes) {
  Received out;
  IdeStream& stream = *streams_[index];
  const bool was_secure = stream.secure();
  opened_.clear();
  if (auto done = stream.open(std::move(sealed), bytes, opened_); !done) {
    out.refusal = done.refusal();
    if (was_secure) out.failed = stream.id();
    refresh();
    return out;
  }
  for (Opened& one : opened_) {
    if (ide::message_of(one.packet)) continue;
    ArriveCase c{.packet = one.packet,
                 .over_stream = true,
                 .link = is_link(index),
                 .trusted = one.trusted,
                 .rid_associated = is_link(index) || rid_associated(index, one.packet.requester),
                 .pcrc_fits = one.pcrc_fits};
    if (defences_.first_refusal<ArriveCase>(kPcrcRules, c, at_)) {
      out.pcrc_failed = true;
      continue;
    }
    if (out.arrived) out.before.push_back(std::move(*out.arrived));
    const bool refused = defences_.first_refusal<ArriveCase>(kArriveRules, c, at_).has_value();
    out.arrived = Arrived{std::move(one.packet), one.trusted, stream.id(), !refused};
  }
  return out;
}

void IdePort::wipe() {
  for (auto& stream : streams_) stream->wipe();
  if (offset_) configure();
}

}  // namespace pcie
