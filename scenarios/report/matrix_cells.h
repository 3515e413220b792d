#pragma once
// The cells of a matrix one by one: which there are, playing some of them, and putting what was played together. A matrix that is played
// in shards goes through the same three steps as one that is played at once.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/report/cell_json.h"
#include "scenarios/report/matrix.h"
#include "scenarios/report/part.h"

namespace report {

struct CellJob {
  const load::Scenario* scenario;
  std::string platform;    // "" where the machine fixes its own
  std::string column;      // the platform in any case
  std::uint64_t item = 0;  // its number when cells are dealt to shards
};

// By file, then as the file orders its platforms. Items are numbered platform by platform, so that what is dealt in turn gives each shard
// as many cells, of all platforms and rooms alike: costs even out without being known.
std::vector<CellJob> cell_jobs(const Stage& stage, const std::vector<load::Scenario>& scenarios);

using PlayedCells = std::vector<std::optional<PlayedCell>>;  // of each job; none: not played

struct Playing {
  std::size_t threads_max = 0;
  MakeCell make{};
  std::function<void(std::size_t finished, std::size_t of)> progress{};
  std::function<bool()> stop{};  // asked before each cell; once it is true what is left stays unplayed
  std::function<void(const CellJob& job, const PlayedCell& played)> keep{};  // from one thread at a time
};

// Plays what is not there. An honest run that several cells share is played once.
void play_cells(const Stage& stage, const std::vector<CellJob>& jobs, PlayedCells& cells, const Playing& playing = {});

// `columns` as of run_matrix(). What was not played becomes a cell that says so, and the matrix is partial.
Matrix matrix_of(const std::vector<CellJob>& jobs, PlayedCells cells, const std::vector<std::string>& columns);

// What parts hold, for each job. Throws base::UserError for an item that is no cell, or another than the job's.
PlayedCells played_in(const Items& items, const std::vector<CellJob>& jobs);

}  // namespace report
