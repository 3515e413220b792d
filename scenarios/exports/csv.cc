#include "scenarios/exports/csv.h"

#include "scenarios/engine/film_lanes.h"
#include "scenarios/exports/film_text.h"

namespace exports {

std::string csv_cell(std::string_view text) {
  std::string safe(text);
  const std::string_view kFormula = "=+-@\t\r\n";
  if (!safe.empty() && kFormula.find(safe[0]) != kFormula.npos) safe.insert(0, "'");
  if (safe.find_first_of(",\"\r\n") == safe.npos) return safe;
  std::string out = "\"";
  for (const char c : safe) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_of(const engine::Film& film) {
  using Kind = engine::FilmEvent::Kind;
  std::string out = "event,time_ps,kind,what,attack,from,to,boundary,text,defence,clause,layout,sent,arrived,changes\r\n";
  std::size_t number = 0;
  for (const auto& event : film.events) {
    const bool message = event.kind == Kind::kMessage;
    const auto ends = message ? engine::ends_of(film, event) : engine::Ends{film.texts[event.actor], ""};
    std::string changes;
    if (message)
      for (const auto& line : changes_of(film, event, 32)) changes += (changes.empty() ? "" : "; ") + line;
    const auto arrived = message && event.fate != engine::FilmEvent::Fate::kLost ? base::to_hex(film.blobs[event.arrived]) : "";
    const std::string cells[] = {std::to_string(number++), std::to_string(event.time), message ? "message" : "line", std::string(word_of(event)),
                                 event.attack ? "1" : "0", ends.from, ends.to, message ? film.texts[event.actor] : "",
                                 film.texts[event.text], film.texts[event.defence], film.texts[event.clause],
                                 message ? film.shapes[event.sent_shape].schema : "", message ? base::to_hex(film.blobs[event.sent]) : "", arrived, changes};
    bool first = true;
    for (const auto& cell : cells) out += (first ? "" : ",") + csv_cell(cell), first = false;
    out += "\r\n";
  }
  return out;
}

}  // namespace exports
