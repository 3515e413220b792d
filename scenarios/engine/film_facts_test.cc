// Films of attacks of the catalogue: what they tell is so, and filming changes nothing.
#include "scenarios/engine/film_facts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/engine/engine.h"
#include "scenarios/engine/film_lanes.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"

namespace engine {
namespace {

struct How {
  std::vector<std::string> lift{};
  bool attack = true, film = true;
};

Verdict play(const std::string& id, const std::string& platform, const How& how = {}) {
  const auto scenario = load::load_scenario("scenarios/catalogue/" + id + ".yaml", vocabulary());
  auto machine = load::load_machine("scenarios", scenario.machines[0].path.value, platform, machine_vocabulary());
  load::lay_settings(machine, scenario.set, scenario.file, machine_vocabulary());
  Run one;
  one.scenario = &scenario;
  one.machine = &machine;
  one.platform = platform.empty() ? machine.platform : platform;
  one.lift = how.lift;
  one.attack = how.attack;
  one.film = how.film;
  return run(one);
}

std::vector<std::string> platforms_of(const std::string& id) {
  const auto scenario = load::load_scenario("scenarios/catalogue/" + id + ".yaml", vocabulary());
  if (!scenario.has_platforms) return {""};
  auto out = scenario.platforms;
  std::erase_if(out, [&](const auto& platform) { return scenario.n_a.contains(platform); });
  return out;
}

// All that a key was in the course of a film, in order.
std::vector<std::string> course(const Film& film, std::string_view group, std::string_view name, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& fact : film.facts)
    if (film.texts[fact.group] == group && film.texts[fact.name] == name && film.texts[fact.key] == key)
      out.push_back(film.texts[fact.value]);
  return out;
}

bool was(const Film& film, std::string_view group, std::string_view name, std::string_view key, std::string_view value) {
  const auto all = course(film, group, name, key);
  return std::ranges::find(all, value) != all.end();
}

std::size_t count_of(const Film& film, FilmEvent::Fate fate) {
  return static_cast<std::size_t>(std::ranges::count_if(
      film.events, [&](const auto& event) { return event.kind == FilmEvent::Kind::kMessage && event.fate == fate; }));
}

// Caches that hold lines back, replayed ciphertext, stepping, devices behind links and switches, played ones: where a look that is not
// quite one would show.
const std::vector<std::string> kFilmed = {"memory/severed-remap",         "memory/cachewarp-invd",  "memory/ciphertext-side-channel",
                                          "memory/badram-rmp-swap",       "cpu/reg-read",           "cpu/step-count",
                                          "attestation/request-redirect", "device/virtio-used-len", "trust/lock-bitflip",
                                          "trust/session-killed",         "pcie/tlp-tamper",        "pcie/switch-tamper",
                                          "pcie/net-frame-tamper",        "trust/flr-running"};

TEST(FilmFacts, ARunThatIsFilmedIsTheRunThatIsNot) {
  for (const auto& id : kFilmed)
    for (const auto& platform : platforms_of(id))
      for (const bool attack : {true, false}) {
        const auto plain = play(id, platform, {.attack = attack, .film = false});
        const auto filmed = play(id, platform, {.attack = attack});
        EXPECT_EQ(plain.trace, filmed.trace) << id << " on " << platform << ", attack " << attack;
        EXPECT_EQ(plain.sentence(), filmed.sentence()) << id << " on " << platform;
        EXPECT_EQ(plain.time, filmed.time) << id << " on " << platform;
        EXPECT_EQ(plain.pattern, filmed.pattern) << id << " on " << platform;
        EXPECT_FALSE(plain.film) << id;
        ASSERT_TRUE(filmed.film) << id;
        EXPECT_GT(filmed.film->events.size(), 1u) << id;
      }
}

TEST(FilmFacts, OfAPageSayWhoHasItAndWhatTheHostSees) {
  const std::tuple<const char*, const char*, const char*, const char*> kAll[] = {
      {"none", "no table", "plaintext", ""},         {"sev", "no table", "ciphertext", ""}, {"snp", "vm0", "ciphertext", "RMP entry"},
      {"tdx", "vm0", "fixed pattern", "Secure EPT"}, {"cca", "vm0", "refused", "RTT"},      {"pkvm", "vm0", "refused", "host stage 2"},
      {"cove", "vm0", "refused", "G-stage"}};
  for (const auto& [platform, owner, sees, table] : kAll) {
    const auto verdict = play("memory/severed-remap", platform);
    EXPECT_TRUE(was(*verdict.film, "memory", "vm0.page.secret", "owner", owner)) << platform;
    EXPECT_TRUE(was(*verdict.film, "memory", "vm0.page.secret", "host sees", sees)) << platform;
    if (*table) EXPECT_FALSE(course(*verdict.film, "memory", "vm0.page.secret", table).empty()) << platform;
    // The swap is the host's own tables': each page has the other's place from then on, and its own guest address.
    const auto secret = course(*verdict.film, "memory", "vm0.page.secret", "system address"),
               decoy = course(*verdict.film, "memory", "vm0.page.decoy", "system address");
    ASSERT_GE(secret.size(), 2u) << platform;
    EXPECT_EQ(secret.back(), *std::prev(decoy.end(), 2)) << platform;
    EXPECT_EQ(course(*verdict.film, "memory", "vm0.page.secret", "guest address").size(), 1u) << platform;
  }
}

TEST(FilmFacts, FollowADefenceThatIsLifted) {
  for (const auto& [platform, id] :
       {std::pair("cca", "cca.gpt.realm-pas"), std::pair("pkvm", "pkvm.host.guest-page"), std::pair("cove", "cove.mtt.confidential")}) {
    const auto film = play("memory/host-read", platform, {.lift = {id}}).film;
    EXPECT_FALSE(was(*film, "memory", "vm0.page.secret", "host sees", "refused")) << platform;
  }
}

TEST(FilmFacts, OfRegistersSayWhoSeesThem) {
  const std::pair<const char*, const char*> kAll[] = {{"none", "plain"},    {"sev", "plain"},  {"sev-es", "encrypted"},
                                                      {"snp", "encrypted"}, {"tdx", "hidden"}, {"cca", "hidden"},
                                                      {"pkvm", "hidden"},   {"cove", "hidden"}};
  for (const auto& [platform, sees] : kAll) {
    const auto film = play("cpu/reg-read", platform).film;
    EXPECT_EQ(course(*film, "registers", "vm0", "host sees").back(), sees) << platform;
  }
  EXPECT_TRUE(was(*play("cpu/reg-read", "tdx").film, "registers", "vm0", "control", "the host's"));
}

TEST(FilmFacts, OfADeviceSayHowFarItIsAndWhose) {
  for (const auto& platform : {"none", "snp", "tdx", "cca", "cove"}) {
    const auto film = play("trust/session-killed", platform).film;
    const auto tdi = course(*film, "devices", "gpu0", "TDI");
    EXPECT_EQ((std::vector(tdi.begin(), tdi.begin() + 3)), (std::vector<std::string>{"CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN"}))
        << platform;
    const auto session = course(*film, "devices", "gpu0", "SPDM session");
    EXPECT_TRUE(std::ranges::any_of(session, [](const auto& s) { return s.starts_with("established"); })) << platform;
    EXPECT_EQ(session.back(), "none") << platform << ": the host has ended it";
    EXPECT_TRUE(was(*film, "devices", "gpu0 stream 0x1", "IDE", "secure")) << platform;
    EXPECT_TRUE(was(*film, "devices", "rp0 stream 0x1", "IDE", "secure")) << platform;
    EXPECT_TRUE(was(*film, "devices", "gpu0", "trusted DMA for", "vm0")) << platform;
  }
}

TEST(FilmFacts, OfPlayedDevicesSayTheirStatus) {
  EXPECT_TRUE(was(*play("device/virtio-used-len", "none").film, "devices", "blk0", "status", "ACKNOWLEDGE DRIVER FEATURES_OK DRIVER_OK"));
}

TEST(FilmFacts, OfASecretSayHowMuchTheAdversarySaw) {
  const auto lost = play("memory/host-read", "none");
  const auto kept = play("memory/host-read", "snp");
  const auto name = [](const Film& film) {
    for (const auto& fact : film.facts)
      if (film.texts[fact.group] == "knowledge" && film.texts[fact.key] == "lost" && film.texts[fact.name] != "owner0.secret")
        return film.texts[fact.name];
    return std::string();
  };
  EXPECT_EQ(course(*lost.film, "knowledge", name(*lost.film), "lost"), (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(course(*kept.film, "knowledge", name(*kept.film), "lost"), (std::vector<std::string>{"no"}));
  EXPECT_TRUE(was(*kept.film, "knowledge", "adversary", "has looked at host", "yes"));
}

TEST(FilmFacts, SayWhatTheAdversaryKeeps) {
  EXPECT_FALSE(course(*play("trust/session-killed", "none").film, "knowledge", "old", "kept message").empty());
}

// Of a session with the owner, also where the host hands an old request of it over itself and gets the answer.
TEST(FilmEnds, AreThoseWhoSpokeAndHeard) {
  const auto film = play("host/disk-commit-replay", "snp").film;
  std::size_t requests = 0, answers = 0, handed = 0;
  for (const auto& event : film->events) {
    const auto& object = film->texts[event.text];
    if (event.kind != FilmEvent::Kind::kMessage || !film->texts[event.actor].starts_with("net ")) continue;
    const auto ends = ends_of(*film, event);
    const bool answer = object == "ANSWER";
    EXPECT_EQ(ends.from, answer ? "owner0" : "vm0") << object << " at " << film->texts[event.actor];
    EXPECT_EQ(ends.to, answer ? "vm0" : "owner0") << object << " at " << film->texts[event.actor];
    ++(answer ? answers : requests);
    if (event.fate == FilmEvent::Fate::kOutside) ++handed;
  }
  EXPECT_GT(requests, 1u);
  EXPECT_EQ(requests, answers);
  EXPECT_EQ(handed, 2u) << "the request that is injected, and its answer";
}

TEST(FilmFates, AreThoseOfTheAttack) {
  using enum FilmEvent::Fate;
  EXPECT_EQ(count_of(*play("trust/lock-bitflip", "none").film, kAltered), 1u);
  EXPECT_GE(count_of(*play("pcie/tlp-drop", "snp").film, kLost), 1u);
  EXPECT_GE(count_of(*play("trust/session-killed", "snp").film, kOutside), 1u);
  const auto redirected = play("attestation/request-redirect", "snp").film;
  EXPECT_TRUE(std::ranges::any_of(redirected->events, [](const auto& event) { return event.to != 0 && event.fate == kAltered; }));
  for (const auto* id : {"trust/lock-bitflip", "trust/session-killed"}) {
    const auto honest = play(id, "none", {.attack = false}).film;
    EXPECT_EQ(count_of(*honest, kArrived),
              static_cast<std::size_t>(std::ranges::count(honest->events, FilmEvent::Kind::kMessage, &FilmEvent::kind)))
        << id;
  }
}

}  // namespace
}  // namespace engine
