#pragma once
// Whether two attacks broke a promise for the same reason, as far as can be told from outside: the same promise in the same words
// of ground truth, by the same kinds of acts on the same kinds of messages and boundaries. Which page, field, card or value it was
// does not count, nor whether it was written over or put back.
#include <set>
#include <string>

#include "scenarios/explore/target.h"

namespace explore {

struct Cause {
  std::string broke;              // "integrity: a private read of vm# ..."
  std::set<std::string> by;       // "vm#.mapping lead"
  std::string text() const;       // both, on one line
  friend bool operator==(const Cause&, const Cause&) = default;
};

Cause cause_of(const Attack& attack, const engine::Verdict& verdict);
// Whether all that makes up `known` is also in `other`: what was found again, with more around it.
bool contains(const Cause& other, const Cause& known);

}  // namespace explore
