#include "scenarios/engine/adversary.h"

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/cards.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/host_driver.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/machine_settings.h"
#include "scenarios/engine/owner_impostor.h"
#include "scenarios/engine/virtio_device.h"
#include "scenarios/engine/verb_rules.h"
#include "tsm/sev/host/sev_machine.h"

namespace engine {

namespace {

// Whether a step's position may act before the machine runs.
bool supply_chain(const load::Step& step) { return step.at && (step.at->value.ends_with(".image") || step.at->value.ends_with(".program") || step.at->value == "machine"); }

constexpr std::string_view kEntrySuffix = ".rmp";

}  // namespace

bool Adversary::is_entry(const std::string& name) { return name.ends_with(kEntrySuffix); }

Adversary::Adversary(World& world) : world_(world) {
  if (!world.run.attack) return;
  const auto& steps = world.run.scenario->variants.at(world.run.variant).steps;
  check_steps(world.run.scenario->file, steps);
  for (const auto& step : steps) {
    const bool ours = step.platforms.empty() || std::any_of(step.platforms.begin(), step.platforms.end(), [&](const load::Text& p) {
                        return p.value == world.run.platform;
                      });
    if (ours) steps_.push_back({.step = &step, .armed = step.also});
  }
  arm_next();
}

bool Adversary::stands_at(std::string_view prefix) const {
  return std::any_of(steps_.begin(), steps_.end(), [&](const Running& r) { return r.step->at && r.step->at->value.starts_with(prefix); });
}

void Adversary::arm_next() {
  for (auto& running : steps_)
    if (!running.done && !running.step->also) {
      running.armed = true;
      return;
    }
}

bool Adversary::message_step(const load::Step& step) const {
  if (!step.at) return false;
  if (step.verb.value == "step" || step.verb.value == "inject" || step.verb.value == "release") return false;  // at a moment of their own
  if (step.verb.value == "save" || step.verb.value == "restore" || step.verb.value == "reset") return false;  // on parts
  if (step.verb.value == "craft" && !(step.when && step.when->object)) return false;  // in nobody's place
  return step.at->value.ends_with(".registers") || message_boundaries().has(step.at->value);
}

bool Adversary::due(const Running& running) const {
  if (!running.armed || running.done) return false;
  const auto& when = running.step->when;
  return !when || !when->after || running.moment_seen;
}

void Adversary::did(Running& running, const std::string& what) {
  acted_ = true;
  world_.record.act(running.step->by.value, what);
  const std::uint64_t times = running.step->repeat ? running.step->repeat->times : 1;
  running.moment_seen = false;
  if (++running.times < times) return;
  running.done = true;
  arm_next();
}

void Adversary::stop() {
  steps_.clear();
  held_.clear();
  taken_.clear();
  forger_.reset();
  stepping_.clear();
  world_.host.behave();
}

void Adversary::begin() { world_.record.begin_attack(); }

void Adversary::before_boot() {
  for (auto& running : steps_) {
    if (running.done || !supply_chain(*running.step) || running.step->at->value != "machine") continue;
    begin();
    const auto& step = *running.step;
    if (step.verb.value == "alias") {
      // A module that claims one address bit more than it has.
      world_.memory.aliasing().set_alias(world_.memory.settings().bytes / 2, text(step, "alias") == "spd");
      did(running, "makes the module answer to two addresses for one cell");
      continue;
    }
    if (step.verb.value != "set") continue;
    const auto& said = text(step, "set");
    const auto setting = std::ranges::find(machine_settings(), said, &MachineSetting::name);
    if (setting != machine_settings().end()) {
      setting->lay(world_);
      did(running, setting->does);
    } else if (said.starts_with(kDeviceSetting) && !world_.settings.devices.empty()) {
      put_in(running, said.substr(kDeviceSetting.size()));
    }
  }
}

void Adversary::before_launch(VmState& vm) {
  for (auto& running : steps_) {
    if (!running.armed || running.done || !running.step->at) continue;
    if (running.step->at->value == vm.name + ".program") {
      if (!technology_of(world_.settings.technology).has_levels) cannot(*running.step, "finds no privilege levels inside a guest on this platform");
      begin();
      vm.vmpl = static_cast<std::uint8_t>(std::min<std::uint64_t>(number(*running.step, "value", 0), 3));
      did(running, "runs at privilege level " + std::to_string(vm.vmpl) + " what speaks for " + vm.name);
      continue;
    }
    if (running.step->at->value != vm.name + ".image") continue;
    begin();
    const std::string& what = text(*running.step, running.step->verb.value);
    const auto gpa = world_.kit->image_part(what);
    if (!gpa) cannot(*running.step, "finds no `" + what + "` in the image of a VM on this platform");
    const std::uint64_t byte = number(*running.step, "byte", 16);
    for (auto& page : vm.launched) {
      if (page.gpa != *gpa || page.bytes.empty()) continue;
      if (page.kind == cpu::LaunchPage::Kind::kZero) cannot(*running.step, "finds no `" + what + "` in the image of a VM on this platform");
      if (byte >= page.bytes.size())
        cannot(*running.step, "finds no byte " + std::to_string(byte) + " in the " + what + ", which has " + std::to_string(page.bytes.size()));
      page.bytes[byte] ^= 0x40;
    }
    did(running, "alters the " + what + " of " + vm.name);
  }
}

void Adversary::moment(const std::string& name) {
  if (std::find(moments_.begin(), moments_.end(), name) == moments_.end()) moments_.push_back(name);
  for (auto& running : steps_) {
    if (running.done || !running.armed || !running.step->when || !running.step->when->after) continue;
    if (running.step->when->after->value != name) continue;
    const std::uint64_t nth = running.step->when->nth ? running.step->when->nth->value : 1;
    if (++running.matches >= nth) running.moment_seen = true;
  }
  act_now();
}

void Adversary::act_now() {
  if (acting_) return;
  acting_ = true;
  for (bool progress = true; progress;) {
    progress = false;
    for (auto& running : steps_)
      if (due(running) && !message_step(*running.step) && !supply_chain(*running.step)) {
        const bool was = running.done;
        const auto times = running.times;
        act(running);
        progress = (running.done != was || running.times != times) && (!running.step->when || !running.step->when->after || running.moment_seen);
        if (running.done && !was) progress = true;
      }
  }
  acting_ = false;
}

bool Adversary::cross(const trust::Boundary& at, trust::Message& message) {
  if (!world_.filming) return tamper(at, message);
  const auto event = world_.filming->sent(world_.sim.now(), at, message);
  const bool arrives = tamper(at, message);
  world_.filming->arrived(event, at, arrives ? &message : nullptr);
  return arrives;
}

bool Adversary::tamper(const trust::Boundary& at, trust::Message& message) {
  bool arrives = true;
  if (at.name().ends_with(".registers")) {  // between exit and entry the save area is the host's to try
    for (auto& running : steps_)
      if (due(running) && running.step->at && running.step->at->value == at.name()) {
        begin();
        act_on_registers(running);
      }
    return true;
  }
  if (forger_ && message.reply && at.name().starts_with("net "))
    if (const auto secret = forger_->open(message.bytes)) {
      world_.record.act("forger", "opens what " + at.name().substr(4) + " carries");
      world_.oracle.seen("forger", 0, *secret, world_.sim.now());
    }
  if (is_mailbox(at)) driver(at).overhears(message);
  for (auto& running : steps_) {
    if (!due(running) || !message_step(*running.step) || running.step->at->value != at.name()) continue;
    const auto& when = running.step->when;
    if (when && when->object && when->object->value != message.object) continue;
    if (when && when->nth && !when->after && ++running.matches < when->nth->value) continue;
    if (!act_on_message(running, at, message, arrives)) continue;
    if (!arrives) return false;
  }
  if (is_mailbox(at)) at_mailbox(at, message);
  act_now();  // a step on messages may have armed one that acts at once
  return arrives;
}

void Adversary::act(Running& running) {
  const auto& at = running.step->at ? running.step->at->value : "";
  begin();
  if (running.step->verb.value == "step") begin_stepping(running);
  else if (running.step->verb.value == "craft") craft_alone(running);
  else if (message_verbs().has(running.step->verb.value)) act_on_far_side(running);
  else if (at.ends_with(".mapping")) act_on_mapping(running);
  else if (at.ends_with(".memory")) act_on_memory(running, false);
  else if (at == "dram") act_on_memory(running, true);
  else if (at.ends_with(".tpm")) act_on_tpm(running);
  else if (at.ends_with(".medium")) act_on_medium(running);
  else if (is_card_name(at.substr(0, at.find('.')))) act_on_device(running);
  else if (is_virtio_name(at.substr(0, at.find('.')))) act_on_played(running);
  else act_on_call(running);
}

// Where a named page lies, or with ".rmp" behind the name the entry that the ownership table keeps of it.
std::uint64_t Adversary::system_page(const std::string& name, VmState** vm) {
  if (is_entry(name)) {
    if (!world_.sev || !world_.sev->rmp()) throw base::UserError("this machine keeps no entry of " + name);
    if (name == kOwnEntries) return world_.sev->rmp()->own_entries();
    return world_.sev->rmp()->entry_address(system_page(name.substr(0, name.size() - kEntrySuffix.size()), vm));
  }
  VmState* found = nullptr;
  const std::uint64_t gpa = world_.resolve_page(name, &found);
  if (vm) *vm = found;
  const auto page = found->vm.nested.translate(gpa);
  if (page) return page->spa;
  const auto taken = taken_.find({found->name, gpa});
  if (taken != taken_.end()) return taken->second.spa;
  throw base::UserError("the page " + name + " is not backed when the attack wants it");
}

std::optional<memory::Outcome> Adversary::host_read(std::uint64_t spa, base::Bytes& out, bool bus) {
  if (!bus) {
    if (!world_.technology->table().check({.who = memory::Access::Who::kHost, .spa = spa})) return std::nullopt;
    return world_.memory.read(memory::KeyId::kNone, spa, out);
  }
  (void)world_.memory.read_dram(world_.memory.aliasing().cell_of(spa), out);
  return memory::Outcome{};
}

bool Adversary::host_write(std::uint64_t spa, const base::Bytes& bytes, bool bus) {
  if (bus) return world_.memory.write_dram(world_.memory.aliasing().cell_of(spa), bytes);
  const auto checked = world_.technology->table().check(
      {.who = memory::Access::Who::kHost, .spa = spa, .write = true});
  if (!checked) return false;
  return static_cast<bool>(world_.memory.write(memory::KeyId::kNone, spa, bytes));
}

const std::string& Adversary::text(const load::Step& step, const std::string& arg, std::size_t index) const {
  return text_of(step, arg, index);
}

std::uint64_t Adversary::number(const load::Step& step, const std::string& arg, std::uint64_t otherwise) const {
  const auto found = step.args.find(arg);
  return found == step.args.end() || !found->second.number ? otherwise : *found->second.number;
}

}  // namespace engine
