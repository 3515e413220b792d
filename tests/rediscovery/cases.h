#pragma once
// Machines with one weakness each that the explorer is to find: those of history (historic.csv), and each defence of the catalogue
// lifted from the machine, guest and settings that one of its files names. Attacks of files are not handed on.
#include <string>
#include <vector>

#include "scenarios/explore/target.h"

namespace rediscovery {

struct Case {
  std::string name;      // of the weakness, or the defence that is lifted
  std::string source;    // who published it
  std::string scenario;  // whose machine, guest and settings it has
  std::string platform;
  std::vector<std::string> lift;
  std::vector<std::string> beside;  // those of `lift` that the kill needs besides: what breaks with these alone is not the weakness
  std::map<std::string, std::string> set;
  std::string profile = "baseline";
  std::size_t steps = 0;  // of the attack that the file knows, the shortest of its variants; what 12 steps can reach has at most 12
};

// `top` is the folder that holds scenarios/.
std::vector<Case> historic(const std::string& top);
// For each defence a row of the catalogue that lifts it, alone where there is one; of several the one whose attack is shortest.
std::vector<Case> lifted(const std::string& top);

explore::Target target_of(const std::string& top, const Case& one, std::uint64_t seed);

}  // namespace rediscovery
