// JSON Schema (draft 2020-12) of a policy file, out of its key tables.
#include <sstream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "scenarios/verify/policy.h"
#include "scenarios/verify/policy_keys.h"

namespace verify {

namespace {

namespace json = boost::json;

json::object table(std::span<const Key> keys);

json::object list_of(json::object item) { return {{"type", "array"}, {"minItems", 1}, {"items", std::move(item)}}; }
json::object one_or_list(const json::object& item) { return {{"anyOf", json::array{item, list_of(item)}}}; }
json::object map_of(json::object value) { return {{"type", "object"}, {"additionalProperties", std::move(value)}}; }

json::object hex_schema(unsigned size) {
  const std::string count = size == 0 ? "([0-9a-fA-F]{2})+" : "[0-9a-fA-F]{" + std::to_string(2 * size) + "}";
  return {{"type", "string"}, {"pattern", "^" + count + "$"}};
}

json::object words_schema(std::string_view words) {
  std::istringstream in{std::string(words)};
  json::array out;
  for (std::string word; in >> word;) out.emplace_back(word);
  return {{"enum", std::move(out)}};
}

std::span<const Key> section_of(std::string_view name) {
  if (name == "snp") return kSnpKeys;
  if (name == "tdx") return kTdxKeys;
  if (name == "cca") return kCcaKeys;
  if (name == "pkvm") return kPkvmKeys;
  return kCoveKeys;
}

json::object shape(const Key& key) {
  const json::object text{{"type", "string"}, {"minLength", 1}};
  const json::object count{{"anyOf", json::array{json::object{{"type", "integer"}, {"minimum", 0}},
                                                 json::object{{"type", "string"}, {"pattern", "^0x[0-9a-fA-F]+$"}}}}};
  switch (key.shape) {
    case Shape::kText: case Shape::kFile: return text;
    case Shape::kTexts: case Shape::kFiles: return one_or_list(text);
    case Shape::kWord: return words_schema(key.words);
    case Shape::kWords: return one_or_list(words_schema(key.words));
    case Shape::kCount: return key.name == "format" ? json::object{{"const", 1}} : count;
    case Shape::kHex: return hex_schema(key.size);
    case Shape::kHexes: return one_or_list(hex_schema(key.size));
    case Shape::kProducts: return map_of(text);
    case Shape::kTcb: return map_of(count);
    case Shape::kRegisters: return map_of(one_or_list(hex_schema(key.size)));
    case Shape::kFirmware: return list_of(table(kFirmwareKeys));
    case Shape::kComponents: return map_of(table(kComponentKeys));
    case Shape::kLayers: return list_of(table(kLayerKeys));
    case Shape::kLayer: return table(kLayerKeys);
    case Shape::kSection: return table(section_of(key.name));
  }
  return {};
}

json::object table(std::span<const Key> keys) {
  json::object properties;
  json::array required;
  for (const auto& key : keys) {
    auto value = shape(key);
    value["description"] = json::string(key.what);
    properties[key.name] = std::move(value);
    if (key.required) required.emplace_back(json::string(key.name));
  }
  json::object out{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

}  // namespace

json::value policy_schema() {
  auto out = table(kTopKeys);
  json::array sections;
  for (const auto& key : kTopKeys)
    if (key.shape == Shape::kSection) sections.push_back(json::object{{"required", json::array{json::string(key.name)}}});
  out["oneOf"] = std::move(sections);
  out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  out["title"] = "Glacis policy";
  return out;
}

}  // namespace verify
