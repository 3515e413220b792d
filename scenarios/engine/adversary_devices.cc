// The adversary's verbs on devices: a host's own accesses to one, its own requests to one, and answers in one's place.
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/host_driver.h"

namespace engine {

Adversary::~Adversary() = default;

HostDriver& Adversary::driver() {
  if (!driver_) driver_ = std::make_unique<HostDriver>(world_.bay->doe(), world_.run.seed);
  return *driver_;
}

bool Adversary::is_mailbox(const trust::Boundary& at) const { return world_.bay && &at == &world_.bay->doe(); }

void Adversary::act_on_device(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  const std::string at = step.at->value, device = at.substr(0, at.find('.')), part = at.substr(device.size() + 1);
  if (!world_.bay || world_.bay->name() != device) cannot(step, "finds no device `" + device + "`");
  DeviceBay& bay = *world_.bay;
  const std::string what = text(step, verb);
  const std::uint64_t offset = number(step, "offset", 0), value = number(step, "value", 0);
  if (part == "config" && verb == "reset") {
    bay.reset(what == "flr" ? pcie::Reset::kFlr : pcie::Reset::kHot);
    return did(running, "resets " + device + ": " + what);
  }
  if (part == "config" && verb == "write") {
    if (!bay.write_register(what, static_cast<std::uint32_t>(value))) cannot(step, "finds no register `" + what + "`");
    return did(running, "writes the register " + what + " of " + device);
  }
  const unsigned bar = what == "bar0" ? 0 : 2;
  if (part == "mmio" && verb == "map") {
    if (what != "bar0" && what != "bar2") cannot(step, "maps bar0 or bar2");
    bay.move_memory(DeviceBay::kBar0, (bar == 0 ? DeviceBay::kBar0 : DeviceBay::kBar2) + offset);
    return did(running, "leads guests from bar0 of " + device + " to " + what + " + " + std::to_string(offset));
  }
  if (part == "mmio" && verb == "read") {
    const auto got = bay.read_as_host(bar, offset, number(step, "bytes", 64));
    if (got) world_.oracle.seen("mmio " + device, offset, *got, world_.sim.now());
    return did(running, (got ? "reads " : "tries to read ") + what + " of " + device);
  }
  if (part == "mmio" && verb == "write") {
    base::Bytes bytes;
    base::append_le<std::uint64_t>(bytes, value);
    (void)bay.write_as_host(bar, offset, bytes);
    return did(running, "writes to " + what + " of " + device);
  }
  if (part == "dma" && verb == "map") {
    if (what == "own") bay.map_own();
    VmState* vm = nullptr;
    const std::uint64_t gpa = what == "own" ? 0 : world_.resolve_page(what, &vm);
    if (vm) bay.map_shared(*vm, gpa, 1);
    return did(running, "lets " + device + " reach " + (vm ? what : "a page of its own") + " without a T bit");
  }
  if (part == "flash" && verb == "write") {
    const bool taken = bay.update(what);
    const std::string does = taken ? "replaces" : "tries to replace";
    return did(running, does + " the firmware of " + device + ": " + what);
  }
  if (part == "mailbox" && verb == "ask") {
    const bool in_session = text(step, "session") != "none";
    const bool done = driver().ask(what, in_session, static_cast<std::uint16_t>(number(step, "flags", 0)));
    const char* how = in_session ? " in a session of its own" : " in clear";
    return did(running, (done ? "asks " : "asks in vain ") + device + " for " + what + how);
  }
  cannot(step, "does not act at `" + at + "`");
}

// An answer in the clear, in the place of the one that comes.
bool Adversary::answer(Running& running, trust::Message& message) {
  if (!message.reply) return false;
  const std::string what = text(*running.step, "answer");
  const auto object = driver().answer(what);
  if (!object) return false;
  message.bytes = *object;
  did(running, "answers " + what + " itself, in clear, in the place of " + message.object);
  return true;
}

// Software that speaks for a device: its certificates are public, its key is the host's own.
bool Adversary::impersonate(Running& running, trust::Message& message) {
  if (message.reply || !world_.settings.device) return false;
  DeviceSettings settings = *world_.settings.device;
  settings.port = "rp9", settings.device = "impostor", settings.identity = "forged", settings.responder = "";
  impostor_ = std::make_unique<DeviceBay>(world_, settings);
  impostor_->enumerate();
  message.to = &impostor_->doe();
  did(running, "has a program of its own answer for " + text(*running.step, "impersonate"));
  return true;
}

void Adversary::at_mailbox(trust::Message& message) {
  if (impostor_ && !message.reply) message.to = &impostor_->doe();
}

}  // namespace engine
