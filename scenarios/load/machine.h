#pragma once
// A machine as plain values: named parts with attributes, after composition and with the platform laid over.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/load/document.h"

namespace load {

struct Attribute {
  std::vector<std::string> texts;       // one, or those of a list, as written
  std::optional<std::uint64_t> number;  // of a count, a size (bytes), a time (ps), a flag (0 or 1)
  Place place;
};

struct Part {
  std::string name;  // a kind and a digit: "gpu0"
  std::string is;
  std::string at;  // "" when the part stands by itself
  std::map<std::string, Attribute> attributes;
  Place place;
};

struct Machine {
  std::string file;
  std::string title;
  std::string platform;         // the one laid over; "" for none
  bool fixes_platform = false;  // the file itself names its technology; scenarios must not
  std::map<std::string, Part> parts;

  const Part* find(const std::string& name) const;
  // part.setting -> value, lists joined by ", ".
  std::map<std::string, std::string> settings() const;
};

}  // namespace load
