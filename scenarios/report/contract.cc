#include "scenarios/report/contract.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/engine/play.h"

namespace report {

namespace {

constexpr std::string_view kReaches = "reaches ";
constexpr std::string_view kEntry = ".rmp";  // the ownership table's entry of a page

// A text of a step or of `assumes` may name a page of the VM: "vm0.page.ring", "address of vm0.page.ring", "vm0.page.ring.rmp".
void note_page(std::string_view text, const std::string& vm, std::set<std::string>& out) {
  if (text.starts_with("address of ")) text.remove_prefix(11);
  if (!text.starts_with(vm + ".page.")) return;
  if (text.ends_with(kEntry)) text.remove_suffix(kEntry.size());
  // Pages that every VM is launched with are the kernel's, as "vm0.page.psc" is.
  if (text == vm + ".page.psc") return;
  out.insert("page " + std::string(text));
}

// A fault is a moment of the host's making.
void note_moment(const std::string& text, const std::string& vm, std::set<std::string>& out) {
  if (text.starts_with(vm + ".") && !text.starts_with(vm + ".fault.")) out.insert("moment " + text);
}

bool counts(const load::Step& step, const std::string& platform) {
  return platform.empty() || step.platforms.empty() ||
         std::any_of(step.platforms.begin(), step.platforms.end(), [&](const load::Text& name) { return name.value == platform; });
}

void note_step(const load::Step& step, Contract& out) {
  if (step.at) note_page(step.at->value, out.vm, out.names);
  for (const auto& [name, arg] : step.args)
    for (const auto& text : arg.texts) note_page(text.value, out.vm, out.names);
  if (!step.when) return;
  if (step.when->after) note_moment(step.when->after->value, out.vm, out.names);
  const bool is_end = step.at && (step.at->value.starts_with(out.vm + ".") || step.at->value.find(" " + out.vm + " ") != std::string::npos ||
                                  step.at->value.ends_with(" " + out.vm));
  if (step.when->object && is_end) out.messages.insert(step.when->object->value + " at " + step.at->value);
}

}  // namespace

Contract contract_of(const load::Scenario& scenario, const std::string& vm, const std::string& platform) {
  Contract out;
  out.vm = vm;
  for (const auto& thread : scenario.guest)
    if (thread.vm == vm && thread.from == load::Thread::From::kBuiltIn) {
      out.arguments = {thread.program.value};
      out.arguments.insert(out.arguments.end(), thread.args.begin(), thread.args.end());
      break;
    }
  for (const auto& known : scenario.assumes) {
    if (known.value.starts_with("moment ")) note_moment(known.value.substr(7), vm, out.names);
    note_page(known.value, vm, out.names);
  }
  for (const auto& variant : scenario.variants)
    for (const auto& step : variant.steps)
      if (counts(step, platform)) note_step(step, out);
  return out;
}

std::vector<Contract> contracts_of(const load::Scenario& scenario) {
  std::vector<Contract> out;
  for (const auto& thread : scenario.guest)
    if (std::none_of(out.begin(), out.end(), [&](const Contract& known) { return known.vm == thread.vm; }))
      out.push_back(contract_of(scenario, thread.vm));
  return out;
}

std::vector<std::string> lines_of(const Contract& contract) {
  std::vector<std::string> out;
  if (!contract.arguments.empty()) out.push_back(fmt::format("{} is started with: {}", contract.vm, fmt::join(contract.arguments, " ")));
  for (const auto& name : contract.names)
    out.push_back(name.starts_with("moment ") ? "it reaches the " + name : "it allocates the " + name);
  for (const auto& message : contract.messages) out.push_back("it causes " + message);
  out.push_back("it says how it ends");
  return out;
}

std::vector<std::string> missing(const Contract& contract, const engine::Verdict& honest) {
  std::set<std::string> reached;
  for (const auto& line : engine::lines_of(honest.trace))
    if (line.actor == contract.vm && line.text.starts_with(kReaches)) reached.insert("moment " + contract.vm + "." + line.text.substr(kReaches.size()));
  std::vector<std::string> out;
  for (const auto& name : contract.names)
    if (name.starts_with("moment ") && !reached.contains(name)) out.push_back(name);
  return out;
}

std::vector<std::string> first_waits(const load::Scenario& scenario, const std::string& platform) {
  std::vector<std::string> out;
  for (const auto& variant : scenario.variants) {
    const auto first = std::find_if(variant.steps.begin(), variant.steps.end(), [&](const load::Step& step) { return counts(step, platform); });
    if (first == variant.steps.end()) continue;
    std::string text = fmt::format("line {}: `{}`", first->pos.line, first->verb.value);
    if (first->at) text += " at " + first->at->value;
    if (const auto& when = first->when) {
      if (when->after) text += ", after the moment " + when->after->value;
      if (when->object) text += ", on " + when->object->value;
    }
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace report
