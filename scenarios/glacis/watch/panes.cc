#include "scenarios/glacis/watch/panes.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "scenarios/engine/film_lanes.h"

namespace watch {

namespace {

using engine::FilmEvent;

void add(std::vector<Line>& out, const std::string& text, Style style = Style::kPlain) { out.push_back({{text, style}}); }

void add_wrapped(std::vector<Line>& out, std::string_view text, std::size_t width, Style style = Style::kPlain) {
  for (auto& line : wrapped(text, width)) add(out, line, style);
}

// ---- a message

std::string value_of(const base::Bytes& bytes, const wire::FieldSpan& field, std::size_t width) {
  if (field.offset > bytes.size() || field.size > bytes.size() - field.offset) return "(not there)";
  const bool number = field.kind == wire::Kind::kLittle || field.kind == wire::Kind::kBig;
  if (number)
    if (const auto value = wire::get_number(bytes, field)) return fmt::format("{:#x}", *value);
  std::string out;
  for (std::size_t i = 0; i < field.size && out.size() < width; ++i) out += fmt::format("{:02x}", bytes[field.offset + i]);
  return fitted(out, std::min(width, 2 * field.size));
}

const wire::FieldSpan* named(const engine::FilmShape& shape, const std::string& name) {
  const auto found = std::ranges::find(shape.fields, name, &wire::FieldSpan::name);
  return found == shape.fields.end() ? nullptr : &*found;
}

void add_fields(std::vector<Line>& out, const engine::Film& film, const FilmEvent& event, std::size_t width) {
  const auto& shape = film.shapes[event.sent_shape];
  if (shape.schema.empty()) return;
  const bool both = event.arrived != 0 && event.arrived != event.sent;
  const auto& before = film.blobs[event.sent];
  const auto& after = film.blobs[event.arrived];
  const auto& later = film.shapes[event.arrived_shape];
  std::size_t name_width = 10;
  for (const auto& field : shape.fields) name_width = std::max(name_width, field.name.size());
  name_width = std::min(name_width, std::max<std::size_t>(10, width * 2 / 5));
  const std::size_t value_width = width > name_width + 4 ? width - name_width - 4 : 4;
  out.emplace_back();
  add(out, safe(shape.schema), Style::kBold);
  for (const auto& field : shape.fields) {
    const auto* there = both ? named(later, field.name) : nullptr;
    const auto was = value_of(before, field, value_width);
    const auto is = there ? value_of(after, *there, value_width) : both ? "(not there)" : was;
    const auto name = fitted(safe(field.name), name_width);
    if (was == is) {
      out.push_back({{"  " + name + "  ", Style::kDim}, {was}});
      continue;
    }
    out.push_back({{"* " + name + "  ", Style::kBold}, {was, Style::kGood}});
    out.push_back({{fitted("  arrives as", name_width + 4), Style::kDim}, {is, Style::kBad}});
  }
}

// Rows of bytes; of what arrived otherwise, only rows that differ.
void add_bytes(std::vector<Line>& out, const base::Bytes& before, const base::Bytes& after, bool both, std::size_t width) {
  const std::size_t row = width >= 6 + 16 * 4 + 2 ? 16 : 8;
  const auto text = [&](const base::Bytes& bytes, std::size_t at, const base::Bytes& other, bool mark, Style style) {
    Line line{{fmt::format("{:04x}  ", at), Style::kDim}};
    std::string letters;
    for (std::size_t i = at; i < at + row; ++i) {
      if (i >= bytes.size()) {
        line.push_back({"   ", Style::kPlain});
        continue;
      }
      const bool differs = mark && (i >= other.size() || other[i] != bytes[i]);
      line.push_back({fmt::format("{:02x} ", bytes[i]), differs ? style : Style::kPlain});
      letters += bytes[i] >= ' ' && bytes[i] <= '~' ? static_cast<char>(bytes[i]) : '.';
    }
    line.push_back({" " + letters, Style::kDim});
    out.push_back(std::move(line));
  };
  for (std::size_t at = 0; at < std::max(before.size(), both ? after.size() : 0); at += row) {
    const auto slice = [&](const base::Bytes& bytes) {
      return base::View(bytes).subspan(std::min(at, bytes.size()), std::min(row, bytes.size() - std::min(at, bytes.size())));
    };
    const bool same = !both || std::ranges::equal(slice(before), slice(after));
    if (at < before.size()) text(before, at, after, both, Style::kGood);
    if (!same && at < after.size()) text(after, at, before, true, Style::kBad);
  }
}

void add_message(std::vector<Line>& out, const Story& story, std::size_t at, std::size_t width) {
  const auto& film = story.film();
  const auto& event = story.event(at);
  const auto ends = engine::ends_of(film, event);
  add_wrapped(out, fmt::format("{} to {}, {} bytes", safe(ends.from), safe(ends.to), film.blobs[event.sent].size()), width, Style::kDim);
  const bool both = event.fate == FilmEvent::Fate::kAltered && event.arrived != event.sent;
  if (event.fate == FilmEvent::Fate::kLost) add(out, "The adversary keeps it: it never arrives.", Style::kBad);
  if (event.fate == FilmEvent::Fate::kOutside) add(out, "The adversary hands it over himself.", Style::kBad);
  if (event.to) add_wrapped(out, "The adversary leads it to " + safe(film.texts[event.to]) + ".", width, Style::kBad);
  if (both) add(out, "The adversary alters it on the way.", Style::kBad);
  if (film.blobs[event.sent].empty() && !both) return add(out, "It has no bytes.", Style::kDim);
  add_fields(out, film, event, width);
  out.emplace_back();
  add_bytes(out, film.blobs[event.sent], film.blobs[event.arrived], both, width);
}

void add_line(std::vector<Line>& out, const Story& story, std::size_t at, std::size_t width) {
  const auto& event = story.event(at);
  const auto defence = story.defence(at);
  if (event.tone == FilmEvent::Tone::kAct) add(out, "This is the adversary's doing.", Style::kBad);
  if (defence.empty()) return;
  add_wrapped(out, "defence " + safe(defence), width, Style::kBold);
  add_wrapped(out, "clause  " + safe(story.film().texts[event.clause]), width, Style::kDim);
  const bool lifted = event.tone == FilmEvent::Tone::kMissed;
  add_wrapped(out, lifted ? "It is lifted: `l` puts it back." : "`l` plays the run without it.", width, Style::kNotice);
}

}  // namespace

std::vector<Line> event_lines(const Story& story, std::size_t at, std::size_t width) {
  std::vector<Line> out;
  add_wrapped(out, story.who(at) + ": " + story.what(at), width, Style::kBold);
  if (story.event(at).kind == FilmEvent::Kind::kMessage) add_message(out, story, at, width);
  else add_line(out, story, at, width);
  for (const auto& breach : story.breaches(at)) add_wrapped(out, "A promise is broken. " + breach, width, Style::kBad);
  return out;
}

std::vector<Line> fact_lines(const Story& story, std::size_t at, std::size_t width) {
  std::vector<Line> out;
  const auto facts = story.facts(at);
  const auto changes = std::ranges::count(facts, true, &Fact::changed);
  if (facts.empty()) add(out, "Nothing is known of the machine yet.", Style::kDim);
  const std::size_t key_width = std::min<std::size_t>(20, width / 3);
  const auto fact_line = [&](const Fact& fact, bool with_name) {
    const auto lead = fact.changed ? "* " : "  ";
    if (with_name)
      out.push_back({{lead + fact.name + " ", Style::kNotice}, {fact.key + ": ", Style::kDim}, {fact.value, Style::kNotice}});
    else
      out.push_back({{lead + fitted(fact.key, key_width) + " ", fact.changed ? Style::kNotice : Style::kDim},
                     {fact.value, fact.changed ? Style::kNotice : Style::kPlain}});
  };
  if (changes != 0) {
    add(out, "changed here", Style::kBold);
    for (const auto& fact : facts)
      if (fact.changed) fact_line(fact, true);
  }
  std::string group, name;
  for (const auto& fact : facts) {
    if (fact.group != group) {
      if (!out.empty()) out.emplace_back();
      add(out, fact.group, Style::kBold), group = fact.group, name.clear();
    }
    if (fact.name != name) add(out, " " + fact.name), name = fact.name;
    fact_line(fact, false);
  }
  return out;
}

std::vector<Line> verdict_lines(const Story& story, const Story* before, std::size_t width) {
  std::vector<Line> out;
  const auto& verdict = story.verdict();
  const auto style = [](const Story& of) { return of.verdict().outcome == engine::Outcome::kBroken ? Style::kBad : Style::kGood; };
  if (before) {
    add_wrapped(out, before->about(), width, Style::kDim);
    add_wrapped(out, before->sentence(), width, style(*before));
    out.emplace_back();
  }
  add_wrapped(out, story.about(), width, Style::kDim);
  add_wrapped(out, story.sentence(), width, style(story));
  for (const auto& breach : verdict.breaches)
    add_wrapped(out, safe(fmt::format("  {}: {}", trust::name_of(breach.promise), breach.what)), width);
  for (const auto& id : verdict.missed) add_wrapped(out, "  lifted, would have spoken: " + safe(id), width);
  for (const auto& [who, state] : verdict.ends) add_wrapped(out, safe(fmt::format("  {} ends: {}", who, state)), width);
  if (!verdict.limit.empty()) add_wrapped(out, "  ended by the limit: " + safe(verdict.limit), width);
  if (story.film().cut) add_wrapped(out, "  the film reached its limit: what came after is missing", width, Style::kNotice);
  for (const auto& line : story.judgement()) add_wrapped(out, line, width, Style::kDim);
  for (const auto& text : verdict.assumed) add_wrapped(out, "  assumes: " + safe(text), width, Style::kDim);
  for (const auto& text : verdict.conventions) add_wrapped(out, "  convention: " + safe(text), width, Style::kDim);
  return out;
}

std::vector<Line> help_lines() {
  static constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"j, right", "one event on"},
      {"k, left", "one event back"},
      {"up, down", "one line up or down in the pane that is chosen"},
      {"PgUp, PgDn", "a page, likewise"},
      {"n, p", "the next, the previous of what matters: an act, a defence, an altered message, a breach"},
      {"w", "show packets on links, or leave out those that nobody touched"},
      {"g, G", "to the beginning, to the verdict"},
      {"/", "search in who and what; Enter finds, an empty one finds the next"},
      {"Tab", "choose the next pane: events, what is at the event, facts"},
      {"l", "play the run without the defence at the event, or with it again"},
      {"L", "all defences again"},
      {"?", "this; any key leaves it"},
      {"q", "quit"},
  };
  std::vector<Line> out{{{"Keys", Style::kBold}}};
  for (const auto& [keys, about] : kKeys) out.push_back({{"  " + fitted(keys, 12), Style::kNotice}, {std::string(about)}});
  out.emplace_back();
  out.push_back({{"Lanes", Style::kBold}});
  for (unsigned kind = 0; kind < 7; ++kind) {
    const std::string name(engine::name_of(static_cast<engine::LaneKind>(kind)));
    static constexpr std::string_view kLetters = "GTVRLDP";
    out.push_back({{fmt::format("  {}           ", kLetters[kind]), Style::kNotice}, {name}});
  }
  out.push_back({{"Left of an event: * an act or an altered message, ! a defence, X a promise broken.", Style::kDim}});
  return out;
}

}  // namespace watch
