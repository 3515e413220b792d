#include "scenarios/load/names.h"

#include <algorithm>

namespace load {

namespace {

constexpr std::size_t kNameLengthMax = 200;  // longer ones are not compared: the distance costs length squared
constexpr std::size_t kAdviceNamesMax = 24;

bool separates(char c) { return c == ' ' || c == '.'; }

// Words with the separators between them, each its own entry.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (separates(c)) {
      out.push_back(std::string(1, c));
      out.emplace_back();
    } else {
      out.back().push_back(c);
    }
  }
  return out;
}

// What the pattern could have meant for this name: its stars are filled from the words in the same position, or left as
// they are where the name has more of them. What the name lacks at its end is the pattern's.
std::string filled(const std::string& pattern, std::string_view name) {
  auto want = words_of(pattern), have = words_of(name);
  if (want.size() < have.size()) return pattern;
  std::string out;
  for (std::size_t i = 0; i < want.size(); ++i) {
    bool star = i < have.size() && want[i].find('*') != std::string::npos && matches(want[i], have[i]);
    out += star ? have[i] : want[i];
  }
  return out;
}

}  // namespace

Names Names::anything() {
  Names names;
  names.any = true;
  return names;
}

bool Names::has(std::string_view name) const {
  return any || std::any_of(patterns.begin(), patterns.end(), [&](const auto& p) { return matches(p, name); });
}

// Greedy with one point of return: the last star takes one character more each time the rest does not fit.
bool matches(std::string_view pattern, std::string_view name) {
  constexpr auto kNone = std::string_view::npos;
  std::size_t p = 0, n = 0, star = kNone, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*' && name[n] != ' ') {
      star = p++;
      taken = ++n;
    } else if (p < pattern.size() && pattern[p] != '*' && pattern[p] == name[n]) {
      ++p, ++n;
    } else if (star != kNone && name[taken] != ' ') {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > kNameLengthMax) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kNameLengthMax) continue;
    auto distance = edit_distance(name, candidate);
    if (distance < best_distance) best = candidate, best_distance = distance;
  }
  return best;
}

std::string advice(std::string_view name, const Names& names) {
  if (names.patterns.empty()) return "";
  std::vector<std::string> candidates;
  if (name.size() <= kNameLengthMax)
    for (const auto& pattern : names.patterns) candidates.push_back(filled(pattern, name));
  if (auto near = nearest(name, candidates)) return "; did you mean `" + *near + "`?";
  std::string out = "; known: ";
  for (std::size_t i = 0; i < names.patterns.size() && i < kAdviceNamesMax; ++i) {
    if (i) out += ", ";
    out += names.patterns[i];
  }
  return names.patterns.size() > kAdviceNamesMax ? out + ", ..." : out;
}

}  // namespace load
