#include "scenarios/report/matrix_cells.h"

#include <algorithm>
#include <mutex>
#include <set>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/report/honest_runs.h"
#include "scenarios/report/parallel.h"

namespace report {

namespace {

constexpr std::size_t kKnownBy = 32;  // digits of the digest of an honest run: 128 bits

Cell unplayed(const CellJob& job) {
  Cell cell;
  cell.attack = job.scenario->id;
  cell.platform = job.column;
  cell.observed = kUnplayed;
  cell.agrees = false;
  return cell;
}

}  // namespace

std::vector<CellJob> cell_jobs(const Stage& stage, const std::vector<load::Scenario>& scenarios) {
  std::vector<CellJob> out;
  std::vector<std::pair<std::size_t, std::size_t>> dealt;  // the place in its file, and in `out`
  for (const auto& scenario : scenarios) {
    std::size_t place = 0;
    for (const auto& platform : platforms_of(scenario)) {
      dealt.emplace_back(place++, out.size());
      out.push_back({&scenario, platform, platform.empty() ? stage.machine(scenario, platform).platform : platform});
    }
  }
  std::ranges::sort(dealt);
  for (std::uint64_t item = 0; item < dealt.size(); ++item) out[dealt[item].second].item = item;
  return out;
}

void play_cells(const Stage& stage, const std::vector<CellJob>& jobs, PlayedCells& cells, const Playing& playing) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < jobs.size(); ++i)
    if (!cells[i]) open.push_back(i);
  HonestRuns honest(stage);
  std::mutex mutex;
  for_each_job(
      open.size(),
      [&](std::size_t n) {
        if (playing.stop && playing.stop()) return;
        const auto& [scenario, platform, column, item] = jobs[open[n]];
        PlayedCell played;
        std::vector<std::string> asked;
        const Stage shared = honest.sharing(&asked);
        played.cell = playing.make ? playing.make(shared, *scenario, platform) : evaluate(shared, *scenario, platform);
        for (const auto& key : asked) played.shared.push_back(digest_of(key).substr(0, kKnownBy));
        std::lock_guard lock(mutex);
        if (playing.keep) playing.keep(jobs[open[n]], played);
        cells[open[n]] = std::move(played);
      },
      [&](std::size_t finished) {
        if (playing.progress) playing.progress(jobs.size() - open.size() + finished, jobs.size());
      },
      playing.threads_max);
}

Matrix matrix_of(const std::vector<CellJob>& jobs, PlayedCells cells, const std::vector<std::string>& columns) {
  Matrix out;
  std::set<std::string> seen, played;
  std::size_t asked = 0;
  const load::Scenario* last = nullptr;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].scenario != last) out.attacks.push_back(jobs[i].scenario->id);
    last = jobs[i].scenario;
    if (cells[i]) {
      asked += cells[i]->shared.size();
      played.insert(cells[i]->shared.begin(), cells[i]->shared.end());
      out.runs += cells[i]->cell.runs;
    } else {
      ++out.unplayed;
    }
    out.cells.push_back(cells[i] ? std::move(cells[i]->cell) : unplayed(jobs[i]));
    seen.insert(out.cells.back().platform);
  }
  out.runs -= std::min(out.runs, asked - played.size());
  for (const auto& column : columns)
    if (seen.erase(column)) out.platforms.push_back(column);
  out.platforms.insert(out.platforms.end(), seen.begin(), seen.end());
  return out;
}

PlayedCells played_in(const Items& items, const std::vector<CellJob>& jobs) {
  PlayedCells out(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto found = items.find(jobs[i].item);
    if (found == items.end()) continue;
    out[i] = played_cell_of(found->second);
    if (!out[i]) throw base::UserError(fmt::format("item {} of the parts is no cell of a matrix", jobs[i].item));
    const auto& cell = out[i]->cell;
    if (cell.attack != jobs[i].scenario->id || cell.platform != jobs[i].column || cell.observed == kUnplayed)
      throw base::UserError(fmt::format("item {} of the parts is `{}` on `{}` ({}) and should be `{}` on `{}`", jobs[i].item, cell.attack,
                                        cell.platform, cell.observed, jobs[i].scenario->id, jobs[i].column));
  }
  return out;
}

}  // namespace report
