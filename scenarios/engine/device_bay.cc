#include "scenarios/engine/device_bay.h"

#include <algorithm>

#include "devices/responder/doe_responder.h"
#include "guest/device_trust/policy_file.h"
#include "platform/base/check.h"
#include "platform/pcie/config_builder.h"
#include "platform/pcie/doe_driver.h"
#include "platform/protocol/doe/data_object.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/cards.h"
#include "scenarios/engine/device_image.h"
#include "scenarios/engine/device_kinds.h"
#include "scenarios/engine/host_keys.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

constexpr std::uint64_t kFunctionWindow = 0x20'0000;  // of system addresses: BAR 0, and BAR 2 a megabyte on

// What a carrier can tell apart: the type of a data object stands in the clear.
std::string object_name(base::View object) {
  if (object.size() < 4) return "OBJECT";
  switch (static_cast<doe::ObjectType>(object[2])) {
    case doe::ObjectType::kDiscovery: return "DISCOVERY";
    case doe::ObjectType::kSpdm: return "SPDM";
    case doe::ObjectType::kSecuredSpdm: return "SECURED_SPDM";
    default: return "OBJECT";
  }
}

// What both ends' control registers say of a stream besides what it serves.
std::uint32_t stream_control(const DeviceSettings& settings) {
  const std::uint32_t code = settings.ide_aggregation == 8 ? 3 : settings.ide_aggregation / 2;  // 5:4: of posted requests
  return std::uint32_t{settings.stream} << 24 | code << 4 | (settings.ide_pcrc ? pcie::kIdePcrc : 0u);
}

}  // namespace

DeviceBay::DeviceBay(World& world, Fabric& fabric, const DeviceSettings& settings)
    : world_(world), settings_(settings), place_(place_of(settings)), iommu_(fabric.iommu()), root_(fabric.root()),
      trunk_(fabric.trunk(settings)), link_(trunk_.link_to(settings.branch)), port_config_(trunk_.config()), port_(&trunk_.port()),
      firmware_(&trunk_.firmware()), doe_("doe " + settings.port + " -> " + settings.device), keys_("keys " + settings.port),
      mmio_table_(world.defences, "cpu0") {
  auto nonces = std::make_shared<sim::Random>(world.run.seed, settings.device + ".tdi");
  card_ = make_card(settings, link_, world, port_settings(settings), [nonces]() -> std::optional<tdisp::Nonce> {
    tdisp::Nonce nonce{};
    nonces->fill(nonce);
    return nonce;
  });
  fit_responder();
  if (!settings.responder.empty()) outside_ = world.begin_outside(settings.device);
  for (const auto type : {pcie::kDoeCma, pcie::kDoeSecuredCma})
    card_->serve(type, [this](base::View object) {
      return outside_ ? outside_(world_.sim.now(), object) : responder::answer_object(*responder_, object);
    });
  std::vector<std::string> names{settings.device};
  names.insert(names.end(), settings.functions.begin(), settings.functions.end());
  for (unsigned i = 0; i < names.size(); ++i)
    functions_.push_back(std::make_unique<DeviceFunction>(
        world, *this, DeviceFunction::At{.name = names[i], .index = i, .id = static_cast<tlp::RequesterId>(place_.card + i),
                                         .bar0 = place_.bar0 + i * kFunctionWindow, .bar2 = place_.bar2 + i * kFunctionWindow}));
  card_->on_reset([this](pcie::Reset, unsigned function) {
    functions_[function]->was_reset();
    if (function == 0) responder_->reset();
  });
  for (auto* boundary : {&doe_, &keys_}) boundary->attach(*world.adversary);
  logic().attach(*world.adversary);
  logic().leads_to([this](const trust::Message& message) { return from_firmware(message); });
  doe_.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    const bool unasked = &message != carried_;
    if (unasked) keep(message.bytes);
    auto answer = through_mailbox(message.bytes);
    if (unasked && answer) keep(*answer);
    if (!answer) return std::nullopt;
    return trust::Message{.object = object_name(*answer), .bytes = *answer, .reply = true};
  });
}

DeviceBay::~DeviceBay() = default;

// For what has no T bit: of the card, or of the link right above it.
void DeviceBay::key_as_host() {
  const auto& card = card_->function(0).config();
  const auto& above = trunk_.config_above(settings_.branch);
  const bool link = settings_.ide_link;
  const auto link_block = [](const pcie::ConfigSpace& config) {
    return pcie::ide_link_block(pcie::find(config, pcie::ExtendedCapability::kIde), 0);
  };
  const unsigned there = link ? link_block(card) : device_ide() + pcie::kIdeStreamControl;
  const unsigned here = link ? link_block(above) : port_ide() + pcie::kIdeStreamControl;
  const tlp::RequesterId port = link ? place_.above : place_.bridge;
  const std::uint8_t stream = link ? kLinkStream : settings_.stream;
  const std::uint32_t control = link ? std::uint32_t{stream} << 24 : stream_control(settings_);
  const std::uint32_t at_card = link ? control : control | pcie::kIdeDefault;
  root_.config_write(port, here, 4, control);
  root_.config_write(place_.card, there, 4, at_card);
  host_keys_ = std::make_unique<HostKeys>(world_.run.seed, settings_.device + ".host-keys",
                                          [this](base::View object) { return through_mailbox(object); });
  if (!host_keys_->key(link ? trunk_.ide_above(settings_.branch) : port_->ide(), stream))
    return world_.record.say("vmm", "finds no way to key a stream to " + settings_.device);
  // The far end first: its answer comes in the clear, and the near end still takes it.
  root_.config_write(place_.card, there, 4, at_card | pcie::kIdeEnable);
  root_.config_write(port, here, 4, control | pcie::kIdeEnable);
  world_.record.say("vmm", link ? "keys the stream of the link above " + settings_.device
                                : "keys the stream from " + settings_.port + " to " + settings_.device);
}

// The port above would take nothing in the clear any more from a card that has lost its keys.
void DeviceBay::drop_host_keys() {
  if (!host_keys_) return;
  host_keys_.reset();
  if (settings_.ide_link)
    root_.config_write(place_.above, pcie::ide_link_block(pcie::find(trunk_.config_above(settings_.branch), pcie::ExtendedCapability::kIde), 0),
                       4, 0);
  else root_.config_write(place_.bridge, port_ide() + pcie::kIdeStreamControl, 4, stream_control(settings_));
}

DeviceFunction* DeviceBay::find(const std::string& function) const {
  const auto found = std::ranges::find(functions_, function, [](const auto& there) { return there->name(); });
  return found == functions_.end() ? nullptr : found->get();
}

std::string DeviceBay::wrong_content() const {
  for (const auto& [contents, name] : {std::pair{&identity_contents(), &settings_.identity},
                                       std::pair{&firmware_contents(), &settings_.firmware}})
    if (auto wrong = wrong_with(*contents, *name); !wrong.empty()) return wrong;
  const bool otherwise = std::ranges::any_of(functions_, [](const auto& function) { return function->shown_otherwise(); });
  return otherwise ? "a device that it takes for another model" : "";
}

std::string DeviceBay::who_answers() const { return own_answer_ ? wrong_content() : "something else than the device"; }

// What is the device's own: its certificates with their keys, its firmware, and what it speaks.
void DeviceBay::fit_responder() {
  responder_ = std::make_unique<responder::Responder>(
      spdm_content(settings_.spdm), identity_content(settings_.kind, settings_.identity, world_.run.seed, world_.library),
      firmware_content(settings_.kind, settings_.firmware), world_.library, world_.defences, world_.run.seed, settings_.device);
  responder_->serve_vendor([this](std::uint32_t session, std::uint16_t standard, base::View vendor, base::View payload) {
    return card_->dsm().vendor(session, standard, vendor, payload);
  });
  responder_->listen(this);
}

bool DeviceBay::plug(const std::string& content) {
  if (!put_into(settings_, content)) return false;
  reset(pcie::Reset::kHot);
  fit_responder();
  enumerate();
  return true;
}

unsigned DeviceBay::port_ide() const {
  return pcie::ide_block(port_config_, pcie::find(port_config_, pcie::ExtendedCapability::kIde), settings_.branch);
}

unsigned DeviceBay::device_ide() const {
  auto& config = card_->function(0).config();
  return pcie::ide_block(config, pcie::find(config, pcie::ExtendedCapability::kIde), 0);
}

void DeviceBay::enumerate() {
  const auto write = [&](tlp::RequesterId target, unsigned offset, unsigned size, std::uint32_t value) {
    root_.config_write(target, offset, size, value);
  };
  trunk_.enumerate();
  for (const auto& function : functions_) function->set_up();
  if (settings_.ide_link) return host_keys_ ? void() : key_as_host();
  // A stream for all of the card's requests and memory, not yet enabled.
  const std::uint32_t bus = tlp::bus_of(place_.card);
  const auto megabyte = static_cast<std::uint32_t>(place_.bar0 >> 20 & 0xfff);
  const unsigned here = port_ide(), there = device_ide();
  const auto last_used = static_cast<std::uint32_t>(megabyte + functions_.size() * (kFunctionWindow >> 20) - 1);
  write(place_.bridge, here + pcie::kIdeRid1, 4, bus << 16 | 0xff00);
  write(place_.bridge, here + pcie::kIdeRid2, 4, bus << 16 | 1);
  write(place_.bridge, here + pcie::kIdeAddress, 4, last_used << 20 | megabyte << 8 | 1);
  write(place_.bridge, here + pcie::kIdeAddress + 4, 4, place_.bar0 >> 32);
  write(place_.bridge, here + pcie::kIdeAddress + 8, 4, place_.bar0 >> 32);
  write(place_.card, there + pcie::kIdeRid1, 4, 0x00ff'ff00);
  write(place_.card, there + pcie::kIdeRid2, 4, 0x0000'0001);
  write(place_.card, there + pcie::kIdeStreamControl, 4, stream_control(settings_) | pcie::kIdeDefault);
  write(place_.bridge, here + pcie::kIdeStreamControl, 4, stream_control(settings_));
  if (settings_.host_keys) key_as_host();
}

void DeviceBay::enable_stream() {
  if (settings_.ide_link) return;
  const std::uint32_t enabled = stream_control(settings_) | pcie::kIdeTeeLimited | pcie::kIdeEnable;
  root_.config_write(place_.card, device_ide() + pcie::kIdeStreamControl, 4, enabled | pcie::kIdeDefault);
  root_.config_write(place_.bridge, port_ide() + pcie::kIdeStreamControl, 4, enabled);
}

std::optional<base::Bytes> DeviceBay::through_mailbox(base::View object) {
  return pcie::exchange_object(root_, place_.card, pcie::find(card_->function(0).config(), pcie::ExtendedCapability::kDoe), object);
}

// What the card's own engine sends at its firmware's wish: no interface is asked, but the packet takes the card's stream.
std::optional<trust::Message> DeviceBay::from_firmware(const trust::Message& message) {
  const auto packet = wire::decode<tlp::Tlp>(message.bytes);
  if (!packet || !packet->is_memory()) return std::nullopt;
  const bool trusted = message.object.starts_with(kTrustedPacket);
  pcie::Port& port = card_->endpoint().port();
  if (packet->is_write()) return (void)port.post(*packet, trusted), std::nullopt;
  const auto done = port.request(*packet, trusted);
  if (done.outcome != pcie::Outcome::kOk) return std::nullopt;
  return trust::Message{.object = "CplD", .bytes = done.data, .reply = true};
}

std::vector<ConfigPart> DeviceBay::config_parts() const {
  auto out = trunk_.config_parts();
  for (const auto& function : functions_)
    out.push_back({function->name(), function->at().id, card_->function(function->at().index).config()});
  return out;
}

void DeviceBay::capture(Captures& into) {
  objects_ = &into[doe_.name()];
  Capture& packets = into[link_.name()];
  packets.kind = Capture::Kind::kTlp;
  link_.watch([this, &packets](bool, base::View bytes) { packets.add(world_.sim.now(), bytes); });
}

std::optional<base::Bytes> DeviceBay::object(base::View object) {
  if (!handed_on_) return std::nullopt;
  const auto there = doe_.cross({.object = object_name(object), .bytes = base::bytes_of(object)});
  if (!there) return std::nullopt;
  keep(there->bytes);
  carried_ = &*there;
  const auto answer = doe_.deliver(*there);
  carried_ = nullptr;
  if (!answer) return std::nullopt;
  const auto back = doe_.cross(*answer);
  if (!back) return std::nullopt;
  keep(back->bytes);
  own_answer_ = !there->to && back->bytes == answer->bytes;
  return back->bytes;
}

bool DeviceBay::update(const std::string& firmware) {
  auto next = card_->firmware();
  ++next.version;
  if (!card_->update_firmware(next)) return false;
  settings_.firmware = firmware;
  responder_->load(firmware_content(settings_.kind, firmware));
  return true;
}

void DeviceBay::reset(pcie::Reset kind, unsigned function) {
  if (kind != pcie::Reset::kFlr || function == 0) drop_host_keys();
  if (kind == pcie::Reset::kFlr) {
    const unsigned pcie = pcie::find(card_->function(function).config(), pcie::Capability::kPcie);
    root_.config_write(functions_[function]->at().id, pcie + pcie::kDeviceControl, 2, pcie::kInitiateFlr);
  } else {
    root_.config_write(place_.above, pcie::kBridgeControl, 2, pcie::kSecondaryBusReset);
    root_.config_write(place_.above, pcie::kBridgeControl, 2, 0);
  }
}

std::optional<base::Bytes> DeviceBay::image_file(const DeviceFunction& function, const std::string& name) const {
  base::Bytes out;
  if (name == "device-function") return base::append_le<std::uint16_t>(out, function.at().id), out;
  if (name == "device-stream") return base::Bytes{settings_.stream};
  if (name != "device-policy") return std::nullopt;
  auto policy = device_policy(settings_.kind, world_.settings.signed_measurements, world_.run.seed, world_.library);
  policy.interface.allow_ats = world_.settings.accept_ats;
  if (world_.run.outside && world_.run.outside->root)
    if (const auto root = crypto::Certificate::from_der(*world_.run.outside->root)) trust_root(policy, *root);
  return device_trust::bytes_of(policy);
}

void DeviceBay::ended(std::uint32_t session_id, responder::SessionEnd) { card_->dsm().session_ended(session_id); }

}  // namespace engine
