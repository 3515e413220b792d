#include "scenarios/verify/policy.h"

#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/verify/honest_policy.h"
#include "scenarios/verify/pem.h"

namespace verify {
namespace {

std::string said_of(const std::string& text) {
  try {
    (void)policy_of(load::parse_document(text, "p.yaml"), "p.yaml");
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "accepted";
}

const std::string kHead = "at: 2026-01-15T00:00:00Z\nreport-data: \"00\"\n";

TEST(Policy, NamesThePlaceOfWhatIsWrong) {
  EXPECT_EQ(said_of(kHead + "snp: { measurement: \"00\" }\n").substr(0, 12), "p.yaml:3:8: ");
  EXPECT_NE(said_of(kHead + "snp: { measurement: \"00\" }\n").find("did you mean `measurements`"), std::string::npos);
  EXPECT_NE(said_of(kHead).find("wants one of the keys"), std::string::npos);
  EXPECT_NE(said_of("at: 2026-01-15T00:00:00Z\nsnp: { }\n").find("lacks the key `report-data`"), std::string::npos);
  EXPECT_EQ(said_of("at: yesterday\nreport-data: \"00\"\nsnp: { }\n").substr(0, 12), "p.yaml:1:5: ");
  EXPECT_NE(said_of("at: 2026-13-15T00:00:00Z\nreport-data: \"00\"\nsnp: { }\n").find("wants a time"), std::string::npos);
}

TEST(Policy, WantsHexadecimalOfTheRightSize) {
  const auto said = said_of(kHead + "pkvm: { roots: none.pem, layers: [ { component: a, code: \"0011\" } ] }\n");
  EXPECT_NE(said.find("none.pem"), std::string::npos) << said;
  EXPECT_NE(said_of("at: 2026-01-15T00:00:00Z\nreport-data: \"0\"\nsnp: { }\n").find("in hexadecimal"), std::string::npos);
  EXPECT_NE(said_of("at: 2026-01-15T00:00:00Z\nreport-data: \"" + std::string(130, '0') + "\"\nsnp: { }\n").find("at most 64 bytes"), std::string::npos);
}

TEST(Policy, IsOfOneTechnology) {
  EXPECT_NE(said_of(kHead + "snp: { }\ntdx: { }\n").find("lacks the key"), std::string::npos);
}

TEST(Policy, ReadsPemStrictly) {
  const std::string good = "-----BEGIN PUBLIC KEY-----\nAAEC\nAw==\n-----END PUBLIC KEY-----\n";
  const auto blocks = from_pem(good, "PUBLIC KEY");
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->front(), (base::Bytes{0, 1, 2, 3}));
  EXPECT_FALSE(from_pem(good, "CERTIFICATE"));
  for (const char* bad : {"AAE", "AA=E", "A===", "AAEC====", "Aw==AAEC", "AA C", "AAE\xff"})
    EXPECT_FALSE(from_pem("-----BEGIN PUBLIC KEY-----\n" + std::string(bad) + "\n-----END PUBLIC KEY-----\n", "PUBLIC KEY")) << bad;
  EXPECT_FALSE(from_pem("-----BEGIN PUBLIC KEY-----\nAAEC\n", "PUBLIC KEY"));
}

TEST(Policy, OfAnUnknownTechnologyIsNone) { EXPECT_EQ(honest_policy({.technology = "sev", .command = {}, .fields = {}, .files = {}, .at = {}, .report_data = {}}), ""); }

}  // namespace
}  // namespace verify
