// Moves on what is built in before anything runs, on firmware by its calls, and with evidence of one's own.
#include <algorithm>

#include "scenarios/engine/nouns.h"
#include "scenarios/engine/rights.h"
#include "scenarios/explore/moves.h"

namespace explore {

namespace {

void build_in(const Drawing& d) {
  const std::string by = d.who("machine");
  for (const auto& word : engine::machine_words()) d.add("machine set " + word, 0, 0, {step_of(by, "machine", "set", {word})});
  d.add("machine alias", 0, 0, {step_of(by, "machine", "alias", {"spd"})});
  d.add("machine alias", 0, 0, {step_of(by, "machine", "set", {"no-alias-check"}), step_of(by, "machine", "alias", {"spd"})});
  for (const auto& vm : d.survey.vms) {
    const std::string image = vm + ".image", who = d.who(image), program = vm + ".program";
    for (const auto& part : engine::image_parts()) {
      d.add("vm#.image flip " + part, 0, 0, {step_of(who, image, "flip", {part})});
      for (std::uint64_t byte = 1; byte < 4096; byte = byte * 3 / 2 + 1)
        d.add("vm#.image flip " + part, 0, byte % 4 == 0 ? 1 : 2, {with(step_of(who, image, "flip", {part}), "byte", byte)});
    }
    for (std::uint64_t level = 0; level <= 3; ++level)
      d.add("vm#.program set", 0, 0, {with(step_of(d.who(program), program, "set", {"vmpl"}), "value", level)});
  }
}

void call(const Drawing& d, const std::string& name, const Moment& moment, bool last) {
  auto made = step_of("", "", "call", {name});
  made.at.reset();  // a call is made where firmware is
  made.by.value = d.who(engine::boundary_of(made));
  const std::string group = "call " + name;
  const unsigned wave = last ? 0 : 1;
  const auto add = [&](load::Step step, unsigned more) { d.add(group, moment.event, std::min(2u, wave + more), {after(std::move(step), moment.name)}); };
  add(made, 0);
  for (const std::uint64_t tcb : {0ull, 1ull}) add(with(made, "tcb", tcb), 2);
  for (const auto& vm : d.survey.vms) {
    add(with(made, "vm", vm), 1);
    add(with(with(made, "vm", vm), "value", kElsewhere), 1);
  }
  add(with(made, "page", d.survey.vms.empty() ? "" : d.survey.vms[0] + ".save-area"), 1);
  for (const auto& page : d.survey.pages) {
    const auto on_page = with(made, "page", page);
    add(on_page, 0);
    add(with(on_page, "assigned", 1), 1);
    add(with(on_page, "value", 1), 2);
    for (const std::uint64_t word : {1ull, 2ull}) add(with(on_page, "level", word), 2), add(with(on_page, "flags", word - 1), 2);
    add(with(made, "page", page + ".rmp"), 2);
    for (const auto& other : d.survey.pages)
      if (other != page) add(with(on_page, "from", other), 0);
  }
}

void calls(const Drawing& d) {
  const auto settings = d.target.machine.settings();
  const auto said = settings.find("cpu0.technology");
  if (said == settings.end()) return;
  const auto& moments = d.survey.moments;
  for (const auto& name : engine::host_calls(said->second))
    for (std::size_t i = 0; i < moments.size(); ++i) call(d, name, moments[i], i + 2 >= moments.size());
}

// Whoever answers an owner in a guest's place.
void own_evidence(const Drawing& d) {
  for (const auto& crossing : d.survey.crossings) {
    const std::string by = d.who(crossing.boundary);
    if (!crossing.boundary.starts_with("net ") || crossing.reply || by.empty()) continue;
    const auto at = crossing.events[0];
    const auto add = [&](const char* group, unsigned wave, load::Step step) { d.add(group, at, wave, {on(std::move(step), crossing.object, 0)}); };
    if (crossing.object == "EVIDENCE") {
      const auto forge = step_of(by, crossing.boundary, "forge", {"EVIDENCE"});
      for (const char* root : {"vendor", "own"}) add("forge", 0, with(with(forge, "key", "own"), "root", root));
      const auto leaked = with(forge, "key", "leaked");
      add("forge", 0, leaked);
      add("forge", 0, with(leaked, "tcb", "old"));
      add("forge", 0, with(with(leaked, "tcb", "old"), "claimed-tcb", "current"));
      for (const char* chip : {"chip0", "chip1", "chip2"}) {
        const auto on_chip = with(leaked, "chip", chip);
        add("forge", 0, on_chip);
        add("forge", 0, with(on_chip, "intermediate", "retired"));
        add("forge", 1, with(on_chip, "claimed-chip", "chip0"));
        add("relay", 0, with(step_of(by, crossing.boundary, "relay", {"EVIDENCE"}), "to", chip));
      }
    }
    const auto arrow = crossing.boundary.find(" -> ");
    const std::string peer = arrow == std::string::npos ? "" : crossing.boundary.substr(arrow + 4);
    if (!peer.starts_with("owner")) continue;
    for (const char* key : {"own", "leaked"})
      add("impersonate owner", 0, always(with(step_of(by, crossing.boundary, "impersonate", {peer}), "key", key), 8));
  }
}

// A TPM that the host runs is a part whose power and state are the host's.
void tpms(const Drawing& d) {
  for (const auto& vm : d.survey.vms) {
    const std::string at = vm + ".tpm", by = d.who(at);
    if (!d.survey.boundaries.contains(at)) continue;
    const auto& moments = d.survey.moments;
    for (std::size_t i = 0; i < moments.size(); ++i) {
      d.add("vm#.tpm reset", moments[i].event, 0, {after(step_of(by, at, "reset", {"power"}), moments[i].name)});
      for (std::size_t j = i + 1; j < moments.size(); ++j)
        d.add("vm#.tpm restore", moments[i].event, 0,
              {after(step_of(by, at, "save", {"before"}), moments[i].name), after(step_of(by, at, "restore", {"before"}), moments[j].name)});
    }
  }
}

}  // namespace

void platform_moves(const Drawing& drawing) {
  build_in(drawing);
  calls(drawing);
  own_evidence(drawing);
  tpms(drawing);
}

}  // namespace explore
