// What PAMT and Secure EPT say of a page, for those who watch.
#include <fmt/format.h>

#include "scenarios/engine/kits/page_owner.h"
#include "scenarios/engine/kits/tdx_kit.h"

namespace engine {

namespace {

std::string_view name_of(tdxproto::PageType type) {
  using enum tdxproto::PageType;
  switch (type) {
    case kNda: return "PT_NDA";
    case kRsvd: return "PT_RSVD";
    case kReg: return "PT_REG";
    case kTdr: return "PT_TDR";
    case kTdcx: return "PT_TDCX";
    case kTdvpr: return "PT_TDVPR";
    case kEpt: return "PT_EPT";
    case kDevifcs: return "PT_DEVIFCS";
    case kIommuMt: return "PT_IOMMU_MT";
    case kMmioMt: return "PT_MMIO_MT";
  }
  return "?";
}

std::string_view name_of(tdxproto::SeptState state) {
  using enum tdxproto::SeptState;
  switch (state) {
    case kFree: return "FREE";
    case kBlocked: return "BLOCKED";
    case kPending: return "PENDING";
    case kPendingBlocked: return "PENDING_BLOCKED";
    case kMapped: return "MAPPED";
    case kMmioMapped: return "MMIO_MAPPED";
    case kMmioBlocked: return "MMIO_BLOCKED";
    case kMmioPending: return "MMIO_PENDING";
    case kNlBlocked: return "NL_BLOCKED";
    case kNlMapped: return "NL_MAPPED";
  }
  return "?";
}

}  // namespace

Kit::PageFacts TdxKit::page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const {
  const auto page = machine_->module().pamt().entry(spa & ~std::uint64_t{0xFFF});
  const auto root = page.type == tdxproto::PageType::kTdr ? spa & ~std::uint64_t{0xFFF} : page.owner;
  PageFacts out;
  const auto of_td = [&](const VmState& one) {
    const auto* td = machine_->td(one.vm);
    return td && td->tdr == root;
  };
  if (page.type == tdxproto::PageType::kNda) out.owner = "host";
  else out.owner = root == 0 ? "firmware" : owner_named(world_, of_td, fmt::format("TDR {:#x}", root));
  out.entries.emplace_back("PAMT", page.owner == 0 ? std::string(name_of(page.type))
                                                   : fmt::format("{}, OWNER {:#x}{}", name_of(page.type), page.owner,
                                                                 page.bepoch ? fmt::format(", BEPOCH {}", page.bepoch) : ""));
  if (const auto* td = machine_->td(vm.vm); td && vm.vm.space.is_private(gpa)) {
    const auto walk = td->sept.walk(gpa & ~std::uint64_t{0xFFF}, 0);
    out.entries.emplace_back("Secure EPT", walk.reached ? walk.entry.state == tdxproto::SeptState::kFree
                                                              ? "FREE"
                                                              : fmt::format("{}, HPA {:#x}", name_of(walk.entry.state), walk.entry.hpa)
                                                        : fmt::format("no table below level {}", walk.level));
  }
  return out;
}

std::string TdxKit::key_name(const VmState& vm) const {
  const auto* td = machine_->td(vm.vm);
  return td ? fmt::format("HKID {}", td->hkid) : "";
}

std::optional<bool> TdxKit::is_inside(const VmState& vm) const {
  const auto* vcpu = machine_->module().vcpu_on(vm.vm.asid);
  return vcpu ? std::optional(vcpu->inside) : std::nullopt;
}

}  // namespace engine
