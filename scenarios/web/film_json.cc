#include "scenarios/web/film_json.h"

#include <boost/json.hpp>
#include <filesystem>

#include "platform/base/bytes.h"
#include "scenarios/engine/film_lanes.h"
#include "scenarios/report/run_json.h"
#include "scenarios/web/base64.h"

namespace web {

namespace json = boost::json;

namespace {

json::array lane_array(const engine::Lanes& lanes) {
  json::array out;
  for (const auto& name : lanes.names()) out.push_back(json::array{name, std::string(engine::name_of(engine::lane_of(name)))});
  return out;
}

json::array event_array(const engine::FilmEvent& event, std::uint64_t before, const engine::Film& film, const engine::Lanes& lanes) {
  const auto ends = engine::ends_of(film, event);
  if (event.kind == engine::FilmEvent::Kind::kLine)
    return {0, event.time - before, int{event.attack}, static_cast<int>(event.tone), lanes.of(ends.from), event.actor, event.text, event.clause,
            event.defence};
  return {1, event.time - before, int{event.attack}, static_cast<int>(event.fate), int{event.reply},
          lanes.of(ends.from), lanes.of(ends.to), event.actor, event.text, event.sent,
          event.arrived, event.sent_shape, event.arrived_shape, event.to};
}

json::array shape_array(const engine::FilmShape& shape) {
  json::array fields;
  for (const auto& field : shape.fields) fields.push_back(json::array{field.name, field.offset, field.size, static_cast<int>(field.kind)});
  return {shape.schema, std::move(fields)};
}

void add_film(json::object& out, const engine::Film& film) {
  const engine::Lanes lanes(film);
  json::array texts, blobs, shapes, events, facts;
  for (const auto& text : film.texts) texts.emplace_back(text);
  for (const auto& blob : film.blobs) blobs.emplace_back(to_base64(blob));
  for (const auto& shape : film.shapes) shapes.push_back(shape_array(shape));
  std::uint64_t before = 0;
  for (const auto& event : film.events) events.push_back(event_array(event, before, film, lanes)), before = event.time;
  for (const auto& fact : film.facts) facts.push_back(json::array{fact.event, fact.group, fact.name, fact.key, fact.value});
  out["cut"] = film.cut;
  out["texts"] = std::move(texts), out["blobs"] = std::move(blobs), out["shapes"] = std::move(shapes), out["lanes"] = lane_array(lanes);
  out["events"] = std::move(events), out["facts"] = std::move(facts);
}

}  // namespace

json::object film_object(const report::Told& told, const engine::Verdict& verdict, const report::Cell* cell, std::string_view source) {
  const json::object run = report::run_object(told, verdict, cell);
  json::object out;
  for (const auto* key : {"attack", "platform", "seed", "profile", "lift", "set", "weather", "missed", "assumed", "conventions", "ends", "limit"})
    out[key] = run.at(key);
  out["title"] = told.scenario->title.value;
  out["outcome"] = run.at("observed");
  out["sentence"] = verdict.sentence();
  json::array breaches, checks, mismatches;
  for (const auto& breach : verdict.breaches)
    breaches.push_back(json::object{{"promise", std::string(trust::name_of(breach.promise))}, {"what", breach.what}, {"time", breach.time}});
  if (cell) {
    for (const auto& check : cell->checks)
      checks.push_back(json::object{{"label", check.label}, {"expected", check.expected}, {"observed", check.observed}, {"agrees", check.agrees}});
    for (const auto& line : cell->mismatches) mismatches.emplace_back(line);
  }
  out["breaches"] = std::move(breaches), out["checks"] = std::move(checks), out["mismatches"] = std::move(mismatches);
  out["compared"] = cell != nullptr;
  out["agrees"] = cell == nullptr || cell->agrees;
  out["time"] = verdict.time;
  out["file"] = std::filesystem::path(told.scenario->file).filename().string();  // wherever it lies, the same page
  out["source"] = source;
  add_film(out, verdict.film ? *verdict.film : engine::Film{});
  return out;
}

}  // namespace web
