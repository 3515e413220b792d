#include "platform/protocol/sev/cert_table.h"

#include <gtest/gtest.h>

namespace sevproto {
namespace {

std::vector<CertEntry> entries() { return {{kGuidVcek, {1, 2, 3}}, {kGuidAsk, {}}, {kGuidArk, {4}}}; }

TEST(CertTable, IsWrittenRowByRow) {
  base::Bytes raw = encode_cert_table({{kGuidVcek, {0xaa, 0xbb}}});
  EXPECT_EQ(base::to_hex(raw),
            "8d75da6364e66445adc5f4b93be8accd" "30000000" "02000000" + std::string(48, '0') + "aabb");
}

TEST(CertTable, IsReadBackPaddingOrNot) {
  base::Bytes raw = encode_cert_table(entries());
  EXPECT_EQ(*decode_cert_table(raw), entries());
  raw.resize(0x1000);
  EXPECT_EQ(*decode_cert_table(raw), entries());
  EXPECT_EQ(find_cert(entries(), kGuidArk), base::Bytes{4});
  EXPECT_FALSE(find_cert(entries(), kGuidCrl));
}

TEST(CertTable, RefusesEveryTruncation) {
  base::Bytes raw = encode_cert_table(entries());
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(decode_cert_table(base::View(raw).first(n))) << n;
}

TEST(CertTable, RefusesRowsThatPointElsewhere) {
  base::Bytes raw = encode_cert_table(entries());
  auto with = [&](std::size_t at, std::uint32_t value) {
    base::Bytes bad = raw;
    base::store_le(bad, at, value);
    return static_cast<bool>(decode_cert_table(bad));
  };
  EXPECT_TRUE(with(20, 2));
  EXPECT_FALSE(with(20, 5));            // past the end
  EXPECT_FALSE(with(20, 0xffffffff));   // wraps
  EXPECT_FALSE(with(16, 0xffffffff));
  EXPECT_FALSE(with(16, 0));            // the rows themselves
}

}  // namespace
}  // namespace sevproto
