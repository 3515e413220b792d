#pragma once
// Everything that a verdict depends on, in one JSON file.
#include <string>
#include <vector>

#include "scenarios/glacis/home.h"

namespace glacis {

struct Call {
  std::uint64_t seed = 1;
  std::string profile;
  std::vector<std::string> platforms, lift, set, weather;
};

std::string bundle_of(const Home& home, const load::Scenario& scenario, const Call& call);

}  // namespace glacis
