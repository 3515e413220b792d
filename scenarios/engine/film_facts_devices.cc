// How far devices are, and whose they are.
#include <fmt/format.h>

#include "devices/virtio/backend.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/film_facts.h"
#include "scenarios/engine/virtio_device.h"
#include "scenarios/engine/vm_tpm.h"

namespace engine {

namespace {

using Tell = std::function<void(std::string_view key, std::string_view value)>;

// A VM, by the number that whoever holds keys and tables knows it by.
std::string name_of_vm(const World& world, tio::Owner owner) {
  if (owner == 0) return "nobody";
  if (owner == tio::kFirmware) return "firmware";
  for (const auto& vm : world.vms)
    if (!vm->gone && vm->vm.asid == owner) return vm->name;
  return fmt::format("a VM that is gone ({})", owner);
}

void look_at_function(const World& world, DeviceBay& bay, const DeviceFunction& function, const Tell& tell) {
  tell("acts for", name_of_vm(world, bay.acts_for(function)));
  tell("trusted DMA for", name_of_vm(world, bay.iommu().bound_to(function.at().id)));
  if (bay.is_outside()) return tell("TDI", "outside, as its responder has it");
  const auto& tdi = bay.card().dsm().interface(function.at().index);
  tell("TDI", tdisp::name_of(tdi.state()));
  if (tdi.state() == tdisp::State::kConfigUnlocked) return;
  tell("locked by", tdi.owner() == dsm::kNoSession ? "no session any more" : fmt::format("session {:#x}", tdi.owner()));
  tell("lock flags", fmt::format("{:#x}", tdi.lock_flags()));
  tell("default stream", fmt::format("{}", tdi.default_stream()));
}

void look_at_card(DeviceBay& bay, const Tell& tell) {
  if (bay.is_outside()) return;
  std::string sessions;
  for (const auto id : bay.responder().sessions()) sessions += fmt::format("{}{:#x}", sessions.empty() ? "established " : ", ", id);
  if (bay.responder().handshakes() != 0) sessions += sessions.empty() ? "handshaking" : ", and one handshaking";
  tell("SPDM session", sessions.empty() ? "none" : sessions);
  const auto wrong = bay.wrong_content();
  tell("it is", wrong.empty() ? "what its certificates say" : wrong);
}

void look_at_streams(const std::string& port, pcie::IdePort& ide, const Filming::Fact& fact) {
  for (unsigned i = 0; i < ide.block_count(); ++i) {
    const auto& stream = ide.block(i);
    if (!stream.enabled() && !stream.has_keys()) continue;
    const auto name = fmt::format("{} stream {:#x}", port, stream.id());
    const auto tell = [&](std::string_view key, std::string_view value) { fact("devices", name, key, value); };
    tell("IDE", stream.secure() ? "secure" : stream.failed() ? "insecure, failed" : "insecure");
    tell("enabled", stream.enabled() ? "yes" : "no");
    tell("keys", stream.has_keys() ? fmt::format("key set {}", stream.transmit_set(ide::SubStream::kPosted)) : "none");
  }
}

// device_status of virtio 1.2, 2.1.
std::string status_of(std::uint8_t status) {
  static constexpr std::pair<std::uint8_t, std::string_view> kBits[] = {
      {1, "ACKNOWLEDGE"}, {2, "DRIVER"}, {8, "FEATURES_OK"}, {4, "DRIVER_OK"}, {64, "DEVICE_NEEDS_RESET"}, {128, "FAILED"}};
  std::string out;
  for (const auto& [bit, name] : kBits)
    if (status & bit) out += fmt::format("{}{}", out.empty() ? "" : " ", name);
  return out.empty() ? "reset" : out;
}

}  // namespace

void look_at_devices(const World& world, const Filming::Fact& fact) {
  for (const auto& bay : world.bays) {
    look_at_card(*bay, [&](std::string_view key, std::string_view value) { fact("devices", bay->name(), key, value); });
    for (const auto& function : bay->functions())
      look_at_function(world, *bay, *function,
                       [&](std::string_view key, std::string_view value) { fact("devices", function->name(), key, value); });
    look_at_streams(bay->name(), bay->card().endpoint().ide(), fact);
  }
  if (world.fabric)
    for (const auto& [name, trunk] : world.fabric->trunks()) {
      look_at_streams(name, trunk->port().ide(), fact);
      if (trunk->inner()) look_at_streams("switch below " + name, trunk->inner()->upstream_ide(), fact);
    }
  if (world.virtio)
    for (const auto& device : world.virtio->devices()) {
      const auto tell = [&](std::string_view key, std::string_view value) { fact("devices", device->name(), key, value); };
      tell("status", device->plugged() ? status_of(device->status()) : "not plugged");
      tell("used by", device->used_by() ? device->used_by()->name : "nobody");
    }
  for (const auto& vm : world.vms)
    if (vm->vtpm && !vm->gone) {
      fact("devices", vm->name + ".tpm", "held by", vm->vtpm->holder() == VmTpm::Holder::kHost ? "host" : "the guest's trust boundary");
      fact("devices", vm->name + ".tpm", "power", vm->vtpm->chip().powered() ? "on" : "off");
    }
}

}  // namespace engine
