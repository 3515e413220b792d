#pragma once
// What EL2 keeps of a VM and of its vCPUs, in pages that the host donated for it.
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "tsm/pkvm/pages.h"

namespace pkvm {

inline constexpr std::uint64_t kHandleOffset = 0x1000;
inline constexpr std::uint64_t kVmsMax = 255;
// Of pvmfw, at its IPA: the binary, then its configuration.
inline constexpr std::uint64_t kPvmfwPages = 4;

// One entry of a guest's stage 2. kNoPage is an entry that is not there; kPoison maps nothing.
struct GuestPage {
  PageState state = PageState::kNoPage;
  std::uint64_t phys = 0;
  std::uint64_t prot = pkvmproto::kProtRwx;
  bool maps() const { return state != PageState::kNoPage && state != PageState::kPoison; }
  friend bool operator==(const GuestPage&, const GuestPage&) = default;
};

struct Vcpu {
  unsigned index = 0;
  std::uint64_t at = 0;         // the donated page that holds it
  std::uint64_t host_vcpu = 0;  // the host's own structure, pinned
  std::optional<std::uint32_t> loaded_on{};
  bool inside = false;          // between a run and the next exit
  std::uint64_t fault_ipa = 0;  // of the last abort, as EL2 saw it
};

struct Vm {
  std::uint64_t handle = 0;
  std::uint64_t at = 0, pgd = 0, host_kvm = 0;
  bool is_protected = true;
  bool is_dying = false;
  std::uint64_t pvmfw_load_addr = 0;  // ~0: none
  std::uint32_t created_vcpus = 1;
  std::map<unsigned, Vcpu> vcpus;
  std::map<std::uint64_t, GuestPage> stage2;  // by IPA
  std::set<std::uint64_t> mmio;               // IPAs that the guest wants the host to emulate

  GuestPage page(std::uint64_t ipa) const {
    const auto found = stage2.find(page_of(ipa));
    return found == stage2.end() ? GuestPage{} : found->second;
  }
  bool loaded() const {
    for (const auto& [index, vcpu] : vcpus)
      if (vcpu.loaded_on) return true;
    return false;
  }
  bool is_pvmfw(std::uint64_t ipa) const {
    return ipa >= pvmfw_load_addr && ipa - pvmfw_load_addr < kPvmfwPages * kPage;
  }
};

}  // namespace pkvm
