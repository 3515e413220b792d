#include "scenarios/engine/filming.h"

#include <set>
#include <utility>

namespace engine {

namespace {

// Boundaries where so much crosses that changes nothing of what `look` tells that it is not asked.
bool idle(std::string_view boundary) {
  for (const std::string_view end : {".exit", ".clock", ".host-data", ".ring", ".config", ".registers", ".interrupts", ".tpm"})
    if (boundary.ends_with(end)) return true;
  return boundary.starts_with("link ") || boundary.starts_with("net ");
}

}  // namespace

bool Filming::full() {
  film_.cut = film_.cut || film_.events.size() >= kFilmEventsMax || bytes_ >= kFilmBytesMax;
  return film_.cut;
}

std::uint32_t Filming::text(std::string_view text) {
  if (text.empty()) return 0;
  const auto found = texts_.find(text);
  if (found != texts_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(film_.texts.size());
  film_.texts.emplace_back(text);
  texts_.emplace(text, id);
  return id;
}

std::uint32_t Filming::blob(const base::Bytes& bytes) {
  if (bytes.empty()) return 0;
  const auto [found, fresh] = blobs_.emplace(bytes, static_cast<std::uint32_t>(film_.blobs.size()));
  if (fresh) film_.blobs.push_back(bytes), bytes_ += bytes.size();
  return found->second;
}

std::uint32_t Filming::shape(const trust::Message& message) {
  if (!message.schema || !message.schema->fields_of) return 0;
  auto fields = message.schema->fields_of(message.bytes);
  std::string written;
  for (const auto& field : fields) written += field.name + "@" + std::to_string(field.offset) + "+" + std::to_string(field.size) + "\n";
  const auto [found, fresh] = shapes_.emplace(std::pair(message.schema->name, std::move(written)), static_cast<std::uint32_t>(film_.shapes.size()));
  if (fresh) film_.shapes.push_back({message.schema->name, std::move(fields)});
  return found->second;
}

Filming::EventId Filming::add(FilmEvent event) {
  event.attack = attacking_;
  film_.events.push_back(event);
  return film_.events.size() - 1;
}

void Filming::look_around() {
  if (!look_) return;
  const auto event = static_cast<std::uint32_t>(film_.events.size() - 1);
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> told;
  const auto keep = [&](const auto& key, std::uint32_t value) {
    const auto& [group, name, what] = key;
    film_.facts.push_back({event, group, name, what, value});
  };
  look_([&](std::string_view group, std::string_view name, std::string_view key, std::string_view value) {
    const std::tuple where{text(group), text(name), text(key)};
    told.insert(where);
    const auto is = text(value);
    const auto [found, fresh] = now_.try_emplace(where, is);
    if (!fresh && found->second == is) return;
    found->second = is;
    keep(where, is);
  });
  for (auto it = now_.begin(); it != now_.end();)
    if (told.contains(it->first)) ++it;
    else keep(it->first, 0), it = now_.erase(it);
}

void Filming::line(std::uint64_t time, FilmEvent::Tone tone, std::string_view actor, std::string_view what, std::string_view clause,
                   std::string_view defence) {
  if (full()) return;
  FilmEvent event{.time = time, .kind = FilmEvent::Kind::kLine, .tone = tone};
  event.actor = text(actor), event.text = text(what), event.clause = text(clause), event.defence = text(defence);
  add(event);
  look_around();
}

Filming::EventId Filming::sent(std::uint64_t time, const trust::Boundary& at, const trust::Message& message) {
  if (full()) return kNone;
  FilmEvent event{.time = time, .kind = FilmEvent::Kind::kMessage, .reply = message.reply};
  event.actor = text(at.name()), event.text = text(message.object);
  event.sent = blob(message.bytes), event.sent_shape = shape(message);
  return add(event);
}

void Filming::arrived(EventId id, const trust::Boundary& at, const trust::Message* message) {
  if (id == kNone) return;
  FilmEvent& event = film_.events[id];
  if (!message) {
    event.fate = FilmEvent::Fate::kLost;
  } else {
    event.arrived = blob(message->bytes);
    const bool same = event.arrived == event.sent && !message->to;
    event.fate = same ? FilmEvent::Fate::kArrived : FilmEvent::Fate::kAltered;
    event.arrived_shape = same ? event.sent_shape : shape(*message);
    if (message->to) event.to = text(message->to->name());
  }
  if (!idle(at.name())) look_around();
}

void Filming::handed(std::uint64_t time, const trust::Boundary& at, const trust::Message& message) {
  if (full()) return;
  FilmEvent event{.time = time, .kind = FilmEvent::Kind::kMessage, .fate = FilmEvent::Fate::kOutside, .reply = message.reply};
  event.actor = text(at.name()), event.text = text(message.object);
  event.sent = event.arrived = blob(message.bytes), event.sent_shape = event.arrived_shape = shape(message);
  add(event);
  look_around();
}

}  // namespace engine
