// The Open DICE reference implementation's known answers (include/dice/known_test_values.h: P-384, Android profile),
// and what a chain refuses.
#include "platform/protocol/pkvm/dice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/cose/key.h"

namespace pkvmproto {
namespace {

// Certificates over zeroes, over fake hashes, and over fake hashes with descriptors.
constexpr const char* kZeroCertificate =
    "8444a1013822a05901c2a901782830346332363566653036666632333065333962363332326565613965303130373131666236366234027828"
    "343063"
    "623466303634613638643430376130623339306162636330356133346266633861663333663a00474450584000000000000000000000000000"
    "000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003a0047445358400000"
    "000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00003a"
    "004744545840000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000"
    "000000000000000000003a0047445641003a004744575871a60102033822048102200221583077196ba584eb7946d2fbb0d5c831c7ad91375e"
    "1128db"
    "238cc1c67fae5e0710955b17b5d508123106ba313110437151de2258300325a97629679d6ba901b122a04beef7b3e152fce03cdc5d1b581669"
    "dd4424"
    "67bf21d747f313d1476c4bd305b529a0f13a0047445841203a004744596a616e64726f69642e31385860e5a841fae5261254a97940a6a1605b"
    "c71345"
    "dbdffab7fcebcc21477d39e145a8f0038cfa15ad1cbdd40edba7bc2c80f6df8e340f77c782e1354e9cb501b717bbedd91cea367cb53ce61c51"
    "d463b3"
    "e66fa2fe4f8e0f741257dd93ded143a00158";
constexpr const char* kHashCertificate =
    "8444a1013822a05901c2a901782835643862366265376365336564653661323431383031343532336536633964633837653938636336027828"
    "363561"
    "633539366162393934303361386337303237356231346230323337336666313433663931653a004744505840b7d40ccb225ba5788f98ff9e86"
    "9375f6"
    "90ac50cf9ebd0afeb1d9c24e5219e4de29e561f3f929e840877add174805897e2bcb5479cc66f1b313290c6896b2bb8f3a004744535840cf99"
    "7bea2e"
    "2c86a07b5209c8b53c411229281a820d499c95cb0b1b311a019cf2661ad9b5ce5259cbf4819b21af325d07a01e91596f0655108e2e08885228"
    "867f3a"
    "00474454584022526017ef2ca1f6cbed39d5e2aa6520fbad8293e578232297c16e6a4e36d76a61390821d4fe925f362deb5dbb328be3944fbe"
    "1b21f9"
    "cc237341b6b9b698d0bc3a0047445641003a004744575871a6010203382204810220022158303281ad611e50962b5edaffee14a6443dd9d134"
    "f664b7"
    "6158f49a58dbefa8871326081bc7ddc55b7342d629873f85d0e42258306085d842291bc6d9f62f3acea0b940b818dec25c90fb4b6d964277e2"
    "f6583d"
    "37a73d2ecad12ca4d4a7af25c3b2e734f53a0047445841203a004744596a616e64726f69642e31385860da7cc9f576dfd13f868316ba23a04c"
    "678618"
    "2977f1e54d48d17f73243e2de5526d6320c75967449b0621a21b2d4678fcc24311ea72ce9d0ad6ef35c9d13f5cf6efd26f5b927f99cb378c50"
    "222afc"
    "9db529d1b629e73d994bac690f59b4483a31";
constexpr const char* kDescriptorCertificate =
    "8444a1013822a05902a4ac01782835643862366265376365336564653661323431383031343532336536633964633837653938636336027828"
    "366631"
    "333963376232623136616338313032346435373439366231623761313366643365383037663a004744505840b7d40ccb225ba5788f98ff9e86"
    "9375f6"
    "90ac50cf9ebd0afeb1d9c24e5219e4de29e561f3f929e840877add174805897e2bcb5479cc66f1b313290c6896b2bb8f3a0047445158646c46"
    "013326"
    "734b2265fdfa58d7573e9559e03ac3b9f7c80e98808cf5c4b8afe3168425a5355d1772568f8eec2f5a7460772a6e90c04e9f876bf48d9c66e3"
    "0bd210"
    "3521a81da23117e70cdf18f794e4d1ca327df263231dbc847461db87f2ab72adaf08f83a0047445358281b40c1a97760ebc367f05f6ae15e20"
    "c25168"
    "4d82488b03321679881437787f169a06fdc08a1580623a0047445258404500e95cbd00570455876cbd2fea419c66425141bb44ed0ee966cfd5"
    "10730d"
    "4b48e47a5335010e6d1555c5b7d2d536b6bc7eb0f33de6197862eb02573956734f3a00474454584022526017ef2ca1f6cbed39d5e2aa6520fb"
    "ad8293"
    "e578232297c16e6a4e36d76a61390821d4fe925f362deb5dbb328be3944fbe1b21f9cc237341b6b9b698d0bc3a00474455584192d697b383df"
    "e78cc7"
    "bc4afcea76c05366bd2c1e10319080112d084d7c3976dc73e71c1662d559d7492b6aa2366757d1f2f9af13d7a3e4d3395b0278b1e00970a23a"
    "004744"
    "5641003a004744575871a601020338220481022002215830b4021948cadd234b9291228da88085c0f923e489bd918df38fa373607019c63376"
    "bfd460"
    "fadcde465851131d738179ff22583039791b496acf378ff41ac229b5802f7b2b0a2796b3b2c1c66fb416a47876736fcbf57d26c237e95898eb"
    "ef117c"
    "8d1d4b3a0047445841203a004744596a616e64726f69642e313858609f35b72c84a3383cdd1d78a233b01161ad8b83f406806ac7721fba81c6"
    "43ef67"
    "ff960a09dfa20a1a2f0ec9226c9af918260098385c9422ac52730bf315fd42a67ffa0c4248a30db34c0fe1afab721fb2f8de854db4b786f92f"
    "91118e"
    "29ff1b2e";

base::Bytes hex(std::string_view text) { return *base::from_hex(text); }

// As the reference's tests make their inputs: SHA-512 over and over, with the first eight bytes as a counter.
base::Bytes fake(std::string_view seed, std::size_t length) {
  base::Block<64> context = crypto::sha512(base::view_of(seed));
  base::Bytes out;
  while (out.size() < length) {
    base::append(out, crypto::sha512(context));
    base::store_le<std::uint64_t>(context, 0, base::load_le<std::uint64_t>(context) + 1);
  }
  out.resize(length);
  return out;
}
template <std::size_t N>
base::Block<N> fake_block(std::string_view seed) {
  base::Block<N> out{};
  std::ranges::copy(fake(seed, N), out.begin());
  return out;
}

struct Known {
  Cdis current;
  DiceInput input;
  base::Bytes certificate;
  const char *attest, *seal;
};
Known zero() {
  return {{},
          {},
          hex(kZeroCertificate),
          "fbfc679771342eeacb908659ce49d6b63b4535da2c51433d7f04efa6319e0c19",
          "8ff8b22571325e7defefbfea8df1c9f34bf4d9ee03b75b788219c6b1ef49bdc5"};
}
Known hashes() {
  Known out{{fake_block<32>("cdi_attest"), fake_block<32>("cdi_seal")},
            {},
            hex(kHashCertificate),
            "084ef406c69ba74b1e24d062f9ab8a8d89da6e03e4c6b122857cf74fd6a4bee5",
            "90c9a2865df4fa5830643d6caef07c76aeaa15619828f1bda7f74482e2f0ae1e"};
  out.input.code_hash = fake_block<64>("code_hash");
  out.input.authority_hash = fake_block<64>("authority_hash");
  out.input.inline_config = fake_block<64>("inline_config");
  return out;
}
Known descriptors() {
  Known out = hashes();
  out.certificate = hex(kDescriptorCertificate);
  out.attest = "20d50c685ad9e2df77607868190024c2044fb8de79aa9f5f12fca8da3708a310";
  out.input.code_descriptor = fake("code_desc", 100);
  out.input.config_descriptor = fake("config_desc", 40);
  out.input.authority_descriptor = fake("authority_desc", 65);
  return out;
}

TEST(Dice, DerivesThePublishedSecrets) {
  for (const Known& k : {zero(), hashes(), descriptors()}) {
    const Cdis next = next_cdis(k.current, k.input);
    EXPECT_EQ(base::to_hex(next.attest), k.attest);
    EXPECT_EQ(base::to_hex(next.seal), k.seal);
  }
}

TEST(Dice, MakesThePublishedCertificatesButForTheirRandomSignatures) {
  for (const Known& k : {zero(), hashes(), descriptors()}) {
    const auto published = cose::sign1_of(*cbor::decode(k.certificate));
    ASSERT_TRUE(published);
    const auto authority = dice_key(k.current.attest), subject = dice_key(next_cdis(k.current, k.input).attest);
    const auto claims = dice_claims(authority.public_point(), subject.public_point(), k.input, kAndroidProfile);
    EXPECT_EQ(base::to_hex(cbor::encode(claims, cbor::Order::kAsGiven)), base::to_hex(published->payload));
    EXPECT_TRUE(cose::verify(*published, authority.public_point())) << "our key is the one that signed theirs";
    crypto::Library library(1);
    auto ours =
        dice_certificate(library, {.actor = "a", .purpose = "b"}, authority, subject.public_point(), k.input, "layer");
    EXPECT_TRUE(cose::verify(ours, authority.public_point()));
    ours.signature = published->signature;
    EXPECT_EQ(cbor::encode(cose::sign1_value(ours), cbor::Order::kAsGiven), k.certificate);
  }
}

TEST(Dice, SecretsForSealingDependOnNeitherCodeNorConfiguration) {
  Known k = descriptors();
  const Cdis before = next_cdis(k.current, k.input);
  k.input.code_hash[0] ^= 1;
  k.input.config_descriptor[0] ^= 1;
  const Cdis after = next_cdis(k.current, k.input);
  EXPECT_EQ(before.seal, after.seal);
  EXPECT_NE(before.attest, after.attest);
  k.input.mode = DiceMode::kDebug;
  EXPECT_NE(next_cdis(k.current, k.input).seal, before.seal);
}

// ---- chains ---------------------------------------------------------------------------------------------------------

struct Chain {
  explicit Chain(const DiceEdit& edit = {}) {
    DiceInput input;
    input.config_descriptor = encode_config_descriptor({.component_name = "first", .security_version = 3});
    input.mode = DiceMode::kNormal;
    const Cdis secret{}, first = next_cdis(secret, input);
    const auto root = dice_key(secret.attest), next = dice_key(first.attest);
    root_point = root.public_point();
    entries = {
        dice_certificate(library, {.actor = "a", .purpose = "b"}, root, next.public_point(), input, "first", edit)};
    bytes = encode_chain(root_point, entries);
    cdis = first;
  }
  crypto::Library library{1};
  base::Bytes root_point, bytes;
  std::vector<cose::Sign1> entries;
  Cdis cdis;
};

TEST(DiceChain, ReadsWhatItWrote) {
  const Chain chain;
  const auto read = decode_chain(chain.bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->root_point, chain.root_point);
  ASSERT_EQ(read->entries.size(), 1u);
  const auto& entry = read->entries[0];
  EXPECT_EQ(entry.issuer, dice_id(chain.root_point));
  EXPECT_EQ(entry.config.component_name, "first");
  EXPECT_EQ(entry.config.security_version, 3);
  EXPECT_EQ(entry.mode, DiceMode::kNormal);
  EXPECT_EQ(entry.subject_point, dice_key(chain.cdis.attest).public_point());
  EXPECT_TRUE(cose::verify(entry.message, read->root_point));
  EXPECT_EQ(append_to_chain(chain.bytes, chain.entries[0])->size(),
            chain.bytes.size() + cbor::encode(cose::sign1_value(chain.entries[0])).size());
}

TEST(DiceChain, RefusesEveryTruncationAndATail) {
  const Chain chain;
  for (std::size_t size = 0; size < chain.bytes.size(); ++size)
    EXPECT_FALSE(decode_chain(base::View(chain.bytes).first(size))) << size;
  base::Bytes longer = chain.bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_chain(longer));
}

TEST(DiceChain, RefusesARootAloneAndMoreEntriesThanThereAre) {
  const Chain chain;
  EXPECT_FALSE(decode_chain(encode_chain(chain.root_point, {})));
  EXPECT_TRUE(decode_chain(encode_chain(chain.root_point, std::vector(kDiceEntriesMax, chain.entries[0]))));
  EXPECT_FALSE(decode_chain(encode_chain(chain.root_point, std::vector(kDiceEntriesMax + 1, chain.entries[0]))));
}

// Each claim taken away, and some made into something else.
TEST(DiceChain, RefusesAnEntryWithoutEachOfItsClaims) {
  for (const std::int64_t claim :
       {kClaimIssuer, kClaimSubject, kClaimCodeHash, kClaimConfigHash, kClaimConfigDescriptor, kClaimAuthorityHash,
        kClaimMode, kClaimSubjectKey, kClaimKeyUsage, kClaimProfile}) {
    const Chain chain(
        [&](std::string_view, cbor::Value& claims) { ASSERT_TRUE(cbor::erase(claims, std::to_string(claim))); });
    EXPECT_FALSE(decode_chain(chain.bytes)) << claim;
  }
  const std::pair<std::int64_t, cbor::Value> wrong[] = {
      {kClaimMode, base::Bytes{4}},
      {kClaimMode, 1},
      {kClaimKeyUsage, base::Bytes{0x80}},
      {kClaimCodeHash, base::Bytes(63)},
      {kClaimIssuer, base::Bytes{1}},
      {kClaimConfigDescriptor, base::Bytes{0xA0, 0}},
      {kClaimSubjectKey, cbor::encode(cose::ec2_key(base::Bytes(64, 1)))}};
  for (const auto& [claim, value] : wrong) {
    const Chain chain(
        [&](std::string_view, cbor::Value& claims) { ASSERT_TRUE(cbor::edit(claims, std::to_string(claim), value)); });
    EXPECT_FALSE(decode_chain(chain.bytes)) << claim;
  }
}

TEST(ConfigDescriptor, ReadsWhatItWroteAndNothingElse) {
  const ConfigDescriptor all{.component_name = "vm_entry",
                             .component_version = 2,
                             .resettable = true,
                             .security_version = 9,
                             .rkp_vm = true,
                             .instance_name = base::Bytes{1, 2}};
  EXPECT_EQ(decode_config_descriptor(encode_config_descriptor(all)), all);
  EXPECT_EQ(decode_config_descriptor(encode_config_descriptor({})), ConfigDescriptor{});
  EXPECT_TRUE(decode_config_descriptor(cbor::encode(cbor::Map{{-71000, "payload"}})));
  EXPECT_FALSE(decode_config_descriptor(cbor::encode(cbor::Map{{-70999, "unknown"}})));
  EXPECT_FALSE(decode_config_descriptor(cbor::encode(cbor::Map{{kConfigSecurityVersion, "9"}})));
  EXPECT_FALSE(decode_config_descriptor(cbor::encode(cbor::Map{{kConfigSecurityVersion, -1}})));
  EXPECT_FALSE(decode_config_descriptor(cbor::encode(cbor::Array{})));
}

TEST(Handover, ReadsWhatItWroteAndRefusesEveryTruncation) {
  const Chain chain;
  const Handover handover{chain.cdis, chain.bytes};
  const base::Bytes bytes = encode_handover(handover);
  EXPECT_EQ(decode_handover(bytes), handover);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_handover(base::View(bytes).first(size))) << size;
}

}  // namespace
}  // namespace pkvmproto
