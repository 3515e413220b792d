#pragma once
// How TDX Connect asks a table of rules: a row says with which status, operand included, it refuses.
#include "tsm/tdx/connect.h"
#include "tsm/tdx/connect_rules.h"

namespace tdx {

template <class Case, class Rules>
std::optional<CallResult> Connect::first_failure(const Rules& rules, const Case& c) {
  for (const StatusRule<Case>& rule : rules)
    if (auto refusal = m_.defences_.refuse_unless(rule.defence, rule.holds(c), m_.name_))
      return no(static_cast<std::uint64_t>(rule.status), refusal);
  return std::nullopt;
}

template <class Case, class Rules>
std::optional<TdcallResult> Connect::first_failure(const Rules& rules, const Case& c, const Registers& in) {
  const auto failed = first_failure<Case>(rules, c);
  if (!failed) return std::nullopt;
  Registers out = in;
  out.rax = failed->out.rax;
  return TdcallResult{out};
}

}  // namespace tdx
