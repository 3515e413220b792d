#include "scenarios/load/row_loader.h"

#include <algorithm>

#include "scenarios/load/keys.h"
#include "scenarios/load/values.h"

namespace load {

namespace {

std::map<std::string, Text> read_ends(const Node& node, const Vocabulary& v) {
  std::map<std::string, Text> out;
  for (const auto& entry : need_map(node, "ends").entries) {
    need_known(entry.place, "part", entry.key, v.places);
    out[entry.key] = read_known(entry.value, entry.key, "state", v.states);
  }
  return out;
}

// "A is B" or "A sees B", each side one word.
Claim read_claim(const Node& node) {
  const auto& text = node.text;
  for (std::string_view relation : {"is", "sees"}) {
    auto words = " " + std::string(relation) + " ";
    auto at = text.find(words);
    if (at == std::string::npos) continue;
    Claim out{text.substr(0, at), std::string(relation), text.substr(at + words.size()), node.place.pos};
    auto one_word = [](const std::string& s) { return !s.empty() && s.find(' ') == std::string::npos; };
    if (one_word(out.subject) && one_word(out.object)) return out;
  }
  fail(node.place, "`" + text + "` is not of the form `A is B` or `A sees B`");
}

// A refusal names its defence, a loss its promise; neither fits the other outcomes.
void check_row(const Node& node, const Row& row) {
  const auto& outcome = row.outcome.value;
  bool refused = outcome == "blocked" || outcome == "detected", broken = outcome == "broken";
  auto complain = [&](const char* key, const char* what) {
    fail(Place{node.place.file, row.outcome.pos}, "outcome `" + outcome + "` " + what + " `" + key + "`");
  };
  if (refused && row.by.empty()) complain("by", "needs");
  if (!refused && !row.by.empty()) complain("by", "does not go with");
  if (!refused && row.at) complain("at", "does not go with");
  if (broken && row.promise.empty()) complain("promise", "needs");
  if (!broken && !row.promise.empty()) complain("promise", "does not go with");
}

Row read_row(const Node& node, RowKind kind, const Vocabulary& v, const Names& platforms) {
  switch (kind) {
    case RowKind::kExpect:
      check_keys(node, "row", kExpectKeys);
      break;
    case RowKind::kWithout:
      check_keys(node, "row", kExpectKeys, {&kLiftKey, 1});
      break;
    case RowKind::kWith:
      check_keys(node, "row", kExpectKeys, {&kSetKey, 1});
      break;
  }
  Row out;
  out.pos = node.place.pos;
  if (auto* n = node.find("platforms")) {
    if (platforms.patterns.empty()) fail(n->place, "the file has no `platforms` that a row could choose from");
    // A single `all` says the same as leaving the key out.
    if (n->kind != Node::Kind::kScalar || n->text != "all")
      out.platforms = read_all_known(*n, "platforms", "platform of this file:", platforms);
  }
  if (auto* n = node.find("lift")) out.lift = read_all_known(*n, "lift", "liftable defence", v.liftable);
  if (auto* n = node.find("set")) out.set = read_settings(*n, v);
  out.outcome = read_known(*node.find("outcome"), "outcome", "outcome", v.outcomes);
  if (auto* n = node.find("by")) out.by = read_all_known(*n, "by", "defence", v.defences);
  if (auto* n = node.find("promise")) out.promise = read_all_known(*n, "promise", "promise", v.promises);
  if (auto* n = node.find("at")) out.at = read_known(*n, "at", "part", v.places);
  if (auto* n = node.find("profile")) out.profile = read_known(*n, "profile", "profile", v.profiles);
  if (auto* n = node.find("ends")) out.ends = read_ends(*n, v);
  if (auto* n = node.find("never"))
    for (const auto* text : need_texts(*n, "never")) out.never.push_back(read_claim(*text));
  check_row(node, out);
  return out;
}

}  // namespace

Text read_text_of(const Node& node, std::string_view key) { return {need_text(node, key), node.place.pos}; }

Text read_known(const Node& node, std::string_view key, std::string_view noun, const Names& names) {
  need_text(node, key);
  need_known(node.place, noun, node.text, names);
  return {node.text, node.place.pos};
}

std::vector<Text> read_all_known(const Node& node, std::string_view key, std::string_view noun, const Names& names) {
  std::vector<Text> out;
  for (const auto* text : need_texts(node, key)) {
    for (const auto& before : out)
      if (before.value == text->text) fail(text->place, "`" + text->text + "` is named twice");
    out.push_back(read_known(*text, key, noun, names));
  }
  return out;
}

std::vector<Row> read_rows(const Node& list, RowKind kind, const Vocabulary& vocabulary, const Names& platforms) {
  static constexpr std::string_view kNames[] = {"expect", "without", "with"};
  auto name = kNames[static_cast<int>(kind)];
  std::vector<Row> out;
  for (const auto& node : need_list(list, name).items) out.push_back(read_row(node, kind, vocabulary, platforms));
  if (out.empty()) fail(list.place, "`" + std::string(name) + "` is an empty list");
  return out;
}

Afterwards read_afterwards(const Node& node, const Vocabulary& v) {
  check_keys(node, "afterwards", kAfterwardsKeys);
  Afterwards out;
  out.pos = node.place.pos;
  const Node* none = node.find("why-none");
  const Node* ends = node.find("ends");
  const Node* reset = node.find("reset");
  if (none && (ends || reset)) fail(none->place, "`why-none` excludes `ends` and `reset`");
  if (!none && !ends) fail(node.place, "`afterwards` needs `ends`, or `why-none`");
  if (none) out.why_none = read_text_of(*none, "why-none");
  if (ends) out.ends = read_ends(*ends, v);
  if (reset) out.reset = read_all_known(*reset, "reset", "part that can be reset:", v.resets);
  return out;
}

std::map<std::string, Text> read_settings(const Node& node, const Vocabulary& v) {
  Names known;
  for (const auto& setting : v.settings) known.patterns.push_back(setting.name);
  std::map<std::string, Text> out;
  for (const auto& entry : need_map(node, "set").entries) {
    need_known(entry.place, "setting", entry.key, known);
    auto setting = std::find_if(v.settings.begin(), v.settings.end(),
                                [&](const SettingName& s) { return matches(s.name, entry.key); });
    read_value(entry.value, entry.key, setting->kind, setting->values);
    if (entry.value.kind != Node::Kind::kScalar) fail(entry.value.place, "`" + entry.key + "` is set to one value");
    out[entry.key] = {entry.value.text, entry.value.place.pos};
  }
  if (out.empty()) fail(node.place, "`set` is empty");
  return out;
}

}  // namespace load
