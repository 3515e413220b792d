#include "platform/protocol/sev/report.h"

#include <gtest/gtest.h>

#include <utility>

namespace sevproto {
namespace {

std::size_t offset_of(std::string_view name) { return wire::field_span<Report>(name).value().offset; }

TEST(Report, FieldsLieWhereTheAbiPutsThem) {
  const std::pair<const char*, std::size_t> kOffsets[] = {
      {"version", 0}, {"guest_svn", 4}, {"policy", 8}, {"family_id", 0x10}, {"image_id", 0x20}, {"vmpl", 0x30},
      {"signature_algo", 0x34}, {"current_tcb", 0x38}, {"platform_info", 0x40}, {"key_info", 0x48},
      {"report_data", 0x50}, {"measurement", 0x90}, {"host_data", 0xc0}, {"id_key_digest", 0xe0},
      {"author_key_digest", 0x110}, {"report_id", 0x140}, {"report_id_ma", 0x160}, {"reported_tcb", 0x180},
      {"cpuid_fam_id", 0x188}, {"cpuid_mod_id", 0x189}, {"cpuid_step", 0x18a}, {"chip_id", 0x1a0},
      {"committed_tcb", 0x1e0}, {"current.build", 0x1e8}, {"current.minor", 0x1e9}, {"current.major", 0x1ea},
      {"committed.build", 0x1ec}, {"launch_tcb", 0x1f0}, {"launch_mit_vector", 0x1f8}, {"current_mit_vector", 0x200},
      {"signature.r", 0x2a0}, {"signature.s", 0x2e8}};
  for (auto [name, offset] : kOffsets) EXPECT_EQ(offset_of(name), offset) << name;
  EXPECT_EQ(wire::encode(Report{}).size(), 1184u);
}

TEST(Report, RefusesEveryTruncationATailAndReservedBytes) {
  base::Bytes raw = wire::encode(Report{});
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<Report>(base::View(raw).first(n))) << n;
  raw.push_back(0);
  EXPECT_FALSE(wire::decode<Report>(raw));
  raw.pop_back();
  for (std::size_t at : {0x4c, 0x18b, 0x19f, 0x1eb, 0x1ef, 0x208, 0x29f, 0x330, 0x49f}) {
    raw[at] = 1;
    auto got = wire::decode<Report>(raw);
    ASSERT_FALSE(got) << at;
    EXPECT_EQ(got.error().offset, at);
    raw[at] = 0;
  }
}

TEST(Report, IsSignedUpToTheSignature) {
  Report report;
  report.current_mit_vector = 7;
  report.signature.r[0] = 1;
  base::Bytes raw = wire::encode(report);
  EXPECT_EQ(signed_part(report), base::bytes_of(signed_part(raw)));
  EXPECT_EQ(signed_part(report).size(), 0x2a0u);
  report.signature.r[0] = 2;
  EXPECT_EQ(signed_part(report), base::bytes_of(signed_part(raw)));
}

TEST(Report, KnowsWhichVersionHasWhichFields) {
  Report report;
  EXPECT_TRUE(fields_fit_version(report));
  report.cpuid_fam_id = 0x19;
  EXPECT_FALSE(fields_fit_version(report));
  report.version = 3;
  EXPECT_TRUE(fields_fit_version(report));
  report.launch_mit_vector = 1;
  EXPECT_FALSE(fields_fit_version(report));
  report.version = 5;
  EXPECT_TRUE(fields_fit_version(report));
}

TEST(Report, SigningKeyIsBits4To2OfKeyInfo) {
  EXPECT_EQ(signing_key(0x1c), SigningKey::kNone);
  EXPECT_EQ(with_signing_key(0x1f, SigningKey::kVlek), 0x07u);
}

TEST(Report, TurnsNumbersAround) {
  base::Block<48> number{};
  for (int i = 0; i < 48; ++i) number[i] = static_cast<std::uint8_t>(i + 1);
  auto le = le72_of(number);
  EXPECT_EQ(le[0], 48);
  EXPECT_EQ(le[47], 1);
  EXPECT_EQ(le[48], 0);
  EXPECT_EQ(be48_of(le), number);
  le[48] = 1;
  EXPECT_FALSE(be48_of(le));
}

}  // namespace
}  // namespace sevproto
