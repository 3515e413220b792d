#include "scenarios/glacis/watch/screen.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/glacis/watch/panes.h"

namespace watch {

namespace {

constexpr unsigned kLanes = 7;
constexpr std::size_t kWide = 110;       // from here on the panes stand side by side
constexpr std::size_t kLanesFrom = 76;   // a list this wide has room for lanes
constexpr std::size_t kTimeWidth = 14, kWhoWidth = 20;

struct Glyphs {
  std::string_view idle, at, from, between, rule;
};
constexpr Glyphs kAscii{".", "*", "o", "-", "-"}, kDrawn{"·", "•", "○", "─", "─"};

// Of lines from the `scroll`th on, `height` of them.
std::vector<Line> window(const std::vector<Line>& lines, std::size_t& scroll, std::size_t width, std::size_t height) {
  scroll = std::min(scroll, lines.size() > height ? lines.size() - height : 0);
  std::vector<Line> out;
  for (std::size_t i = 0; i < height; ++i) out.push_back(fitted(scroll + i < lines.size() ? lines[scroll + i] : Line{}, width));
  return out;
}

Line heading(std::string_view name, bool chosen, const std::string& more, std::size_t width, const Glyphs& glyphs) {
  Line line{{fmt::format(" {} ", name), chosen ? Style::kHere : Style::kBold}, {more.empty() ? "" : more + " ", Style::kDim}};
  std::string rule;
  for (auto i = width_of(line); i < width; ++i) rule += glyphs.rule;
  line.push_back({rule, Style::kDim});
  return fitted(line, width);
}

std::string lane_picture(const Story& story, std::size_t at, const Glyphs& glyphs) {
  const auto [from, to] = story.lanes(at);
  const bool line = story.is_end(at) || story.event(at).kind == engine::FilmEvent::Kind::kLine;
  const auto first = std::min(from, to), last = std::max(from, to);
  std::string out;
  for (unsigned kind = 0; kind < kLanes; ++kind) {
    if (story.is_end(at)) out += " ";
    else if (line && kind == from) out += glyphs.at;
    else if (kind == from && !line) out += glyphs.from;
    else if (kind == to && !line) out += to > from ? ">" : "<";
    else if (!line && kind > first && kind < last) out += glyphs.between;
    else out += story.is_lane_used(kind) ? glyphs.idle : " ";
    out += !line && kind >= first && kind < last ? glyphs.between : " ";
  }
  return out;
}

char sign_of(const Story& story, std::size_t at) {
  if (story.is_end(at)) return ' ';
  if (!story.breaches(at).empty()) return 'X';
  const auto& event = story.event(at);
  if (event.kind == engine::FilmEvent::Kind::kMessage) return event.fate == engine::FilmEvent::Fate::kArrived ? ' ' : '*';
  if (event.tone == engine::FilmEvent::Tone::kAct) return '*';
  return event.tone == engine::FilmEvent::Tone::kSaid ? ' ' : '!';
}

Style style_of(char sign) { return sign == '*' || sign == 'X' ? Style::kBad : sign == '!' ? Style::kNotice : Style::kPlain; }

Line event_row(const Story& story, std::size_t at, bool here, std::size_t width, bool lanes, const Glyphs& glyphs) {
  const char sign = sign_of(story, at);
  const auto row = [&](Style style) {
    return here ? Style::kHere : style;
  };
  Line line{{fmt::format("{}{} ", here ? '>' : ' ', sign), row(style_of(sign))},
            {fmt::format("{:>{}}  ", report::time_text(story.time(at)), kTimeWidth), row(Style::kDim)}};
  if (lanes) line.push_back({lane_picture(story, at, glyphs) + " ", row(style_of(sign))});
  if (story.is_end(at)) line.push_back({"the verdict: ", row(Style::kBold)});
  else line.push_back({fitted(story.who(at), kWhoWidth) + " ", row(Style::kDim)});
  const bool broken = story.is_end(at) && story.verdict().outcome == engine::Outcome::kBroken;
  line.push_back({story.what(at), row(broken ? Style::kBad : style_of(sign))});
  auto out = fitted(line, width);
  if (here) out.back().style = Style::kHere;
  return out;
}

// As many positions as there are rows, with the one that is looked at in the middle where both sides have enough.
std::vector<std::size_t> around(const Story& story, const View& view, std::size_t rows) {
  std::vector<std::size_t> before, after;
  const auto collect = [&](std::vector<std::size_t>& out, bool on) {
    for (auto at = view.at; out.size() < rows;) {
      const auto there = on ? story.next(at, view.wires) : story.previous(at, view.wires);
      if (there == at) return;
      out.push_back(at = there);
    }
  };
  collect(before, false), collect(after, true);
  const auto wanted = rows > 0 ? rows - 1 : 0;
  const auto up = std::min(before.size(), std::max(wanted / 2, wanted - std::min(wanted, after.size())));
  std::vector<std::size_t> out;
  for (std::size_t i = up; i-- > 0;) out.push_back(before[i]);
  if (rows > 0) out.push_back(view.at);
  for (std::size_t i = 0; out.size() < rows && i < after.size(); ++i) out.push_back(after[i]);
  return out;
}

std::vector<Line> events_pane(const Story& story, const View& view, std::size_t width, std::size_t height, const Glyphs& glyphs) {
  const bool lanes = width >= kLanesFrom;
  std::vector<Line> out{heading("events", view.pane == Pane::kEvents, view.wires ? "" : "without packets on links (w)", width, glyphs)};
  if (lanes) out.push_back(fitted(Line{{std::string(3 + kTimeWidth + 2, ' ') + "G T V R L D P", Style::kDim}}, width));
  const auto rows = height > out.size() ? height - out.size() : 0;
  for (const auto at : around(story, view, rows)) out.push_back(event_row(story, at, at == view.at, width, lanes, glyphs));
  while (out.size() < height) out.push_back(fitted(Line{}, width));
  return out;
}

std::vector<Line> detail_pane(const Story& story, const Story* before, View& view, Pane pane, std::size_t width, std::size_t height,
                              const Glyphs& glyphs) {
  const bool end = story.is_end(view.at);
  auto& scroll = pane == Pane::kEvent ? view.event_scroll : view.facts_scroll;
  const auto lines = pane == Pane::kFacts ? fact_lines(story, view.at, width)
                     : end                ? verdict_lines(story, before, width)
                                          : event_lines(story, view.at, width);
  const auto shown = height > 0 ? height - 1 : 0;
  auto body = window(lines, scroll, width, shown);
  const auto more = lines.size() > shown ? fmt::format("{}-{} of {}", scroll + 1, scroll + shown, lines.size()) : "";
  std::vector<Line> out{heading(pane == Pane::kFacts ? "facts" : end ? "verdict" : "event", view.pane == pane, more, width, glyphs)};
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

Line title_row(const Story& story, const View& view, std::size_t width) {
  const auto where =
      story.is_end(view.at) ? fmt::format(" end of {} ", story.size() - 1) : fmt::format(" {} of {} ", view.at + 1, story.size() - 1);
  const auto left = width > where.size() ? width - where.size() : 0;
  return fitted(Line{{fitted(" " + story.about() + "  " + story.title(), left), Style::kHere}, {where, Style::kHere}}, width);
}

Line status_row(const View& view, std::size_t width) {
  if (view.searching) return fitted(Line{{"/" + view.typed + "_", Style::kBold}}, width);
  if (!view.note.empty()) return fitted(Line{{safe(view.note), Style::kNotice}}, width);
  return fitted(Line{{" jk step  np what matters  / search  Tab pane  l lift the defence  ? help  q quit", Style::kDim}}, width);
}

std::vector<Line> too_small(const Size& size) {
  const auto text = fmt::format("glacis watch needs {} columns and {} lines; here are {} and {}. q quits.", kSizeLeast.width,
                                kSizeLeast.height, size.width, size.height);
  std::vector<Line> lines;
  for (auto& line : wrapped(text, size.width)) lines.push_back({{line}});
  std::size_t scroll = 0;
  return window(lines, scroll, size.width, size.height);
}

// Of a narrow screen the list's part, its heading with it.
std::size_t list_height(const Size& size) { return (size.height - 2) * 9 / 20; }

}  // namespace

std::size_t page_of(const View& view, const Size& size) {
  if (size.width < kSizeLeast.width || size.height < kSizeLeast.height) return 1;
  const auto body = size.height - 2;
  if (size.width >= kWide) return std::max<std::size_t>(view.pane == Pane::kEvents ? body - 3 : body / 2 - 2, 1);
  return std::max<std::size_t>(view.pane == Pane::kEvents ? list_height(size) - 3 : body - list_height(size) - 2, 1);
}

std::vector<Line> draw(const Story& story, const Story* before, View& view, const Size& size, bool unicode) {
  if (size.width < kSizeLeast.width || size.height < kSizeLeast.height) return too_small(size);
  const Glyphs& glyphs = unicode ? kDrawn : kAscii;
  std::vector<Line> out{title_row(story, view, size.width)};
  const auto body = size.height - 2;
  if (view.help) {
    std::size_t scroll = 0;
    auto lines = window(help_lines(), scroll, size.width, body);
    out.insert(out.end(), lines.begin(), lines.end());
  } else if (size.width >= kWide) {
    const auto left = size.width * 11 / 20, right = size.width - left - 1;
    const auto events = events_pane(story, view, left, body, glyphs);
    auto detail = detail_pane(story, before, view, Pane::kEvent, right, body / 2, glyphs);
    const auto facts = detail_pane(story, before, view, Pane::kFacts, right, body - body / 2, glyphs);
    detail.insert(detail.end(), facts.begin(), facts.end());
    for (std::size_t row = 0; row < body; ++row) {
      Line line = events[row];
      line.push_back({" "});
      line.insert(line.end(), detail[row].begin(), detail[row].end());
      out.push_back(std::move(line));
    }
  } else {
    const auto upper = list_height(size);
    for (auto& line : events_pane(story, view, size.width, upper, glyphs)) out.push_back(std::move(line));
    for (auto& line : detail_pane(story, before, view, view.detail, size.width, body - upper, glyphs)) out.push_back(std::move(line));
  }
  out.push_back(status_row(view, size.width));
  return out;
}

std::string ansi(const std::vector<Line>& screen, bool colour) {
  const auto code = [colour](Style style) -> std::string_view {
    switch (style) {
      case Style::kPlain: return "";
      case Style::kDim: return "2";
      case Style::kBold: return "1";
      case Style::kHere: return "7";
      case Style::kBad: return colour ? "31" : "1";
      case Style::kGood: return colour ? "32" : "";
      case Style::kNotice: return colour ? "33" : "1";
    }
    return "";
  };
  std::string out = "\x1b[H";
  for (std::size_t row = 0; row < screen.size(); ++row) {
    if (row != 0) out += "\r\n";
    for (const auto& span : screen[row]) {
      const auto sgr = code(span.style);
      out += sgr.empty() ? span.text : fmt::format("\x1b[{}m{}\x1b[m", sgr, span.text);
    }
    out += "\x1b[K";
  }
  return out + "\x1b[J";
}

}  // namespace watch
