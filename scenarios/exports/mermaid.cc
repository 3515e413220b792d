#include "scenarios/exports/mermaid.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "platform/base/utf8.h"
#include "scenarios/engine/film_lanes.h"
#include "scenarios/exports/film_text.h"

namespace exports {

namespace {

using engine::FilmEvent;
using Fate = FilmEvent::Fate;

constexpr std::size_t kAround = 4, kFirst = 12, kLast = 6, kChangesMax = 4;
constexpr std::size_t kLabelMax = 160;

bool on_link(const engine::Film& film, const FilmEvent& event) {
  return event.kind == FilmEvent::Kind::kMessage && film.texts[event.actor].starts_with("link ");
}

// What a diagram is about: all but packets of a link. Packets of a link are there for a hundred to each message that somebody means, so they come only where the
// adversary touched them.
std::vector<std::size_t> meant_events(const engine::Film& film) {
  std::vector<std::size_t> meant;
  for (std::size_t i = 0; i < film.events.size(); ++i)
    if (is_attack(film.events[i]) || !on_link(film, film.events[i])) meant.push_back(i);
  return meant;
}

// Which of them to show: what is around the attack, and how the run begins and ends.
std::set<std::size_t> chosen(const engine::Film& film, const std::vector<std::size_t>& meant) {
  std::set<std::size_t> out;
  const auto add = [&](std::size_t at) {
    if (at < meant.size() && out.size() < kMermaidEventsMax) out.insert(at);
  };
  if (meant.size() <= kMermaidEventsMax) {
    for (std::size_t i = 0; i < meant.size(); ++i) out.insert(i);
    return out;
  }
  for (std::size_t i = 0; i < meant.size(); ++i)
    if (is_attack(film.events[meant[i]]))
      for (std::size_t near = i < kAround ? 0 : i - kAround; near <= i + kAround; ++near) add(near);
  for (std::size_t i = 0; i < kFirst; ++i) add(i);
  for (std::size_t i = 0; i < kLast; ++i) add(meant.size() - 1 - i);
  for (std::size_t i = 0; i < meant.size(); ++i)
    if (film.events[meant[i]].kind == FilmEvent::Kind::kLine) add(i);
  return out;
}

class Diagram {
 public:
  Diagram(const engine::Film& film, std::string& out) : film_(film), lanes_(film), out_(out) {}

  void participants() {
    std::string box;
    for (std::size_t i = 0; i < lanes_.names().size(); ++i) {
      const std::string kind(engine::name_of(engine::lane_of(lanes_.names()[i])));
      if (kind != box) {
        if (!box.empty()) out_ += "  end\n";
        out_ += "  box transparent " + mermaid_text(kind) + "\n";
        box = kind;
      }
      out_ += fmt::format("    participant {} as {}\n", id(i), mermaid_text(lanes_.names()[i]));
    }
    if (!box.empty()) out_ += "  end\n";
  }

  void event(const FilmEvent& event) {
    if (event.kind == FilmEvent::Kind::kLine) {
      const auto lane = lanes_.of(film_.texts[event.actor]);
      note(lane, lane, (event.tone == FilmEvent::Tone::kAct ? "ATTACK: " : "") + text_of(film_, event));
      return;
    }
    const auto ends = engine::ends_of(film_, event);
    const auto from = lanes_.of(ends.from), to = lanes_.of(ends.to);
    const bool crossed = event.fate == Fate::kAltered || event.fate == Fate::kLost;
    const std::string arrow = std::string(event.reply ? "--" : "-") + (crossed ? "x" : ">>");
    std::string label = text_of(film_, event);
    if (event.fate != Fate::kArrived) label += " (" + std::string(word_of(event)) + (event.fate == Fate::kOutside ? " by the adversary)" : ")");
    out_ += fmt::format("  {}{}{}: {}\n", id(from), arrow, id(to), mermaid_text(cut(label)));
    const auto changes = changes_of(film_, event, kChangesMax);
    if (changes.empty()) return;
    std::string text;
    for (const auto& line : changes) text += (text.empty() ? "" : "<br/>") + mermaid_text(cut(line));
    out_ += fmt::format("  Note over {}: {}\n", over(from, to), text);
  }

  void left_out(std::size_t count, std::string_view what = "event") {
    if (count == 0 || lanes_.names().empty()) return;
    note(0, lanes_.names().size() - 1, fmt::format("{} {}{} left out", count, what, count == 1 ? "" : "s"));
  }

  void note(std::size_t first, std::size_t last, const std::string& text) {
    out_ += fmt::format("  Note over {}: {}\n", over(first, last), mermaid_text(cut(text)));
  }
  std::size_t lanes() const { return lanes_.names().size(); }

 private:
  static std::string id(std::size_t lane) { return "p" + std::to_string(lane); }
  static std::string over(std::size_t one, std::size_t other) {
    return one == other ? id(one) : id(std::min(one, other)) + "," + id(std::max(one, other));
  }
  static std::string cut(std::string text) {
    if (text.size() <= kLabelMax) return text;
    std::size_t end = kLabelMax;
    while (end > 0 && base::continues_character(text[end])) --end;
    return text.substr(0, end) + " ..";
  }

  const engine::Film& film_;
  engine::Lanes lanes_;
  std::string& out_;
};

}  // namespace

std::string mermaid_text(std::string_view text) {
  constexpr std::string_view kHarmless = " .,_()/+*=@!?'-";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || byte >= 0x80;
    if (plain || kHarmless.find(c) != kHarmless.npos) out += c;
    else if (byte < 0x20 || byte == 0x7f) out += ' ';
    else out += fmt::format("#{};", byte);
  }
  return out;
}

std::string mermaid_of(const report::Told& told, const engine::Verdict& verdict) {
  static const engine::Film kNone;
  const engine::Film& film = verdict.film ? *verdict.film : kNone;
  std::string out = "sequenceDiagram\n";
  out += "  title " + mermaid_text(fmt::format("{} ({}, {})", told.scenario->title.value, told.scenario->id, told.platform)) + "\n";
  Diagram diagram(film, out);
  if (diagram.lanes() == 0) return out + "  participant p0 as nobody\n  Note over p0: nothing happened\n";
  diagram.participants();
  const auto meant = meant_events(film);
  std::size_t shown = 0;
  for (const std::size_t i : chosen(film, meant)) {
    diagram.left_out(i - shown);
    diagram.event(film.events[meant[i]]);
    shown = i + 1;
  }
  diagram.left_out(meant.size() - shown);
  diagram.left_out(film.events.size() - meant.size(), "packet");
  if (film.cut) diagram.note(0, diagram.lanes() - 1, "the run was longer: what came later is missing (limit film.events_max or film.bytes_max)");
  diagram.note(0, diagram.lanes() - 1, verdict.sentence());
  return out;
}

}  // namespace exports
