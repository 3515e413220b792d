#include <gtest/gtest.h>

#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/protocol/sev/page_info.h"
#include "platform/protocol/sev/vmsa.h"

namespace sevproto {
namespace {

// The values come from another implementation, which reproduces the expected digests of the virtee/sev test suite.
TEST(LaunchDigest, FollowsAChainOverEveryPageType) {
  base::Bytes p1(0x1000, 0xaa), p2;
  for (int i = 0; i < 0x1000; ++i) p2.push_back(static_cast<std::uint8_t>(i));
  struct Row {
    PageType type;
    base::Bytes page;
    std::uint64_t gpa;
    const char* digest;
  };
  const Row kRows[] = {
      {PageType::kNormal, p1, 0xffffe000,
       "484e1da4c785599e80cb434f79364f988a00d075d33f44462df667f29a214987dd00ea141d803df126773f9c59547f5d"},
      {PageType::kNormal, p2, 0xfffff000,
       "461d0770f48f3ced03d5b4db1759ce14e6ec49c0c0548b5b1280cd8c86658fbeedeaedc86ad8f40aae8d0d745a889274"},
      {PageType::kZero, {}, 0x00800000,
       "cc80eac8bc7b5f71a8950bc40aca0075869a6633e52ad868ab924ce05bd3f755c5991bcfe7fcde5ea159f8490e11b71b"},
      {PageType::kSecrets, {}, 0x0080d000,
       "7e68fdc6860c8ca349c15ca054ce3f918a17a53288c69aaec2eacfe1054e36981ec7c59ec52f4740226ba94f17a074e8"},
      {PageType::kCpuid, {}, 0x0080e000,
       "306082bb303063ea10324334b8771f8b121c2b0d804fc407dc5b53a46c20ddfbdbf3fc13dfc14769eca50e1fc11e5c5b"},
      {PageType::kUnmeasured, p1, 0x0080f000,
       "9455ac11e14e0fbbf567571a792b67bb8da6cf8d754efdae91a4386b179fe01e8c59ac7953afa878128b3eaf761f7e2b"},
      {PageType::kVmsa, wire::encode(reset_vmsa({})), kVmsaGpa,
       "7f618fa91b1ab707bff4502bbf45e72e8092558e218c49216e008f095942fcf50fffd1add80085aa1c388da80127dc0c"},
  };
  LaunchDigest digest{};
  for (const Row& row : kRows) {
    digest = extend_with_page(digest, row.type, row.page, row.gpa);
    EXPECT_EQ(base::to_hex(digest), row.digest) << std::hex << row.gpa;
  }
}

TEST(LaunchDigest, DependsOnEveryInput) {
  base::Block<48> contents{};
  LaunchDigest zero{}, one{1};
  auto plain = extend_launch_digest(zero, PageType::kZero, contents, 0x1000);
  EXPECT_NE(extend_launch_digest(one, PageType::kZero, contents, 0x1000), plain);
  EXPECT_NE(extend_launch_digest(zero, PageType::kSecrets, contents, 0x1000), plain);
  EXPECT_NE(extend_launch_digest(zero, PageType::kZero, {1}, 0x1000), plain);
  EXPECT_NE(extend_launch_digest(zero, PageType::kZero, contents, 0x2000), plain);
  EXPECT_NE(extend_launch_digest(zero, PageType::kZero, contents, 0x1000, {.vmpl1 = 1}), plain);
  EXPECT_NE(extend_launch_digest(zero, PageType::kZero, contents, 0x1000, {.vmpl1 = 1}),
            extend_launch_digest(zero, PageType::kZero, contents, 0x1000, {.vmpl3 = 1}));
  EXPECT_NE(extend_launch_digest(zero, PageType::kZero, contents, 0x1000, {}, true), plain);
}

TEST(LaunchDigest, HashesContentsOfNormalAndVmsaPagesOnly) {
  base::Bytes page(0x1000, 0xaa);
  EXPECT_EQ(base::to_hex(contents_digest(PageType::kNormal, page)).substr(0, 16), "4913442b8d4ca739");
  EXPECT_EQ(contents_digest(PageType::kCpuid, page), base::Block<48>{});
}

TEST(PageInfo, PutsPermissionsInDescendingOrder) {
  EXPECT_EQ(wire::field_span<PageInfo>("length")->offset, 0x60u);
  EXPECT_EQ(wire::field_span<PageInfo>("vmpl3_perms")->offset, 0x64u);
  EXPECT_EQ(wire::field_span<PageInfo>("vmpl1_perms")->offset, 0x66u);
  EXPECT_EQ(wire::field_span<PageInfo>("gpa")->offset, 0x68u);
}

}  // namespace
}  // namespace sevproto
