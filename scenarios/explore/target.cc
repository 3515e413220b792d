#include "scenarios/explore/target.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/base/user_error.h"

namespace explore {

namespace {

Tried play(const Target& target, const Attack& attack, bool attacked, bool film) {
  load::Scenario scenario = target.scenario;
  scenario.variants.assign(1, {"", attack});
  engine::Run run;
  run.scenario = &scenario;
  run.machine = &target.machine;
  run.platform = target.platform;
  run.seed = target.seed;
  run.lift = target.lift;
  run.set = target.set;
  run.weather = target.weather;
  run.attack = attacked;
  run.film = film;
  Tried out;
  try {
    out.verdict = target.stage.run(run);
  } catch (const base::UserError& error) {
    out.kind = Tried::Kind::kCannot, out.why = error.what();
  } catch (const base::Bug& error) {
    out.kind = Tried::Kind::kBug, out.why = error.what();
  }
  return out;
}

}  // namespace

Tried try_attack(const Target& target, const Attack& attack, bool film) { return play(target, attack, true, film); }
Tried play_honestly(const Target& target, bool film) { return play(target, {}, false, film); }

std::vector<trust::Promise> promises_of(const engine::Verdict& verdict) {
  std::vector<trust::Promise> out;
  for (const auto& breach : verdict.breaches)
    if (std::find(out.begin(), out.end(), breach.promise) == out.end()) out.push_back(breach.promise);
  return out;
}

}  // namespace explore
