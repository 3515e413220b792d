// Pages that change hands: between the host and the hypervisor, the host and a guest, and back.
#include <algorithm>

#include "tsm/pkvm/rule_check.h"

namespace pkvm {

namespace {
constexpr auto kRaw = memory::KeyId::kNone;
constexpr std::uint64_t phys_of(std::uint64_t pfn) { return pfn * kPage; }
}  // namespace

HostResult El2::share_hyp(std::uint64_t pfn) {
  const std::uint64_t phys = phys_of(pfn);
  const HypCase c{pages_.is_memory(phys), pages_.host(phys).state, pages_.hyp(phys)};
  if (auto no = first_failure<HypCase>(kShareHypRules, c)) return *no;
  pages_.set_host(phys, {PageState::kSharedOwned, 0});
  pages_.set_hyp(phys, PageState::kSharedBorrowed);
  return done();
}

HostResult El2::unshare_hyp(std::uint64_t pfn) {
  const std::uint64_t phys = phys_of(pfn);
  const HypCase c{pages_.is_memory(phys), pages_.host(phys).state, pages_.hyp(phys), pages_.pins(phys)};
  if (auto no = first_failure<HypCase>(kUnshareHypRules, c)) return *no;
  pages_.set_host(phys, {PageState::kOwned, 0});
  pages_.set_hyp(phys, PageState::kNoPage);
  return done();
}

// ---- host to guest --------------------------------------------------------------------------------------------------

// x1: pfn; x2: gfn. What the host had in the page stays in it: who runs there looks before it believes.
HostResult El2::donate_guest(std::uint32_t cpu, const Registers& in) {
  Vm* vm = loaded_vm(cpu);
  const std::uint64_t phys = phys_of(in.x1), ipa = phys_of(in.x2);
  const GiveCase c{vm != nullptr, vm && vm->is_protected, pages_.is_memory(phys), pages_.host(phys),
                   vm ? vm->page(ipa).state : PageState::kNoPage};
  if (auto no = first_failure<GiveCase>(kDonateRules, c)) return *no;
  give_to_guest(*vm, phys, ipa);
  return done();
}

void El2::give_to_guest(Vm& vm, std::uint64_t phys, std::uint64_t ipa) {
  pages_.set_host(phys, {PageState::kNoPage, 0});
  const Annotation of_guest{
      .owner = Component::kGuest, .handle = static_cast<std::uint16_t>(vm.handle), .gfn = ipa / kPage};
  const bool gone = !defences_.lifted(kDonateUnmap);
  if (gone) pages_.annotate(phys, of_guest);
  else (void)defences_.refuse_unless(kDonateUnmap, false, name_);
  change_key(phys, kRaw, settings_.guest_key);
  if (vm.is_pvmfw(ipa)) {
    base::Bytes ours(kPage), theirs(kPage);
    (void)memory_.read(kRaw, settings_.carveout + (page_of(ipa) - vm.pvmfw_load_addr), ours);
    (void)memory_.read(settings_.guest_key, phys, theirs);
    // A host has no reason to put anything there; what it put there is gone.
    const bool empty = std::ranges::all_of(theirs, [](std::uint8_t b) { return b == 0; });
    (void)defences_.refuse_unless(kPvmfwLoad, empty || ours == theirs, name_);
    (void)memory_.write(settings_.guest_key, phys, ours);
  }
  vm.stage2[page_of(ipa)] = {PageState::kOwned, phys};
}

// x1: pfn; x2: gfn; x3: pages; x4: permissions.
HostResult El2::share_guest(std::uint32_t cpu, const Registers& in) {
  Vm* vm = loaded_vm(cpu);
  const std::uint64_t phys = phys_of(in.x1), ipa = phys_of(in.x2);
  const GiveCase c{vm != nullptr,
                   vm && vm->is_protected,
                   pages_.is_memory(phys),
                   pages_.host(phys),
                   vm ? vm->page(ipa).state : PageState::kNoPage,
                   in.x4,
                   in.x3};
  if (auto no = first_failure<GiveCase>(kShareGuestRules, c)) return *no;
  pages_.set_host(phys, {PageState::kSharedOwned, c.host.guest_shares + 1});
  vm->stage2[page_of(ipa)] = {PageState::kSharedBorrowed, phys, in.x4};
  return done();
}

// x1: handle; x2: gfn; x3: pages.
HostResult El2::unshare_guest(const Registers& in) {
  Vm* vm = find_vm(in.x1);
  const std::uint64_t ipa = phys_of(in.x2);
  const GuestPage guest = vm ? vm->page(ipa) : GuestPage{};
  const UnshareCase c{vm != nullptr, vm && vm->is_protected, guest, guest.maps() ? pages_.host(guest.phys) : HostPage{},
                      in.x3};
  if (auto no = first_failure<UnshareCase>(kUnshareGuestRules, c)) return *no;
  vm->stage2.erase(page_of(ipa));
  const std::uint32_t left = c.host.guest_shares - 1;
  pages_.set_host(guest.phys, {left == 0 ? PageState::kOwned : PageState::kSharedOwned, left});
  return done();
}

// Permissions of the loaded VM's entry, or its access flag. x1: gfn; x2: permissions.
HostResult El2::change_entry(std::uint32_t cpu, HostCall call, const Registers& in) {
  Vm* vm = loaded_vm(cpu);
  if (auto no = first_failure<LoadedCase>(kLoadedRules, {vm != nullptr, vm && vm->is_protected})) return *no;
  const auto entry = vm->stage2.find(phys_of(in.x1));
  if (entry == vm->stage2.end() || !entry->second.maps()) return returned(static_cast<std::int64_t>(Errno::kNoEnt));
  if (call != HostCall::kRelaxPermsGuest) return done();
  if ((in.x2 & ~pkvmproto::kProtRwx) != 0) return returned(static_cast<std::int64_t>(Errno::kInval));
  entry->second.prot |= in.x2;
  return done();
}

// By handle. x2: gfn; x3: pages.
HostResult El2::change_entry_of(HostCall call, const Registers& in) {
  Vm* vm = find_vm(in.x1);
  if (call == HostCall::kTlbFlushVmid) return done();  // nothing is kept that could be flushed, and nothing is returned
  const GuestPage guest = vm ? vm->page(phys_of(in.x2)) : GuestPage{};
  const UnshareCase c{vm != nullptr, vm && vm->is_protected, guest, guest.maps() ? pages_.host(guest.phys) : HostPage{},
                      in.x3};
  if (auto no = first_failure<UnshareCase>(kUnshareGuestRules, c)) return *no;
  if (call == HostCall::kWrprotectGuest) vm->stage2[page_of(phys_of(in.x2))].prot &= ~pkvmproto::kProtW;
  return done();
}

// ---- back to the host -----------------------------------------------------------------------------------------------

void El2::back_to_host(std::uint64_t phys) {
  pages_.set_host(phys, {PageState::kOwned, 0});
  pages_.restore(phys);
}

void El2::poison(std::uint64_t phys) {
  base::Bytes bytes(kPage);
  (void)memory_.read(settings_.guest_key, phys, bytes);
  const bool empty = std::ranges::all_of(bytes, [](std::uint8_t b) { return b == 0; });
  const bool kept = defences_.lifted(kPoison);
  (void)defences_.refuse_unless(kPoison, empty, name_);
  (void)memory_.write(kRaw, phys, kept ? bytes : base::Bytes(kPage));
}

void El2::change_key(std::uint64_t phys, memory::KeyId from, memory::KeyId to) {
  if (from == to) return;
  base::Bytes bytes(kPage);
  (void)memory_.read(from, phys, bytes);
  (void)memory_.write(to, phys, bytes);
}

HostResult El2::force_reclaim(std::uint64_t phys) {
  const auto annotation = pages_.annotation(phys);
  const bool of_guest = annotation && annotation->owner == Component::kGuest;
  Vm* vm = of_guest ? find_vm(annotation->handle) : nullptr;
  const std::uint64_t ipa = annotation ? annotation->gfn * kPage : 0;
  const ForceCase c{pages_.is_memory(phys), pages_.host(phys).state, of_guest, vm != nullptr,
                    vm ? vm->page(ipa).state : PageState::kNoPage};
  if (auto no = first_failure<ForceCase>(kForceReclaimRules, c)) return *no;
  vm->stage2[ipa] = {PageState::kPoison, 0};
  poison(page_of(phys));
  back_to_host(page_of(phys));
  return done();
}

HostResult El2::reclaim_dying(std::uint64_t handle, std::uint64_t gfn) {
  Vm* vm = find_vm(handle);
  const std::uint64_t ipa = phys_of(gfn);
  const GuestPage guest = vm ? vm->page(ipa) : GuestPage{};
  if (auto no = first_failure<DyingCase>(kReclaimDyingRules, {vm != nullptr, vm && vm->is_dying, guest.state}))
    return *no;
  if (guest.state == PageState::kPoison) return done();  // the host has it already
  // What the guest shared the host could read all along.
  if (guest.state == PageState::kOwned) poison(guest.phys);
  vm->stage2.erase(page_of(ipa));
  back_to_host(guest.phys);
  return done();
}

}  // namespace pkvm
