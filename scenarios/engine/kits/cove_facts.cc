// What memory tracking and G-stage tables say of a page, for those who watch.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/kits/cove_kit.h"
#include "scenarios/engine/kits/page_owner.h"
#include "tsm/cove/rules.h"

namespace engine {

namespace {

std::string_view name_of(cove::PageState state) {
  using enum cove::PageState;
  switch (state) {
    case kNonConfidential: return "non-confidential";
    case kConverting: return "converting";
    case kUnassigned: return "confidential, unassigned";
    case kAssigned: return "confidential, assigned";
  }
  return "?";
}

std::string_view name_of(cove::PageUse use) {
  using enum cove::PageUse;
  switch (use) {
    case kNone: return "no use";
    case kPageDirectory: return "page directory";
    case kTvmState: return "TVM state";
    case kVcpuState: return "vCPU state";
    case kPageTable: return "page table";
    case kData: return "data";
  }
  return "?";
}

std::string_view name_of(cove::Region region) {
  using enum cove::Region;
  switch (region) {
    case kConfidential: return "confidential region";
    case kConfidentialRemovable: return "confidential region, removable";
    case kShared: return "shared region";
    case kSharedRemovable: return "shared region, removable";
    case kMmio: return "MMIO region";
    case kInterface: return "device region";
  }
  return "?";
}

}  // namespace

Kit::PageFacts CoveKit::page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const {
  const auto& tracking = machine_->tsm().tracking();
  const auto page = spa & ~(cove::kPage - 1);
  const auto entry = tracking.entry(page);
  const auto of_tvm = [&](const VmState& one) {
    const auto* tvm = machine_->tvm(one.vm);
    return tvm && tvm->id == entry.owner;
  };
  PageFacts out;
  if (entry.state == cove::PageState::kNonConfidential) out.owner = "host";
  else
    out.owner =
        entry.state != cove::PageState::kAssigned ? "firmware" : owner_named(world_, of_tvm, fmt::format("TVM {}", entry.owner));
  out.refused_to_host =
      entry.state != cove::PageState::kNonConfidential && !tracking.stale(0, page) && !world_.defences.lifted(cove::kTracking);
  out.entries.emplace_back("MTT", entry.use == cove::PageUse::kNone
                                      ? std::string(name_of(entry.state))
                                      : fmt::format("{}, {}, TVM {}", name_of(entry.state), name_of(entry.use), entry.owner));
  const auto* tvm = machine_->tvm(vm.vm);
  if (!tvm) return out;
  const auto region = tvm->regions.at(gpa);
  const auto mapping = tvm->mappings.find(gpa & ~(cove::kPage - 1));
  std::string stage = mapping == tvm->mappings.end()
                          ? "not mapped"
                          : fmt::format("{} {:#x}{}", mapping->second.shared ? "shared" : "confidential", mapping->second.spa,
                                        mapping->second.invalidated ? ", invalidated" : "");
  out.entries.emplace_back("G-stage", region ? fmt::format("{}, {}", stage, name_of(*region)) : stage);
  return out;
}

std::string CoveKit::key_name(const VmState&) const {
  const auto key = machine_->tsm().key();
  return key == memory::KeyId::kNone ? "" : fmt::format("key of the domain {}", static_cast<unsigned>(cove::kSdid));
}

std::optional<bool> CoveKit::is_inside(const VmState& vm) const {
  const auto* tvm = machine_->tvm(vm.vm);
  if (!tvm) return std::nullopt;
  return std::ranges::any_of(tvm->vcpus, [](const auto& one) { return one.second.inside; });
}

}  // namespace engine
