#include "platform/protocol/sev/kernel_hashes.h"

#include <gtest/gtest.h>

namespace sevproto {
namespace {

constexpr char kSha256OfNothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kSha256OfNul[] = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";

TEST(KernelHashes, HasTheBytesThatFirmwareLooksFor) {
  EXPECT_EQ(base::to_hex(wire::encode(kernel_hashes({}, {}, ""))),
            "06d63894224fc94cb479a793d411fd21" "a800"
            "d82dd09720bd944caa78e7714d36ab2a" "3200" + std::string(kSha256OfNul) +
            "31f7ba442f3ad74b9af141e29169781d" "3200" + kSha256OfNothing +
            "3794e74dd2ab7f42b835d5b172d2045b" "3200" + kSha256OfNothing + "0000000000000000");
}

TEST(KernelHashes, IsRefusedWhenCutOrPaddedWithAnythingElse) {
  base::Bytes raw = wire::encode(kernel_hashes(base::view_of("k"), base::view_of("i"), "console=ttyS0"));
  EXPECT_TRUE(wire::decode<KernelHashes>(raw));
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<KernelHashes>(base::View(raw).first(n)));
  raw.back() = 1;
  EXPECT_FALSE(wire::decode<KernelHashes>(raw));
}

}  // namespace
}  // namespace sevproto
