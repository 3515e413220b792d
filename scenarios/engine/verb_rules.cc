#include "scenarios/engine/verb_rules.h"

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/device_kinds.h"
#include "scenarios/engine/machine_settings.h"
#include "scenarios/engine/rights.h"
#include "scenarios/engine/virtio_device.h"

namespace engine {

namespace {

bool has(const load::Step& step, const std::string& arg) { return step.args.contains(arg); }

// "vm0.requests" and "vm1.requests" are of one kind.
std::string kind_of(std::string name) {
  std::erase_if(name, [](char c) { return c >= '0' && c <= '9'; });
  return name;
}

// A position acts only where it stands in reality.
void check_rights(const std::string& file, const load::Step& step) {
  const std::string at = boundary_of(step);
  const bool leads = step.verb.value == "redirect";  // who redirects stands at both ends
  for (const auto& right : rights())
    if (right.position == step.by.value && right.boundaries.has(at) && (!leads || right.boundaries.has(text_of(step, "redirect")))) return;
  throw base::UserError(file + ":" + std::to_string(step.by.pos.line) + ":" + std::to_string(step.by.pos.column) + ": `" + step.by.value +
                        "` does not stand at `" + at + "`; `glacis list positions` says where each stands");
}

void check_machine_setting(const std::string& file, const load::Step& step) {
  const auto& said = text_of(step, "set");
  if (said.starts_with(kDeviceSetting)) {
    const load::Names contents(names_of_all_contents());
    const auto what = said.substr(kDeviceSetting.size());
    if (!contents.has(what)) cannot(file, step, "finds no device that is `" + what + "`" + load::advice(what, contents));
    return;
  }
  load::Names known;
  for (const auto& setting : machine_settings()) known.patterns.push_back(setting.name);
  if (!known.has(said)) cannot(file, step, "makes no machine that is `" + said + "`" + load::advice(said, known));
}

// What a step names as kept, another one of the variant has to keep.
void check_kept(const std::string& file, const std::vector<load::Step>& steps, const load::Step& step) {
  const auto& verb = step.verb.value;
  const auto keeps = [&](const std::string& name, bool held) {
    return std::ranges::any_of(
        steps, [&](const auto& other) { return has(other, "as") && text_of(other, "as") == name && (!held || other.verb.value == "hold"); });
  };
  const auto& name = text_of(step, verb == "craft" ? "from" : verb);
  if (verb == "craft" && has(step, "from") && !keeps(name, false)) cannot(file, step, "finds no step that keeps a message as `" + name + "`");
  if (verb == "replay") {
    load::Names kept;
    for (const auto& other : steps)
      if (has(other, "as")) kept.patterns.push_back(text_of(other, "as"));
    if (!kept.has(name)) cannot(file, step, "finds no step that keeps anything as `" + name + "`" + load::advice(name, kept));
  }
  if (verb == "inject" && !keeps(name, false)) cannot(file, step, "finds no step that keeps a message as `" + name + "`");
  if (verb == "release" && !keeps(name, true)) cannot(file, step, "finds no step that holds a message as `" + name + "`");
}

void check_verb(const std::string& file, const std::vector<load::Step>& steps, const load::Step& step) {
  const auto& verb = step.verb.value;
  const std::string at = step.at ? step.at->value : "";
  if (message_verbs().has(verb) && !message_boundaries().has(at))
    cannot(file, step, "is for messages, and `" + at + "` carries none; `glacis list verbs` says where each acts");
  if (message_verbs().has(verb) && at == "tsm0.evidence")
    cannot(file, step, "is for messages on their way; at `tsm0.evidence` one lies before whoever signs it, and can be altered");
  if ((verb == "interrupt" || verb == "step") && !at.ends_with(".interrupts"))
    cannot(file, step, "acts where events reach a guest, at `vm0.interrupts`");
  if (verb == "craft" && !load::Names{"config * -> *", "link * - *", "mmio *", "sw*.down", "sw*.up", "gpu*.logic", "nic*.logic", "nvme*.logic"}.has(at))
    cannot(file, step, "makes packets, and `" + at + "` carries none");
  if ((verb == "swap" || verb == "unmap") && !at.ends_with(".mapping") && !at.ends_with(".medium"))
    cannot(file, step, "acts on translations, at `vm0.mapping`");
  if (verb == "set" && at == "machine") check_machine_setting(file, step);
  check_kept(file, steps, step);
  if (verb == "redirect" && kind_of(text_of(step, verb)) != kind_of(at))
    cannot(file, step, "leads to a boundary of the same kind, and `" + text_of(step, verb) + "` is of another than `" + at + "`");
}

}  // namespace

const std::string& text_of(const load::Step& step, const std::string& arg, std::size_t index) {
  static const std::string kNone;
  const auto found = step.args.find(arg);
  return found == step.args.end() || found->second.texts.size() <= index ? kNone : found->second.texts[index].value;
}

void cannot(const std::string& file, const load::Step& step, const std::string& why) {
  throw base::UserError(file + ":" + std::to_string(step.verb.pos.line) + ":" + std::to_string(step.verb.pos.column) + ": `" +
                        step.verb.value + "` " + why);
}

void check_steps(const std::string& file, const std::vector<load::Step>& steps) {
  for (const auto& step : steps) {
    check_rights(file, step);
    check_verb(file, steps, step);
  }
}

const load::Names& message_verbs() {
  static const load::Names kVerbs{"answer", "delay",    "drop",      "duplicate", "extend", "hold",
                                  "impersonate", "inject", "redirect", "release",   "reorder", "truncate"};
  return kVerbs;
}

const load::Names& message_boundaries() {
  static const load::Names kBoundaries = [] {
    load::Names out{"config * -> *", "doe * -> *", "evidence *", "firmware.osc", "gpu*.logic", "keys *", "link * - *", "mmio *", "net * -> *",
                    "sw*.down", "sw*.up", "tsm0.call", "tsm0.evidence", "vm*.clock", "vm*.evidence", "vm*.exit", "vm*.host-data",
                    "vm*.interrupts", "vm*.requests", "vm*.tpm", "vm*.tsm-report"};
    for (auto& boundary : virtio_boundaries())
      if (!boundary.ends_with(".slot")) out.patterns.push_back(std::move(boundary));
    return out;
  }();
  return kBoundaries;
}

}  // namespace engine
