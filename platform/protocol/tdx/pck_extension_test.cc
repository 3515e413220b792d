#include "platform/protocol/tdx/pck_extension.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "platform/crypto/der.h"

namespace tdxproto {
namespace {

PckExtension extension() {
  PckExtension out;
  out.ppid.fill(0x11);
  out.tcb = {.components = {3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 200}, .pce_svn = 0x8001};
  out.cpu_svn.fill(0x22);
  out.pce_id = {1, 2};
  out.fmspc = {0xb0, 0xc0, 0x6f, 0, 0, 0};
  out.sgx_type = SgxType::kScalableWithIntegrity;
  out.platform_instance_id.emplace().fill(0x33);
  out.dynamic_platform = out.smt_enabled = true;
  return out;
}

TEST(PckExtension, IsReadAsItWasWritten) {
  EXPECT_EQ(decode_pck_extension(encode_pck_extension(extension())), extension());
  PckExtension single = extension();
  single.platform_instance_id.reset();
  single.dynamic_platform = single.smt_enabled = false;
  EXPECT_EQ(decode_pck_extension(encode_pck_extension(single)), single);
}

// The shape of the vendor's own: sizes of the parts of a certificate from the Platform CA.
TEST(PckExtension, HasTheShapeOfTheVendors) {
  PckExtension usual = extension();
  usual.tcb = {.components = {3, 3, 2, 2, 4, 1, 0, 5}, .pce_svn = 11};
  const auto raw = encode_pck_extension(usual);
  EXPECT_EQ(raw.size(), 554u);
  EXPECT_EQ(base::to_hex(base::View(raw).first(20)), "30820226301e060a2a864886f84d010d01010410");
  EXPECT_EQ(base::to_hex(base::View(raw).last(18)),
            "3010060b2a864886f84d010d01070301"
            "01ff");
}

TEST(PckExtension, RefusesEveryTruncationAndATail) {
  auto raw = encode_pck_extension(extension());
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(decode_pck_extension(base::View(raw).first(n))) << n;
  raw.push_back(0);
  EXPECT_FALSE(decode_pck_extension(raw));
}

// What a byte altered says is refused or said again in the same way.
TEST(PckExtension, ReadsNothingInTwoWays) {
  const auto good = encode_pck_extension(extension());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto raw = good;
      raw[at] = static_cast<std::uint8_t>(raw[at] ^ (1u << bit));
      auto got = decode_pck_extension(raw);
      if (got) {
        EXPECT_EQ(encode_pck_extension(*got), raw) << at;
      }
    }
  }
}

TEST(PckExtension, RefusesAPartThatIsThereTwiceOrNotAtAll) {
  namespace der = crypto::der;
  const base::Bytes whole = encode_pck_extension(extension());
  base::View rest = whole;
  const auto content = der::read(rest)->content;
  std::vector<base::Bytes> parts;
  for (base::View left = content; !left.empty();) parts.push_back(base::bytes_of(der::read(left)->whole));
  ASSERT_EQ(parts.size(), 7u);
  auto joined = [](const std::vector<base::Bytes>& from) {
    base::Bytes out;
    for (const auto& part : from) base::append(out, part);
    return der::sequence({out});
  };
  ASSERT_EQ(joined(parts), whole);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto without = parts, twice = parts;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    twice.push_back(parts[i]);
    EXPECT_FALSE(decode_pck_extension(joined(without))) << i;
    EXPECT_FALSE(decode_pck_extension(joined(twice))) << i;
  }
  // A part that a later profile may add.
  auto more = parts;
  more.push_back(der::sequence({der::object_id("1.2.840.113741.1.13.1.99"), der::integer(1)}));
  EXPECT_EQ(decode_pck_extension(joined(more)), extension());
}

}  // namespace
}  // namespace tdxproto
