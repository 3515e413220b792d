#pragma once
// Who has a page, as pKVM keeps it (Linux, arch/arm64/kvm/hyp/include/nvhe/memory.h and mem_protect.c).
#include <cstdint>
#include <string_view>

namespace pkvmproto {

enum class PageState : std::uint8_t {
  kOwned = 0,
  kSharedOwned = 1,
  kSharedBorrowed = 2,
  kNoPage = 3,
  kPoison = 4,  // of a guest's entry alone: the host took the page by force
};
std::string_view name_of(PageState state);

enum class Component : std::uint8_t { kHost = 0, kHyp = 1, kGuest = 2 };

// An entry of the host's stage 2 that maps nothing and says whose the page is. Bits 63:60 type, 59:4 metadata, 3:1
// owner, 0 clear. A guest's metadata: the VM's handle in bits 15:0, the guest frame in 55:16.
enum class AnnotationType : std::uint8_t { kLocked = 1, kDonation = 2, kPoisoned = 3 };
struct Annotation {
  AnnotationType type = AnnotationType::kDonation;
  Component owner = Component::kHyp;
  std::uint16_t handle = 0;
  std::uint64_t gfn = 0;
  friend bool operator==(const Annotation&, const Annotation&) = default;
};
constexpr std::uint64_t encode(const Annotation& a) {
  const std::uint64_t metadata = (a.gfn & 0xFF'FFFF'FFFF) << 16 | a.handle;
  return static_cast<std::uint64_t>(a.type) << 60 | metadata << 4 | static_cast<std::uint64_t>(a.owner) << 1;
}
constexpr Annotation annotation_of(std::uint64_t entry) {
  const std::uint64_t metadata = (entry >> 4) & 0xFF'FFFF'FFFF'FFFF;
  return {static_cast<AnnotationType>(entry >> 60), static_cast<Component>(entry >> 1 & 7),
          static_cast<std::uint16_t>(metadata), metadata >> 16};
}

// Permissions of a share with a guest (enum kvm_pgtable_prot).
inline constexpr std::uint64_t kProtX = 1, kProtW = 2, kProtR = 4, kProtRwx = 7;

}  // namespace pkvmproto
