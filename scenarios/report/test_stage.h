#pragma once
// A stage whose verdicts are fabricated: one defence, "wall", without which everything breaks.
#include <algorithm>

#include "scenarios/report/stage.h"

namespace report {

inline load::Text text(std::string word) { return {std::move(word), {}}; }

inline engine::Verdict blocked_by(const std::string& id) {
  engine::Verdict out;
  out.outcome = engine::Outcome::kBlocked;
  out.spoken.push_back({id, trust::Act::kRefuse, "cpu0", 1});
  return out;
}

inline engine::Verdict broken(trust::Promise promise = trust::Promise::kIntegrity) {
  engine::Verdict out;
  out.outcome = engine::Outcome::kBroken;
  out.breaches.push_back({promise, "vm0 read what it never wrote", 1});
  return out;
}

inline Stage fake_stage() {
  return {[](const engine::Run& run) {
            if (!run.attack) return engine::Verdict{};
            bool open = std::count(run.lift.begin(), run.lift.end(), "wall") > 0 || run.platform == "none";
            return open ? broken() : blocked_by("wall");
          },
          [](const load::Scenario&, const std::string& platform) {
            load::Machine machine;
            machine.platform = platform;
            return machine;
          }};
}

inline load::Scenario fake_scenario() {
  load::Scenario out;
  out.id = "storm";
  out.title = text("A storm");
  out.has_platforms = true;
  out.platforms = {"none", "snp"};
  load::Row row;
  row.platforms = {text("none")};
  row.outcome = text("broken");
  row.promise = {text("integrity")};
  out.expect.push_back(row);
  row = {};
  row.platforms = {text("snp")};
  row.outcome = text("blocked");
  row.by = {text("wall")};
  row.at = text("cpu0");
  out.expect.push_back(row);
  return out;
}

}  // namespace report
