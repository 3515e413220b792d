#pragma once
// Makes an attack that broke a promise as small as it can be while it still breaks that promise in the same way: fewer steps, then
// fewer words, smaller numbers, a position that needs less.
#include "scenarios/explore/target.h"

namespace explore {

struct Shrunk {
  Attack attack;
  engine::Verdict verdict;
  std::size_t runs = 0;
};

Shrunk shrink(const Target& target, Attack attack, engine::Verdict verdict, const std::vector<std::string>& allowed, std::size_t runs_max = 200);

}  // namespace explore
