#pragma once
// What is explored: a machine with its guests, and what was taken off it or laid over it. An attack is played against it as a
// scenario file's steps are, through the same engine, with the same checks.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/report/stage.h"

namespace explore {

using Attack = std::vector<load::Step>;

struct Target {
  report::Stage stage;
  load::Scenario scenario;  // its machine, guests and settings count; its attack does not
  load::Machine machine;
  std::string platform;
  std::uint64_t seed = 1;
  std::vector<std::string> lift;
  std::map<std::string, std::string> set;
  std::vector<std::string> weather;
};

// What came of one attack. A step that the world refuses as nonsense (a page that is not there, a verb that does not act where it
// was put) makes it kCannot; an engine that contradicts itself kBug.
struct Tried {
  enum class Kind { kPlayed, kCannot, kBug };
  Kind kind = Kind::kPlayed;
  engine::Verdict verdict;
  std::string why;
  bool broken() const { return kind == Kind::kPlayed && verdict.outcome == engine::Outcome::kBroken; }
};

Tried try_attack(const Target& target, const Attack& attack, bool film = false);
// The same world left alone.
Tried play_honestly(const Target& target, bool film);

// Promises that broke, each once, the first one first.
std::vector<trust::Promise> promises_of(const engine::Verdict& verdict);

}  // namespace explore
