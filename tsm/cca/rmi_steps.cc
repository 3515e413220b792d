#include "tsm/cca/rmi_steps.h"

#include "platform/protocol/cca/gic.h"

#include "tsm/cca/step_parts.h"

namespace cca {
namespace {

using C = RmiCase;
using enum RmiStatus;
using State = GranuleState;

using steps::fits;
using steps::host_page;
using steps::is;
using steps::is_address;
using steps::kPage;
using steps::kPageLevel;

// ---- granules -------------------------------------------------------------------------------------------------------

// The only calls for which device memory has granules as other memory has.
bool any_granule(const C& c) { return c.in.x1 % kPage == 0 && (c.m.granules().covers(c.in.x1) || c.m.granules().is_device(c.in.x1)); }
constexpr Step kGranuleDelegate[] = {
    {&kAddress, any_granule, kErrorInput},
    CCA_STATE(kUndelegated, x1, kUndelegated),
    {&kUndelegated, host_page<&Registers::x1>, kErrorInput},
};
constexpr Step kGranuleUndelegate[] = {{&kAddress, any_granule, kErrorInput}, CCA_STATE(kUnused, x1, kDelegated)};

// ---- realms ---------------------------------------------------------------------------------------------------------

bool params_are_supported(const C& c) {
  const auto& p = *c.realm_params;
  return (p.flags & ~c.m.realm_flags()) == 0 && p.s2sz <= c.m.settings().ipa_bits_max && p.num_bps <= 5 && p.num_wps <= 3 &&
         (p.hash_algo == HashAlgorithm::kSha256 || p.hash_algo == HashAlgorithm::kSha512);
}
bool tables_fit(const C& c) {
  const auto& p = *c.realm_params;
  return Rtt::valid(p.s2sz, static_cast<std::int64_t>(p.rtt_level_start), p.rtt_num_start);
}
constexpr Step kRealmCreate[] = {
    CCA_ADDRESS(x2),
    {&kHostGranule, host_page<&Registers::x2>, kErrorInput},
    {&kParams, params_are_supported, kErrorInput},
    {&kParams, tables_fit, kErrorInput},
    {&kVmid, [](const C& c) { return c.m.vmid_free(c.realm_params->vmid); }, kErrorInput},
    {&kAlias,
     [](const C& c) {
       const auto& p = *c.realm_params;
       return c.in.x1 < p.rtt_base || c.in.x1 - p.rtt_base >= p.rtt_num_start * kPage;
     },
     kErrorInput},
    CCA_ADDRESS(x1),
    {&kAddress,
     [](const C& c) {
       const auto& p = *c.realm_params;
       return p.rtt_base % (p.rtt_num_start * kPage) == 0 && c.m.granules().covers(p.rtt_base + (p.rtt_num_start - 1) * kPage);
     },
     kErrorInput},
    CCA_STATE(kDelegated, x1, kDelegated),
    {&kDelegated,
     [](const C& c) {
       for (std::uint32_t i = 0; i < c.realm_params->rtt_num_start; ++i)
         if (!is(c, c.realm_params->rtt_base + i * kPage, State::kDelegated)) return false;
       return true;
     },
     kErrorInput},
};
bool realm_is_new(const C& c) { return c.realm().state == RealmState::kNew; }
constexpr Step kRealmActivate[] = {CCA_RD, {&kRealmNew, realm_is_new, kErrorRealm}};
constexpr Step kRealmDestroy[] = {
    CCA_RD, {&kRealmNotLive, [](const C& c) { return c.realm().recs == 0 && c.realm().vdevs == 0 && !c.realm().rtt.any_live(); }, kErrorRealm}};
constexpr Step kOfRealm[] = {CCA_RD};

// ---- RECs -----------------------------------------------------------------------------------------------------------

constexpr Step kRecCreate[] = {
    CCA_ADDRESS(x3),
    {&kHostGranule, host_page<&Registers::x3>, kErrorInput},
    {&kRecAux, [](const C& c) { return c.rec_params->num_aux <= kRecAuxGranules; }, kErrorInput},
    {&kDelegated,
     [](const C& c) {
       for (std::uint64_t i = 0; i < c.rec_params->num_aux; ++i) {
         const std::uint64_t aux = c.rec_params->aux[i];
         if (!is_address(c, aux) || !is(c, aux, State::kDelegated)) return false;
       }
       return true;
     },
     kErrorInput},
    {&kAlias,
     [](const C& c) {
       for (std::uint64_t i = 0; i < c.rec_params->num_aux; ++i) {
         if (c.rec_params->aux[i] == c.in.x2) return false;
         for (std::uint64_t j = 0; j < i; ++j)
           if (c.rec_params->aux[i] == c.rec_params->aux[j]) return false;
       }
       return true;
     },
     kErrorInput},
    CCA_ADDRESS(x2),
    CCA_STATE(kDelegated, x2, kDelegated),
    CCA_RD,
    {&kRealmNew, realm_is_new, kErrorRealm},
    {&kRecIdentity, [](const C& c) { return c.rec_params->mpidr == c.realm().rec_count; }, kErrorInput},
    {&kRecAux, [](const C& c) { return c.rec_params->num_aux == kRecAuxGranules; }, kErrorInput},
};
bool rec_is_idle(const C& c) { return !c.m.rec(c.in.x1)->running; }
constexpr Step kRecDestroy[] = {CCA_ADDRESS(x1), CCA_STATE(kKind, x1, kRec), {&kRecIdle, rec_is_idle, kErrorRec}};
constexpr Step kRecEnter[] = {
    CCA_ADDRESS(x2),
    {&kHostGranule, host_page<&Registers::x2>, kErrorInput},
    CCA_ADDRESS(x1),
    CCA_STATE(kKind, x1, kRec),
    {&kRecIdle, rec_is_idle, kErrorRec},
    {&kRealmRuns, [](const C& c) { return c.m.realm(c.m.rec(c.in.x1)->rd)->state == RealmState::kActive; }, kErrorRealm,
     [](const C& c) -> unsigned { return c.m.realm(c.m.rec(c.in.x1)->rd)->state == RealmState::kSystemOff; }},
    {&kRecRunnable, [](const C& c) { return c.m.rec(c.in.x1)->runnable; }, kErrorRec},
    {&kRecPsci, [](const C& c) { return !c.m.rec(c.in.x1)->psci; }, kErrorRec},
    {&kRecAbort,
     [](const C& c) {
       const bool answers = c.enter->flags & (ccaproto::kEnterEmulatedMmio | ccaproto::kEnterInjectSea);
       return !answers || c.m.rec(c.in.x1)->emulatable_abort;
     },
     kErrorRec},
    {&kRecGic, [](const C& c) { return ccaproto::gic_acceptable(c.enter->gicv3_hcr, c.enter->gicv3_lrs); }, kErrorRec},
};

const Rec& calling(const C& c) { return *c.m.rec(c.in.x1); }
const Rec& target(const C& c) { return *c.m.rec(c.in.x2); }
constexpr Step kPsciComplete[] = {
    {&kAlias, [](const C& c) { return c.in.x1 != c.in.x2; }, kErrorInput},
    CCA_ADDRESS(x1),
    CCA_ADDRESS(x2),
    CCA_STATE(kKind, x1, kRec),
    CCA_STATE(kKind, x2, kRec),
    {&kRecPsci, [](const C& c) { return calling(c).psci.has_value(); }, kErrorInput},
    {&kRecPsci, [](const C& c) { return calling(c).rd == target(c).rd; }, kErrorInput},
    {&kRecPsci, [](const C& c) { return calling(c).psci->x1 == target(c).mpidr; }, kErrorInput},
    {&kRecPsci,
     [](const C& c) {
       const bool on = calling(c).psci->x0 == static_cast<std::uint64_t>(ccaproto::Psci::kCpuOn);
       return c.in.x3 == ccaproto::kPsciSuccess || (on && c.in.x3 == ccaproto::kPsciDenied);
     },
     kErrorInput},
};

// ---- tables ---------------------------------------------------------------------------------------------------------

// A level counted as the calls count it: a signed number.
bool level_within(std::uint64_t level, int lowest, int highest) {
  const auto n = static_cast<std::int64_t>(level);
  return n >= lowest && n <= highest;
}

// For calls on a table: its level, and an address at which one can begin.
template <std::uint64_t Registers::*kIpaArg, std::uint64_t Registers::*kLevelArg>
bool table_level(const C& c) { return level_within(c.in.*kLevelArg, c.realm().rtt.start_level() + 1, kPageLevel); }
template <std::uint64_t Registers::*kIpaArg, std::uint64_t Registers::*kLevelArg>
bool table_ipa(const C& c) { return fits(c.realm(), c.in.*kIpaArg, c.in.*kLevelArg - 1); }
template <std::uint64_t Registers::*kIpaArg, std::uint64_t Registers::*kLevelArg>
Rtt::Walk parent(const C& c) { return walk_of(c.realm(), c.in.*kIpaArg, c.in.*kLevelArg - 1); }

constexpr Step kRttCreate[] = {
    CCA_ADDRESS(x2),
    CCA_STATE(kDelegated, x2, kDelegated),
    CCA_RD,
    {&kOperand, table_level<&Registers::x3, &Registers::x4>, kErrorInput},
    {&kIpa, table_ipa<&Registers::x3, &Registers::x4>, kErrorInput},
    {&kWalk, [](const C& c) { return parent<&Registers::x3, &Registers::x4>(c).level == static_cast<int>(c.in.x4) - 1; }, kErrorRtt,
     [](const C& c) -> unsigned { return parent<&Registers::x3, &Registers::x4>(c).level; }},
    {&kEntryState, [](const C& c) { return parent<&Registers::x3, &Registers::x4>(c).entry.hipas != Hipas::kTable; }, kErrorRtt,
     [](const C& c) -> unsigned { return c.in.x4 - 1; }},
};

Rtt::Walk parent23(const C& c) { return parent<&Registers::x2, &Registers::x3>(c); }
unsigned parent23_level(const C& c) { return parent23(c).level; }
unsigned level3(const C& c) { return c.in.x3; }
#define CCA_TABLE_BELOW                                                                                                    \
  CCA_RD, {&kOperand, table_level<&Registers::x2, &Registers::x3>, kErrorInput},                                           \
      {&kIpa, table_ipa<&Registers::x2, &Registers::x3>, kErrorInput},                                                     \
      {&kWalk, [](const C& c) { return parent23(c).level == static_cast<int>(c.in.x3) - 1; }, kErrorRtt, parent23_level},  \
      {&kEntryState, [](const C& c) { return parent23(c).entry.hipas == Hipas::kTable; }, kErrorRtt, parent23_level}
constexpr Step kRttDestroy[] = {
    CCA_TABLE_BELOW,
    {&kTableEmpty, [](const C& c) { return c.realm().rtt.live(c.in.x2, static_cast<int>(c.in.x3)) == 0; }, kErrorRtt, level3},
};
constexpr Step kRttFold[] = {
    CCA_TABLE_BELOW,
    {&kTableFolds,
     [](const C& c) {
       RttEntry folded;
       return c.realm().rtt.homogeneous(c.in.x2, static_cast<int>(c.in.x3), folded);
     },
     kErrorRtt, level3},
};

constexpr Step kRttReadEntry[] = {
    CCA_RD,
    {&kOperand, [](const C& c) { return level_within(c.in.x3, c.realm().rtt.start_level(), kPageLevel); }, kErrorInput},
    {&kIpa, [](const C& c) { return fits(c.realm(), c.in.x2, c.in.x3); }, kErrorInput},
};

Rtt::Walk unprotected(const C& c) { return walk_of(c.realm(), c.in.x2, c.in.x3); }
unsigned unprotected_level(const C& c) { return unprotected(c).level; }
bool unprotected_level_fits(const C& c) { return level_within(c.in.x3, 2, kPageLevel); }
bool is_unprotected(const C& c) { return fits(c.realm(), c.in.x2, c.in.x3) && !c.realm().rtt.is_protected(c.in.x2); }
bool unprotected_reached(const C& c) { return unprotected(c).level == static_cast<int>(c.in.x3); }
constexpr Step kRttMapUnprotected[] = {
    {&kOperand, unprotected_level_fits, kErrorInput},
    CCA_RD,
    {&kOperand,
     [](const C& c) {
       const std::uint64_t pa = c.in.x4 & ~ccaproto::kUnprotectedAttributes;
       return pa % ccaproto::rtt_entry_bytes(static_cast<int>(c.in.x3)) == 0 && pa >> c.m.settings().ipa_bits_max == 0;
     },
     kErrorInput},
    {&kIpa, is_unprotected, kErrorInput},
    {&kWalk, unprotected_reached, kErrorRtt, unprotected_level},
    {&kEntryState, [](const C& c) { return unprotected(c).entry.hipas == Hipas::kUnassigned; }, kErrorRtt, level3},
};
constexpr Step kRttUnmapUnprotected[] = {
    {&kOperand, unprotected_level_fits, kErrorInput},
    CCA_RD,
    {&kIpa, is_unprotected, kErrorInput},
    {&kWalk, unprotected_reached, kErrorRtt, unprotected_level},
    {&kEntryState, [](const C& c) { return unprotected(c).entry.hipas == Hipas::kAssigned; }, kErrorRtt, level3},
};

// ---- data -----------------------------------------------------------------------------------------------------------

template <std::uint64_t Registers::*kArg>
bool protected_page(const C& c) { return fits(c.realm(), c.in.*kArg, kPageLevel) && c.realm().rtt.is_protected(c.in.*kArg); }
template <std::uint64_t Registers::*kArg>
Rtt::Walk page(const C& c) { return walk_of(c.realm(), c.in.*kArg, kPageLevel); }
template <std::uint64_t Registers::*kArg>
unsigned page_level(const C& c) { return page<kArg>(c).level; }
template <std::uint64_t Registers::*kArg>
bool page_reached(const C& c) { return page<kArg>(c).level == kPageLevel; }

constexpr Step kDataCreate[] = {
    {&kOperand, [](const C& c) { return c.in.x5 <= ccaproto::kMeasureContent; }, kErrorInput},
    CCA_ADDRESS(x4),
    {&kHostGranule, host_page<&Registers::x4>, kErrorInput},
    CCA_ADDRESS(x2),
    CCA_STATE(kDelegated, x2, kDelegated),
    CCA_RD,
    {&kRealmNew, realm_is_new, kErrorRealm},
    {&kIpa, protected_page<&Registers::x3>, kErrorInput},
    {&kWalk, page_reached<&Registers::x3>, kErrorRtt, page_level<&Registers::x3>},
    {&kEntryFree, [](const C& c) { return page<&Registers::x3>(c).entry.hipas == Hipas::kUnassigned; }, kErrorRtt, page_level<&Registers::x3>},
};
constexpr Step kDataCreateUnknown[] = {
    CCA_ADDRESS(x2),
    CCA_STATE(kDelegated, x2, kDelegated),
    CCA_RD,
    {&kIpa, protected_page<&Registers::x3>, kErrorInput},
    {&kWalk, page_reached<&Registers::x3>, kErrorRtt, page_level<&Registers::x3>},
    {&kEntryFree, [](const C& c) { return page<&Registers::x3>(c).entry.hipas == Hipas::kUnassigned; }, kErrorRtt, page_level<&Registers::x3>},
};
constexpr Step kDataDestroy[] = {
    CCA_RD,
    {&kIpa, protected_page<&Registers::x2>, kErrorInput},
    {&kWalk, page_reached<&Registers::x2>, kErrorRtt, page_level<&Registers::x2>},
    {&kEntryState, [](const C& c) { return page<&Registers::x2>(c).entry.hipas == Hipas::kAssigned; }, kErrorRtt, page_level<&Registers::x2>},
};

// ---- RIPAS ----------------------------------------------------------------------------------------------------------

template <std::uint64_t Registers::*kArg>
bool starts_an_entry(const C& c) { return c.in.*kArg % ccaproto::rtt_entry_bytes(page<kArg>(c).level) == 0; }
template <std::uint64_t Registers::*kBase, std::uint64_t Registers::*kTop>
bool covers_an_entry(const C& c) { return c.in.*kTop - c.in.*kBase >= ccaproto::rtt_entry_bytes(page<kBase>(c).level); }

constexpr Step kRttInitRipas[] = {
    {&kOperand, [](const C& c) { return c.in.x3 > c.in.x2; }, kErrorInput},
    CCA_RD,
    {&kIpa,
     [](const C& c) {
       return protected_page<&Registers::x2>(c) && c.in.x3 % kPage == 0 && c.in.x3 <= c.realm().rtt.unprotected_bit();
     },
     kErrorInput},
    {&kRealmNew, realm_is_new, kErrorRealm},
    {&kRipasAligned, starts_an_entry<&Registers::x2>, kErrorRtt, page_level<&Registers::x2>},
    {&kRipasAligned, covers_an_entry<&Registers::x2, &Registers::x3>, kErrorRtt, page_level<&Registers::x2>},
    {&kEntryState, [](const C& c) { return page<&Registers::x2>(c).entry.hipas == Hipas::kUnassigned; }, kErrorRtt, page_level<&Registers::x2>},
};
constexpr Step kRttSetRipas[] = {
    {&kOperand, [](const C& c) { return c.in.x4 > c.in.x3; }, kErrorInput},
    CCA_RD,
    CCA_ADDRESS(x2),
    CCA_STATE(kKind, x2, kRec),
    {&kRecIdle, [](const C& c) { return !c.m.rec(c.in.x2)->running; }, kErrorRec},
    {&kRipasRec, [](const C& c) { return c.m.rec(c.in.x2)->rd == c.in.x1; }, kErrorRec},
    {&kRipasRequested,
     [](const C& c) {
       const auto& asked = c.m.rec(c.in.x2)->ripas;
       return asked.pending() && c.in.x3 == asked.next && c.in.x4 <= asked.top;
     },
     kErrorInput},
    // Follows from the row above where that one is not lifted.
    {&kIpa, [](const C& c) { return protected_page<&Registers::x3>(c) && c.in.x4 <= c.realm().rtt.unprotected_bit(); }, kErrorInput},
    {&kRipasAligned, starts_an_entry<&Registers::x3>, kErrorRtt, page_level<&Registers::x3>},
    {&kRipasAligned, covers_an_entry<&Registers::x3, &Registers::x4>, kErrorRtt, page_level<&Registers::x3>},
};

constexpr Command kCommands[] = {
    {Rmi::kVersion, {}},
    {Rmi::kFeatures, {}},
    {Rmi::kGranuleDelegate, kGranuleDelegate},
    {Rmi::kGranuleUndelegate, kGranuleUndelegate},
    {Rmi::kRealmCreate, kRealmCreate},
    {Rmi::kRealmActivate, kRealmActivate},
    {Rmi::kRealmDestroy, kRealmDestroy},
    {Rmi::kRecAuxCount, kOfRealm},
    {Rmi::kRecCreate, kRecCreate},
    {Rmi::kRecDestroy, kRecDestroy},
    {Rmi::kRecEnter, kRecEnter},
    {Rmi::kPsciComplete, kPsciComplete},
    {Rmi::kRttCreate, kRttCreate},
    {Rmi::kRttDestroy, kRttDestroy},
    {Rmi::kRttFold, kRttFold},
    {Rmi::kRttReadEntry, kRttReadEntry},
    {Rmi::kRttMapUnprotected, kRttMapUnprotected},
    {Rmi::kRttUnmapUnprotected, kRttUnmapUnprotected},
    {Rmi::kDataCreate, kDataCreate},
    {Rmi::kDataCreateUnknown, kDataCreateUnknown},
    {Rmi::kDataDestroy, kDataDestroy},
    {Rmi::kRttInitRipas, kRttInitRipas},
    {Rmi::kRttSetRipas, kRttSetRipas},
};

}  // namespace

const Command* command_of(std::uint64_t function) {
  for (const auto& command : kCommands)
    if (static_cast<std::uint64_t>(command.call) == function) return &command;
  return nullptr;
}
std::span<const Command> commands() { return kCommands; }

Rtt::Walk walk_of(const Realm& realm, std::uint64_t ipa, std::uint64_t level) {
  if (!realm.rtt.contains(ipa)) return {.level = realm.rtt.start_level(), .entry = {}};
  return realm.rtt.walk(ipa, static_cast<int>(level));
}

}  // namespace cca
