#pragma once
// How the module asks a table of rules.
#include "tsm/tdx/module.h"
#include "tsm/tdx/module_rules.h"

namespace tdx {

// The first row that is broken and not lifted, as the call's result; `detail` is the operand in the lower half of the status.
template <class Case, class Rules>
std::optional<CallResult> Module::first_failure(const Rules& rules, const Case& c, std::uint32_t detail) {
  const StatusRule<Case>* broken = defences_.first_broken(rules, c, name_);
  if (!broken) return std::nullopt;
  return status(static_cast<std::uint64_t>(broken->status) | detail, trust::Refusal{&broken->defence});
}

}  // namespace tdx
