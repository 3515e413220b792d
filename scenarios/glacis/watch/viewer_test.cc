#include "scenarios/glacis/watch/viewer.h"

#include <gtest/gtest.h>

#include "scenarios/glacis/watch/test_story.h"

namespace watch {
namespace {

class Watched {
 public:
  Watched() : story(storm().story(verdict())) {}
  static engine::Verdict verdict() {
    engine::Verdict out;
    out.outcome = engine::Outcome::kBroken;
    out.breaches.push_back({trust::Promise::kIntegrity, "vm0 read what it never wrote", 2'500'000});
    return out;
  }
  Wish press(std::string_view letters) {
    Wish last = Wish::kNone;
    for (const char letter : letters)
      last = watch::press(view, letter == '\n' ? Key{KeyName::kEnter} : Key{KeyName::kLetter, letter}, story, 3);
    return last;
  }
  void press(KeyName name) { (void)watch::press(view, {name}, story, 3); }

  Story story;
  View view;
};

TEST(WatchViewer, StepsPastPacketsUnlessTheyAreShown) {
  Watched w;
  w.press("j");
  EXPECT_EQ(w.view.at, 2u);
  w.press("k");
  EXPECT_EQ(w.view.at, 0u);
  w.press("wj");
  EXPECT_EQ(w.view.at, 1u);
  w.press("w");
  EXPECT_EQ(w.view.at, 2u) << "what is left out cannot be looked at";
}

TEST(WatchViewer, StaysBetweenTheBeginningAndTheVerdict) {
  Watched w;
  w.press("kkk");
  EXPECT_EQ(w.view.at, 0u);
  w.press("G");
  EXPECT_EQ(w.view.at, 7u);
  w.press("jjj");
  EXPECT_EQ(w.view.at, 7u);
  w.press("g");
  EXPECT_EQ(w.view.at, 0u);
  w.press(KeyName::kPageDown);
  EXPECT_EQ(w.view.at, 4u);
}

TEST(WatchViewer, FindsWhatMatters) {
  Watched w;
  std::vector<std::size_t> stops;
  for (int i = 0; i < 6; ++i) w.press("n"), stops.push_back(w.view.at);
  EXPECT_EQ(stops, (std::vector<std::size_t>{2, 3, 4, 5, 6, 7}))
      << "a breach, an altered message, an act, a defence, a loss, the verdict";
  w.press("n");
  EXPECT_EQ(w.view.at, 7u);
  EXPECT_FALSE(w.view.note.empty());
  w.press("p");
  EXPECT_EQ(w.view.at, 6u);
}

TEST(WatchViewer, SearchesOnAndRoundAndInEitherCase) {
  Watched w;
  w.press("/cpuid\n");
  EXPECT_EQ(w.view.at, 2u);
  w.press("/report_req\n");
  EXPECT_EQ(w.view.at, 6u);
  w.press("/reaches\n");
  EXPECT_EQ(w.view.at, 0u);
  w.press("/\n");
  EXPECT_EQ(w.view.at, 0u) << "it is the only one";
  w.press("/mrd\n");
  EXPECT_EQ(w.view.at, 0u) << "packets are left out";
  EXPECT_NE(w.view.note.find("mrd"), std::string::npos);
  w.press("/q");
  EXPECT_TRUE(w.view.searching) << "what is typed is no command";
  w.press(KeyName::kEscape);
  EXPECT_FALSE(w.view.searching);
}

TEST(WatchViewer, MovesInThePaneThatIsChosen) {
  Watched w;
  w.press(KeyName::kTab);
  EXPECT_EQ(w.view.pane, Pane::kEvent);
  w.press(KeyName::kDown);
  EXPECT_EQ(w.view.at, 0u);
  EXPECT_EQ(w.view.event_scroll, 1u);
  w.press("j");
  EXPECT_EQ(w.view.at, 2u);
  EXPECT_EQ(w.view.event_scroll, 0u) << "another event begins at its top";
  w.press(KeyName::kTab);
  EXPECT_EQ(w.view.detail, Pane::kFacts);
  w.press(KeyName::kTab);
  EXPECT_EQ(w.view.pane, Pane::kEvents);
  EXPECT_EQ(w.view.detail, Pane::kFacts) << "which still stands beside the list";
}

TEST(WatchViewer, WishesWhatItCannotDoItself) {
  Watched w;
  EXPECT_EQ(w.press("l"), Wish::kToggle);
  EXPECT_EQ(w.press("L"), Wish::kRestore);
  EXPECT_EQ(w.press("?"), Wish::kNone);
  EXPECT_EQ(w.press("q"), Wish::kNone) << "leaves the help";
  EXPECT_EQ(w.press("q"), Wish::kQuit);
}

TEST(WatchStory, TellsFactsAsTheyWereThen) {
  Watched w;
  const auto owner = [&](std::size_t at) {
    for (const auto& fact : w.story.facts(at))
      if (fact.key == "owner") return fact.value + (fact.changed ? "!" : "");
    return std::string();
  };
  EXPECT_EQ(owner(0), "vm0!");
  EXPECT_EQ(owner(2), "vm0");
  EXPECT_EQ(owner(3), "host\\x9b!");
  EXPECT_EQ(owner(7), "host\\x9b");
  EXPECT_EQ(w.story.facts(6).size(), 2u) << "that something is no more is told";
  EXPECT_EQ(w.story.facts(7).size(), 1u);
  EXPECT_EQ(w.story.defence(5), "psp.launch.policy");
  EXPECT_EQ(w.story.at_time(4'000'000), 4u);
}

}  // namespace
}  // namespace watch
