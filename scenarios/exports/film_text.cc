#include "scenarios/exports/film_text.h"

#include <algorithm>

#include "platform/wire/field.h"
#include "scenarios/engine/film_lanes.h"

namespace exports {

namespace {

using engine::FilmEvent;
using Fate = FilmEvent::Fate;
using Tone = FilmEvent::Tone;

std::string value_of(base::View raw, const wire::FieldSpan& field) {
  const auto text = wire::print_fields(raw, {field});
  return text.empty() ? "zero" : text.substr(text.find('=') + 1);
}

std::string shortened(std::string text) {
  constexpr std::size_t kDigitsMax = 24;
  return text.size() > kDigitsMax ? text.substr(0, kDigitsMax) + ".." : text;
}

base::View part(const base::Bytes& bytes, const wire::FieldSpan& field) { return base::View(bytes).subspan(field.offset, field.size); }

}  // namespace

std::string_view word_of(const FilmEvent& event) {
  if (event.kind == FilmEvent::Kind::kMessage) switch (event.fate) {
      case Fate::kArrived: return "arrived";
      case Fate::kAltered: return "altered";
      case Fate::kLost: return "lost";
      case Fate::kOutside: return "handed over";
    }
  switch (event.tone) {
    case Tone::kSaid: return "said";
    case Tone::kAct: return "act";
    case Tone::kRefused: return "refused";
    case Tone::kNoticed: return "noticed";
    case Tone::kWithheld: return "withheld";
    case Tone::kMissed: return "missed";
  }
  return "";
}

std::string text_of(const engine::Film& film, const FilmEvent& event) {
  const auto& text = film.texts[event.text];
  if (event.kind == FilmEvent::Kind::kMessage) return text.empty() ? film.texts[event.actor] : text;
  return std::string(engine::phrase_of(event.tone)) + text + (event.clause ? " [" + film.texts[event.clause] + "]" : "");
}

std::vector<std::string> changes_of(const engine::Film& film, const FilmEvent& message, std::size_t max) {
  const auto &sent = film.blobs[message.sent], &arrived = film.blobs[message.arrived];
  std::vector<std::string> out;
  if (message.to) out.push_back("led to " + film.texts[message.to]);
  if (message.fate == Fate::kLost || sent == arrived) return out;
  std::size_t more = 0;
  const auto tell = [&](std::string line) { out.size() < max ? out.push_back(std::move(line)) : void(++more); };
  if (sent.size() != arrived.size()) tell(std::to_string(sent.size()) + " bytes became " + std::to_string(arrived.size()));
  const auto &before = film.shapes[message.sent_shape].fields, &after = film.shapes[message.arrived_shape].fields;
  if (!before.empty() && before == after && sent.size() == arrived.size()) {
    for (const auto& field : before)
      if (!std::ranges::equal(part(sent, field), part(arrived, field)))
        tell(field.name + " " + shortened(value_of(sent, field)) + " became " + shortened(value_of(arrived, field)));
  } else {
    for (std::size_t i = 0; i < std::min(sent.size(), arrived.size()); ++i)
      if (sent[i] != arrived[i])
        tell("byte " + std::to_string(i) + " " + base::to_hex(base::View(sent).subspan(i, 1)) + " became " +
             base::to_hex(base::View(arrived).subspan(i, 1)));
  }
  if (more) out.push_back("and " + std::to_string(more) + " more");
  return out;
}

bool is_attack(const FilmEvent& event) {
  if (event.kind == FilmEvent::Kind::kMessage) return event.fate != Fate::kArrived;
  return event.tone == Tone::kAct || (event.attack && event.tone != Tone::kSaid);
}

}  // namespace exports
