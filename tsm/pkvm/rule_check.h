#pragma once
// How EL2 asks a table of rules.
#include "tsm/pkvm/el2.h"
#include "tsm/pkvm/el2_rules.h"

namespace pkvm {

// The first row that is broken and not lifted, as the call's result.
template <class Case, class Rules>
std::optional<HostResult> El2::first_failure(const Rules& rules, const Case& c) {
  for (const ErrnoRule<Case>& rule : rules)
    if (auto no = defences_.refuse_unless(rule.defence, rule.holds(c), name_)) {
      HostResult result = returned(static_cast<std::int64_t>(rule.error));
      result.refusal = no;
      return result;
    }
  return std::nullopt;
}

}  // namespace pkvm
