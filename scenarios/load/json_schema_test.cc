#include "scenarios/load/json_schema.h"

#include <regex>

#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "scenarios/load/keys.h"
#include "scenarios/load/scenario_loader.h"
#include "scenarios/load/test_scenarios.h"
#include "scenarios/load/test_vocabulary.h"

namespace load {
namespace {

namespace json = boost::json;

// A scalar as an editor's YAML reader types it.
json::value value_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kScalar: {
      if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
      bool digits =
          !node.quoted && node.text.size() < 10 && node.text.find_first_not_of("0123456789") == std::string::npos;
      if (digits) return std::stoll(node.text);
      return json::value(node.text);
    }
    case Node::Kind::kList: {
      json::array out;
      for (const auto& item : node.items) out.push_back(value_of(item));
      return out;
    }
    case Node::Kind::kMap:
      break;
  }
  json::object out;
  for (const auto& entry : node.entries) out[entry.key] = value_of(entry.value);
  return out;
}

bool accepts(const json::value& schema, const json::value& value);

bool has_type(const json::value& type, const json::value& value) {
  if (type.is_array()) {
    for (const auto& one : type.get_array())
      if (has_type(one, value)) return true;
    return false;
  }
  auto name = type.as_string();
  return (name == "string" && value.is_string()) || (name == "object" && value.is_object()) ||
         (name == "array" && value.is_array()) || (name == "boolean" && value.is_bool()) ||
         ((name == "integer" || name == "number") && value.is_int64());
}

int count_accepting(const json::array& schemas, const json::value& value) {
  int out = 0;
  for (const auto& schema : schemas) out += accepts(schema, value);
  return out;
}

bool accepts_object(const json::object& s, const json::object& value) {
  if (auto* required = s.if_contains("required"))
    for (const auto& key : required->as_array())
      if (!value.contains(key.as_string())) return false;
  for (const auto& [key, member] : value) {
    bool known = false;
    if (auto* properties = s.if_contains("properties"))
      if (auto* schema = properties->as_object().if_contains(key)) {
        known = true;
        if (!accepts(*schema, member)) return false;
      }
    if (auto* patterns = s.if_contains("patternProperties"))
      for (const auto& [pattern, schema] : patterns->as_object())
        if (std::regex_search(std::string(key), std::regex(std::string(pattern)))) {
          known = true;
          if (!accepts(schema, member)) return false;
        }
    if (auto* rest = s.if_contains("additionalProperties"); rest && !known)
      if (rest->is_bool() ? !rest->as_bool() : !accepts(*rest, member)) return false;
  }
  return true;
}

// The part of draft 2020-12 that our schemas use; a keyword outside of it fails the test.
bool accepts(const json::value& schema, const json::value& value) {
  const auto& s = schema.as_object();
  for (const auto& [key, what] : s) {
    if (key == "type" && !has_type(what, value)) return false;
    if (key == "const" && what != value) return false;
    if (key == "enum") {
      bool found = false;
      for (const auto& one : what.as_array()) found |= one == value;
      if (!found) return false;
    }
    if (key == "anyOf" && count_accepting(what.as_array(), value) == 0) return false;
    if (key == "oneOf" && count_accepting(what.as_array(), value) != 1) return false;
    if (key == "allOf" && count_accepting(what.as_array(), value) != static_cast<int>(what.as_array().size()))
      return false;
    if (key == "not" && accepts(what, value)) return false;
    if (key == "minLength" && value.is_string() && value.as_string().empty()) return false;
    if (key == "minItems" && value.is_array() && value.as_array().empty()) return false;
    if (key == "minimum" && value.is_int64() && value.as_int64() < what.as_int64()) return false;
    if (key == "pattern" && value.is_string() &&
        !std::regex_search(std::string(value.as_string()), std::regex(std::string(what.as_string()))))
      return false;
    if (key == "items" && value.is_array())
      for (const auto& item : value.as_array())
        if (!accepts(what, item)) return false;
    static const Names kKnown{"type",
                              "const",
                              "enum",
                              "anyOf",
                              "oneOf",
                              "allOf",
                              "not",
                              "minLength",
                              "minItems",
                              "minimum",
                              "pattern",
                              "items",
                              "required",
                              "properties",
                              "patternProperties",
                              "additionalProperties",
                              "description",
                              "title",
                              "$schema"};
    EXPECT_TRUE(kKnown.has(std::string(key))) << key;
  }
  return !value.is_object() || accepts_object(s, value.as_object());
}

bool scenario_fits(const std::string& text) {
  return accepts(scenario_schema(test_vocabulary()), value_of(parse_document(text, "f.yaml")));
}

std::string lock_with(const std::string& from, const std::string& to) {
  std::string text = kLockBitflip;
  return text.replace(text.find(from), from.size(), to);
}

TEST(JsonSchema, BothExamplesFit) {
  EXPECT_TRUE(scenario_fits(kLockBitflip));
  EXPECT_TRUE(scenario_fits(kSeveredRemap));
}

TEST(JsonSchema, WhatTheLoaderRefusesWithinALineDoesNotFit) {
  EXPECT_FALSE(scenario_fits(lock_with("expect:", "expects:")));
  EXPECT_FALSE(scenario_fits(lock_with("by: spdm.record.tag  ", "by: spdm.recrod.tag  ")));
  EXPECT_FALSE(scenario_fits(lock_with("doe rp0 -> gpu0", "deo rp0 -> gpu0")));
  EXPECT_FALSE(scenario_fits(lock_with("flip: tdisp", "flib: tdisp")));
  EXPECT_FALSE(scenario_fits(lock_with(", bit: 0", "")));
  EXPECT_FALSE(scenario_fits(lock_with("nth: 1", "time: 2")));
  EXPECT_TRUE(scenario_fits(lock_with("nth: 1", "time: 2h")));
  EXPECT_FALSE(scenario_fits(lock_with("expect:", "format: 2\nexpect:")));
  EXPECT_TRUE(scenario_fits(lock_with("expect:", "format: 1\nexpect:")));
  EXPECT_FALSE(scenario_fits(lock_with("attack:", "variants:")));
}

TEST(JsonSchema, EveryKeyOfTheTableIsInTheSchema) {
  auto schema = scenario_schema(test_vocabulary());
  const auto& properties = schema.at("properties").as_object();
  EXPECT_EQ(properties.size(), std::size(kScenarioKeys));
  for (const auto& key : kScenarioKeys) EXPECT_TRUE(properties.contains(key.name)) << key.name;
}

TEST(JsonSchema, MachineLinesFitTheirKind) {
  auto schema = machine_schema(test_machine_vocabulary());
  auto fits = [&](const std::string& text) { return accepts(schema, value_of(parse_document(text, "m.yaml"))); };
  EXPECT_TRUE(fits("machine: x\nusing: a.yaml\ncpu0: { is: cpu, cores: 2 }\ngpu0: { memory: 16MiB }\n"));
  EXPECT_TRUE(
      fits("gpu0: { is: accelerator, at: rp0, memory: 16MiB, faults: [ late ] }\nevery: { cpu: { cores: 1 } }\n"));
  EXPECT_FALSE(fits("cpu0: { is: cpu, core: 2 }\n"));
  EXPECT_FALSE(fits("cpu0: { is: cpuu }\n"));
  EXPECT_FALSE(fits("gpu0: { is: accelerator, memory: 16 }\n"));
  EXPECT_FALSE(fits("usnig: a.yaml\n"));
  EXPECT_FALSE(fits("platform: smp\n"));
  EXPECT_FALSE(fits("every: { cpu: { core: 1 } }\n"));
}

TEST(JsonSchema, TheSameWordsGiveTheSameBytes) {
  EXPECT_EQ(json::serialize(scenario_schema(test_vocabulary())), json::serialize(scenario_schema(test_vocabulary())));
  EXPECT_EQ(scenario_schema(test_vocabulary()).at("$schema"), "https://json-schema.org/draft/2020-12/schema");
}

}  // namespace
}  // namespace load
