#pragma once
// Makes an attack that broke a promise as small as it can be while it still breaks that promise in the same way: fewer steps, then
// fewer words, smaller numbers, a position that needs less. Where `whole` is given, the target with nothing lifted, it also goes on
// failing there: an attack must not shrink into another one that needs nothing lifted.
#include "scenarios/explore/target.h"

namespace explore {

struct Shrunk {
  Attack attack;
  engine::Verdict verdict;
  std::size_t runs = 0;
};

Shrunk shrink(const Target& target, Attack attack, engine::Verdict verdict, const std::vector<std::string>& allowed,
              const Target* whole = nullptr, std::size_t runs_max = 200);

}  // namespace explore
