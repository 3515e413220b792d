#pragma once
// The record of one run: lines for people, and the same as bytes for comparison.
#include <string>
#include <utility>
#include <vector>

#include "platform/sim/sim.h"
#include "platform/trust/defence.h"
#include "scenarios/engine/verdict.h"

namespace engine {

class Play final : public trust::Defences::Listener {
 public:
  Play(sim::Sim& sim, std::vector<Spoken>& spoken, std::vector<std::string>& missed)
      : sim_(sim), spoken_(spoken), missed_(missed) {}

  void say(std::string actor, std::string text, std::string clause = {}) {
    if (lines_.size() < kLinesMax) lines_.push_back({sim_.now(), std::move(actor), std::move(text), std::move(clause)});
  }
  // Defences count from the adversary's first act on; before that nothing is wrong for them to speak about.
  void begin_attack() { attacking_ = true; }

  void spoke(const trust::Defence& defence, std::string_view at) override;
  void missed(const trust::Defence& defence, std::string_view at) override;

  std::vector<Line>& lines() { return lines_; }
  base::Bytes bytes() const;

 private:
  static constexpr std::size_t kLinesMax = 100'000;

  sim::Sim& sim_;
  std::vector<Spoken>& spoken_;
  std::vector<std::string>& missed_;
  std::vector<Line> lines_;
  bool attacking_ = false;
};

}  // namespace engine
