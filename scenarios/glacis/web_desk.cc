#include "scenarios/glacis/web_desk.h"

#include <charconv>
#include <filesystem>

#include "platform/base/user_error.h"
#include "scenarios/engine/verb_rules.h"
#include "scenarios/load/scenario_loader.h"

namespace glacis {

namespace {

constexpr std::string_view kScenarios = "scenarios/";
constexpr std::string_view kMachines = "scenarios/machines/";

// "12:" at the front of `text`, taken away; 0: there is none.
int take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() + text.size() || *end != ':') return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

void refuse_outside(const load::Scenario& scenario) {
  for (const auto& thread : scenario.guest)
    if (thread.from != load::Thread::From::kBuiltIn)
      load::fail(scenario.file, thread.program.pos,
                 "a page starts no library and reaches no process of this machine, since that would run code outside the emulation; `glacis run` does");
}

void refuse_outside(const load::Machine& machine) {
  for (const auto& [name, part] : machine.parts)
    for (const auto* reaching : {"responder", "root"})
      if (const auto found = part.attributes.find(reaching); found != part.attributes.end())
        load::fail(found->second.place, "a page reaches no responder and no file outside the emulation (`" + name + "." + reaching + "`); `glacis run` does");
}

}  // namespace

WebDesk::WebDesk(const Home& home, WebFiles files) : home_(home), files_(std::move(files)) {
  for (const auto& [name, text] : files_)
    if (text.size() > kWebTextBytesMax)
      throw base::UserError(name + ":1:1: larger than the " + std::to_string(kWebTextBytesMax >> 10) + " KiB that a page may edit (limit web.text_bytes_max)");
  const auto folder = (std::filesystem::path(home_.scenarios()) / "").lexically_normal().string();
  top_ = folder.substr(0, folder.size() - kScenarios.size());
}

load::Scenario WebDesk::scenario(const std::string& name) const {
  const auto text = files_.find(name);
  if (text == files_.end()) throw base::UserError("the page did not send the text of `" + name + "`");
  auto out = load::parse_scenario(text->second, name, engine::vocabulary());
  refuse_outside(out);
  return out;
}

// A machine file by its normal path, as the page has it or else as it lies in the catalogue.
std::string WebDesk::read(const std::string& path) const {
  const auto name = path.starts_with(top_) ? path.substr(top_.size()) : path;
  if (!name.starts_with(kMachines) || !name.ends_with(".yaml")) throw base::UserError(name + ":1:1: machine files of a page lie in scenarios/machines");
  const auto found = files_.find(name);
  return found == files_.end() ? load::read_text(path) : found->second;
}

load::Machine WebDesk::machine(const load::Scenario& scenario, const std::string& platform) const {
  auto out = home_.machine(scenario, platform, [this](const std::string& path) { return read(path); });
  refuse_outside(out);
  return out;
}

report::Stage WebDesk::stage() const {
  auto out = home_.stage();
  out.machine = [this](const load::Scenario& scenario, const std::string& platform) { return machine(scenario, platform); };
  return out;
}

std::vector<WebMark> WebDesk::marks_of(const std::string& name) const {
  try {
    if (name.starts_with(kMachines)) {
      refuse_outside(load::load_machine(home_.scenarios(), name.substr(kScenarios.size()), "", engine::machine_vocabulary(),
                                        [this](const std::string& path) { return read(path); }));
      return {};
    }
    const auto one = scenario(name);
    for (const auto& variant : one.variants) engine::check_steps(one.file, variant.steps);
    for (const auto& platform : report::platforms_of(one))
      if (!one.n_a.contains(platform)) machine(one, platform);
  } catch (const base::UserError& error) {
    return {mark_of(error.what())};
  }
  return {};
}

WebMark WebDesk::mark_of(const std::string& complaint) const {
  std::string text = complaint;
  const std::string in_top = top_ + std::string(kScenarios);
  if (!top_.empty())
    for (std::size_t at = 0; (at = text.find(in_top, at)) != text.npos;) text.erase(at, top_.size());
  for (auto at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
    std::string_view rest(text);
    rest.remove_prefix(at + 1);
    const int line = take_number(rest), column = line ? take_number(rest) : 0;
    if (!column || !rest.starts_with(' ')) continue;
    return {text.substr(0, at), line, column, std::string(rest.substr(1))};
  }
  return {"", 0, 0, text};
}

boost::json::object object_of(const WebMark& mark) { return {{"file", mark.file}, {"line", mark.line}, {"column", mark.column}, {"text", mark.text}}; }

}  // namespace glacis
