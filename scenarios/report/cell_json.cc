#include "scenarios/report/cell_json.h"

#include <boost/json.hpp>

namespace report {

namespace json = boost::json;

namespace {

constexpr std::uint64_t kRunsMax = 1'000'000'000;

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

// What is missing or of another type stays as it was: the comparison at the end finds it.
void take(const json::object& from, const char* key, std::string& to) {
  if (const auto* found = from.if_contains(key); found && found->is_string()) to = found->get_string();
}

void take(const json::object& from, const char* key, bool& to) {
  if (const auto* found = from.if_contains(key); found && found->is_bool()) to = found->get_bool();
}

void take(const json::object& from, const char* key, std::vector<std::string>& to) {
  const auto* found = from.if_contains(key);
  if (!found || !found->is_array()) return;
  for (const auto& one : found->get_array())
    if (one.is_string()) to.emplace_back(one.get_string());
}

const json::object* object_in(const json::value& value, const char* key) {
  const auto* object = value.if_object();
  const auto* found = object ? object->if_contains(key) : nullptr;
  return found ? found->if_object() : nullptr;
}

Cell cell_of(const json::object& from) {
  Cell out;
  take(from, "attack", out.attack), take(from, "platform", out.platform);
  take(from, "observed", out.observed), take(from, "expected", out.expected);
  take(from, "observed_hardened", out.observed_hardened), take(from, "expected_hardened", out.expected_hardened);
  take(from, "reason", out.reason), take(from, "agrees", out.agrees);
  take(from, "defence", out.defence), take(from, "promise", out.promise), take(from, "mismatches", out.mismatches);
  const auto* checks = from.if_contains("checks");
  if (!checks || !checks->is_array()) return out;
  for (const auto& one : checks->get_array()) {
    if (!one.is_object()) continue;
    auto& check = out.checks.emplace_back();
    const auto& object = one.get_object();
    take(object, "check", check.label), take(object, "expected", check.expected);
    take(object, "observed", check.observed), take(object, "agrees", check.agrees);
  }
  return out;
}

}  // namespace

json::object object_of(const Cell& cell) {
  json::object out{{"attack", cell.attack},
                   {"platform", cell.platform},
                   {"observed", cell.observed},
                   {"expected", cell.expected},
                   {"agrees", cell.agrees},
                   {"defence", array_of(cell.defence)},
                   {"promise", array_of(cell.promise)}};
  if (!cell.reason.empty()) out["reason"] = cell.reason;
  if (!cell.observed_hardened.empty()) {
    out["observed_hardened"] = cell.observed_hardened;
    out["expected_hardened"] = cell.expected_hardened;
  }
  json::array checks;
  for (const auto& check : cell.checks)
    checks.push_back(json::object{
        {"check", check.label}, {"expected", check.expected}, {"observed", check.observed}, {"agrees", check.agrees}});
  out["checks"] = std::move(checks);
  out["mismatches"] = array_of(cell.mismatches);
  return out;
}

json::object object_of(const PlayedCell& played) {
  json::object out{{"cell", object_of(played.cell)}, {"runs", played.cell.runs}, {"shared", array_of(played.shared)}};
  json::array films;
  for (const auto& film : played.films)
    films.push_back(json::object{
        {"profile", film.profile}, {"outcome", film.outcome}, {"agrees", film.agrees}, {"film", film.film}, {"text", film.text}});
  if (!films.empty()) out["films"] = std::move(films);
  return out;
}

std::optional<PlayedCell> played_cell_of(const json::value& value) {
  const auto* cell = object_in(value, "cell");
  if (!cell) return std::nullopt;
  PlayedCell out;
  out.cell = cell_of(*cell);
  const auto& object = value.get_object();
  take(object, "shared", out.shared);
  const auto* runs = object.if_contains("runs");
  if (!runs || !runs->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto count = runs->to_number<std::uint64_t>(error);
  if (error || count > kRunsMax) return std::nullopt;
  out.cell.runs = count;
  if (const auto* films = object.if_contains("films"); films && films->is_array())
    for (const auto& one : films->get_array()) {
      if (!one.is_object()) continue;
      auto& film = out.films.emplace_back();
      const auto& from = one.get_object();
      take(from, "profile", film.profile), take(from, "outcome", film.outcome), take(from, "agrees", film.agrees);
      take(from, "film", film.film), take(from, "text", film.text);
    }
  if (json::serialize(object_of(out)) != json::serialize(value)) return std::nullopt;
  return out;
}

}  // namespace report
