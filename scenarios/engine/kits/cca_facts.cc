// What granules and realm translation tables say of a page, for those who watch.
#include <fmt/format.h>

#include "scenarios/engine/kits/cca_kit.h"
#include "scenarios/engine/kits/page_owner.h"
#include "tsm/cca/rmm_rules.h"

namespace engine {

namespace {

std::string_view name_of(ccaproto::GranuleState state) {
  using enum ccaproto::GranuleState;
  switch (state) {
    case kUndelegated: return "UNDELEGATED";
    case kDelegated: return "DELEGATED";
    case kRd: return "RD";
    case kRec: return "REC";
    case kRecAux: return "REC_AUX";
    case kData: return "DATA";
    case kRtt: return "RTT";
    case kPdev: return "PDEV";
    case kVdev: return "VDEV";
    case kDevMapped: return "DEV_MAPPED";
  }
  return "?";
}

std::string_view name_of(ccaproto::Gpi gpi) {
  using enum ccaproto::Gpi;
  switch (gpi) {
    case kNoAccess: return "no access";
    case kSecure: return "Secure PAS";
    case kNonSecure: return "Non-secure PAS";
    case kRoot: return "Root PAS";
    case kRealm: return "Realm PAS";
    case kAny: return "any PAS";
  }
  return "?";
}

std::string_view name_of(ccaproto::Hipas hipas) {
  using enum ccaproto::Hipas;
  switch (hipas) {
    case kUnassigned: return "UNASSIGNED";
    case kAssigned: return "ASSIGNED";
    case kTable: return "TABLE";
    case kAssignedDev: return "ASSIGNED_DEV";
  }
  return "?";
}

}  // namespace

Kit::PageFacts CcaKit::page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const {
  const auto granule = machine_->rmm().granules().at(spa);
  const auto of_realm = [&](const VmState& one) {
    const auto* realm = machine_->realm(one.vm);
    return realm && realm->rd == granule.owner;
  };
  PageFacts out;
  if (granule.state == ccaproto::GranuleState::kUndelegated) out.owner = "host";
  else out.owner = granule.owner == 0 ? "firmware" : owner_named(world_, of_realm, fmt::format("RD {:#x}", granule.owner));
  out.refused_to_host = granule.gpi == ccaproto::Gpi::kRealm && !world_.defences.lifted(cca::kRealmPas);
  out.entries.emplace_back(
      "granule", granule.owner == 0 ? fmt::format("{}, {}", name_of(granule.state), name_of(granule.gpi))
                                    : fmt::format("{}, {}, RD {:#x}", name_of(granule.state), name_of(granule.gpi), granule.owner));
  const auto* realm = machine_->realm(vm.vm);
  const auto page = gpa & ~std::uint64_t{0xFFF};
  if (!realm || !realm->rtt.is_protected(page)) return out;
  const bool is_private = vm.vm.space.is_private(gpa);
  const auto walk = realm->rtt.walk(is_private ? page : page | realm->rtt.unprotected_bit(), ccaproto::kRttPageLevel);
  std::string entry = fmt::format("HIPAS {}", name_of(walk.entry.hipas));
  if (is_private) entry += fmt::format(", RIPAS {}", ccaproto::name_of(walk.entry.ripas));
  if (walk.entry.hipas == ccaproto::Hipas::kAssigned) entry += fmt::format(", PA {:#x}", walk.entry.pa);
  out.entries.emplace_back("RTT", entry);
  return out;
}

std::string CcaKit::key_name(const VmState& vm) const {
  const auto* realm = machine_->realm(vm.vm);
  return realm ? fmt::format("MECID {}", static_cast<std::uint32_t>(realm->key)) : "";
}

std::optional<bool> CcaKit::is_inside(const VmState& vm) const {
  const auto* rec = machine_->rmm().rec_on(vm.vm.asid);
  return machine_->realm(vm.vm) ? std::optional(rec && rec->running) : std::nullopt;
}

}  // namespace engine
