#pragma once
// Sets of names that a file may use, and the nearest right name for a wrong one. A name may be a pattern: `*` stands
// for one or more characters that are not spaces ("doe * -> *", "*.mapping").
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace load {

// An empty set accepts nothing; Names::anything() accepts every word and is for what only a later step can judge.
struct Names {
  std::vector<std::string> patterns;
  bool any = false;

  Names() = default;
  Names(std::initializer_list<std::string> list) : patterns(list) {}
  explicit Names(std::vector<std::string> list) : patterns(std::move(list)) {}
  static Names anything();

  bool has(std::string_view name) const;
};

bool matches(std::string_view pattern, std::string_view name);

// Insertions, deletions, substitutions and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The closest candidate, or nothing when none is close enough to be a slip of the finger. Of equals, the first.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates);

// "; did you mean `x`?", or "; known: a, b, c" when nothing is near, or "" when nothing is known.
std::string advice(std::string_view name, const Names& names);

}  // namespace load
