#include "scenarios/glacis/watch/story.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/check.h"
#include "scenarios/engine/film_lanes.h"
#include "scenarios/report/compare.h"

namespace watch {

namespace {

using engine::FilmEvent;

std::string_view word_of(FilmEvent::Fate fate) {
  switch (fate) {
    case FilmEvent::Fate::kArrived: return "";
    case FilmEvent::Fate::kAltered: return "altered";
    case FilmEvent::Fate::kLost: return "lost";
    case FilmEvent::Fate::kOutside: return "handed over by the adversary";
  }
  return "";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
  return text;
}

}  // namespace

Story::Story(const report::Told& told, engine::Verdict verdict, std::vector<std::string> judgement)
    : verdict_(std::move(verdict)), title_(safe(told.scenario->title.value)), lifted_(told.lift) {
  base::check(verdict_.film != nullptr, "a run that is watched was filmed");
  about_ = safe(told.scenario->id + " on " + told.platform + (told.lift.empty() ? "" : ", without " + report::joined(told.lift)));
  for (const auto& line : judgement) judgement_.push_back(safe(line));
  for (std::size_t at = 0; at + 1 < size(); ++at) {
    const auto [from, to] = lanes(at);
    lanes_used_ |= 1u << from | 1u << to;
  }
  for (const auto& breach : verdict_.breaches) {
    const auto after = std::ranges::upper_bound(film().events, breach.time, {}, &FilmEvent::time);
    const auto at = after == film().events.begin() ? 0 : static_cast<std::size_t>(after - film().events.begin()) - 1;
    breaches_[at].push_back(safe(fmt::format("{}: {}", trust::name_of(breach.promise), breach.what)));
  }
  for (const auto& fact : film().facts) facts_[{fact.group, fact.name, fact.key}].emplace_back(fact.event, fact.value);
}

std::uint64_t Story::time(std::size_t at) const { return is_end(at) ? verdict_.time : event(at).time; }

std::string Story::who(std::size_t at) const { return is_end(at) ? "verdict" : text(event(at).actor); }

std::string Story::what(std::size_t at) const {
  if (is_end(at)) return sentence();
  const auto& one = event(at);
  if (one.kind == FilmEvent::Kind::kLine) return std::string(engine::phrase_of(one.tone)) + text(one.text);
  std::string out = text(one.text);
  if (one.reply) out += " (answer)";
  if (one.fate != FilmEvent::Fate::kArrived) out += fmt::format(" [{}{}]", word_of(one.fate), one.to ? ", led to " + text(one.to) : "");
  return out;
}

std::pair<unsigned, unsigned> Story::lanes(std::size_t at) const {
  const auto lane = [](std::string_view name) { return static_cast<unsigned>(engine::lane_of(name)); };
  if (is_end(at)) return {0, 0};
  const auto ends = engine::ends_of(film(), event(at));
  return {lane(ends.from), lane(ends.to)};
}

std::string Story::defence(std::size_t at) const { return is_end(at) ? "" : film().texts[event(at).defence]; }

std::vector<std::string> Story::breaches(std::size_t at) const {
  const auto found = breaches_.find(at);
  return found == breaches_.end() ? std::vector<std::string>{} : found->second;
}

bool Story::is_mark(std::size_t at) const {
  if (is_end(at) || breaches_.contains(at)) return true;
  const auto& one = event(at);
  return one.kind == FilmEvent::Kind::kLine ? one.tone != FilmEvent::Tone::kSaid : one.fate != FilmEvent::Fate::kArrived;
}

std::size_t Story::next_mark(std::size_t at) const {
  for (std::size_t next = at + 1; next < size(); ++next)
    if (is_mark(next)) return next;
  return at;
}

std::size_t Story::previous_mark(std::size_t at) const {
  for (std::size_t before = at; before-- > 0;)
    if (is_mark(before)) return before;
  return at;
}

bool Story::is_wire(std::size_t at) const {
  if (is_end(at) || breaches_.contains(at)) return false;
  const auto& one = event(at);
  return one.kind == FilmEvent::Kind::kMessage && one.fate == FilmEvent::Fate::kArrived && film().texts[one.actor].starts_with("link ");
}

std::size_t Story::next(std::size_t at, bool wires) const {
  for (std::size_t there = at + 1; there < size(); ++there)
    if (wires || !is_wire(there)) return there;
  return at;
}

std::size_t Story::previous(std::size_t at, bool wires) const {
  for (std::size_t there = at; there-- > 0;)
    if (wires || !is_wire(there)) return there;
  return at;
}

std::optional<std::size_t> Story::find(std::string_view wanted, std::size_t after, bool wires) const {
  if (wanted.empty()) return std::nullopt;
  const auto needle = lower(std::string(wanted));
  for (std::size_t step = 1; step <= size(); ++step) {
    const auto at = (after + step) % size();
    if (!wires && is_wire(at)) continue;
    if (lower(who(at) + " " + what(at)).find(needle) != std::string::npos) return at;
  }
  return std::nullopt;
}

std::size_t Story::at_time(std::uint64_t time) const {
  const auto found = std::ranges::lower_bound(film().events, time, {}, &FilmEvent::time);
  return static_cast<std::size_t>(found - film().events.begin());
}

std::vector<Fact> Story::facts(std::size_t position) const {
  std::vector<Fact> out;
  if (film().events.empty()) return out;
  const bool end = is_end(position);
  const auto at = static_cast<std::uint32_t>(end ? position - 1 : position);
  for (const auto& [where, course] : facts_) {
    const auto after = std::ranges::upper_bound(course, at, {}, &std::pair<std::uint32_t, std::uint32_t>::first);
    if (after == course.begin()) continue;
    const auto& [since, value] = *std::prev(after);
    const bool changed = !end && since == at;
    if (value == 0 && !changed) continue;
    const auto& [group, name, key] = where;
    out.push_back({text(group), text(name), text(key), value == 0 ? "(no more)" : text(value), changed});
  }
  const auto order = [](const Fact& fact) {
    static constexpr std::string_view kGroups[] = {"memory", "registers", "devices", "knowledge"};
    static constexpr std::string_view kFirst[] = {"owner",        "host sees",    "TDI",           "IDE",
                                                  "guest has it", "encrypted by", "guest address", "system address"};
    return std::tuple(std::ranges::find(kGroups, fact.group) - std::begin(kGroups), std::string_view(fact.name),
                      std::ranges::find(kFirst, fact.key) - std::begin(kFirst));
  };
  std::ranges::stable_sort(out, {}, order);
  return out;
}

}  // namespace watch
