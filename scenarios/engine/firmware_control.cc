// At boot: does the host kernel authenticate devices for itself, or does platform firmware drive them? As for hot plug and error
// handling, the host asks by _OSC and firmware grants or does not. Each goes by what it read.
#include <algorithm>

#include "platform/protocol/acpi/osc.h"
#include "scenarios/engine/world.h"

namespace engine {

void World::negotiate_control() {
  const bool negotiated = std::ranges::any_of(settings.devices, [](const auto& device) { return device.style == "negotiated"; });
  if (!negotiated) return;
  asked_for_control = true;
  static const wire::Schema kSchema = wire::schema_of<acpi::OscBuffer>("acpi.OSC");
  constexpr std::uint32_t kAlways = acpi::kOscHotPlug | acpi::kOscPme | acpi::kOscAer | acpi::kOscCapability | acpi::kOscDpc;
  const std::uint32_t grantable = kAlways | (settings.native_control ? acpi::kOscTrustedDevices : 0);
  const acpi::OscBuffer wish{.support = acpi::kOscExtendedConfig | acpi::kOscMsi, .control = kAlways | acpi::kOscTrustedDevices};
  bool firmware_drives = true;
  osc.leads_to([&](const trust::Message& message) -> std::optional<trust::Message> {
    const auto asked = wire::decode<acpi::OscBuffer>(message.bytes);
    if (!asked) return std::nullopt;
    const auto answer = acpi::osc_answer(*asked, grantable);
    firmware_drives = (answer.control & acpi::kOscTrustedDevices) == 0;
    return trust::Message{.object = "OSC", .bytes = wire::encode(answer), .schema = &kSchema, .reply = true};
  });
  acpi::OscBuffer granted;
  if (const auto there = osc.cross({.object = "OSC", .bytes = wire::encode(wish), .schema = &kSchema}))
    if (const auto answer = osc.deliver(*there))
      if (const auto back = osc.cross(*answer))
        if (const auto read = wire::decode<acpi::OscBuffer>(back->bytes)) granted = *read;
  osc.leads_to([](const trust::Message&) -> std::optional<trust::Message> { return std::nullopt; });
  const bool native = (granted.control & acpi::kOscTrustedDevices) != 0;
  record.say("firmware", firmware_drives ? "drives trusted devices itself" : "leaves trusted devices to the host");
  for (auto& device : settings.devices) {
    device.style = firmware_drives ? "fat" : "host-native";
    device.host_authenticates = native;
  }
  settings.firmware_drives_devices = firmware_drives;
}

}  // namespace engine
