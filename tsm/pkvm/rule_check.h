#pragma once
// How EL2 asks a table of rules.
#include "tsm/pkvm/el2.h"
#include "tsm/pkvm/el2_rules.h"

namespace pkvm {

// The first row that is broken and not lifted, as the call's result.
template <class Case, class Rules>
std::optional<HostResult> El2::first_failure(const Rules& rules, const Case& c) {
  const ErrnoRule<Case>* broken = defences_.first_broken(rules, c, name_);
  if (!broken) return std::nullopt;
  HostResult result = returned(static_cast<std::int64_t>(broken->error));
  result.refusal = trust::Refusal{&broken->defence};
  return result;
}

}  // namespace pkvm
