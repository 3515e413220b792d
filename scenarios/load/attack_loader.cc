#include "scenarios/load/attack_loader.h"

#include <algorithm>

#include "scenarios/load/keys.h"
#include "scenarios/load/values.h"

namespace load {

namespace {

Text known_text(const Node& node, std::string_view key, std::string_view noun, const Names& names) {
  const auto& text = need_text(node, key);
  need_known(node.place, noun, text, names);
  return {text, node.place.pos};
}

When read_when(const Node& node, std::string_view name, const Vocabulary& v) {
  check_keys(node, name, kWhenKeys);
  if (node.entries.empty()) fail(node.place, "`" + std::string(name) + "` names nothing to wait for");
  When out;
  out.pos = node.place.pos;
  if (auto* n = node.find("after")) out.after = known_text(*n, "after", "moment", v.moments);
  if (auto* n = node.find("object")) out.object = known_text(*n, "object", "object", v.objects);
  if (auto* n = node.find("call")) out.call = known_text(*n, "call", "host call", v.calls);
  if (auto* n = node.find("nth")) {
    out.nth = {need_count(*n, "nth"), n->place.pos};
    if (out.nth->value == 0) fail(n->place, "`nth` counts from 1");
  }
  if (auto* n = node.find("time")) out.time = {need_time(*n, "time"), n->place.pos};
  if (auto* n = node.find("size")) out.size = {need_size(*n, "size"), n->place.pos};
  if (auto* n = node.find("where"))
    for (const auto& entry : need_map(*n, "where").entries) {
      need_known(entry.place, "header field", entry.key, v.fields);
      out.where[entry.key] = {need_text(entry.value, entry.key), entry.value.place.pos};
    }
  return out;
}

Repeat read_repeat(const Node& node, const Vocabulary& v) {
  check_keys(node, "repeat", kRepeatKeys);
  Repeat out{kRepeatMax, {}, node.place.pos};
  const Node* times = node.find("times");
  const Node* until = node.find("until");
  if (!times && !until) fail(node.place, "`repeat` needs `times` or `until`");
  if (times) {
    out.times = need_count(*times, "times");
    if (out.times == 0 || out.times > kRepeatMax)
      fail(times->place, "`times` must lie between 1 and " + std::to_string(kRepeatMax));
  }
  if (until) out.until = read_when(*until, "until", v);
  return out;
}

Arg read_arg(const Node& node, const Slot& slot) {
  auto value = read_value(node, slot.name, slot.kind, slot.values);
  Arg out;
  out.number = value.number;
  out.pos = node.place.pos;
  for (const auto* text : value.texts) out.texts.push_back({text->text, text->place.pos});
  return out;
}

const Verb& need_verb(const Place& place, const std::string& name, const Vocabulary& v) {
  Names known;
  for (const auto& verb : v.verbs) {
    if (verb.name == name) return verb;
    known.patterns.push_back(verb.name);
  }
  fail(place, "unknown verb `" + name + "`" + advice(name, known));
}

// The first key is the verb; what follows are its arguments.
void read_do(const Node& node, const Vocabulary& v, Step& step) {
  bool alone = node.kind == Node::Kind::kScalar;
  if (!alone && (need_map(node, "do").entries.empty())) fail(node.place, "`do` names no verb");
  const std::string& name = alone ? need_text(node, "do") : node.entries[0].key;
  const Place& place = alone ? node.place : node.entries[0].place;
  const Verb& verb = need_verb(place, name, v);
  step.verb = {name, place.pos};
  if (alone) {
    if (verb.what.required) fail(place, "`" + name + "` needs to be told what: `{ " + name + ": ... }`");
  } else {
    Slot what = verb.what;
    what.name = name;
    step.args[name] = read_arg(node.entries[0].value, what);
    Names known;
    for (const auto& slot : verb.args) known.patterns.push_back(slot.name);
    for (std::size_t i = 1; i < node.entries.size(); ++i) {
      const auto& entry = node.entries[i];
      auto slot = std::find_if(verb.args.begin(), verb.args.end(), [&](const Slot& s) { return s.name == entry.key; });
      if (slot == verb.args.end())
        fail(entry.place, "`" + name + "` has no argument `" + entry.key + "`" + advice(entry.key, known));
      step.args[entry.key] = read_arg(entry.value, *slot);
    }
  }
  for (const auto& slot : verb.args)
    if (slot.required && !step.args.contains(slot.name))
      fail(place, "`" + name + "` lacks the argument `" + slot.name + "`");
}

Step read_step(const Node& node, const Vocabulary& v, const Names& platforms) {
  check_keys(node, "step", kStepKeys);
  Step out;
  out.pos = node.place.pos;
  out.by = known_text(*node.find("by"), "by", "position", v.positions);
  if (auto* n = node.find("at")) out.at = known_text(*n, "at", "boundary", v.boundaries);
  if (auto* n = node.find("when")) out.when = read_when(*n, "when", v);
  read_do(*node.find("do"), v, out);
  if (auto* n = node.find("also")) {
    if (need_text(*n, "also") != "true") fail(n->place, "`also` can only be true; leave it out otherwise");
    out.also = true;
  }
  if (auto* n = node.find("repeat")) out.repeat = read_repeat(*n, v);
  if (auto* n = node.find("for"))
    for (const auto* text : need_texts(*n, "for")) {
      need_known(text->place, "platform of this file:", text->text, platforms);
      out.platforms.push_back({text->text, text->place.pos});
    }
  return out;
}

}  // namespace

std::vector<Step> read_steps(const Node& list, const Vocabulary& vocabulary, const Names& platforms) {
  std::vector<Step> out;
  for (const auto& node : need_list(list, "attack").items) out.push_back(read_step(node, vocabulary, platforms));
  if (out.empty()) fail(list.place, "an attack needs at least one step");
  return out;
}

}  // namespace load
