#pragma once
// What of a target's behaviour attacks have brought about so far: lines of the play, defences that spoke or would have, ends of
// guests. An attack that brings a new one is worth going on from. Beside it, what a guest library's own coverage says.
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "scenarios/engine/verdict.h"

namespace explore {

// Hashes; of numbers in lines only small ones count.
std::vector<std::uint64_t> features_of(const engine::Verdict& verdict);

class Coverage {
 public:
  // How many of them were not known.
  std::size_t add(const std::vector<std::uint64_t>& features);
  std::size_t size() const { return known_.size(); }

 private:
  std::unordered_set<std::uint64_t> known_;  // asked alone, never gone through
};

}  // namespace explore
