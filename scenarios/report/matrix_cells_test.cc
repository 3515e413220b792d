#include "scenarios/report/matrix_cells.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/report/junit.h"
#include "scenarios/report/test_stage.h"

namespace report {
namespace {

const std::vector<std::string> kColumns = {"none", "snp"};

// Of four files, one with a platform that it has no place on; all ask for the same honest runs.
std::vector<load::Scenario> files() {
  std::vector<load::Scenario> out;
  for (const char* id : {"storm", "flood", "fire", "quake"}) {
    out.push_back(fake_scenario());
    out.back().id = id;
  }
  out[1].n_a["tdx"] = text("it does not rain there");
  out[2].expect[1].outcome = text("held");
  return out;
}

struct Played {
  Played(const std::vector<load::Scenario>& scenarios, Shard shard, std::size_t stop_after = 999) : jobs(cell_jobs(stage, scenarios)) {
    std::erase_if(jobs, [&](const auto& job) { return !shard.has(job.item); });
    cells.resize(jobs.size());
    std::size_t count = 0;
    play_cells(stage, jobs, cells, {.threads_max = 1, .stop = [&] { return count++ >= stop_after; }, .keep = [&](const auto& job, const auto& played) {
      items[job.item] = object_of(played);
    }});
  }
  Stage stage = fake_stage();
  std::vector<CellJob> jobs;
  PlayedCells cells;
  Items items;
};

std::string all_forms(Matrix matrix) { return table_of(matrix) + json_of(matrix) + junit_of(matrix.cells); }

TEST(MatrixCells, JoinedShardsAreTheUndividedMatrixByteForByte) {
  const auto scenarios = files();
  const auto whole = all_forms(run_matrix(fake_stage(), scenarios, kColumns));
  EXPECT_NE(whole.find("9 cells, "), whole.npos);
  for (std::uint64_t of = 1; of < 12; ++of) {
    Items items;
    for (std::uint64_t number = 1; number <= of; ++number) items.merge(Played(scenarios, {number, of}).items);
    const auto jobs = cell_jobs(fake_stage(), scenarios);
    EXPECT_EQ(all_forms(matrix_of(jobs, played_in(items, jobs), kColumns)), whole) << of;
  }
}

TEST(MatrixCells, WhatIsThereIsNotPlayedAgain) {
  const auto scenarios = files();
  const Played half(scenarios, {1, 1}, 5);
  EXPECT_EQ(half.items.size(), 5u);
  auto cells = played_in(half.items, half.jobs);
  std::size_t played = 0;
  play_cells(half.stage, half.jobs, cells, {.keep = [&](const auto&, const auto&) { ++played; }});
  EXPECT_EQ(played, 4u);
  EXPECT_EQ(all_forms(matrix_of(half.jobs, cells, kColumns)), all_forms(run_matrix(fake_stage(), scenarios, kColumns)));
}

TEST(MatrixCells, APartialMatrixSaysSoInEveryForm) {
  const auto scenarios = files();
  const Played half(scenarios, {1, 1}, 5);
  const Matrix matrix = matrix_of(half.jobs, half.cells, kColumns);
  EXPECT_EQ(matrix.unplayed, 4u);
  EXPECT_FALSE(agrees(matrix));
  EXPECT_NE(table_of(matrix).find(": 5 as expected, 0 not, 4 not played: a partial report"), std::string::npos) << table_of(matrix);
  EXPECT_NE(json_of(matrix).find("\"partial\": {\n    \"played\": 5,\n    \"of\": 9"), std::string::npos) << json_of(matrix);
  EXPECT_NE(junit_of(matrix.cells).find("value=\"4 of 9 cells are not played\""), std::string::npos);
  EXPECT_THROW((void)changes_since(matrix, json_of(matrix), "old.json", {}), base::UserError);
  const auto whole = run_matrix(fake_stage(), scenarios, kColumns);
  EXPECT_TRUE(changes_since(matrix, json_of(whole), "old.json", {}).lines.empty());
}

TEST(MatrixCells, NeighboursInNumberAreOfDifferentFiles) {
  const auto scenarios = files();
  auto jobs = cell_jobs(fake_stage(), scenarios);
  EXPECT_EQ(jobs.size(), 9u);
  std::ranges::sort(jobs, {}, &CellJob::item);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(jobs[i].item, i);
    EXPECT_EQ(jobs[i].column, i < 4 ? "none" : "snp");
    EXPECT_EQ(jobs[i].scenario->id, scenarios[i % 4].id);
  }
}

TEST(MatrixCells, AnItemThatIsNoCellOfTheJobIsRefused) {
  const auto scenarios = files();
  const Played all(scenarios, {1, 1});
  for (const auto& [item, value] : all.items) {
    auto swapped = all.items;
    std::swap(swapped[item], swapped[(item + 1) % all.items.size()]);
    EXPECT_THROW((void)played_in(swapped, all.jobs), base::UserError);
  }
  const auto without = [&](const char* change) {
    auto items = all.items;
    auto& object = items[0].as_object();
    if (std::string_view(change) == "more") object["more"] = 1;
    else if (auto& cell = object["cell"].as_object(); cell.contains(change)) cell.erase(change);
    else object.erase(change);
    EXPECT_THROW((void)played_in(items, all.jobs), base::UserError) << change;
  };
  for (const char* key : {"attack", "observed", "agrees", "checks", "mismatches", "runs", "shared", "more", "cell"}) without(key);
  auto items = all.items;
  items[0].as_object()["cell"].as_object()["observed"] = kUnplayed;
  EXPECT_THROW((void)played_in(items, all.jobs), base::UserError);
  items = all.items;
  items[0].as_object()["runs"] = -1;
  EXPECT_THROW((void)played_in(items, all.jobs), base::UserError);
}

TEST(MatrixCells, FilmsOfACellComeBackAsTheyWere) {
  const auto scenarios = files();
  const Played all(scenarios, {1, 1});
  auto played = *all.cells.at(0);
  played.films = {{"baseline", "broken", true, "eJw=", "the play\n"}, {"hardened", "blocked", false, "", "\u00e9\t\""}};
  const auto back = played_cell_of(object_of(played));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->films.size(), 2u);
  EXPECT_EQ(boost::json::serialize(object_of(*back)), boost::json::serialize(object_of(played)));
  EXPECT_EQ(back->films[1].text, played.films[1].text);
  for (const char* key : {"profile", "outcome", "agrees", "film", "text", "more"}) {
    auto value = object_of(played);
    auto& film = value.at("films").as_array()[0].as_object();
    if (film.erase(key) == 0) film[key] = 1;
    EXPECT_FALSE(played_cell_of(value)) << key;
  }
  auto none = object_of(played);
  none["films"] = boost::json::array{};
  EXPECT_FALSE(played_cell_of(none)) << "a cell has one form";
}

}  // namespace
}  // namespace report
