// Tokens: the encoding by the RFC's vectors, the form by every way of spoiling it, the rules by a table.
#include "guest/relying_party/token.h"

#include <gtest/gtest.h>

#include "guest/relying_party/base64url.h"

namespace relying_party {
namespace {

// RFC 4648, 10, without padding.
TEST(Token, Base64url) {
  constexpr std::pair<const char*, const char*> kVectors[] = {{"", ""},         {"f", "Zg"},         {"fo", "Zm8"},        {"foo", "Zm9v"},
                                                              {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : kVectors) {
    EXPECT_EQ(to_base64url(base::view_of(std::string(plain))), coded);
    EXPECT_EQ(from_base64url(coded), base::bytes_of(base::view_of(std::string(plain))));
  }
  EXPECT_EQ(to_base64url(base::Bytes{0xfb, 0xff}), "-_8");
  for (const char* wrong : {"Z", "Zg==", "Zh", "Zm9v\n", "Zm+v", "Zm/v", "Zm9vY"}) EXPECT_FALSE(from_base64url(wrong)) << wrong;
}

struct Issued {
  Issued() {
    const auto point = holder.public_point();
    std::copy(point.begin(), point.end(), claims.holder.begin());
    claims.audience = "service0";
    claims.issued = claims.not_before = 1'000;
    claims.expires = 1'300;
    claims.nonce[3] = 7;
    claims.evidence = "abcdef";
    compact = issue_token(claims, issuer, library, {"owner", "token", 1});
  }
  crypto::Library library{1};
  crypto::EcKey issuer = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of(std::string("i")), "issuer");
  crypto::EcKey holder = crypto::EcKey::derive(crypto::Curve::kP384, base::view_of(std::string("h")), "holder");
  TokenClaims claims;
  std::string compact;
};

TEST(Token, RoundTripAndNothingBesides) {
  Issued issued;
  const auto token = read_token(issued.compact);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->claims, issued.claims);
  EXPECT_TRUE(crypto::ec_verify(issued.issuer.public_point(), token->signed_part, token->signature));
  for (std::size_t size = 0; size < issued.compact.size(); ++size) EXPECT_FALSE(read_token(issued.compact.substr(0, size)));
  EXPECT_FALSE(read_token(issued.compact + "A"));
  EXPECT_FALSE(read_token(issued.compact + "."));
  EXPECT_FALSE(read_token("." + issued.compact));
  // Whatever one letter becomes: unreadable, or not signed so.
  for (std::size_t i = 0; i < issued.compact.size(); ++i) {
    std::string altered = issued.compact;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    const auto read = read_token(altered);
    EXPECT_FALSE(read && crypto::ec_verify(issued.issuer.public_point(), read->signed_part, read->signature)) << i;
  }
}

TEST(Token, NoOtherAlgorithmAndNoOtherMember) {
  Issued issued;
  const auto with_header = [&](const std::string& header) {
    return to_base64url(base::view_of(header)) + issued.compact.substr(issued.compact.find('.'));
  };
  EXPECT_TRUE(read_token(with_header(R"({"alg":"ES384","typ":"JWT"})")));
  for (const char* header : {R"({"alg":"none","typ":"JWT"})", R"({"alg":"HS384","typ":"JWT"})", R"({"typ":"JWT","alg":"ES384"})", "{}"})
    EXPECT_FALSE(read_token(with_header(header))) << header;
}

struct Row {
  const char* what;
  void (*spoil)(TokenCase& c, Token& token);
  const char* refused_by;
};
constexpr Row kRows[] = {
    {"as it should be", [](TokenCase&, Token&) {}, ""},
    {"unreadable", [](TokenCase& c, Token&) { c.token = nullptr; }, "owner.token.format"},
    {"another issuer", [](TokenCase&, Token& t) { t.signature.r[5] ^= 1; }, "owner.token.signature"},
    {"one second early", [](TokenCase& c, Token&) { c.now = 999; }, "owner.token.not-before"},
    {"the last second", [](TokenCase& c, Token&) { c.now = 1'299; }, ""},
    {"expired", [](TokenCase& c, Token&) { c.now = 1'300; }, "owner.token.expiry"},
    {"for somebody else", [](TokenCase& c, Token&) { c.audience = "service1"; }, "owner.token.audience"},
    {"no proof", [](TokenCase& c, Token&) { c.proves_key = false; }, "owner.token.proof"},
    {"old evidence", [](TokenCase& c, Token&) { c.age_max = 9; c.now = 1'010; }, "owner.token.age"},
    {"evidence just young enough", [](TokenCase& c, Token&) { c.age_max = 10; c.now = 1'010; }, ""},
};

TEST(Token, Rules) {
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.what);
    Issued issued;
    auto token = *read_token(issued.compact);
    const auto point = issued.issuer.public_point();
    TokenCase c{.token = &token, .issuer_point = point, .audience = "service0", .now = 1'005, .proves_key = true};
    row.spoil(c, token);
    trust::Defences defences;
    const auto refusal = refuse_token(c, defences, "service0");
    EXPECT_EQ(refusal ? refusal->by->id : "", row.refused_by);
  }
}

TEST(Token, AProofIsOfOneTokenAndOneNonce) {
  Issued issued;
  Nonce one{}, other{};
  other[31] = 1;
  EXPECT_NE(proof_message(one, issued.compact), proof_message(other, issued.compact));
  EXPECT_NE(proof_message(one, issued.compact), proof_message(one, issued.compact + "x"));
}

}  // namespace
}  // namespace relying_party
