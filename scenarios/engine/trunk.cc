#include "scenarios/engine/trunk.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/pcie/config_builder.h"
#include "scenarios/engine/adversary.h"

namespace engine {

namespace {

constexpr std::uint64_t kFirst = 0x4'1000'0000, kWindow = 0x1000'0000, kBranch = 0x100'0000, kBar2Offset = 0x10'0000;

unsigned bus_below(const DeviceSettings& card) { return card.bus_below != 0 ? card.bus_below : 1 + card.slot; }

}  // namespace

// Depth first: below a switch's upstream port lies the bus of its downstream ports, and then one bus for each card.
Place place_of(const DeviceSettings& card) {
  base::check(card.slot < kSlotsMax && card.branch < kBranchesMax, "a machine has slots for its cards");
  Place out{.bridge = tlp::requester_id(0, 1 + card.slot, 0)};
  out.above = card.behind.empty() ? out.bridge : tlp::requester_id(bus_below(card) + 1, card.branch, 0);
  out.card = tlp::requester_id(bus_below(card) + (card.behind.empty() ? 0 : 2 + card.branch), 0, 0);
  out.bar0 = kFirst + card.slot * kWindow + card.branch * kBranch;
  out.bar2 = out.bar0 + kBar2Offset;
  return out;
}

pcie::PortSettings port_settings(const DeviceSettings& card) {
  pcie::PortSettings port;
  port.ide.escort = card.ide_escort;
  port.ide.quarantine_tags = card.ide_quarantine;
  port.ide.flush_on_rekey = card.ide_flush;
  port.ide.sync_first = card.ide_sync;
  port.ide.cipher_path = card.ide_cipher_path;
  return port;
}

Trunk::Trunk(World& world, pcie::RootComplex& root, pcie::Iommu& iommu, const std::vector<DeviceSettings>& cards)
    : world_(world), root_(root), cards_(cards) {
  const DeviceSettings& first = cards_.front();
  const bool switched = !first.behind.empty();
  base::check(switched || cards_.size() == 1, "a root port has one card, or a switch");
  if (switched) upper_ = std::make_unique<pcie::Link>("link " + first.port + " - " + first.behind);
  for (const auto& card : cards_)
    links_.push_back(std::make_unique<pcie::Link>("link " + (switched ? card.behind : card.port) + " - " + card.device));
  pcie::RootPort::Shape shape;
  shape.ide.selective_streams = cards_.back().branch + 2;  // one for each card, and one that is free
  shape.ide.aggregation = first.ide_aggregation > 1;
  shape.ide.pcrc = first.ide_pcrc;
  shape.ide.link_streams = first.ide_link ? 1 : 0;
  pcie::RootPort::build(config_, shape);
  port_ = std::make_unique<pcie::RootPort>(first.port, config_, upper_ ? *upper_ : *links_.front(), world.defences,
                                           port_settings(first));
  root_.add(*port_, tlp::devfn_of(place_of(first).bridge));
  firmware_ = std::make_unique<tio::PortFirmware>("tsm0", *port_, iommu, world.defences);
  if (switched) {
    std::vector<pcie::Link*> down;
    for (const auto& link : links_) down.push_back(link.get());
    switch_ = std::make_unique<pcie::Switch>(first.behind, *upper_, down, world.defences, first.ide_link);
    if (world.filming || world.adversary->stands_at(first.behind + ".")) switch_->attach(*world.adversary);
    lead_on(*upper_);
  }
  for (const auto& link : links_) lead_on(*link);
}

// Whoever holds the wire may send what nobody asked for.
void Trunk::lead_on(pcie::Link& link) {
  if (world_.filming || world_.adversary->stands_at(link.name())) link.attach(*world_.adversary);
  link.down().leads_to([&link](const trust::Message& message) -> std::optional<trust::Message> {
    link.inject_down(message.bytes);
    return std::nullopt;
  });
  link.up().leads_to([&link](const trust::Message& message) -> std::optional<trust::Message> {
    link.inject_up(message.bytes);
    return std::nullopt;
  });
}

// Windows are of whole MiB, above 4 GiB, and none crosses a multiple of 4 GiB.
void Trunk::set_bridge(tlp::RequesterId bridge, unsigned secondary, unsigned subordinate, std::uint64_t base, std::uint64_t size) {
  const auto first = static_cast<std::uint32_t>(base >> 20 & 0xfff), last = static_cast<std::uint32_t>((base + size - 1) >> 20 & 0xfff);
  root_.config_write(bridge, pcie::kPrimaryBus, 4, subordinate << 16 | secondary << 8 | tlp::bus_of(bridge));
  root_.config_write(bridge, pcie::kPrefetchBase, 4, (last << 4 | 1) << 16 | (first << 4 | 1));
  root_.config_write(bridge, pcie::kPrefetchBaseUpper, 4, static_cast<std::uint32_t>(base >> 32));
  root_.config_write(bridge, pcie::kPrefetchLimitUpper, 4, static_cast<std::uint32_t>(base >> 32));
  root_.config_write(bridge, pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
}

// No function speaks for another, none reaches another past the IOMMU.
void Trunk::control_access(tlp::RequesterId bridge, const pcie::ConfigSpace& config) {
  root_.config_write(bridge, pcie::find(config, pcie::ExtendedCapability::kAcs) + pcie::kAcsControl, 2,
                     pcie::kAcsSourceValidation | pcie::kAcsRequestRedirect);
}

void Trunk::enumerate() {
  const Place first = place_of(cards_.front()), last = place_of(cards_.back());
  const unsigned below = bus_below(cards_.front()), end = tlp::bus_of(last.card);
  const std::uint64_t window = kFirst + cards_.front().slot * kWindow;
  set_bridge(first.bridge, below, end, window, kWindow);
  control_access(first.bridge, config_);
  if (!switch_) return;
  const auto upstream = tlp::requester_id(below, 0, 0);
  set_bridge(upstream, below + 1, end, window, kWindow);
  for (const auto& card : cards_) {
    const Place place = place_of(card);
    set_bridge(place.above, tlp::bus_of(place.card), tlp::bus_of(place.card), place.bar0, kBranch);
    control_access(place.above, switch_->downstream(card.branch));
  }
  // A window below 4 GiB has nothing in it: its base lies above its limit.
  root_.config_write(upstream, pcie::kMemoryBase, 4, 0x0000'fff0);
  for (const auto& card : cards_) root_.config_write(place_of(card).above, pcie::kMemoryBase, 4, 0x0000'fff0);
  if (cards_.front().ide_link && !upper_keyed_) key_upper_link();
}

// convention: both ends are the host's own, who gives them their keys without a session.
void Trunk::key_upper_link() {
  const auto upstream = tlp::requester_id(bus_below(cards_.front()), 0, 0), bridge = place_of(cards_.front()).bridge;
  const unsigned there = pcie::ide_link_block(pcie::find(switch_->upstream(), pcie::ExtendedCapability::kIde), 0);
  const unsigned here = pcie::ide_link_block(pcie::find(config_, pcie::ExtendedCapability::kIde), 0);
  constexpr std::uint32_t kControl = std::uint32_t{kLinkStream} << 24;
  root_.config_write(upstream, there, 4, kControl);
  root_.config_write(bridge, here, 4, kControl);
  sim::Random random(world_.run.seed, cards_.front().port + ".host-keys");
  auto &below = *switch_->upstream_ide().find(kLinkStream), &above = *port_->ide().find(kLinkStream);
  for (unsigned s = 0; s < ide::kSubStreams; ++s)
    for (const auto way : {ide::Direction::kReceive, ide::Direction::kTransmit}) {
      const auto back = way == ide::Direction::kReceive ? ide::Direction::kTransmit : ide::Direction::kReceive;
      const auto sub = static_cast<ide::SubStream>(s);
      ide::Key key{};
      random.fill(key);
      below.program({0, way, sub}, key), below.go({0, way, sub});
      above.program({0, back, sub}, key), above.go({0, back, sub});
    }
  root_.config_write(upstream, there, 4, kControl | pcie::kIdeEnable);
  root_.config_write(bridge, here, 4, kControl | pcie::kIdeEnable);
  upper_keyed_ = true;
  world_.record.say("vmm", "keys the stream of the link above " + cards_.front().behind);
}

std::vector<ConfigPart> Trunk::config_parts() {
  const auto& first = cards_.front();
  std::vector<ConfigPart> out{{first.port, place_of(first).bridge, config_}};
  if (!switch_) return out;
  out.push_back({first.behind + ".up", tlp::requester_id(bus_below(first), 0, 0), switch_->upstream()});
  for (const auto& card : cards_)
    out.push_back({card.behind + ".down" + std::to_string(card.branch), place_of(card).above, switch_->downstream(card.branch)});
  return out;
}

const trust::Boundary* Trunk::find_boundary(const std::string& name) {
  std::vector<const trust::Boundary*> all;
  if (upper_) all = {&upper_->down(), &upper_->up()};
  for (const auto& link : links_) all.insert(all.end(), {&link->down(), &link->up()});
  if (switch_) all.insert(all.end(), {&switch_->inside_down(), &switch_->inside_up()});
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto* boundary) { return boundary->name() == name; });
  return found == all.end() ? nullptr : *found;
}

void Trunk::capture(Captures& into) {
  if (!upper_) return;
  Capture& packets = into[upper_->name()];
  packets.kind = Capture::Kind::kTlp;
  upper_->watch([this, &packets](bool, base::View bytes) { packets.add(world_.sim.now(), bytes); });
}

}  // namespace engine
