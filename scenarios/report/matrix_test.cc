#include "scenarios/report/matrix.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/report/test_stage.h"

namespace report {
namespace {

Matrix good() { return run_matrix(fake_stage(), {fake_scenario()}, {"none", "sev", "snp"}); }

TEST(Matrix, TableKeepsTheColumnsInOrder) {
  EXPECT_EQ(table_of(good()).substr(0, 43), "attack  none    snp\nstorm   broken  blocked");
}

TEST(Matrix, JsonHasTheKeysOfEachCell) {
  auto root = boost::json::parse(json_of(good()));
  EXPECT_EQ(root.at("format"), 1);
  ASSERT_EQ(root.at("cells").as_array().size(), 2u);
  for (const char* key : {"attack", "platform", "observed", "expected", "agrees", "defence", "promise"})
    EXPECT_TRUE(root.at("cells").at(0).as_object().contains(key)) << key;
}

TEST(Matrix, NothingChangedSinceItself) {
  auto changes = changes_since(good(), json_of(good()), "old.json", {});
  EXPECT_TRUE(changes.lines.empty());
  EXPECT_FALSE(changes.regression);
}

TEST(Matrix, ACellThatNoLongerAgreesIsARegressionUnlessKnown) {
  auto scenario = fake_scenario();
  scenario.expect[1].outcome = text("detected");
  auto now = run_matrix(fake_stage(), {scenario}, {"none", "snp"});
  EXPECT_FALSE(agrees(now));
  EXPECT_NE(table_of(now).find("blocked !"), std::string::npos);
  EXPECT_TRUE(changes_since(now, json_of(good()), "old.json", {}).regression);
  EXPECT_FALSE(changes_since(now, json_of(good()), "old.json", parse_known("storm snp # soon\n", "known")).regression);
  EXPECT_TRUE(changes_since(run_matrix(fake_stage(), {}, {}), json_of(good()), "old.json", {}).regression);
}

TEST(Matrix, RefusesWhatIsNoMatrix) {
  for (const char* text : {"", "[]", "{}", R"({"format":2,"cells":[]})", R"({"format":1,"cells":[{}]})"})
    EXPECT_THROW(changes_since(good(), text, "old.json", {}), base::UserError) << text;
  EXPECT_THROW(parse_known("storm\n", "known"), base::UserError);
}

}  // namespace
}  // namespace report
