// Ground truth of a device, and what of its work is judged.
#include "platform/pcie/config_builder.h"
#include "scenarios/engine/device_bay.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
}

std::string DeviceFunction::truth(const VmState& vm, std::uint16_t lock_flags) const {
  if (bay_.is_outside()) return "a card that its responder outside does not command";
  const auto& tdi = bay_.card().dsm().interface(at_.index);
  if (tdi.state() == tdisp::State::kError) return "";  // it fails closed, whatever it was before
  if (auto wrong = bay_.wrong_content(); !wrong.empty()) return wrong;
  if (const auto known = knows_.find(&vm); known != knows_.end() && known->second != bay_.settings().identity)
    return "a device that is not the one that it knew";
  if (tdi.state() != tdisp::State::kRun) return "a device whose interface is in " + std::string(tdisp::name_of(tdi.state()));
  if (tdi.lock_flags() != lock_flags) return "a device that is locked on other terms than it believes";
  if (tdi.shown_report() && *tdi.shown_report() != wire::encode(tdi.report())) return "a device whose report is not true";
  // Each BAR is reported whole, and this guest asks for no offset.
  for (const auto& range : tdi.report().mmio_ranges) {
    const auto window = pcie::bar_window(silicon().config(), range.range_id);
    if (!window || window->base / kPage != range.first_page)
      return "a device whose memory is not where its report says";
  }
  const auto* stream = bay_.card().endpoint().ide().find(tdi.default_stream());
  if (!stream || !stream->secure()) return "a device whose stream does not protect it";
  if (reset_under_lock_) return "a device that was reset under its lock";
  if (tdi.owner() == dsm::kNoSession) return "a device that no session holds any more";
  if (!bay_.card().dsm().keys().keyed_by(tdi.default_stream(), tdi.owner()))
    return "a device whose stream has keys of somebody else";
  if (bay_.firmware().keyed_by_others(tdi.default_stream())) return "a device whose root port has keys of somebody else";
  if (bay_.firmware().owner_of(at_.id) != vm.vm.asid) return "a device that acts for another VM";
  return "";
}

void DeviceFunction::accepted(VmState& vm, std::uint16_t lock_flags) {
  relies_.insert_or_assign(&vm, lock_flags);
  knows_.try_emplace(&vm, bay_.settings().identity);
  private_view_.insert(&vm);
}

void DeviceFunction::was_reset() {
  const auto state = bay_.card().dsm().interface(at_.index).state();
  reset_under_lock_ = state == tdisp::State::kConfigLocked || state == tdisp::State::kRun;
}

void DeviceFunction::judge_use(VmState& vm) {
  const auto relied = relies_.find(&vm);
  std::string wrong;
  if (relied != relies_.end()) wrong = truth(vm, relied->second);
  else if (recognises_.contains(&vm)) wrong = bay_.wrong_content();
  if (!wrong.empty())
    world_.oracle.breach(trust::Promise::kAuthenticity, vm.name + " works with " + wrong, world_.sim.now());
}

// What the card's own work put into a guest's memory is as if the guest had written it, where the guest let it write; what it
// took from there is as if the guest had read it.
void DeviceFunction::judge_dma(bool write, std::uint64_t address, base::View bytes) {
  for (auto& vm : world_.vms) {
    if (vm->vm.asid != bay_.firmware().owner_of(at_.id)) continue;
    if (!write) world_.oracle.read(vm->name, address, bytes, world_.sim.now());
    else if (writes_anywhere_ || writable_.contains(address & ~(kPage - 1))) world_.oracle.wrote(vm->name, address, bytes);
  }
}

}  // namespace engine
