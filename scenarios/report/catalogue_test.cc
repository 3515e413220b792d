#include "scenarios/report/catalogue.h"

#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/report/test_stage.h"

namespace report {
namespace {

// The fake attack is broken on none and blocked on snp.
struct Compared {
  std::vector<load::Scenario> scenarios{fake_scenario()};
  Matrix matrix = run_matrix(fake_stage(), {fake_scenario()}, {"none", "snp"});
  load::CatalogueRow row;
  Compared(char none, char snp) {
    scenarios[0].catalogue = text("mem-storm");
    row.id = "mem-storm";
    row.cells["none"].baseline = none;
    row.cells["snp"].baseline = snp;
  }
  std::vector<Difference> differences() { return compare_with_catalogue(matrix, scenarios, {row}); }
};

TEST(Catalogue, SaysNothingWhereItIsOfTheSameOpinion) {
  Compared c('S', 'B');
  EXPECT_TRUE(c.differences().empty());
  EXPECT_TRUE(agrees(c.matrix));
}

TEST(Catalogue, ARecalledCellThatDiffersIsShownAndNoMore) {
  Compared c('S', 'D');
  const auto differences = c.differences();
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(text_of(differences), "~ storm snp: observed blocked; the catalogue says detected (recalled)\n1 cells differ from the catalogue\n");
  EXPECT_TRUE(agrees(c.matrix));
}

TEST(Catalogue, AVerifiedCellThatDiffersFailsUntilTheFileQuotesASource) {
  Compared c('S', 'D');
  c.row.verified = {"snp"};
  (void)c.differences();
  EXPECT_FALSE(agrees(c.matrix));

  Compared quoted('S', 'D');
  quoted.row.verified = {"snp"};
  load::Source source;
  source.cite = text("A paper, 2026");
  source.says["snp"] = text("blocked");
  quoted.scenarios[0].sources.push_back(source);
  EXPECT_EQ(quoted.differences().at(0).source, "A paper, 2026");
  EXPECT_TRUE(agrees(quoted.matrix));
}

TEST(Catalogue, RefusesAFileThatNamesNoRow) {
  Compared c('S', 'B');
  c.scenarios[0].catalogue = text("mem-strom");
  EXPECT_THROW(c.differences(), base::UserError);
}

}  // namespace
}  // namespace report
