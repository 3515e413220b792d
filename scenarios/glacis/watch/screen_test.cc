// The screen, of any size: never wider or higher than the terminal, nothing on it that a terminal would obey.
#include "scenarios/glacis/watch/screen.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/glacis/watch/test_story.h"

namespace watch {
namespace {

std::string text_of(const std::vector<Line>& screen) {
  std::string out;
  for (const auto& line : screen) {
    for (const auto& span : line) out += span.text;
    out += '\n';
  }
  return out;
}

std::string shown(const Story& story, View view, const Size& size, const Story* before = nullptr) {
  return text_of(draw(story, before, view, size, false));
}

TEST(WatchScreen, FillsATerminalOfAnySize) {
  auto film = storm();
  const auto story = film.story();
  for (const std::size_t width : {1, 20, 59, 60, 75, 80, 109, 110, 200})
    for (const std::size_t height : {1, 2, 15, 16, 24, 57})
      for (std::size_t at = 0; at < story.size(); ++at)
        for (const auto pane : {Pane::kEvents, Pane::kEvent, Pane::kFacts}) {
          View view{.at = at,
                    .pane = pane,
                    .detail = pane == Pane::kFacts ? pane : Pane::kEvent,
                    .event_scroll = 1000,
                    .facts_scroll = 1000,
                    .help = at == 6};
          const auto screen = draw(story, &story, view, {width, height}, at % 2 == 0);
          ASSERT_EQ(screen.size(), height);
          for (const auto& line : screen) ASSERT_EQ(width_of(line), width) << width << " x " << height << " at " << at;
        }
}

TEST(WatchScreen, HoldsNothingThatATerminalObeys) {
  auto film = storm();
  const auto story = film.story({}, {"psp.launch.policy"});
  for (const Size size : {Size{80, 24}, Size{160, 50}})
    for (std::size_t at = 0; at < story.size(); ++at)
      for (const auto detail : {Pane::kEvent, Pane::kFacts}) {
        View view{.at = at, .detail = detail, .search = "x", .note = "note \x1b[5m"};
        const auto screen = draw(story, nullptr, view, size, true);
        const auto text = text_of(screen);
        EXPECT_TRUE(std::ranges::none_of(text, [](unsigned char c) { return (c < ' ' && c != '\n') || c == 0x7f; })) << text;
        EXPECT_EQ(text.find("\xe2\x80\xae"), text.npos) << "nothing turns the direction of writing";
        EXPECT_EQ(text.find("\xc2\x9b"), text.npos);
        // What is sent besides is our own: to the corner, weights and colours, to the line's end, to the screen's.
        auto sent = ansi(screen, true);
        for (std::size_t escape = sent.find('\x1b'); escape != sent.npos; escape = sent.find('\x1b', escape + 1)) {
          const auto end = sent.find_first_not_of("[0123456789", escape + 1);
          ASSERT_NE(std::string_view("HmKJ").find(sent[end]), std::string_view::npos);
        }
      }
}

TEST(WatchScreen, SaysWhatItNeedsWhereItHasTooLittle) {
  auto film = storm();
  EXPECT_NE(shown(film.story(), {}, {50, 10}).find("needs 60 columns and 16 lines"), std::string::npos);
}

TEST(WatchScreen, ShowsAMessageBeforeAndAfter) {
  auto film = storm();
  const auto text = shown(film.story(), {.at = 3}, {140, 50});
  EXPECT_NE(text.find("[altered]"), text.npos);
  EXPECT_NE(text.find("* policy"), text.npos);
  EXPECT_NE(text.find("0x7070707"), text.npos);
  EXPECT_NE(text.find("  arrives as  0x7070807"), text.npos);
  EXPECT_NE(text.find("0020  07 07"), text.npos);
  EXPECT_NE(text.find("0020  07 08"), text.npos);
  EXPECT_EQ(text.find("* rest"), text.npos) << "it came as it was sent";
}

TEST(WatchScreen, MarksFactsThatChangeThere) {
  auto film = storm();
  const auto story = film.story();
  EXPECT_NE(shown(story, {.at = 3}, {140, 50}).find("* vm0.page.a owner: host"), std::string::npos);
  EXPECT_EQ(shown(story, {.at = 4}, {140, 50}).find("* vm0.page.a"), std::string::npos);
  EXPECT_NE(shown(story, {.at = 4}, {140, 50}).find("owner"), std::string::npos);
}

TEST(WatchScreen, DrawsWhoSpeaksToWhom) {
  auto film = storm();
  const auto text = shown(film.story(), {.at = 2}, {100, 30});
  EXPECT_NE(text.find("G T V R L D P"), text.npos);
  EXPECT_NE(text.find("o--->"), text.npos) << "guest to VMM";
  EXPECT_NE(text.find("<-o"), text.npos) << "VMM to TSM";
}

TEST(WatchScreen, DrawsAnAnswerFromWhoeverAnswers) {
  TestFilm film;
  film.message("net vm0 -> owner0", "EVIDENCE", {1}, {1});
  film.message("net owner0 -> vm0", "ANSWER", {2}, {2}).reply = true;
  film.message("vm0.exit", "CPUID", {3}, {3}).reply = true;
  const auto story = film.story();
  EXPECT_EQ(story.lanes(1), std::pair(story.lanes(0).second, story.lanes(0).first));
  EXPECT_NE(shown(story, {.at = 0}, {140, 50}).find("vm0 to owner0, 1 bytes"), std::string::npos);
  EXPECT_NE(shown(story, {.at = 1}, {140, 50}).find("owner0 to vm0, 1 bytes"), std::string::npos);
  EXPECT_NE(shown(story, {.at = 2}, {140, 50}).find("vmm to vm0, 1 bytes"), std::string::npos);
}

TEST(WatchScreen, EndsWithTheVerdictAndTheOneBefore) {
  auto film = storm();
  engine::Verdict verdict;
  verdict.outcome = engine::Outcome::kBroken;
  verdict.breaches.push_back({trust::Promise::kIntegrity, "vm0 read what it never wrote", 1});
  const auto whole = film.story();
  const auto text = shown(film.story(verdict, {"psp.launch.policy"}), {.at = 7}, {140, 50}, &whole);
  EXPECT_NE(text.find("storm on snp, without psp.launch.policy"), text.npos);
  EXPECT_NE(text.find("held"), text.npos);
  EXPECT_NE(text.find("broken: integrity"), text.npos);
  EXPECT_NE(text.find("ok   expect: as it is"), text.npos);
}

TEST(WatchScreen, DoesWithoutColoursWhereNoneAreWanted) {
  auto film = storm();
  View view{.at = 3};
  const auto screen = draw(film.story(), nullptr, view, {140, 50}, false);
  EXPECT_NE(ansi(screen, true).find("\x1b[31m"), std::string::npos);
  for (const auto* colour : {"\x1b[31m", "\x1b[32m", "\x1b[33m"}) EXPECT_EQ(ansi(screen, false).find(colour), std::string::npos);
}

}  // namespace
}  // namespace watch
