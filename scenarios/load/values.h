#pragma once
// One value of a verb's argument, a part's attribute or a setting, read as its slot asks.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "scenarios/load/document.h"
#include "scenarios/load/vocabulary.h"

namespace load {

struct Value {
  std::vector<const Node*> texts;
  std::optional<std::uint64_t> number;  // of a count, a size (bytes), a time (ps), a flag (0 or 1)
};

// `name` is the slot as the file spells it.
Value read_value(const Node& node, std::string_view name, ValueKind kind, const Names& values);

std::uint64_t need_count(const Node& node, std::string_view name);
std::uint64_t need_size(const Node& node, std::string_view name);
std::uint64_t need_time(const Node& node, std::string_view name);

}  // namespace load
