#include "scenarios/glacis/web_catalogue.h"

#include <filesystem>

#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/glacis/web_desk.h"
#include "scenarios/load/document.h"
#include "scenarios/load/json_schema.h"
#include "scenarios/load/scenario_loader.h"

namespace glacis {

namespace json = boost::json;

namespace {

json::array named(const std::vector<engine::Named>& rows) {
  json::array out;
  for (const auto& row : rows) out.push_back(json::array{row.name, row.about});
  return out;
}

json::array liftable() {
  json::array out;
  for (const auto* defence : engine::all_defences())
    if (defence->kind != trust::Kind::kConformance)
      out.push_back(json::array{std::string(defence->id), std::string(defence->promise) + " [" + std::string(defence->clause) + "]"});
  return out;
}

// A file that cannot be read is listed all the same: the editor says what is wrong with it.
json::object scenario_object(const std::string& path, const std::string& name) {
  json::object out{{"name", name}, {"group", std::filesystem::path(path).parent_path().filename().string()}, {"title", ""}, {"platforms", json::array{}}};
  try {
    const auto scenario = load::load_scenario(path, engine::vocabulary());
    out["title"] = scenario.title.value;
    json::array platforms;
    for (const auto& platform : report::platforms_of(scenario)) platforms.emplace_back(platform);
    out["platforms"] = std::move(platforms);
  } catch (const base::UserError&) {
  }
  return out;
}

json::object machine_object(const std::string& path, const std::string& name) {
  json::object out{{"name", name}, {"title", ""}};
  try {
    const auto document = load::load_document(path);
    if (const auto* title = document.find("machine")) out["title"] = title->text;
  } catch (const base::UserError&) {
  }
  return out;
}

json::array texts_of(const load::Names& names) {
  json::array out;
  for (const auto& name : names.patterns) out.emplace_back(name);
  return out;
}

}  // namespace

WebCatalogue web_catalogue(const Home& home) {
  WebCatalogue out;
  json::array scenarios, machines;
  const auto root = home.scenarios().size();
  for (const auto& path : home.scenario_files()) {
    const auto name = "scenarios" + path.substr(root);
    scenarios.push_back(scenario_object(path, name));
    out.files.insert(name);
  }
  for (const auto& file : home.machine_files()) {
    machines.push_back(machine_object(home.scenarios() + "/" + file, "scenarios/" + file));
    out.files.insert("scenarios/" + file);
  }
  const auto& words = engine::vocabulary();
  out.welcome = json::serialize(json::object{
      {"version", std::string(kVersion)},
      {"text_bytes_max", kWebTextBytesMax},
      {"scenarios", std::move(scenarios)},
      {"machines", std::move(machines)},
      {"platforms", named(engine::platforms())},
      {"profiles", texts_of(words.profiles)},
      {"defences", liftable()},
      {"about", json::object{{"verbs", named(engine::verbs())}, {"boundaries", named(engine::boundaries())}, {"positions", named(engine::positions())},
                             {"programs", named(engine::programs())}, {"promises", named(engine::promises())}, {"weather", named(engine::weathers())}}},
      {"schema", json::object{{"scenario", load::scenario_schema(words)}, {"machine", load::machine_schema(engine::machine_vocabulary())}}}});
  return out;
}

}  // namespace glacis
