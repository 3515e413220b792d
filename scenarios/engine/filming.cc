#include "scenarios/engine/filming.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace engine {

namespace {

// Boundaries where so much crosses that changes nothing of what `look` tells that it is not asked.
bool idle(std::string_view boundary) {
  for (const std::string_view end : {".exit", ".clock", ".host-data", ".ring", ".config", ".registers", ".interrupts", ".tpm"})
    if (boundary.ends_with(end)) return true;
  return boundary.starts_with("link ") || boundary.starts_with("net ");
}

std::size_t hash_of(base::View bytes) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::size_t hash_of(const wire::Schema& schema, const wire::Fields& fields) {
  const std::hash<std::string_view> hash;
  std::size_t out = hash(schema.name);
  const auto mix = [&](std::size_t more) { out = (out ^ more) * 0x100'0000'01B3; };  // FNV's prime
  for (const auto& field : fields) mix(hash(field.name)), mix(field.offset), mix(field.size);
  return out;
}

// The entry of that hash for which `same` holds, or the one that `make` makes.
template <class Kept, class Same, class Make>
std::uint32_t find_or_make(Kept& kept, std::size_t hash, const Same& same, const Make& make) {
  const auto [first, last] = kept.equal_range(hash);
  const auto found = std::find_if(first, last, [&](const auto& entry) { return same(entry.second); });
  if (found != last) return found->second;
  const std::uint32_t id = make();
  kept.emplace(hash, id);
  return id;
}

}  // namespace

bool Filming::full() {
  film_.cut = film_.cut || film_.events.size() >= kFilmEventsMax || bytes_ >= kFilmBytesMax;
  return film_.cut;
}

std::uint32_t Filming::text(std::string_view text) {
  if (text.empty()) return 0;
  auto& all = film_.texts;
  return find_or_make(
      texts_, std::hash<std::string_view>()(text), [&](std::uint32_t id) { return all[id] == text; },
      [&] { return all.emplace_back(text), static_cast<std::uint32_t>(all.size() - 1); });
}

std::uint32_t Filming::blob(const base::Bytes& bytes) {
  if (bytes.empty()) return 0;
  auto& all = film_.blobs;
  return find_or_make(
      blobs_, hash_of(bytes), [&](std::uint32_t id) { return all[id] == bytes; },
      [&] { return all.push_back(bytes), bytes_ += bytes.size(), static_cast<std::uint32_t>(all.size() - 1); });
}

std::uint32_t Filming::shape(const trust::Message& message) {
  if (!message.schema || !message.schema->fields_of) return 0;
  auto fields = message.schema->fields_of(message.bytes);
  auto& all = film_.shapes;
  return find_or_make(
      shapes_, hash_of(*message.schema, fields),
      [&](std::uint32_t id) { return all[id].schema == message.schema->name && all[id].fields == fields; },
      [&] { return all.push_back({message.schema->name, std::move(fields)}), static_cast<std::uint32_t>(all.size() - 1); });
}

Filming::EventId Filming::add(FilmEvent event) {
  event.attack = attacking_;
  film_.events.push_back(event);
  return film_.events.size() - 1;
}

void Filming::look_around() {
  if (!look_) return;
  const auto event = static_cast<std::uint32_t>(film_.events.size() - 1);
  const auto keep = [&](FilmFact fact, std::uint32_t value) {
    fact.event = event, fact.value = value;
    film_.facts.push_back(fact);
  };
  std::size_t at = 0;              // so far each fact is the next of the look before
  std::vector<FilmFact> otherwise;  // from the first that is not
  look_([&](std::string_view group, std::string_view name, std::string_view key, std::string_view value) {
    const auto& texts = film_.texts;
    if (otherwise.empty() && at < now_.size()) {
      FilmFact& next = now_[at];
      if (texts[next.name] == name && texts[next.key] == key && texts[next.group] == group) {
        ++at;
        if (texts[next.value] != value) next.value = text(value), keep(next, next.value);
        return;
      }
    }
    otherwise.push_back({event, text(group), text(name), text(key), text(value)});
  });
  if (otherwise.empty() && at == now_.size()) return;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> before;
  const auto where = [](const FilmFact& fact) { return std::tuple(fact.group, fact.name, fact.key); };
  for (std::size_t i = at; i < now_.size(); ++i) before.emplace(where(now_[i]), now_[i].value);
  for (const auto& fact : otherwise) {
    const auto was = before.extract(where(fact));
    if (was.empty() || was.mapped() != fact.value) keep(fact, fact.value);
  }
  for (const auto& [gone, value] : before) keep({event, std::get<0>(gone), std::get<1>(gone), std::get<2>(gone), 0}, 0);
  now_.resize(at);
  now_.insert(now_.end(), otherwise.begin(), otherwise.end());
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
