#include "scenarios/engine/nouns.h"

#include "guest/storage/format.h"
#include "scenarios/engine/device_kinds.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/machine_settings.h"

namespace engine {

std::vector<std::string> machine_words() {
  std::vector<std::string> out;
  for (const auto& setting : machine_settings()) out.emplace_back(setting.name);
  for (const auto& content : names_of_all_contents()) out.push_back(std::string(kDeviceSetting) + content);
  return out;
}

std::vector<std::string> image_parts() { return {"kernel", "cpuid", "config", "firmware", "ramdisk", "vbmeta", "release"}; }

std::vector<std::string> host_calls(std::string_view technology) {
  const auto& kind = technology_of(technology);
  return kind.call_names ? kind.call_names() : kind.calls;
}

std::vector<std::string> card_registers() {
  return {"command", "bar0", "bar2", "window", "acs-control", "stream-control", "stream2-control", "stream-address"};
}

std::vector<std::string> firmware_words() { return names_of_contents(firmware_contents()); }

std::vector<std::string> slot_words() { return names_of_all_contents(); }

std::vector<std::string> disk_fields() {
  std::vector<std::string> out;
  for (const auto& field : storage::header_schema().fields_of(wire::encode(storage::Header{}))) out.push_back(field.name);
  return out;
}

}  // namespace engine
