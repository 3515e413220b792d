#include "platform/protocol/sev/page_info.h"

#include "platform/crypto/hash.h"

namespace sevproto {

base::Block<48> contents_digest(PageType type, base::View page) {
  bool measured = type == PageType::kNormal || type == PageType::kVmsa;
  return measured ? crypto::sha384(page) : base::Block<48>{};
}

LaunchDigest extend_launch_digest(const LaunchDigest& digest, PageType type, const base::Block<48>& contents,
                                  std::uint64_t gpa, VmplPerms perms, bool imi) {
  PageInfo info{.digest_cur = digest,
                .contents = contents,
                .page_type = type,
                .imi_page = imi,
                .vmpl3_perms = perms.vmpl3,
                .vmpl2_perms = perms.vmpl2,
                .vmpl1_perms = perms.vmpl1,
                .gpa = gpa};
  return crypto::sha384(wire::encode(info));
}

LaunchDigest extend_with_page(const LaunchDigest& digest, PageType type, base::View page, std::uint64_t gpa,
                              VmplPerms perms, bool imi) {
  return extend_launch_digest(digest, type, contents_digest(type, page), gpa, perms, imi);
}

}  // namespace sevproto
