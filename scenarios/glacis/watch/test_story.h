#pragma once
// A run that nobody played: a few lines and messages, one of them altered, a defence, a breach, facts that change, and text that would
// like to be more than text.
#include <string>
#include <utility>

#include "scenarios/glacis/watch/story.h"
#include "scenarios/load/scenario.h"

namespace watch {

class TestFilm {
 public:
  std::uint32_t text(const std::string& text) {
    film.texts.push_back(text);
    return static_cast<std::uint32_t>(film.texts.size() - 1);
  }
  std::uint32_t blob(const base::Bytes& bytes) {
    film.blobs.push_back(bytes);
    return static_cast<std::uint32_t>(film.blobs.size() - 1);
  }
  engine::FilmEvent& line(engine::FilmEvent::Tone tone, const std::string& who, const std::string& what,
                          const std::string& defence = "") {
    engine::FilmEvent event{.time = film.events.size() * 1'000'000, .tone = tone};
    event.actor = text(who), event.text = text(what);
    if (!defence.empty()) event.defence = text(defence), event.clause = text("a clause of " + defence);
    return film.events.emplace_back(event);
  }
  engine::FilmEvent& message(const std::string& boundary, const std::string& object, const base::Bytes& sent,
                             const base::Bytes& arrived) {
    engine::FilmEvent event{.time = film.events.size() * 1'000'000, .kind = engine::FilmEvent::Kind::kMessage};
    event.actor = text(boundary), event.text = text(object), event.sent = blob(sent), event.arrived = blob(arrived);
    event.fate = sent == arrived ? engine::FilmEvent::Fate::kArrived : engine::FilmEvent::Fate::kAltered;
    if (sent == arrived) event.arrived = event.sent;
    return film.events.emplace_back(event);
  }
  void fact(const std::string& group, const std::string& name, const std::string& key, const std::string& value) {
    film.facts.push_back(
        {static_cast<std::uint32_t>(film.events.size() - 1), known(group), known(name), known(key), value.empty() ? 0 : text(value)});
  }
  Story story(engine::Verdict verdict = {}, std::vector<std::string> lift = {}) {
    static const load::Scenario kScenario = [] {
      load::Scenario out;
      out.id = "storm";
      out.title = {"A storm\x1b[31m in a tea-cup", {}};
      return out;
    }();
    report::Told told;
    told.scenario = &kScenario, told.platform = "snp", told.lift = std::move(lift);
    verdict.time = film.events.size() * 1'000'000;
    verdict.film = std::make_shared<const engine::Film>(film);
    return {told, std::move(verdict), {"  ok   expect: as it is"}};
  }

  engine::Film film;

 private:
  std::uint32_t known(const std::string& word) {
    for (std::uint32_t i = 0; i < film.texts.size(); ++i)
      if (film.texts[i] == word) return i;
    return text(word);
  }
};

// 0 says, 1 tells of a packet, 2 sends, 3 is altered, 4 acts, 5 refuses, 6 is lost; 7 is the verdict.
inline TestFilm storm() {
  using Tone = engine::FilmEvent::Tone;
  TestFilm out;
  out.line(Tone::kSaid, "vm0", "reaches\nport \x1b]0;owned\x07");
  out.fact("memory", "vm0.page.a", "owner", "vm0");
  out.fact("memory", "vm0.page.a", "host sees", "ciphertext");
  out.message("link rp0 - gpu0.down", "MRd", {1, 2}, {1, 2});
  out.message("vm0.exit", "CPUID", {1, 2, 3, 4}, {1, 2, 3, 4});
  auto& altered = out.message("tsm0.call", "LAUNCH\xe2\x80\xae", base::Bytes(40, 7), [] {
    base::Bytes bytes(40, 7);
    bytes[33] = 8;
    return bytes;
  }());
  out.film.shapes.push_back(
      {"test.LAUNCH",
       {{"head\x1b", 0, 4, wire::Kind::kLittle}, {"policy", 32, 4, wire::Kind::kLittle}, {"rest", 36, 4, wire::Kind::kBytes}}});
  altered.sent_shape = altered.arrived_shape = 1;
  out.fact("memory", "vm0.page.a", "owner", "host\x9b");
  out.line(Tone::kAct, "vmm", "alters policy");
  out.line(Tone::kRefused, "psp0", "psp.launch.policy", "psp.launch.policy");
  out.message("vm0.requests", "REPORT_REQ", {9}, {}).fate = engine::FilmEvent::Fate::kLost;
  out.fact("memory", "vm0.page.a", "host sees", "");
  return out;
}

}  // namespace watch
