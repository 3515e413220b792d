#include "scenarios/engine/cards.h"

#include <algorithm>

#include "devices/accelerator/accelerator.h"
#include "devices/nic/network_card.h"
#include "devices/nvme/disk.h"
#include "platform/base/check.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

using Nonces = std::function<std::optional<tdisp::Nonce>()>;

struct Kind {
  std::string name, product;
  endpoint::Settings shape;
  std::unique_ptr<endpoint::TeeEndpoint> (*make)(const DeviceSettings&, pcie::Link&, World&, const endpoint::Settings&, Nonces);
};

std::unique_ptr<endpoint::TeeEndpoint> accelerator_card(const DeviceSettings& settings, pcie::Link& link, World& world,
                                                        const endpoint::Settings& shape, Nonces nonces) {
  return std::make_unique<accelerator::Accelerator>(settings.device, link, world.defences, endpoint::Firmware{},
                                                    accelerator::Settings{.card = shape, .functions = 1 + static_cast<unsigned>(settings.functions.size())}, std::move(nonces));
}

std::unique_ptr<endpoint::TeeEndpoint> disk(const DeviceSettings& settings, pcie::Link& link, World& world,
                                            const endpoint::Settings& shape, Nonces nonces) {
  return std::make_unique<nvme::Disk>(settings.device, link, world.defences, endpoint::Firmware{}, nvme::Settings{.card = shape},
                                      std::move(nonces));
}

// What hangs at the other end sends each frame back to whom it came from.
base::Bytes echo_of(base::View frame) {
  constexpr std::size_t kStation = 6;
  base::Bytes out = base::bytes_of(frame);
  std::swap_ranges(out.begin(), out.begin() + kStation, out.begin() + kStation);
  return out;
}

std::unique_ptr<endpoint::TeeEndpoint> network_card(const DeviceSettings& settings, pcie::Link& link, World& world,
                                                    const endpoint::Settings& shape, Nonces nonces) {
  auto card = std::make_unique<nic::NetworkCard>(settings.device, link, world.defences, endpoint::Firmware{},
                                                 nic::Settings{.card = shape}, std::move(nonces));
  nic::Station& station = card->station();
  station.on_frame([&world, &station, name = settings.device](base::View frame) {
    world.oracle.seen("network", 0, frame, world.sim.now());  // a cable is anybody's
    const auto there = world.net(name, "echo0").cross({.object = "FRAME", .bytes = base::bytes_of(frame)});
    if (!there || there->bytes.size() < nic::kFrameMin) return;
    const auto back = world.net("echo0", name).cross({.object = "FRAME", .bytes = echo_of(there->bytes)});
    if (back) station.arrive(back->bytes);
  });
  return card;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kAll = {
      {"accelerator", "Accelerator", accelerator::card_defaults(), accelerator_card},
      {"nvme", "Disk", nvme::Settings::card_defaults(), disk},
      {"nic", "Network Card", nic::Settings::card_defaults(), network_card},
  };
  return kAll;
}

const Kind& kind_of(const std::string& name) {
  const auto kind = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& k) { return k.name == name; });
  base::check(kind != kinds().end(), "a card is of a kind that there is");
  return *kind;
}

}  // namespace

const std::vector<std::string>& card_kinds() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> out;
    for (const auto& kind : kinds()) out.push_back(kind.name);
    return out;
  }();
  return kNames;
}

bool is_card(const std::string& kind) { return std::find(card_kinds().begin(), card_kinds().end(), kind) != card_kinds().end(); }

const std::vector<std::string>& card_names() {
  static const std::vector<std::string> kNames = {"gpu", "nic", "nvme"};
  return kNames;
}

bool is_card_name(const std::string& part) {
  const std::string kind = part.substr(0, part.find_first_of("0123456789"));
  return std::find(card_names().begin(), card_names().end(), kind) != card_names().end();
}

std::unique_ptr<endpoint::TeeEndpoint> make_card(const DeviceSettings& settings, pcie::Link& link, World& world,
                                                 const pcie::PortSettings& port, Nonces nonces) {
  const Kind& kind = kind_of(settings.kind);
  endpoint::Settings shape = kind.shape;
  const identity::Description who;
  shape.identity.subsystem_vendor = who.subsystem_vendor_id;
  shape.identity.subsystem = who.subsystem_id;
  shape.tdi.function_id = settings.function_id;
  shape.tdi.device_specific_info = device_specific_info(settings.kind);
  shape.ide_port_index = settings.ide_port;
  shape.ide_aggregation = settings.ide_aggregation > 1;
  shape.ide_pcrc = settings.ide_pcrc;
  shape.ats = settings.ats;
  shape.link_streams = settings.ide_link ? 1 : 0;
  shape.port = port;
  return kind.make(settings, link, world, shape, std::move(nonces));
}

identity::Description description_of(const std::string& name) {
  const Kind& kind = kind_of(name);
  identity::Description out;
  out.product = kind.product;
  out.device_id = kind.shape.identity.device;
  out.class_code = kind.shape.identity.class_code;
  return out;
}

base::Bytes device_specific_info(const std::string& kind) {
  return base::bytes_of(kind == "accelerator" ? "accelerator, 64 KiB of private memory" : kind);
}

}  // namespace engine
