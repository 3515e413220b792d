#include "scenarios/exports/perfetto.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "platform/wire/field.h"
#include "scenarios/engine/film_lanes.h"
#include "scenarios/exports/film_text.h"

namespace exports {

namespace {

namespace json = boost::json;
using engine::FilmEvent;

constexpr std::size_t kHexMax = 256, kChangesMax = 8;  // what an argument shows of a message
constexpr int kFactsPid = 100;

// Numbers of JSON with six digits behind the point: boost::json would write them as doubles.
std::string micros(std::uint64_t picoseconds) { return fmt::format("{}.{:06}", picoseconds / 1'000'000, picoseconds % 1'000'000); }

std::string hex_of(base::View bytes) {
  const auto shown = base::to_hex(bytes.first(std::min(bytes.size(), kHexMax)));
  return bytes.size() > kHexMax ? shown + ".. (" + std::to_string(bytes.size()) + " bytes)" : shown;
}

class Trace {
 public:
  explicit Trace(const engine::Film& film) : film_(film), lanes_(film) {}

  std::string events() {
    names();
    for (std::size_t i = 0; i < film_.events.size(); ++i) {
      const auto& event = film_.events[i];
      if (event.kind == FilmEvent::Kind::kLine) line(event);
      else message(event, i + 1);
    }
    facts();
    // What describes comes first; the rest in the order of its time, and of its making where that is the same.
    std::ranges::stable_sort(timed_, {}, &Timed::time);
    std::string out;
    for (const auto& text : described_) out += (out.empty() ? "" : ",\n") + text;
    for (const auto& [time, text] : timed_) out += (out.empty() ? "" : ",\n") + text;
    return out;
  }

 private:
  struct Timed {
    std::uint64_t time;
    std::string text;
  };

  int pid(const std::string& lane) const { return static_cast<int>(engine::lane_of(lane)) + 1; }
  int tid(const std::string& lane) const { return static_cast<int>(lanes_.of(lane)) + 1; }

  void at(std::uint64_t time, const json::object& event, const std::string& more = "") {
    std::string text = json::serialize(event);
    text.pop_back();
    timed_.push_back({time, text + ",\"ts\":" + micros(time) + more + "}"});
  }
  void describe(const char* what, int pid, int tid, const char* key, json::value value) {
    described_.push_back(json::serialize(json::object{
        {"ph", "M"}, {"name", what}, {"pid", pid}, {"tid", tid}, {"args", json::object{{key, std::move(value)}}}}));
  }

  void names() {
    std::string kind;
    for (const auto& lane : lanes_.names()) {
      const std::string name(engine::name_of(engine::lane_of(lane)));
      if (name != kind) {
        describe("process_name", pid(lane), 0, "name", json::value(name));
        describe("process_sort_index", pid(lane), 0, "sort_index", pid(lane));
      }
      kind = name;
      describe("thread_name", pid(lane), tid(lane), "name", json::value(lane));
      describe("thread_sort_index", pid(lane), tid(lane), "sort_index", tid(lane));
    }
  }

  void line(const FilmEvent& event) {
    const auto& lane = film_.texts[event.actor];
    json::object args{{"kind", std::string(word_of(event))}, {"attack", event.attack}};
    if (event.defence) args["defence"] = film_.texts[event.defence], args["clause"] = film_.texts[event.clause];
    at(event.time, {{"ph", "i"}, {"s", "t"}, {"cat", std::string(word_of(event))}, {"name", text_of(film_, event)},
                    {"pid", pid(lane)}, {"tid", tid(lane)}, {"args", std::move(args)}});
  }

  void message(const FilmEvent& event, std::size_t id) {
    const auto ends = engine::ends_of(film_, event);
    const bool lost = event.fate == FilmEvent::Fate::kLost;
    json::object args{{"boundary", film_.texts[event.actor]}, {"fate", std::string(word_of(event))}, {"reply", event.reply}, {"attack", event.attack},
                      {"sent", hex_of(film_.blobs[event.sent])}};
    if (event.sent_shape) args["layout"] = film_.shapes[event.sent_shape].schema;
    if (!lost && event.arrived != event.sent) args["arrived"] = hex_of(film_.blobs[event.arrived]);
    json::array changes;
    for (auto& change : changes_of(film_, event, kChangesMax)) changes.emplace_back(std::move(change));
    if (!changes.empty()) args["changes"] = std::move(changes);
    const auto name = text_of(film_, event);
    const auto slice = [&](const std::string& lane, const json::object& told) {
      at(event.time, {{"ph", "X"}, {"cat", "message"}, {"name", name}, {"pid", pid(lane)}, {"tid", tid(lane)}, {"args", told}}, ",\"dur\":0");
    };
    const auto flow = [&](const char* phase, const std::string& lane) {
      json::object arrow{{"ph", phase}, {"cat", "message"}, {"name", name}, {"id", id}, {"pid", pid(lane)}, {"tid", tid(lane)}};
      if (*phase == 'f') arrow["bp"] = "e";  // bound to the slice around it
      at(event.time, arrow);
    };
    slice(ends.from, args);
    if (lost || ends.from == ends.to) return;
    flow("s", ends.from);
    slice(ends.to, {{"boundary", film_.texts[event.actor]}});
    flow("f", ends.to);
  }

  std::uint64_t time_of(std::uint32_t event) const {
    return event < film_.events.size() ? film_.events[event].time : film_.events.empty() ? 0 : film_.events.back().time;
  }

  // A process for each group, a thread for each thing and key, a slice from when a value is true until it is not.
  void facts() {
    using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
    struct State {
      int pid = 0, tid = 0;
      std::uint64_t since = 0;
      std::uint32_t value = 0;
    };
    std::map<std::uint32_t, int> groups;
    std::map<Key, State> states;
    const auto end = [&](const State& state, std::uint64_t time) {
      if (state.value == 0) return;
      at(state.since, {{"ph", "X"}, {"cat", "state"}, {"name", film_.texts[state.value]}, {"pid", state.pid}, {"tid", state.tid}},
         ",\"dur\":" + micros(time - state.since));
    };
    for (const auto& fact : film_.facts) {
      const auto [group, fresh_group] = groups.try_emplace(fact.group, kFactsPid + static_cast<int>(groups.size()));
      if (fresh_group) {
        describe("process_name", group->second, 0, "name", json::value("state: " + film_.texts[fact.group]));
        describe("process_sort_index", group->second, 0, "sort_index", group->second);
      }
      const auto [state, fresh] = states.try_emplace({fact.group, fact.name, fact.key});
      if (fresh) {
        state->second.pid = group->second, state->second.tid = static_cast<int>(states.size());
        const auto name = film_.texts[fact.name] + (fact.key ? ": " + film_.texts[fact.key] : "");
        describe("thread_name", state->second.pid, state->second.tid, "name", json::value(name));
      }
      end(state->second, time_of(fact.event));
      state->second.since = time_of(fact.event), state->second.value = fact.value;
    }
    const std::uint64_t last = film_.events.empty() ? 0 : film_.events.back().time;
    for (const auto& [key, state] : states) end(state, last);
  }

  const engine::Film& film_;
  engine::Lanes lanes_;
  std::vector<std::string> described_;
  std::vector<Timed> timed_;
};

}  // namespace

std::string perfetto_of(const report::Told& told, const engine::Verdict& verdict) {
  static const engine::Film kNone;
  const engine::Film& film = verdict.film ? *verdict.film : kNone;
  const json::object about{{"title", told.scenario->title.value}, {"attack", told.scenario->id}, {"platform", told.platform}, {"seed", told.seed},
                           {"profile", told.profile}, {"verdict", verdict.sentence()}, {"cut", film.cut}};
  return "{\"displayTimeUnit\":\"ns\",\"otherData\":" + json::serialize(about) + ",\"traceEvents\":[\n" + Trace(film).events() + "\n]}\n";
}

}  // namespace exports
