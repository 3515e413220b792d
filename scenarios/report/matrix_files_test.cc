#include "scenarios/report/matrix_files.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "scenarios/report/test_stage.h"

namespace report {
namespace {

const std::vector<std::string> kColumns = {"none", "sev", "snp"};

std::vector<load::Scenario> files() {
  auto storm = fake_scenario();
  storm.file = "scenarios/catalogue/weather/storm.yaml";
  storm.title = text("A storm, \"loud\"");
  storm.catalogue = text("mem-storm");
  auto calm = fake_scenario();
  calm.id = "calm";
  calm.file = "scenarios/catalogue/air/calm.yaml";
  calm.platforms = {"snp"};
  calm.n_a = {{"none", text("no air | there")}, {"sev", text("no air | there")}};
  return {storm, calm};
}

Matrix matrix() { return run_matrix(fake_stage(), files(), kColumns); }

TEST(MatrixFiles, CsvHasALineForEachAttackAndACellForEachColumn) {
  EXPECT_EQ(csv_of(matrix(), files(), kColumns),
            "attack,folder,title,catalogue,none,sev,snp\n"
            "storm,weather,\"A storm, \"\"loud\"\"\",mem-storm,broken,,blocked\n"
            "calm,air,A storm,,n/a,n/a,blocked\n");
}

TEST(MatrixFiles, MarkdownHasATableForEachFolderAndTheReasons) {
  const std::string page = markdown_of(matrix(), files(), kColumns);
  EXPECT_NE(page.find("## weather\n\n"
                      "| attack | none       | sev | snp     |\n"
                      "| ------ | ---------- | --- | ------- |\n"
                      "| storm  | **broken** | -   | blocked |\n"),
            page.npos)
      << page;
  EXPECT_NE(page.find("| calm   | n/a  | n/a | blocked |\n"), page.npos) << page;
  EXPECT_NE(page.find("## Why n/a\n\n- calm on none, sev: no air \\| there\n"), page.npos) << page;
  EXPECT_NE(page.find("| none     | 1      | 0       | 1   |\n"), page.npos) << page;
  EXPECT_EQ(page.find("Not as expected"), page.npos) << page;
}

TEST(MatrixFiles, MarkdownTellsWhatIsNotAsExpected) {
  auto all = files();
  all[0].expect[1].outcome = text("detected");
  const std::string page = markdown_of(run_matrix(fake_stage(), all, kColumns), all, kColumns);
  EXPECT_NE(page.find("| blocked ! |"), page.npos) << page;
  EXPECT_NE(page.find("## Not as expected\n\n- storm on snp: expect: expected detected"), page.npos) << page;
}

TEST(MatrixFiles, AColumnNobodyKnowsComesLast) {
  auto all = files();
  all[1].platforms = {"snp", "abacus"};
  EXPECT_EQ(all_columns(run_matrix(fake_stage(), all, kColumns), {"none", "tdx"}),
            (std::vector<std::string>{"none", "tdx", "sev", "snp", "abacus"}));
}

TEST(MatrixFiles, JsonGivesTheReasonOfEachCellThatIsNotThere) {
  const auto root = boost::json::parse(json_of(matrix()));
  std::size_t reasons = 0;
  for (const auto& cell : root.at("cells").as_array()) {
    const bool there = cell.at("observed") != "n/a";
    EXPECT_EQ(cell.as_object().contains("reason"), !there);
    if (!there) reasons += cell.at("reason") == "no air | there";
  }
  EXPECT_EQ(reasons, 2u);
}

}  // namespace
}  // namespace report
