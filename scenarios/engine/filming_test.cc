// What a film keeps of what it is told: each thing once, facts when they change, no more than its limits.
#include "scenarios/engine/filming.h"

#include <gtest/gtest.h>

#include <tuple>

#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace engine {
namespace {

struct Word {
  std::uint32_t value = 0;
  using Wire = wire::Layout<&Word::value>;
};

const wire::Schema& word_schema() {
  static const wire::Schema kSchema = wire::schema_of<Word>("test.WORD");
  return kSchema;
}

trust::Message word(std::uint32_t value) { return {.object = "WORD", .bytes = wire::encode(Word{value}), .schema = &word_schema()}; }

using Told = std::vector<std::tuple<std::string, std::string, std::string, std::string>>;  // group, name, key, value

// A machine of which a test says what is true.
class Scene {
 public:
  Scene() : filming([this](const Filming::Fact& fact) {
      ++looks;
      for (const auto& [group, name, key, value] : now) fact(group, name, key, value);
    }) {}
  void say(const std::string& text) { filming.line(1, FilmEvent::Tone::kSaid, "vm0", text); }

  Told now;
  int looks = 0;
  Filming filming;
};

TEST(Filming, KeepsATextAMessageAndALayoutOnce) {
  Scene scene;
  const trust::Boundary at("vm0.exit");
  for (int i = 0; i < 3; ++i) {
    scene.say("the same");
    const auto message = word(7);
    scene.filming.arrived(scene.filming.sent(1, at, message), at, &message);
  }
  const auto film = scene.filming.take();
  EXPECT_EQ(film.events.size(), 6u);
  EXPECT_EQ(film.texts, (std::vector<std::string>{"", "vm0", "the same", "vm0.exit", "WORD"}));
  EXPECT_EQ(film.blobs.size(), 2u);
  EXPECT_EQ(film.shapes.size(), 2u);
  EXPECT_EQ(film.shapes[1].schema, "test.WORD");
  EXPECT_FALSE(film.cut);
}

TEST(Filming, KeepsAFactWhenItChangesAndWhenItEnds) {
  Scene scene;
  scene.now = {{"memory", "vm0.page.a", "owner", "vm0"}};
  scene.say("one");
  scene.say("two");
  scene.now = {{"memory", "vm0.page.a", "owner", "host"}};
  scene.say("three");
  scene.now = {};
  scene.say("four");
  scene.say("five");
  EXPECT_EQ(scene.looks, 5);
  const auto film = scene.filming.take();
  std::vector<std::pair<std::uint32_t, std::string>> heard;
  for (const auto& fact : film.facts) heard.emplace_back(fact.event, film.texts[fact.value]);
  EXPECT_EQ(heard, (std::vector<std::pair<std::uint32_t, std::string>>{{0, "vm0"}, {2, "host"}, {3, ""}}));
}

TEST(Filming, SaysOfEachMessageWhatBecameOfIt) {
  Scene scene;
  const trust::Boundary at("net vm0 -> owner0"), elsewhere("net vm1 -> owner0");
  const auto sent = word(1);
  const auto altered = word(2);
  auto redirected = word(1);
  redirected.to = &elsewhere;
  const trust::Message* arrives[] = {&sent, &altered, &redirected, nullptr};
  for (const auto* one : arrives) scene.filming.arrived(scene.filming.sent(5, at, sent), at, one);
  scene.filming.handed(6, at, altered);
  const auto film = scene.filming.take();
  ASSERT_EQ(film.events.size(), 5u);
  using enum FilmEvent::Fate;
  const FilmEvent::Fate wanted[] = {kArrived, kAltered, kAltered, kLost, kOutside};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(film.events[i].fate, wanted[i]) << i;
  EXPECT_EQ(film.blobs[film.events[1].sent], sent.bytes);
  EXPECT_EQ(film.blobs[film.events[1].arrived], altered.bytes);
  EXPECT_EQ(film.texts[film.events[2].to], "net vm1 -> owner0");
  EXPECT_EQ(film.events[3].arrived, 0u);
  EXPECT_EQ(film.blobs[film.events[4].arrived], altered.bytes);
}

// Without this each interrupt of a stepped guest would be a look at the whole machine.
TEST(Filming, DoesNotLookWhereNothingCanHaveChanged) {
  Scene scene;
  const trust::Boundary clock("vm0.clock"), link("link rp0 - gpu0.down"), call("tsm0.call");
  const auto message = word(1);
  for (const auto* at : {&clock, &link}) scene.filming.arrived(scene.filming.sent(1, *at, message), *at, &message);
  EXPECT_EQ(scene.looks, 0);
  scene.filming.arrived(scene.filming.sent(1, call, message), call, &message);
  EXPECT_EQ(scene.looks, 1);
}

TEST(Filming, EndsAtItsLimitOfEvents) {
  Filming filming(Filming::Look{});
  const trust::Boundary at("tsm0.call");
  for (std::size_t i = 0; i < kFilmEventsMax; ++i) filming.line(i, FilmEvent::Tone::kSaid, "vmm", "a line");
  const auto message = word(1);
  filming.arrived(filming.sent(1, at, message), at, &message);  // there is no room for it, nor for what becomes of it
  filming.handed(1, at, message);
  filming.line(1, FilmEvent::Tone::kSaid, "vmm", "and another");
  const auto film = filming.take();
  EXPECT_TRUE(film.cut);
  EXPECT_EQ(film.events.size(), kFilmEventsMax);
  EXPECT_EQ(film.texts.size(), 3u);
}

TEST(Filming, EndsAtItsLimitOfBytes) {
  Filming filming(Filming::Look{});
  const trust::Boundary at("link rp0 - gpu0.down");
  constexpr std::size_t kPart = 16u << 20;
  std::size_t kept = 0;
  for (std::uint8_t i = 0; i < 12; ++i) {
    const trust::Message message{.object = "TLP", .bytes = base::Bytes(kPart, i)};
    filming.arrived(filming.sent(1, at, message), at, &message);
    kept = (i + 1) * kPart;
    if (kept > kFilmBytesMax) break;
  }
  const auto film = filming.take();
  EXPECT_TRUE(film.cut);
  EXPECT_EQ(film.events.size(), kFilmBytesMax / kPart);
}

TEST(Filming, MarksWhatComesAfterTheAttackHasBegun) {
  Scene scene;
  scene.say("before");
  scene.filming.begin_attack();
  scene.say("after");
  const auto film = scene.filming.take();
  EXPECT_FALSE(film.events[0].attack);
  EXPECT_TRUE(film.events[1].attack);
}

}  // namespace
}  // namespace engine
