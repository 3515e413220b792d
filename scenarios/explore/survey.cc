#include "scenarios/explore/survey.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace explore {

namespace {

constexpr std::size_t kValuesKept = 4, kAddressesKept = 24, kBytesKept = 64;
constexpr std::string_view kReaches = "reaches ";

void keep(std::vector<std::uint64_t>& values, std::uint64_t value, std::size_t most) {
  if (values.size() < most && std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

std::uint64_t number_in(const base::Bytes& bytes, const wire::FieldSpan& span) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < span.size && span.offset + i < bytes.size(); ++i) {
    const std::size_t at = span.kind == wire::Kind::kBig ? span.size - 1 - i : i;
    value |= static_cast<std::uint64_t>(bytes[span.offset + at]) << (8 * i);
  }
  return value;
}

void learn_fields(Crossing& crossing, const engine::FilmShape& shape, const base::Bytes& bytes, Survey& survey) {
  for (const auto& span : shape.fields) {
    if (span.size == 0) continue;
    auto known = std::find_if(crossing.fields.begin(), crossing.fields.end(), [&](const auto& f) { return f.name == span.name; });
    if (known == crossing.fields.end()) {
      crossing.fields.push_back({.name = span.name, .size = span.size});
      known = crossing.fields.end() - 1;
      if (const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(span.offset, bytes.size())); span.size <= kBytesKept && span.offset + span.size <= bytes.size())
        known->first.assign(begin, begin + static_cast<std::ptrdiff_t>(span.size));
    }
    if (span.size > 8) continue;
    const std::uint64_t value = number_in(bytes, span);
    keep(known->values, value, kValuesKept);
    if (span.name.ends_with("address") && crossing.boundary.starts_with("link ") && value != 0)
      keep(survey.addresses, value & ~std::uint64_t{0xFFF}, kAddressesKept);
  }
}

std::uint32_t kind_of(const engine::Film& film, const engine::FilmEvent& event, std::map<std::string, std::uint32_t>& kinds) {
  std::string told = std::to_string(film.blobs[event.sent].size());
  for (const auto& field : film.shapes[event.sent_shape].fields) told += " " + field.name;
  return kinds.emplace(std::move(told), static_cast<std::uint32_t>(kinds.size())).first->second;
}

void learn_message(const engine::Film& film, std::size_t index, std::map<std::tuple<std::uint32_t, std::uint32_t, bool>, std::size_t>& known,
                   std::map<std::string, std::uint32_t>& kinds, Survey& survey) {
  const auto& event = film.events[index];
  const auto [found, fresh] = known.emplace(std::tuple(event.actor, event.text, event.reply), survey.crossings.size());
  if (fresh) {
    survey.crossings.push_back({.boundary = film.texts[event.actor], .object = film.texts[event.text], .reply = event.reply,
                                .size = film.blobs[event.sent].size()});
    survey.boundaries.insert(film.texts[event.actor]);
  }
  auto& crossing = survey.crossings[found->second];
  crossing.events.push_back(index);
  crossing.nths.push_back(1);
  for (const auto& other : survey.crossings)
    if (other.boundary == crossing.boundary && other.object == crossing.object && &other != &crossing) crossing.nths.back() += other.events.size();
  crossing.nths.back() += crossing.events.size() - 1;
  crossing.kinds.push_back(kind_of(film, event, kinds));
  if (event.sent_shape == 0) return;
  crossing.opaque = false;
  learn_fields(crossing, film.shapes[event.sent_shape], film.blobs[event.sent], survey);
}

}  // namespace

Survey survey_of(const Target& target, const engine::Verdict& honest) {
  Survey out;
  const auto& film = *honest.film;
  for (const auto& thread : target.scenario.guest)
    if (std::find(out.vms.begin(), out.vms.end(), thread.vm) == out.vms.end()) out.vms.push_back(thread.vm);
  std::map<std::tuple<std::uint32_t, std::uint32_t, bool>, std::size_t> known;
  std::map<std::string, std::uint32_t> kinds;
  std::set<std::string> moments;
  for (std::size_t i = 0; i < film.events.size(); ++i) {
    const auto& event = film.events[i];
    if (event.kind == engine::FilmEvent::Kind::kMessage) {
      learn_message(film, i, known, kinds, out);
      continue;
    }
    const auto &actor = film.texts[event.actor], &text = film.texts[event.text];
    if (!text.starts_with(kReaches)) continue;
    std::string name = actor + "." + text.substr(kReaches.size());
    if (moments.insert(name).second) out.moments.push_back({std::move(name), i});
    else std::find_if(out.moments.begin(), out.moments.end(), [&](const Moment& moment) { return moment.name == name; })->times++;
  }
  for (const auto& fact : film.facts) {
    if (film.texts[fact.group] != "memory") continue;
    const auto& name = film.texts[fact.name];
    if (name.find(".page.") != name.npos && std::find(out.pages.begin(), out.pages.end(), name) == out.pages.end()) out.pages.push_back(name);
  }
  out.end = film.events.size();
  return out;
}

}  // namespace explore
