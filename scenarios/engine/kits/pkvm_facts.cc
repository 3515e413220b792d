// What EL2 says of a page, for those who watch.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/kits/page_owner.h"
#include "scenarios/engine/kits/pkvm_kit.h"
#include "tsm/pkvm/el2_rules.h"

namespace engine {

namespace {

std::string_view name_of(pkvmproto::AnnotationType type) {
  using enum pkvmproto::AnnotationType;
  switch (type) {
    case kLocked: return "locked";
    case kDonation: return "donated";
    case kPoisoned: return "poisoned";
  }
  return "?";
}

}  // namespace

Kit::PageFacts PkvmKit::page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const {
  const auto& pages = machine_->el2().pages();
  const auto taken = pages.annotation(spa);
  PageFacts out;
  out.owner = "host";
  if (taken) {
    const auto is = [&](const VmState& one) {
      const auto* known = machine_->of(one.vm);
      return known && known->handle == taken->handle;
    };
    if (taken->owner == pkvmproto::Component::kHyp) out.owner = "firmware";
    else if (taken->owner == pkvmproto::Component::kGuest)
      out.owner = owner_named(world_, is, fmt::format("handle {:#x}", taken->handle));
    out.refused_to_host = std::ranges::any_of(pkvm::kForeignRules, [&](const auto& rule) {
      return !rule.holds({false, taken->owner}) && !world_.defences.lifted(rule.defence);
    });
    out.entries.emplace_back("host stage 2",
                             taken->owner == pkvmproto::Component::kGuest
                                 ? fmt::format("{}, handle {:#x}, gfn {:#x}", name_of(taken->type), taken->handle, taken->gfn)
                                 : fmt::format("{} to EL2", name_of(taken->type)));
  } else {
    out.entries.emplace_back("host stage 2", pkvmproto::name_of(pages.host(spa).state));
  }
  if (const auto* known = machine_->of(vm.vm)) {
    const auto entry = known->page(gpa);
    out.entries.emplace_back("guest stage 2", entry.maps() ? fmt::format("{}, PA {:#x}", pkvmproto::name_of(entry.state), entry.phys)
                                                           : std::string(pkvmproto::name_of(entry.state)));
  }
  return out;
}

std::string PkvmKit::key_name(const VmState& vm) const {
  return vm.vm.key == memory::KeyId::kNone ? "" : fmt::format("key id {}", static_cast<std::uint32_t>(vm.vm.key));
}

std::optional<bool> PkvmKit::is_inside(const VmState& vm) const {
  const auto* known = machine_->of(vm.vm);
  if (!known) return std::nullopt;
  return std::ranges::any_of(known->vcpus, [](const auto& one) { return one.second.inside; });
}

}  // namespace engine
