#include "platform/crypto/certificate.h"

#include <gtest/gtest.h>

#include "platform/crypto/der.h"
#include "platform/crypto/revocation_list.h"

namespace crypto {
namespace {

constexpr Operation kOperation{"authority", "certificate", 1};
const CalendarTime kStart = calendar_time(2024, 2, 29, 12, 30, 5);
const CalendarTime kEnd = calendar_time(2060, 12, 31, 23, 59, 59);  // GeneralizedTime
const CalendarTime kBetween = calendar_time(2030, 1, 1);

EcKey key_of(std::string_view who, Curve curve = Curve::kP384) {
  return EcKey::derive(curve, base::view_of(who), "test");
}

CertificateContent content_of(std::string subject, std::string issuer, const EcKey& key) {
  return {.serial = {0},
          .subject = {std::move(subject), "Organization"},
          .issuer = {std::move(issuer), "Organization"},
          .not_before = kStart,
          .not_after = kEnd,
          .public_key = public_key_info(key.public_point()),
          .extensions = {basic_constraints(true), {"1.3.6.1.4.1.3704.1.4", base::Bytes(64, 0xab)}}};
}

struct Chain {
  Library library{1};
  EcKey root_key = key_of("root");
  EcKey leaf_key = key_of("leaf");
  Certificate root = issue(content_of("root", "root", root_key), library, kOperation, root_key);
  Certificate leaf = issue(content_of("leaf", "root", leaf_key), library, kOperation, root_key);
};

TEST(CalendarTime, CountsFromTheEpoch) {
  EXPECT_EQ(calendar_time(1970, 1, 1), 0);
  EXPECT_EQ(calendar_time(2001, 9, 9, 1, 46, 40), 1'000'000'000);
}

TEST(Certificate, SaysWhatItWasTold) {
  for (Curve curve : {Curve::kP256, Curve::kP384}) {
    for (const base::Bytes& serial : {base::Bytes{0}, base::Bytes{0x7f}, base::Bytes{0x80, 1, 2}}) {
      Library library(1);
      const EcKey key = key_of("self", curve);
      CertificateContent content = content_of("self", "someone else", key);
      content.serial = serial;
      const Certificate read = Certificate::from_der(issue(content, library, kOperation, key).to_der()).value();
      EXPECT_EQ(read.content().serial, serial);
      EXPECT_EQ(read.content().subject, content.subject);
      EXPECT_EQ(read.content().issuer, content.issuer);
      EXPECT_EQ(read.content().not_before, kStart);
      EXPECT_EQ(read.content().not_after, kEnd);
      EXPECT_EQ(read.public_key(), content.public_key);
      EXPECT_EQ(read.public_point(), key.public_point());
      EXPECT_EQ(read.content().extensions, content.extensions);
      EXPECT_TRUE(read.is_authority());
      EXPECT_EQ(*read.find_extension("1.3.6.1.4.1.3704.1.4"), base::Bytes(64, 0xab));
      EXPECT_EQ(read.find_extension("1.3.6.1.4.1.3704.1.5"), nullptr);
    }
  }
}

TEST(Certificate, TheSameContentGivesTheSameBytes) {
  Chain one, other;
  EXPECT_EQ(one.leaf, other.leaf);
  Library seed_two(2);
  EXPECT_NE(issue(one.leaf.content(), seed_two, kOperation, one.root_key), one.leaf);
}

TEST(Certificate, RefusesEveryTruncationAndATail) {
  Chain chain;
  const base::Bytes& der = chain.leaf.to_der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(Certificate::from_der(base::View(der).first(size))) << size;
  }
  base::Bytes tailed = der;
  tailed.push_back(0);
  EXPECT_FALSE(Certificate::from_der(tailed));
}

TEST(Certificate, EveryAlteredByteIsRefusedOrUnsigned) {
  Chain chain;
  const base::Bytes& der = chain.leaf.to_der();
  for (std::size_t i = 0; i < der.size(); i += 3) {
    base::Bytes altered = der;
    altered[i] ^= 0x04;
    std::optional<Certificate> read = Certificate::from_der(altered);
    EXPECT_FALSE(read && read->signed_by(chain.root.public_key())) << i;
  }
}

TEST(Certificate, IsIssuedByItsIssuerInItsTimeOnly) {
  Chain chain;
  EXPECT_TRUE(issued_by(chain.leaf, chain.root, kBetween));
  EXPECT_TRUE(issued_by(chain.root, chain.root, kBetween));
  EXPECT_TRUE(issued_by(chain.leaf, chain.root, kStart));
  EXPECT_TRUE(issued_by(chain.leaf, chain.root, kEnd));
  EXPECT_FALSE(issued_by(chain.leaf, chain.root, kStart - 1));
  EXPECT_FALSE(issued_by(chain.leaf, chain.root, kEnd + 1));
  EXPECT_FALSE(issued_by(chain.root, chain.leaf, kBetween));
}

TEST(Certificate, AnExpiredIssuerVouchesForNobody) {
  Chain chain;
  CertificateContent expired = chain.root.content();
  expired.not_after = kBetween - 1;
  const Certificate root = issue(expired, chain.library, kOperation, chain.root_key);
  EXPECT_FALSE(issued_by(chain.leaf, root, kBetween));
  EXPECT_TRUE(issued_by(chain.leaf, root, kBetween - 1));
}

TEST(Certificate, ANameWithoutTheKeyAndAKeyWithoutTheNameAreNotEnough) {
  Chain chain;
  const EcKey thief = key_of("thief");
  const Certificate forged = issue(chain.leaf.content(), chain.library, kOperation, thief);
  EXPECT_TRUE(forged.names_as_issuer(chain.root));
  EXPECT_FALSE(issued_by(forged, chain.root, kBetween));
  CertificateContent renamed = chain.leaf.content();
  renamed.issuer.organization = "Other";
  const Certificate misnamed = issue(renamed, chain.library, kOperation, chain.root_key);
  EXPECT_TRUE(misnamed.signed_by(chain.root.public_key()));
  EXPECT_FALSE(issued_by(misnamed, chain.root, kBetween));
}

TEST(Certificate, ThePemTextHoldsTheWholeChain) {
  Chain chain;
  const std::string pem = to_pem({chain.leaf, chain.root});
  EXPECT_EQ(Certificate::from_pem(pem), (std::vector<Certificate>{chain.leaf, chain.root}));
  EXPECT_FALSE(Certificate::from_pem(pem.substr(0, pem.size() - 30)));
  EXPECT_FALSE(Certificate::from_pem(""));
  EXPECT_FALSE(Certificate::from_pem("-----BEGIN X-----\nAAAA\n-----END X-----\n"));
}

TEST(Certificate, AuthorityIsWhatBasicConstraintsSay) {
  Chain chain;
  CertificateContent content = chain.leaf.content();
  content.extensions = {basic_constraints(false)};
  EXPECT_FALSE(issue(content, chain.library, kOperation, chain.root_key).is_authority());
  content.extensions.clear();
  EXPECT_FALSE(issue(content, chain.library, kOperation, chain.root_key).is_authority());
}

TEST(RevocationList, ListsWhatItWasToldAndIsReadBack) {
  Chain chain;
  CertificateContent second = chain.leaf.content();
  second.serial = {0x99, 0x01};
  const Certificate revoked = issue(second, chain.library, kOperation, chain.root_key);
  RevocationContent content{{"root", "Organization"}, kStart, kEnd, {{3}, {0x99, 0x01}}};
  const RevocationList list = issue(content, chain.library, kOperation, chain.root_key);
  EXPECT_EQ(list.content().serials, content.serials);
  EXPECT_TRUE(list.revokes(revoked));
  EXPECT_FALSE(list.revokes(chain.leaf));
  EXPECT_TRUE(list.names_as_issuer(chain.root));
  EXPECT_TRUE(list.signed_by(chain.root.public_key()));
  EXPECT_FALSE(list.signed_by(chain.leaf.public_key()));
  EXPECT_TRUE(list.current_at(kStart) && list.current_at(kEnd));
  EXPECT_FALSE(list.current_at(kStart - 1) || list.current_at(kEnd + 1));

  content.serials.clear();
  EXPECT_FALSE(issue(content, chain.library, kOperation, chain.root_key).revokes(revoked));
  content.serials = {{0x99, 0x01}};
  content.issuer.common_name = "another root";
  EXPECT_FALSE(issue(content, chain.library, kOperation, chain.root_key).revokes(revoked)) << "its own serials only";

  const base::Bytes& der = list.to_der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(RevocationList::from_der(base::View(der).first(size))) << size;
  }
  base::Bytes tailed = der;
  tailed.push_back(0);
  EXPECT_FALSE(RevocationList::from_der(tailed));
}

}  // namespace
}  // namespace crypto
