#pragma once
// How the module asks a table of rules.
#include "tsm/tdx/module.h"
#include "tsm/tdx/module_rules.h"

namespace tdx {

// The first row that is broken and not lifted, as the call's result; `detail` is the operand in the lower half of the status.
template <class Case, class Rules>
std::optional<CallResult> Module::first_failure(const Rules& rules, const Case& c, std::uint32_t detail) {
  for (const StatusRule<Case>& rule : rules)
    if (auto no = defences_.refuse_unless(rule.defence, rule.holds(c), name_))
      return status(static_cast<std::uint64_t>(rule.status) | detail, no);
  return std::nullopt;
}

}  // namespace tdx
