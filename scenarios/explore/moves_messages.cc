// Moves on messages, made from what crossed: the same for each boundary that carries any.
#include <algorithm>
#include <map>
#include <set>

#include "scenarios/engine/verb_rules.h"
#include "scenarios/explore/moves.h"

namespace explore {

namespace {

constexpr std::size_t kNthMost = 40;
constexpr std::size_t kEarly = 8, kAlikeMost = 60;
constexpr std::uint64_t kEvery = 1000;
constexpr std::uint64_t kMillisecond = 1'000'000'000;  // in picoseconds

// One crossing as its moves see it.
struct Lane {
  const Drawing& d;
  const Crossing& c;
  std::string by, kind, way;

  std::string group(const std::string& what) const { return kind + " " + c.object + (c.reply ? " reply " : " ") + what; }
  load::Step step(const std::string& verb, const std::vector<std::string>& what = {}) const {
    auto made = step_of(by, c.boundary, verb, what);
    return made;
  }
  // Verbs that can act either way are told which, where the same words cross both ways.
  load::Step one_way(load::Step made) const { return way.empty() ? made : with(std::move(made), "way", way); }
  std::uint64_t event(std::uint64_t nth) const { return c.events.at(std::min<std::size_t>(nth, c.events.size()) - 1); }
  // Of those that crossed this way the nth, and the one so many after it: a step that is armed by one meets that one itself first.
  load::Step on_nth(load::Step made, std::uint64_t nth) const { return on(std::move(made), c.object, c.nths.at(nth - 1)); }
  load::Step on_later(load::Step made, std::uint64_t nth, std::uint64_t then) const {
    return on(std::move(made), c.object, c.nths.at(then - 1) - c.nths.at(nth - 1) + 1);
  }
};

// The first; then the second and the last; then some of the others.
std::vector<std::pair<std::uint64_t, unsigned>> chosen(std::size_t count) {
  std::vector<std::pair<std::uint64_t, unsigned>> out{{1, 0}};
  if (count >= 2) out.emplace_back(2, 1);
  if (count >= 3) out.emplace_back(count, 1);
  const std::size_t stride = std::max<std::size_t>(1, count / kNthMost);
  for (std::size_t nth = 3; nth < count; nth += stride) out.emplace_back(nth, nth <= kEarly ? 1 : 2);
  return out;
}

std::vector<std::pair<std::uint64_t, unsigned>> values_for(const MessageField& field, const std::vector<std::uint64_t>& addresses) {
  const std::uint64_t most = field.size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * field.size)) - 1;
  std::vector<std::pair<std::uint64_t, unsigned>> out;
  const auto add = [&](std::uint64_t value, unsigned wave) {
    value &= most;
    if (field.values.size() == 1 && field.values[0] == value) return;
    for (const auto& known : out)
      if (known.first == value) return;
    out.emplace_back(value, wave);
  };
  add(0, 0), add(1, 0), add(most, 0);
  for (const auto seen : field.values) add(seen + 1, 0), add(seen - 1, 1), add(seen, 1), add(seen * 2, 2), add(seen + 0x200, 1);
  for (const auto seen : field.values)
    if (seen > 0xFFFF && field.size == 8) add(seen + kElsewhere, seen == field.values[0] ? 0 : 1);
  for (unsigned bit = 0; bit < 8 * field.size; bit += field.size > 2 ? 4 : 1) add(std::uint64_t{1} << bit, 2);
  for (const std::uint64_t value : {2ull, 3ull, 4ull, 8ull, 0x1000ull}) add(value, 1);
  if (field.size == 8 && std::any_of(field.values.begin(), field.values.end(), [](auto value) { return value > 0xFFFF; }))
    for (const auto address : addresses) add(address, 1);
  return out;
}

void alter(const Lane& l) {
  // Fields that do not say what they are, and reserved ones, come last.
  for (const auto& field : l.c.fields) {
    const bool dull = field.name.find("reserved") != field.name.npos;
    for (const auto& [nth, late] : chosen(l.c.events.size())) {
      const unsigned wave = std::min(2u, late + (dull ? 1u : 0u));
      const auto put = [&](load::Step step, unsigned more, const char* what) {
        l.d.add(l.group(what + (" " + field.name)), l.event(nth), std::min(2u, wave + more), {l.on_nth(l.one_way(std::move(step)), nth)});
      };
      put(with(l.step("flip", {field.name}), "bit", 0), 0, "flip");
      if (field.size > 1) put(with(l.step("flip", {field.name}), "bit", 8 * field.size - 1), 1, "flip");
      if (field.size > 8) put(with(l.step("set", {field.name}), "value", 0), 1, "set");
      if (field.size <= 8 && nth > 1) {
        for (const std::uint64_t value : {0ull, 1ull}) put(with(l.step("set", {field.name}), "value", value), 0, "set");
        for (unsigned bit = 1; bit + 1 < 8 * field.size; ++bit) put(with(l.step("flip", {field.name}), "bit", bit), 2, "flip");
      }
      // Lists with more in them than there was.
      if (nth == 1 && !field.first.empty())
        for (const std::size_t times : {2, 8}) {
          std::string more;
          for (std::size_t i = 0; i < times; ++i) more += base::to_hex(field.first);
          put(with(l.step("set", {field.name}), "to", more), 1, "repeat");
        }
      if (field.size <= 8 && nth == 1)
        for (const auto& [value, more] : values_for(field, l.d.survey.addresses)) put(with(l.step("set", {field.name}), "value", value), more, "set");
    }
    if (field.size <= 8 && l.c.events.size() > 1)
      l.d.add(l.group("set all"), l.event(1), 1, {always(on(l.one_way(with(l.step("set", {field.name}), "value", 0)), l.c.object, 0), kEvery)});
  }
  if (!l.c.opaque && !l.c.fields.empty()) return;
  for (const auto& [nth, wave] : chosen(l.c.events.size()))
    for (std::size_t byte = 0; byte < l.c.size; byte += std::max<std::size_t>(1, l.c.size / 12))
      l.d.add(l.group("flip"), l.event(nth), wave, {l.on_nth(l.one_way(with(l.step("flip", {l.c.object}), "byte", byte)), nth)});
}

void carry(const Lane& l) {
  for (const auto& [nth, wave] : chosen(l.c.events.size())) {
    const auto act = [&](const char* what, load::Step step, unsigned more = 0) {
      l.d.add(l.group(what), l.event(nth), std::min(2u, wave + more), {l.on_nth(std::move(step), nth)});
    };
    act("read", l.one_way(l.step("read")));
    act("drop", l.one_way(l.step("drop")));
    act("truncate", l.one_way(with(l.step("truncate"), "bytes", 1)));
    act("truncate", l.one_way(with(l.step("truncate"), "bytes", std::max<std::size_t>(2, l.c.size / 2))), 1);
    act("extend", l.one_way(with(l.step("extend"), "bytes", 16)));
    for (const std::uint64_t span : {kMillisecond, 1000 * kMillisecond, 60'000 * kMillisecond}) {
      auto delay = l.step("delay");
      delay.args["delay"].number = span;
      act("delay", l.one_way(std::move(delay)), span == kMillisecond ? 0 : 1);
    }
    if (l.c.reply) continue;
    act("duplicate", l.step("duplicate"));
    act("reorder", l.step("reorder"));
    for (const auto& other : l.d.survey.boundaries)
      if (other != l.c.boundary && without_digits(other) == l.kind) act("redirect", l.step("redirect", {other}));
    auto hold = l.on_nth(with(l.one_way(l.step("hold")), "as", "held"), nth);
    l.d.add(l.group("hold and replay"), l.event(nth), wave, {hold, on(l.one_way(l.step("replay", {"held"})), l.c.object, 0)});
    for (const auto& moment : l.d.survey.moments)
      if (moment.event > l.event(nth))
        l.d.add(l.group("hold"), l.event(nth), std::min(2u, wave + 1), {hold, after(l.step("release", {"held"}), moment.name)});
  }
  l.d.add(l.group("drop all"), l.event(1), 1, {always(on(l.one_way(l.step("drop")), l.c.object, 0), kEvery)});
}

// Fields that a replayed message may take over from the one in whose place it comes: the first, the first two, ...; and each alone.
std::vector<std::vector<std::string>> kept_fields(const Crossing& c) {
  constexpr std::size_t kFieldsMost = 12;
  std::vector<std::vector<std::string>> out;
  std::vector<std::string> so_far;
  for (const auto& field : c.fields) {
    if (field.name.find("reserved") != field.name.npos || field.size < 2) continue;
    so_far.push_back(field.name);
    out.push_back(so_far);
    if (so_far.size() > 1) out.push_back({field.name});
    if (so_far.size() == kFieldsMost) break;
  }
  return out;
}

// "net vm0 -> service0": the same peer, asked by each VM.
std::vector<std::string> of_other_vms(const Lane& l) {
  std::vector<std::string> out;
  for (const auto& vm : l.d.survey.vms)
    for (const auto& own : l.d.survey.vms)
      if (own != vm)
        if (const auto at = l.c.boundary.find(own); at != std::string::npos) {
          auto other = l.c.boundary;
          out.push_back(other.replace(at, own.size(), vm));
        }
  return out;
}

// What crossed once, in the place of the next that looks like it, and of the last.
void again_for_alike(const Lane& l) {
  const auto& kinds = l.c.kinds;
  std::size_t made = 0;
  for (std::size_t first = 0; first < kinds.size() && made < kAlikeMost; ++first) {
    std::vector<std::size_t> later;
    for (std::size_t i = first + 1; i < kinds.size(); ++i)
      if (kinds[i] == kinds[first]) later.push_back(i);
    if (later.empty() || later.front() == first + 1) continue;  // `again` has the next one
    for (const auto then : {later.front(), later.back()}) {
      const auto keep = l.on_nth(with(l.one_way(l.step("record")), "as", "old"), first + 1);
      l.d.add(l.group("replay alike"), l.event(first + 1), made < kEarly ? 0 : 1, {keep, l.on_later(l.one_way(l.step("replay", {"old"})), first + 1, then + 1)});
      ++made;
    }
  }
}

// What crossed once, in the place of what crosses later, here or at another boundary of the kind.
void again(const Lane& l) {
  const auto keep = [&](std::uint64_t nth) { return l.on_nth(with(l.one_way(l.step("record")), "as", "old"), nth); };
  for (const auto& [nth, wave] : chosen(l.c.events.size())) {
    for (const auto& later : l.d.survey.crossings) {
      if (later.object != l.c.object || later.reply != l.c.reply || without_digits(later.boundary) != l.kind) continue;
      if (later.events.back() <= l.event(nth)) continue;
      const bool here = &later == &l.c;
      const auto place = [&](load::Step made) {
        made = l.one_way(std::move(made));
        return here ? l.on_later(std::move(made), nth, nth + 1) : on(std::move(made), later.object, 0);
      };
      const std::string by = l.d.who(later.boundary);
      const auto put = place(step_of(by, later.boundary, "replay", {"old"}));
      l.d.add(l.group("replay"), l.event(nth), wave, {keep(nth), put});
      for (const auto& few : kept_fields(l.c)) {
        auto mixed = put;
        for (const auto& field : few) mixed = with(std::move(mixed), "keep", field);
        l.d.add(l.group("replay but"), l.event(nth), wave, {keep(nth), mixed});
      }
      if (later.events.size() > 2) l.d.add(l.group("replay all"), l.event(nth), std::min(2u, wave + 1), {keep(nth), always(put, kEvery)});
      for (const auto& field : l.c.fields)
        if (nth == 1 && field.name.find("reserved") == field.name.npos)
          l.d.add(l.group("set from"), l.event(nth), 1,
                  {keep(nth), place(with(with(step_of(by, later.boundary, "set", {field.name}), "from", "old"), "field", field.name))});
    }
    if (l.c.reply) continue;
    l.d.add(l.group("inject"), l.event(nth), wave, {keep(nth), l.step("inject", {"old"})});
    for (const auto& other : of_other_vms(l))
      l.d.add(l.group("inject elsewhere"), l.event(nth), wave, {keep(nth), step_of(l.d.who(other), other, "inject", {"old"})});
    const auto& moments = l.d.survey.moments;
    for (std::size_t i = 0; i < moments.size(); ++i)
      if (moments[i].event > l.event(nth))
        l.d.add(l.group("inject"), l.event(nth), std::min(2u, wave + (i + 2 < moments.size() ? 1 : 0)), {keep(nth), after(l.step("inject", {"old"}), moments[i].name)});
  }
}

}  // namespace

void message_moves(const Drawing& drawing) {
  std::map<std::pair<std::string, std::string>, std::set<bool>> ways;
  for (const auto& crossing : drawing.survey.crossings) ways[{crossing.boundary, crossing.object}].insert(crossing.reply);
  for (const auto& crossing : drawing.survey.crossings) {
    if (!engine::message_boundaries().has(crossing.boundary) || crossing.boundary.ends_with(".interrupts")) continue;
    Lane lane{drawing, crossing, drawing.who(crossing.boundary), without_digits(crossing.boundary), ""};
    if (lane.by.empty()) continue;
    if (ways[{crossing.boundary, crossing.object}].size() > 1 || crossing.reply) lane.way = crossing.reply ? "reply" : "request";
    alter(lane);
    if (crossing.boundary == "tsm0.evidence") continue;  // lies before whoever signs it; nothing is under way
    carry(lane);
    again(lane);
    again_for_alike(lane);
  }
}

}  // namespace explore
