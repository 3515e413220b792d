// What files may say of virtio devices.
#include <algorithm>

#include "scenarios/engine/virtio_device.h"

namespace engine {

namespace {

const std::vector<load::Slot>& attributes() {
  const load::Names flags{"enabled", "disabled"};
  static const std::vector<load::Slot> kAll = {{.name = "ring", .values = {"split", "packed"}}, {.name = "indirect", .values = flags},
                                               {.name = "event-index", .values = flags},        {.name = "listed", .values = flags},
                                               {.name = "plugged", .values = flags}};
  return kAll;
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& virtio_kinds() {
  static const std::vector<std::pair<std::string, std::string>> kAll = {
      {"blk", "virtio-blk"}, {"net", "virtio-net"}, {"rng", "virtio-rng"}, {"console", "virtio-console"}, {"vsock", "virtio-vsock"}};
  return kAll;
}

bool is_virtio_name(const std::string& part) {
  const auto digit = part.find_first_of("0123456789");
  const std::string kind = part.substr(0, digit);
  return digit != std::string::npos && std::any_of(virtio_kinds().begin(), virtio_kinds().end(), [&](const auto& one) { return one.first == kind; });
}

std::vector<load::PartKind> virtio_part_kinds() {
  std::vector<load::PartKind> out;
  for (const auto& [name, kind] : virtio_kinds()) out.push_back({kind, attributes(), false});
  return out;
}

std::vector<load::SettingName> virtio_setting_names() {
  std::vector<load::SettingName> out;
  for (const auto& [name, kind] : virtio_kinds())
    for (const auto& attribute : attributes()) out.push_back({name + "*." + attribute.name, load::ValueKind::kWord, attribute.values});
  return out;
}

std::vector<std::string> virtio_boundaries() {
  std::vector<std::string> out;
  for (const auto& [name, kind] : virtio_kinds())
    for (const char* part : {".config", ".mmio", ".ring", ".slot"}) out.push_back(name + "*" + part);
  return out;
}

}  // namespace engine
