#pragma once
// What of a target's behaviour attacks have brought about so far: lines of the play, defences that spoke or would have, ends of
// guests. An attack that brings a new one is worth going on from. Beside it, what a guest library's own coverage says.
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>

#include "scenarios/engine/verdict.h"

namespace explore {

class Coverage {
 public:
  struct Fresh {
    std::size_t all = 0, edges = 0;
  };
  // How many of a run's features were not known, and how many of these are edges of a guest program outside. Of numbers in lines only
  // small ones count.
  Fresh add(const engine::Verdict& verdict);
  std::size_t size() const { return known_.size(); }
  // How many of their own edges guest programs outside have told that they reached, by VM; a VM whose program tells none is not there.
  const std::map<std::string, std::size_t>& edges() const { return edges_; }

 private:
  std::unordered_set<std::uint64_t> known_;  // hashes; asked alone, never gone through
  std::map<std::string, std::size_t> edges_;
};

}  // namespace explore
