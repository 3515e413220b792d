#include "scenarios/load/json_schema.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "scenarios/load/keys.h"

namespace load {

namespace {

namespace json = boost::json;

constexpr const char* kDraft = "https://json-schema.org/draft/2020-12/schema";
constexpr const char* kSizePattern = "^[0-9]+(B|KiB|MiB|GiB|TiB)$";
constexpr const char* kTimePattern = "^[0-9]+(ps|ns|us|ms|s|min|h|d)$";

// `*` is one or more characters that are no space.
std::string regex_of(const std::string& pattern) {
  std::string out = "^";
  for (char c : pattern) {
    if (c == '*') {
      out += "[^ ]+";
    } else {
      if (std::string_view("\\^$.|?+()[]{}").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out + "$";
}

json::object text_schema(const Names& names) {
  if (names.any) return {{"type", "string"}, {"minLength", 1}};
  json::array words, patterns;
  for (const auto& name : names.patterns) {
    if (name.find('*') == std::string::npos)
      words.emplace_back(name);
    else
      patterns.push_back(json::object{{"type", "string"}, {"pattern", regex_of(name)}});
  }
  if (patterns.empty()) return {{"enum", std::move(words)}};
  if (!words.empty()) patterns.push_back(json::object{{"enum", std::move(words)}});
  return {{"anyOf", std::move(patterns)}};
}

json::object list_of(json::object item) { return {{"type", "array"}, {"minItems", 1}, {"items", std::move(item)}}; }
json::object one_or_list(const json::object& item) { return {{"anyOf", json::array{item, list_of(item)}}}; }
json::object map_of(json::object value) { return {{"type", "object"}, {"additionalProperties", std::move(value)}}; }
json::object count_schema() { return {{"type", "integer"}, {"minimum", 0}}; }

json::object value_schema(ValueKind kind, const Names& values) {
  switch (kind) {
    case ValueKind::kWord: {
      // A bare number or flag is a word too: 1.55 is a version to us and a number to an editor.
      auto text = text_schema(values);
      return values.any ? json::object{{"type", json::array{"string", "number", "boolean"}}} : text;
    }
    case ValueKind::kWords:
      return one_or_list(value_schema(ValueKind::kWord, values));
    case ValueKind::kCount:
      return {
          {"anyOf", json::array{count_schema(), json::object{{"type", "string"}, {"pattern", "^0x[0-9a-fA-F]+$"}}}}};
    case ValueKind::kSize:
      return {{"type", "string"}, {"pattern", kSizePattern}};
    case ValueKind::kTime:
      return {{"type", "string"}, {"pattern", kTimePattern}};
    case ValueKind::kFlag:
      return {{"type", "boolean"}};
  }
  return {};
}

class ScenarioSchema {
 public:
  explicit ScenarioSchema(const Vocabulary& v) : v_(v) {}

  json::object table(std::span<const Key> keys, std::span<const Key> more = {}) const {
    json::object properties;
    json::array required;
    for (auto part : {keys, more})
      for (const auto& key : part) {
        auto schema = shape(key);
        schema["description"] = json::string(key.what);
        properties[key.name] = std::move(schema);
        if (key.required) required.emplace_back(json::string(key.name));
      }
    json::object out{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
  }

 private:
  Names names(const Key& key) const {
    switch (key.noun) {
      case Noun::kFree:
        return Names::anything();
      case Noun::kPlatform: {
        Names out(v_.platforms);
        out.patterns.push_back("all");
        return out;
      }
      case Noun::kPosition:
        return v_.positions;
      case Noun::kBoundary:
        return v_.boundaries;
      case Noun::kObject:
        return v_.objects;
      case Noun::kCall:
        return v_.calls;
      case Noun::kMoment:
        return v_.moments;
      case Noun::kDefence:
        return v_.defences;
      case Noun::kLiftable:
        return v_.liftable;
      case Noun::kPromise:
        return v_.promises;
      case Noun::kOutcome:
        return v_.outcomes;
      case Noun::kProfile:
        return v_.profiles;
      case Noun::kPlace:
        return v_.places;
      case Noun::kReset:
        return v_.resets;
      case Noun::kAssumption:
        return v_.assumptions;
      case Noun::kWeather:
        return v_.weather;
      case Noun::kThreat:
        return v_.threats;
      case Noun::kCatalogue:
        return v_.catalogue;
    }
    return Names::anything();
  }

  json::object shape(const Key& key) const {
    switch (key.shape) {
      case Shape::kText:
        return text_schema(names(key));
      case Shape::kTexts:
        return one_or_list(text_schema(names(key)));
      case Shape::kCount:
        return key.name == "format" ? json::object{{"const", 1}} : count_schema();
      case Shape::kSize:
        return value_schema(ValueKind::kSize, {});
      case Shape::kTime:
        return value_schema(ValueKind::kTime, {});
      case Shape::kTrue:
        return {{"const", true}};
      case Shape::kTextMap:
        return map_of({{"type", json::array{"string", "number", "boolean"}}});
      case Shape::kGuest: {
        json::object program{{"type", "string"}, {"minLength", 1}};
        const json::object outside = table(kOutsideGuestKeys);
        return {{"anyOf", json::array{outside, map_of({{"anyOf", json::array{program, map_of(program), outside}}})}}};
      }
      case Shape::kMachines:
        return map_of({{"type", "string"}});
      case Shape::kSources:
        return map_of(table(kSourceKeys));
      case Shape::kWhen:
        return table(kWhenKeys);
      case Shape::kDo:
        return verbs();
      case Shape::kRepeat:
        return table(kRepeatKeys);
      case Shape::kSteps:
        return list_of(table(kStepKeys));
      case Shape::kVariants:
        return map_of(list_of(table(kStepKeys)));
      case Shape::kExpectRows:
        return list_of(table(kExpectKeys));
      case Shape::kWithoutRows:
        return list_of(table(kExpectKeys, {&kLiftKey, 1}));
      case Shape::kWithRows:
        return list_of(table(kExpectKeys, {&kSetKey, 1}));
      case Shape::kAfterwards:
        return table(kAfterwardsKeys);
    }
    return {};
  }

  json::object verbs() const {
    json::array alone, forms;
    for (const auto& verb : v_.verbs) {
      if (!verb.what.required) alone.emplace_back(verb.name);
      json::object properties{{verb.name, value_schema(verb.what.kind, verb.what.values)}};
      json::array required{json::string(verb.name)};
      for (const auto& slot : verb.args) {
        properties[slot.name] = value_schema(slot.kind, slot.values);
        if (slot.required) required.emplace_back(slot.name);
      }
      forms.push_back(json::object{{"type", "object"},
                                   {"additionalProperties", false},
                                   {"properties", std::move(properties)},
                                   {"required", std::move(required)}});
    }
    if (!alone.empty()) forms.push_back(json::object{{"enum", std::move(alone)}});
    return {{"anyOf", std::move(forms)}};
  }

  const Vocabulary& v_;
};

// The attributes of a kind; `whole` when they stand with `is` and `at`, as they do on a part's own line.
json::object part_schema(const PartKind& kind, bool whole) {
  json::object properties;
  if (whole) {
    properties["is"] = json::object{{"const", kind.name}};
    properties["at"] = json::object{{"type", "string"}};
  }
  for (const auto& slot : kind.attributes) properties[slot.name] = value_schema(slot.kind, slot.values);
  json::object out{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (whole) out["required"] = json::array{"is"};
  return out;
}

}  // namespace

json::value scenario_schema(const Vocabulary& vocabulary) {
  auto out = ScenarioSchema(vocabulary).table(kScenarioKeys);
  out["$schema"] = kDraft;
  out["title"] = "Glacis scenario";
  out["allOf"] = json::array{json::object{{"oneOf", json::array{json::object{{"required", json::array{"attack"}}},
                                                                json::object{{"required", json::array{"variants"}}}}}},
                             json::object{{"oneOf", json::array{json::object{{"required", json::array{"machine"}}},
                                                                json::object{{"required", json::array{"machines"}}}}}}};
  return out;
}

json::value machine_schema(const MachineVocabulary& vocabulary) {
  Vocabulary words;
  words.platforms = vocabulary.platforms;
  auto out = ScenarioSchema(words).table(kMachineKeys);
  json::array forms;
  json::object every;
  for (const auto& kind : vocabulary.kinds) {
    forms.push_back(part_schema(kind, true));
    every[kind.name] = part_schema(kind, false);
  }
  // A line without `is` changes a part of a file below, whose kind an editor cannot know.
  forms.push_back(json::object{{"type", "object"}, {"not", json::object{{"required", json::array{"is"}}}}});
  out["patternProperties"] = json::object{{"^[a-z-]+[0-9][a-z0-9-]*$", json::object{{"anyOf", std::move(forms)}}}};
  auto& properties = out["properties"].as_object();
  properties["every"] =
      json::object{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(every)}};
  properties["platform"] = text_schema(Names(vocabulary.platforms));
  out["$schema"] = kDraft;
  out["title"] = "Glacis machine";
  return out;
}

}  // namespace load
