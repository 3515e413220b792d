#include "platform/pcie/switch.h"

#include <algorithm>

#include "platform/pcie/iommu_rules.h"
#include "platform/protocol/ats/ats.h"
#include "platform/protocol/ide/ide.h"

namespace pcie {
namespace {

// What a switch can read of a packet: its header, which sealing leaves in the clear.
std::optional<tlp::Tlp> readable(base::View bytes) {
  if (!ide::is_protected(bytes)) {
    auto packet = wire::decode<tlp::Tlp>(bytes);
    return packet ? std::optional(*packet) : std::nullopt;
  }
  auto sealed = wire::decode<ide::Packet>(bytes);
  return sealed ? std::optional(sealed->tlp) : std::nullopt;
}

bool acs_bit(const ConfigSpace& config, std::uint32_t bit) {
  const unsigned acs = find(config, ExtendedCapability::kAcs);
  return acs && config.get(acs + kAcsControl, 2) & bit;
}

bool passes(const ConfigSpace& bridge, std::uint64_t address) {
  if (!memory_enabled(bridge)) return false;
  auto low = memory_window(bridge), high = prefetch_window(bridge);
  return (low && low->has(address)) || (high && high->has(address));
}

// Whether an egress port passes what carries a prefix; it notes what it did not (PCIe 6.0, 7.5.3.16).
bool passes_prefix(ConfigSpace& egress) {
  const unsigned pcie = find(egress, Capability::kPcie);
  if (!pcie || !(egress.get(pcie + kDeviceControl2, 2) & kPrefixBlocking)) return true;
  egress.set_bits(find(egress, ExtendedCapability::kAer) + kAerUncorrectable, 4, kAerPrefixBlocked, true);
  return false;
}

void build(ConfigSpace& config, PortType type, bool link_ide) {
  ConfigBuilder builder(config);
  builder.type1({.vendor = 0x1b36, .device = 0x000d, .class_code = 0x060400});
  builder.power_management();
  builder.pcie({.type = type});
  builder.aer(false);
  if (type == PortType::kDownstream) builder.acs(0x5f);
  if (link_ide)
    builder.ide({.selective_streams = 0, .address_associations = 0, .flow_through = true, .tee_limited = false,
                 .aggregation = true, .pcrc = true, .link_streams = 1});
}

}  // namespace

Switch::Switch(std::string at, Link& up, const std::vector<Link*>& down, trust::Defences& defences, bool link_ide)
    : at_(std::move(at)), up_(up), defences_(defences), inside_down_(at_ + ".down"), inside_up_(at_ + ".up") {
  build(upstream_, PortType::kUpstream, link_ide);
  ide_ = std::make_unique<IdePort>(at_, upstream_, defences_, IdeSettings{});
  up_.join_lower(&upper_);
  for (Link* link : down) {
    auto port = std::make_unique<Lower>(*this, *link);
    build(port->config, PortType::kDownstream, link_ide);
    port->ide = std::make_unique<IdePort>(at_, port->config, defences_, IdeSettings{});
    link->join_upper(*port);
    port->config.watch([port = port.get()](const ConfigSpace::Write& write) {
      if (write.offset / 2 * 2 != kBridgeControl) return;
      const bool held = port->config.get(kBridgeControl, 2) & kSecondaryBusReset;
      if (held) port->link.reset_below(Reset::kHot);
      port->link.set_enabled(!held);
    });
    ports_.push_back(std::move(port));
  }
  inside_up_.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    send_up(message.bytes);
    return std::nullopt;
  });
  inside_down_.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    const auto packet = readable(message.bytes);
    if (Lower* port = packet ? port_for(*packet) : nullptr) send_down(*port, message.bytes);
    return std::nullopt;
  });
}

Switch::~Switch() { up_.join_lower(nullptr); }

void Switch::reset(Reset kind) {
  upstream_.reset(kind == Reset::kPowerOn);
  ide_->wipe();
  for (auto& port : ports_) {
    port->config.reset(kind == Reset::kPowerOn);
    port->ide->wipe();
    port->link.set_enabled(true);
    port->link.reset_below(kind);
  }
}

// Whether the upstream port lets the packet in, before the ports below are asked.
bool Switch::enters(const tlp::Tlp& packet) const {
  if (packet.is_memory()) return passes(upstream_, packet.address);
  return !packet.is_config() || config_is_behind(upstream_, tlp::bus_of(packet.target));
}

// Below which port the packet's destination lies, going by what software put into the bridges.
Switch::Lower* Switch::port_for(const tlp::Tlp& packet) {
  const auto by_id = ats::target_of(packet);
  for (auto& port : ports_) {
    const bool here = packet.is_memory()       ? passes(port->config, packet.address)
                      : packet.is_config()     ? config_is_behind(port->config, tlp::bus_of(packet.target))
                      : packet.is_completion() ? bus_is_behind(port->config, tlp::bus_of(packet.requester))
                      : by_id                  ? bus_is_behind(port->config, tlp::bus_of(*by_id))
                                               : false;
    if (here) return port.get();
  }
  return nullptr;
}

void Switch::enter(IdePort& ide, const trust::Boundary& inside, base::View bytes,
                   const std::function<void(base::View)>& back, const std::function<void(base::View)>& pass) {
  // Whoever holds the switch sees what the switch sees.
  const auto on = [&](base::View seen) {
    if (!held_) return pass(seen);
    const bool sealed = ide::is_protected(seen);
    const std::size_t first = sealed ? wire::min_size<ide::Prefix>() : 0;
    const std::string kind = seen.size() > first ? tlp::name_of(static_cast<tlp::Type>(seen[first])) : "?";
    trust::Message message{.object = (sealed ? "IDE." : "") + kind,
                           .bytes = base::bytes_of(seen),
                           .schema = sealed ? &protected_schema() : &plain_schema()};
    if (auto arrived = inside.cross(std::move(message))) pass(arrived->bytes);
  };
  const auto sealed = ide::is_protected(bytes) ? ide::read_packet(bytes) : std::nullopt;
  IdeStream* stream = sealed ? ide.find(sealed->prefix.stream) : nullptr;
  if (!stream || !stream->enabled()) return on(bytes);
  auto received = ide.receive(bytes);
  if (received.failed) back(wire::encode(ide::fail_message(0, *received.failed)));
  for (const Arrived& one : received.before)
    if (one.associated) on(wire::encode(one.packet));
  if (received.arrived && received.arrived->associated) on(wire::encode(received.arrived->packet));
}

void Switch::leave(IdePort& ide, base::View bytes, const std::function<void(base::View)>& out) {
  if (ide::is_protected(bytes) || ide.block_count() == 0) return out(bytes);
  auto packet = wire::decode<tlp::Tlp>(bytes);
  IdeStream* stream = packet ? ide.link_stream(packet->traffic_class()) : nullptr;
  if (!stream || (!stream->secure() && !stream->failed())) return out(bytes);
  if (auto sealed = ide.send(*packet, false, stream->id()))
    for (const auto& one : *sealed) out(one);
}

void Switch::send_down(Lower& port, base::View bytes) {
  leave(*port.ide, bytes, [&](base::View one) { port.link.send_down(one); });
}

void Switch::send_up(base::View bytes) {
  leave(*ide_, bytes, [&](base::View one) { up_.send_up(one); });
}

void Switch::from_above(base::View bytes) {
  enter(*ide_, inside_down_, bytes, [&](base::View fail) { up_.send_up(fail); },
        [&](base::View one) { pass_down(one); });
}

void Switch::from_below(Lower& from, base::View bytes) {
  enter(*from.ide, inside_up_, bytes, [&](base::View fail) { from.link.send_down(fail); },
        [&](base::View one) { pass_up(from, one); });
}

void Switch::pass_down(base::View bytes) {
  auto packet = readable(bytes);
  if (!packet) return;
  const bool sealed = ide::is_protected(bytes);
  const bool type0 = packet->type == tlp::Type::kCfgRd0 || packet->type == tlp::Type::kCfgWr0;
  if (type0) return tlp::devfn_of(packet->target) == 0 ? serve(upstream_, *packet) : refuse(*packet);
  if (!enters(*packet)) return sealed ? void() : refuse(*packet);
  if (packet->is_config() && tlp::bus_of(packet->target) == upstream_.get(kSecondaryBus, 1)) {
    const unsigned device = tlp::devfn_of(packet->target) >> 3;
    const bool there = device < ports_.size() && (tlp::devfn_of(packet->target) & 7) == 0;
    return there ? serve(ports_[device]->config, *packet) : refuse(*packet);
  }
  Lower* port = port_for(*packet);
  if (!port) return sealed ? void() : refuse(*packet);
  if (packet->is_config() && !sealed && tlp::bus_of(packet->target) == port->config.get(kSecondaryBus, 1)) {
    packet->type = packet->is_write() ? tlp::Type::kCfgWr0 : tlp::Type::kCfgRd0;
    return send_down(*port, wire::encode(*packet));
  }
  if (!sealed || passes_prefix(port->config)) send_down(*port, bytes);
}

void Switch::pass_up(Lower& from, base::View bytes) {
  auto packet = readable(bytes);
  if (!packet) return;
  const bool sealed = ide::is_protected(bytes);
  // A port that is no bus master passes no memory request up (PCIe 6.0, 7.5.1.1.3).
  if (packet->is_memory() && !master_enabled(from.config)) return sealed ? void() : refuse_below(from, *packet);
  if (packet->is_request()) {
    UpstreamCase source{acs_bit(from.config, kAcsSourceValidation),
                        bus_is_behind(from.config, tlp::bus_of(packet->requester)),
                        acs_bit(from.config, kAcsTranslationBlocking),
                        packet->is_memory() && packet->address_type() != 0};
    if (defences_.first_refusal<UpstreamCase>(kUpstreamRules, source, at_)) return;
  }
  Lower* peer = port_for(*packet);
  if (peer && peer != &from) {
    const PeerCase redirection{packet->is_memory() && acs_bit(from.config, kAcsRequestRedirect)};
    if (!defences_.first_refusal<PeerCase>(kPeerRules, redirection, at_)) {
      if (!sealed || passes_prefix(peer->config)) send_down(*peer, bytes);
      return;
    }
  }
  if (packet->is_memory() && !master_enabled(upstream_)) return sealed ? void() : refuse_below(from, *packet);
  if (!sealed || passes_prefix(upstream_)) send_up(bytes);
}

void Switch::refuse_below(Lower& from, const tlp::Tlp& request) {
  if (request.flow() != tlp::Flow::kNonPosted) return;
  send_down(from, wire::encode(tlp::completion(request, 0, tlp::Status::kUnsupportedRequest)));
}

void Switch::refuse(const tlp::Tlp& request) {
  if (request.flow() != tlp::Flow::kNonPosted) return;
  send_up(wire::encode(tlp::completion(request, 0, tlp::Status::kUnsupportedRequest)));
}

void Switch::serve(ConfigSpace& config, const tlp::Tlp& request) {
  const IdeStream* stream = ide_->link_stream(request.traffic_class());
  const bool sealed = stream && stream->secure();  // and so did the request come; it may change that
  const auto range = tlp::range_of(request);
  base::Bytes data;
  if (request.is_write()) {
    const auto bytes = tlp::bytes_of(request);
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
    if (!bytes.empty()) config.write(static_cast<unsigned>(range.address), static_cast<unsigned>(range.size), value);
  } else {
    base::append_le(data, config.read(request.config_offset(), 4));
  }
  const auto answer = wire::encode(tlp::completion(request, request.target, tlp::Status::kSuccess, data));
  if (sealed) send_up(answer);
  else up_.send_up(answer);
}

}  // namespace pcie
