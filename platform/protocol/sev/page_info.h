#pragma once
// The launch digest of SEV-SNP: a chain over PAGE_INFO structures, one for each page that enters the guest (SNP ABI
// 1.58, SNP_LAUNCH_UPDATE).
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace sevproto {

enum class PageType : std::uint8_t { kNormal = 1, kVmsa = 2, kZero = 3, kUnmeasured = 4, kSecrets = 5, kCpuid = 6 };

using LaunchDigest = base::Block<48>;  // starts as zero

// The address under which every VMSA page is measured.
inline constexpr std::uint64_t kVmsaGpa = 0xfffffffff000;

struct VmplPerms {
  std::uint8_t vmpl1 = 0;
  std::uint8_t vmpl2 = 0;
  std::uint8_t vmpl3 = 0;
  bool operator==(const VmplPerms&) const = default;
};

struct PageInfo {
  std::array<std::uint8_t, 48> digest_cur{};
  std::array<std::uint8_t, 48> contents{};
  std::uint16_t length = 0x70;
  PageType page_type = PageType::kNormal;
  std::uint8_t imi_page = 0;
  std::uint8_t vmpl3_perms = 0;
  std::uint8_t vmpl2_perms = 0;
  std::uint8_t vmpl1_perms = 0;
  std::uint64_t gpa = 0;
  bool operator==(const PageInfo&) const = default;
  using Wire = wire::Layout<&PageInfo::digest_cur, &PageInfo::contents, &PageInfo::length, &PageInfo::page_type,
                            &PageInfo::imi_page, &PageInfo::vmpl3_perms, &PageInfo::vmpl2_perms,
                            &PageInfo::vmpl1_perms, wire::Reserved<1>{}, &PageInfo::gpa>;
};
static_assert(wire::min_size<PageInfo>() == 0x70);

// SHA-384 of the page for the types whose contents are measured (normal and VMSA), zero for the others.
base::Block<48> contents_digest(PageType type, base::View page);

LaunchDigest extend_launch_digest(const LaunchDigest& digest, PageType type, const base::Block<48>& contents,
                                  std::uint64_t gpa, VmplPerms perms = {}, bool imi = false);
// The same for a page at hand; `page` may be empty for the types whose contents are not measured.
LaunchDigest extend_with_page(const LaunchDigest& digest, PageType type, base::View page, std::uint64_t gpa,
                              VmplPerms perms = {}, bool imi = false);

}  // namespace sevproto
