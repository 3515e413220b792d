#include "scenarios/engine/play.h"

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/film_lanes.h"

namespace engine {

namespace {

// As the trace has it, where the text stands behind the phrase.
std::string verb_of(FilmEvent::Tone tone) { return std::string(phrase_of(tone)) + "{text}"; }

}  // namespace

void Play::add(std::string_view actor, std::string_view verb, std::string_view text, std::string_view clause) {
  sim::Record record{.at = sim_.now()};
  if (!trace_.full()) {
    record.actor = trace_.intern(actor);
    record.verb = trace_.intern(verb);
    record.text = trace_.intern(text);
    record.a = trace_.intern(clause);
  }
  trace_.add(record);
}

void Play::speak(FilmEvent::Tone tone, std::string_view actor, std::string_view text) {
  add(actor, verb_of(tone), text, {});
  if (filming_) filming_->line(sim_.now(), tone, actor, text);
}

void Play::spoke(const trust::Defence& defence, std::string_view at) {
  const auto tone = defence.act == trust::Act::kDetect     ? FilmEvent::Tone::kNoticed
                    : defence.act == trust::Act::kWithhold ? FilmEvent::Tone::kWithheld
                                                           : FilmEvent::Tone::kRefused;
  add(at, verb_of(tone), defence.id, defence.clause);
  if (filming_) filming_->line(sim_.now(), tone, at, defence.id, defence.clause, defence.id);
  if (attacking_) spoken_.push_back({std::string(defence.id), defence.act, std::string(at), sim_.now()});
}

void Play::missed(const trust::Defence& defence, std::string_view at) {
  const std::string id(defence.id);
  if (std::find(missed_.begin(), missed_.end(), id) == missed_.end()) {
    missed_.push_back(id);
    add(at, verb_of(FilmEvent::Tone::kMissed), id, defence.clause);
    if (filming_) filming_->line(sim_.now(), FilmEvent::Tone::kMissed, at, id, defence.clause, id);
  }
}

std::vector<Line> lines_of(base::View bytes, const std::string& name) {
  if (bytes.empty()) return {};  // of a run that never was
  sim::Trace trace;
  if (const auto error = trace.read(bytes)) throw base::UserError(name + ": offset " + std::to_string(error->offset) + ": " + error->what);
  std::vector<Line> out;
  for (std::uint64_t i = 0; i < trace.size(); ++i) {
    const auto& record = trace.at(i);
    const auto clause = static_cast<sim::TextId>(std::min<std::uint64_t>(record.a, sim::TextId(-1)));
    out.push_back({record.at, std::string(trace.text(record.actor)), trace.phrase(record), std::string(trace.text(clause))});
  }
  return out;
}

}  // namespace engine
