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

// One setting for both ends: a remedy of the protocol is of use only where the partner has it too.
pcie::PortSettings port_settings(const DeviceSettings& settings) {
  pcie::PortSettings port;
  port.ide.escort = settings.ide_escort;
  port.ide.quarantine_tags = settings.ide_quarantine;
  port.ide.flush_on_rekey = settings.ide_flush;
  port.ide.sync_first = settings.ide_sync;
  port.ide.cipher_path = settings.ide_cipher_path;
  return port;
}

// What both ends' control registers say of a stream besides what it serves.
std::uint32_t stream_control(const DeviceSettings& settings) {
  const std::uint32_t code = settings.ide_aggregation == 8 ? 3 : settings.ide_aggregation / 2;  // 5:4: of posted requests
  return std::uint32_t{settings.stream} << 24 | code << 4 | (settings.ide_pcrc ? pcie::kIdePcrc : 0u);
}

}  // namespace

Place place_of(unsigned slot) {
  constexpr std::uint64_t kFirst = 0x4'1000'0000, kWindow = 0x1000'0000, kBar2Offset = 0x10'0000;
  base::check(slot < kSlotsMax, "a machine has slots for its cards");
  const std::uint64_t bar0 = kFirst + slot * kWindow;
  return {tlp::requester_id(0, 1 + slot, 0), tlp::requester_id(1 + slot, 0, 0), bar0, bar0 + kBar2Offset};
}

DeviceBay::DeviceBay(World& world, Fabric& fabric, const DeviceSettings& settings)
    : world_(world), settings_(settings), place_(place_of(settings.slot)), iommu_(fabric.iommu()), root_(fabric.root()),
      link_("link " + settings.port + " - " + settings.device), doe_("doe " + settings.port + " -> " + settings.device),
      keys_("keys " + settings.port), mmio_table_(world.defences, "cpu0") {
  pcie::RootPort::Shape bridge;
  bridge.ide.aggregation = settings.ide_aggregation > 1;
  bridge.ide.pcrc = settings.ide_pcrc;
  pcie::RootPort::build(port_config_, bridge);
  port_ = std::make_unique<pcie::RootPort>(settings.port, port_config_, link_, world.defences, port_settings(settings));
  root_.add(*port_, tlp::devfn_of(place_.bridge));
  firmware_ = std::make_unique<tio::PortFirmware>("tsm0", *port_, iommu_, world.defences);
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
  card_->dsm().boundary().attach(*world.adversary);
  if (world.adversary->stands_at(link_.name())) link_.attach(*world.adversary);
  // Whoever holds the wire, or the host, may send what nobody asked for.
  link_.down().leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    link_.inject_down(message.bytes);
    return std::nullopt;
  });
  link_.up().leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
    link_.inject_up(message.bytes);
    return std::nullopt;
  });
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
  return pcie::ide_block(port_config_, pcie::find(port_config_, pcie::ExtendedCapability::kIde), 0);
}

unsigned DeviceBay::device_ide() const {
  auto& config = card_->function(0).config();
  return pcie::ide_block(config, pcie::find(config, pcie::ExtendedCapability::kIde), 0);
}

void DeviceBay::enumerate() {
  const auto write = [&](tlp::RequesterId target, unsigned offset, unsigned size, std::uint32_t value) {
    root_.config_write(target, offset, size, value);
  };
  const std::uint32_t bus = tlp::bus_of(place_.card);
  write(place_.bridge, pcie::kPrimaryBus, 4, bus << 16 | bus << 8);
  const auto megabyte = static_cast<std::uint32_t>(place_.bar0 >> 20 & 0xfff), last = megabyte + 0xff;  // a window of 256 MiB
  write(place_.bridge, pcie::kPrefetchBase, 4, (last << 4 | 1) << 16 | (megabyte << 4 | 1));
  write(place_.bridge, pcie::kPrefetchBaseUpper, 4, place_.bar0 >> 32);
  write(place_.bridge, pcie::kPrefetchLimitUpper, 4, place_.bar0 >> 32);
  write(place_.bridge, pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
  for (const auto& function : functions_) function->set_up();
  // As a kernel does it that uses an IOMMU: no function speaks for another, none reaches another past the IOMMU.
  write(place_.bridge, pcie::find(port_config_, pcie::ExtendedCapability::kAcs) + pcie::kAcsControl, 2,
        pcie::kAcsSourceValidation | pcie::kAcsRequestRedirect);
  // A stream for all of the card's requests and memory, not yet enabled.
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
}

void DeviceBay::enable_stream() {
  const std::uint32_t enabled = stream_control(settings_) | pcie::kIdeTeeLimited | pcie::kIdeEnable;
  root_.config_write(place_.card, device_ide() + pcie::kIdeStreamControl, 4, enabled | pcie::kIdeDefault);
  root_.config_write(place_.bridge, port_ide() + pcie::kIdeStreamControl, 4, enabled);
}

std::optional<base::Bytes> DeviceBay::through_mailbox(base::View object) {
  return pcie::exchange_object(root_, place_.card, pcie::find(card_->function(0).config(), pcie::ExtendedCapability::kDoe), object);
}

std::vector<DeviceBay::ConfigPart> DeviceBay::config_parts() const {
  std::vector<ConfigPart> out{{settings_.port, place_.bridge, port_config_}};
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
  if (kind == pcie::Reset::kFlr) {
    const unsigned pcie = pcie::find(card_->function(function).config(), pcie::Capability::kPcie);
    root_.config_write(functions_[function]->at().id, pcie + pcie::kDeviceControl, 2, pcie::kInitiateFlr);
  } else {
    root_.config_write(place_.bridge, pcie::kBridgeControl, 2, pcie::kSecondaryBusReset);
    root_.config_write(place_.bridge, pcie::kBridgeControl, 2, 0);
  }
}

std::optional<base::Bytes> DeviceBay::image_file(const DeviceFunction& function, const std::string& name) const {
  base::Bytes out;
  if (name == "device-function") return base::append_le<std::uint16_t>(out, function.at().id), out;
  if (name != "device-policy") return std::nullopt;
  auto policy = device_policy(settings_.kind, world_.settings.signed_measurements, world_.run.seed, world_.library);
  if (world_.run.outside && world_.run.outside->root)
    if (const auto root = crypto::Certificate::from_der(*world_.run.outside->root)) trust_root(policy, *root);
  return device_trust::bytes_of(policy);
}

void DeviceBay::ended(std::uint32_t session_id, responder::SessionEnd) { card_->dsm().session_ended(session_id); }

}  // namespace engine
