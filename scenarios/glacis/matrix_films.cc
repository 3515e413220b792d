#include "scenarios/glacis/matrix_films.h"

#include "scenarios/glacis/plays.h"
#include "scenarios/load/document.h"
#include "scenarios/web/film_json.h"
#include "scenarios/web/packed.h"

namespace glacis {

report::Cell MatrixFilms::make_cell(const report::Stage& stage, const load::Scenario& scenario, const std::string& platform) {
  report::Cell cell;
  keep(stage, scenario, platform, "baseline", &cell);
  if (!cell.observed_hardened.empty()) keep(stage, scenario, platform, "hardened", nullptr);
  return cell;
}

void MatrixFilms::keep(const report::Stage& stage, const load::Scenario& scenario, const std::string& platform, const std::string& profile,
                       report::Cell* cell) {
  PlayOptions options;
  options.film = true;
  options.profile = profile;
  const auto played = play(stage, {&scenario, platform}, options);
  if (cell) *cell = played.cell;
  if (played.cell.observed == "n/a") return;
  auto film = web::film_object(played.told, played.verdict, played.compared ? &played.cell : nullptr, load::read_text(scenario.file));
  report::KeptFilm kept{profile, played.cell.observed, played.cell.agrees, web::packed(film), text_of(played, false)};
  std::lock_guard lock(mutex_);
  films_[{scenario.id, played.cell.platform}].push_back(std::move(kept));
}

void MatrixFilms::put(const std::string& attack, const std::string& platform, std::vector<report::KeptFilm> films) {
  std::lock_guard lock(mutex_);
  films_[{attack, platform}] = std::move(films);
}

std::vector<report::KeptFilm> MatrixFilms::take(const std::string& attack, const std::string& platform) {
  std::lock_guard lock(mutex_);
  auto found = films_.extract({attack, platform});
  return found.empty() ? std::vector<report::KeptFilm>{} : std::move(found.mapped());
}

}  // namespace glacis
