#include "scenarios/report/against.h"

#include <gtest/gtest.h>

#include "scenarios/report/test_stage.h"

namespace report {
namespace {

const std::vector<std::string> kColumns = {"none", "sev", "snp"};

// The fake stage breaks `none` and blocks `snp`; the file plays nothing on `sev`.
std::vector<load::Scenario> stormy() {
  auto one = fake_scenario();
  one.catalogue = text("mem-storm");
  one.sources = {{"paper",
                  text("A paper, 5.1"),
                  {{"none", text("broken")}, {"snp", text("broken")}, {"sev", text("broken")}},
                  {},
                  {}},
                 {"manual", text("A manual, 7"), {{"snp", text("blocked")}}, {}, {}},
                 {"mute", text("Says nothing of platforms"), {}, {}, {}}};
  auto other = fake_scenario();
  other.id = "calm";
  return {one, other};
}

std::vector<load::CatalogueRow> rows() {
  load::CatalogueRow row;
  row.id = "mem-storm";
  row.source = "Somebody 2020";
  row.cells = {{"none", {'S', {}, {}}}, {"sev", {'N', {}, {}}}, {"snp", {'D', 'B', {"knob"}}}};
  row.verified = {"snp"};
  return {row};
}

std::vector<Claimed> claims(std::string_view source) {
  const auto files = spoken_of_by(source, stormy());
  return claims_of(source, run_matrix(fake_stage(), files, kColumns), files, rows(), kColumns);
}

TEST(Against, KnowsTheKeysThatSaySomething) {
  EXPECT_EQ(source_keys(stormy()), (std::vector<std::string>{"catalogue", "manual", "paper"}));
  EXPECT_EQ(spoken_of_by("paper", stormy()).size(), 1u);
  EXPECT_EQ(spoken_of_by("mute", stormy()).size(), 0u);
  EXPECT_EQ(spoken_of_by("catalogue", stormy()).size(), 1u);
}

TEST(Against, HoldsEachClaimAgainstTheRun) {
  const auto all = claims("paper");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_TRUE(all[0].agrees());
  EXPECT_EQ(all[0].through, "integrity");
  EXPECT_FALSE(all[1].agrees() || all[1].differs());  // sev is not played
  EXPECT_TRUE(all[2].differs());
  EXPECT_EQ(all[2].through, "wall");
  EXPECT_EQ(all[2].other_cite, "A manual, 7");
}

TEST(Against, ReadsTheCataloguesBaseline) {
  const auto all = claims("catalogue");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_TRUE(all[0].agrees());
  EXPECT_TRUE(all[1].agrees());  // n/a, and not played
  EXPECT_TRUE(all[2].differs());
  EXPECT_EQ(all[2].says, "detected");
  EXPECT_EQ(all[2].cite, "mem-storm, read in a source (Somebody 2020)");
}

TEST(Against, TellsEveryClaimAndEachDifferenceWithItsCitation) {
  EXPECT_EQ(text_of("paper", claims("paper")),
            "   attack  platform  says    observed  through\n"
            "=  storm   none      broken  broken    integrity\n"
            "-  storm   sev       broken  -\n"
            "!  storm   snp       broken  blocked   wall\n"
            "! storm snp: observed blocked (wall), paper says broken\n"
            "    said in: A paper, 5.1\n"
            "    as observed: A manual, 7\n"
            "paper says something of 3 cells in 1 attack: 1 agrees (=), 1 differs (!), 1 not played here (-)\n");
}

TEST(Against, TakesHeldForALossOfProgress) {
  Claimed claim{"storm", "snp", "stopped", "held", "", "", ""};
  EXPECT_TRUE(claim.agrees());
  claim.observed = "broken";
  EXPECT_TRUE(claim.differs());
}

}  // namespace
}  // namespace report
