#pragma once
// Words from which the tables of refusals are made.
#include "tsm/cca/rmi_steps.h"
#include "tsm/cca/rmm_rules.h"

namespace cca::steps {

inline constexpr std::uint64_t kPage = ccaproto::kGranule;
inline constexpr int kPageLevel = ccaproto::kRttPageLevel;

inline bool is_address(const RmiCase& c, std::uint64_t pa) { return pa % kPage == 0 && c.m.granules().covers(pa); }
inline bool is_host_page(const RmiCase& c, std::uint64_t pa) { return c.granule(pa).gpi == Gpi::kNonSecure; }
inline bool is(const RmiCase& c, std::uint64_t pa, GranuleState state) { return c.granule(pa).state == state; }

template <std::uint64_t Registers::*kArg>
bool address(const RmiCase& c) { return is_address(c, c.in.*kArg); }
template <std::uint64_t Registers::*kArg>
bool host_page(const RmiCase& c) { return is_host_page(c, c.in.*kArg); }
template <std::uint64_t Registers::*kArg, GranuleState kState>
bool in_state(const RmiCase& c) { return is(c, c.in.*kArg, kState); }

inline bool fits(const Realm& realm, std::uint64_t ipa, std::uint64_t level) {
  return realm.rtt.contains(ipa) && ipa % ccaproto::rtt_entry_bytes(static_cast<int>(level)) == 0;
}

}  // namespace cca::steps

#define CCA_ADDRESS(arg) {&kAddress, steps::address<&Registers::arg>, RmiStatus::kErrorInput}
#define CCA_STATE(row, arg, state) {&row, steps::in_state<&Registers::arg, GranuleState::state>, RmiStatus::kErrorInput}
#define CCA_RD CCA_ADDRESS(x1), CCA_STATE(kKind, x1, kRd)
