// The adversary's verbs on devices: a host's own accesses to one, its own requests to one, and answers in one's place.
#include <algorithm>

#include "platform/base/check.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/device_kinds.h"
#include "scenarios/engine/host_driver.h"
#include "scenarios/engine/owner_impostor.h"
#include "scenarios/engine/virtio_device.h"
#include "scenarios/load/names.h"

namespace engine {

Adversary::~Adversary() = default;

// One session of the host's own with each device.
HostDriver& Adversary::driver(const trust::Boundary& mailbox) {
  for (const auto& bay : world_.bays)
    if (&bay->doe() == &mailbox) {
      auto& driver = drivers_[bay->name()];
      if (!driver) driver = std::make_unique<HostDriver>(bay->doe(), tdisp::FunctionId{.bits = bay->place().card}, world_.run.seed);
      return *driver;
    }
  base::check(false, "a mailbox belongs to a device");
  return *drivers_.begin()->second;
}

bool Adversary::is_mailbox(const trust::Boundary& at) const {
  return std::any_of(world_.bays.begin(), world_.bays.end(), [&](const auto& bay) { return &at == &bay->doe(); });
}

// Another device, or this one with something else in it, before the machine is built.
void Adversary::put_in(Running& running, const std::string& what) {
  const bool put = put_into(world_.settings.devices.front(), what);
  base::check(put, "a file's step names something that can be in a card");
  did(running, "puts in a device that is " + what);
}

void Adversary::act_on_device(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  const std::string at = step.at->value, device = at.substr(0, at.find('.')), part = at.substr(device.size() + 1);
  DeviceFunction* found = world_.find_function(device);
  if (!found) cannot(step, "finds no device `" + device + "`");
  DeviceFunction& function = *found;
  DeviceBay& bay = function.bay();
  const std::string what = text(step, verb);
  const std::uint64_t offset = number(step, "offset", 0), value = number(step, "value", 0);
  if (part == "config" && verb == "reset") {
    bay.reset(what == "flr" ? pcie::Reset::kFlr : pcie::Reset::kHot, function.at().index);
    return did(running, "resets " + device + ": " + what);
  }
  if (part == "config" && verb == "write") {
    if (!function.write_register(what, static_cast<std::uint32_t>(value))) cannot(step, "finds no register `" + what + "`");
    return did(running, "writes the register " + what + " of " + device);
  }
  const unsigned bar = what == "bar0" ? 0 : 2;
  if (part == "mmio" && verb == "map") {
    if (what != "bar0" && what != "bar2") cannot(step, "maps bar0 or bar2");
    function.move_memory(function.at().bar0, (bar == 0 ? function.at().bar0 : function.at().bar2) + offset);
    return did(running, "leads guests from bar0 of " + device + " to " + what + " + " + std::to_string(offset));
  }
  if (part == "mmio" && verb == "read") {
    const auto got = function.read_as_host(bar, offset, number(step, "bytes", 64));
    if (got) world_.oracle.seen("mmio " + device, offset, *got, world_.sim.now());
    return did(running, (got ? "reads " : "tries to read ") + what + " of " + device);
  }
  if (part == "mmio" && verb == "write") {
    base::Bytes bytes;
    base::append_le<std::uint64_t>(bytes, value);
    (void)function.write_as_host(bar, offset, bytes);
    return did(running, "writes to " + what + " of " + device);
  }
  if (part == "flash" && verb == "write") {
    if (!has_content(firmware_contents(), what)) cannot(step, "finds no firmware `" + what + "`");
    const bool taken = bay.update(what);
    const std::string does = taken ? "replaces" : "tries to replace";
    return did(running, does + " the firmware of " + device + ": " + what);
  }
  if (part == "slot" && verb == "hotplug") {
    if (!bay.plug(what)) cannot(step, "finds no device that is `" + what + "`" + load::advice(what, load::Names(names_of_all_contents())));
    return did(running, "takes " + device + " out and puts in a device that is " + what);
  }
  if (part == "mailbox" && verb == "ask") {
    const bool in_session = text(step, "session") != "none";
    const bool done = driver(bay.doe()).ask(what, in_session, static_cast<std::uint16_t>(number(step, "flags", 0)));
    const char* how = in_session ? " in a session of its own" : " in clear";
    return did(running, (done ? "asks " : "asks in vain ") + device + " for " + what + how);
  }
  cannot(step, "does not act at `" + at + "`");
}

void Adversary::act_on_played(Running& running) {
  const auto& step = *running.step;
  const std::string device = step.at->value.substr(0, step.at->value.find('.'));
  VirtioDevice* found = world_.virtio->find(device);
  if (!found) cannot(step, "finds no device `" + device + "`");
  if (!step.at->value.ends_with(".slot") || step.verb.value != "hotplug") cannot(step, "does not act at `" + step.at->value + "`");
  found->plug();
  did(running, "plugs in " + device);
}

// An answer in the clear, in the place of the one that comes.
bool Adversary::answer(Running& running, const trust::Boundary& at, trust::Message& message) {
  if (!message.reply) return false;
  const std::string what = text(*running.step, "answer");
  const auto object = driver(at).answer(what);
  if (!object) return false;
  message.bytes = *object;
  did(running, "answers " + what + " itself, in clear, in the place of " + message.object);
  return true;
}

// Software that speaks for a device: its certificates are public, its key is the host's own.
bool Adversary::impersonate(Running& running, const trust::Boundary& at, trust::Message& message) {
  if (text(*running.step, "impersonate").starts_with("owner")) return impersonate_owner(running, message);
  const auto& devices = world_.settings.devices;
  const auto device = std::find_if(devices.begin(), devices.end(),
                                   [&](const auto& d) { return d.device == text(*running.step, "impersonate"); });
  if (message.reply || device == devices.end()) return false;
  DeviceSettings settings = *device;
  settings.bus_below = tlp::bus_of(place_of(settings).card);
  settings.port = "rp9", settings.device = "impostor", settings.behind = "", settings.identity = "forged", settings.responder = "";
  impostor_fabric_ = std::make_unique<Fabric>(world_);
  impostor_ = std::make_unique<DeviceBay>(world_, *impostor_fabric_, settings);
  impostor_->enumerate();
  impostor_at_ = &at;
  message.to = &impostor_->doe();
  did(running, "has a program of its own answer for " + text(*running.step, "impersonate"));
  return true;
}

void Adversary::at_mailbox(const trust::Boundary& at, trust::Message& message) {
  if (impostor_ && impostor_at_ == &at && !message.reply) message.to = &impostor_->doe();
}

}  // namespace engine
