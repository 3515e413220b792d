#include "platform/protocol/spdm/key_schedule.h"

#include <gtest/gtest.h>

namespace spdm {
namespace {

std::string hex(base::View bytes) { return base::to_hex(bytes); }

// The numbers below come from an independent key schedule that opened every record of a session between the DMTF's
// own requester and responder emulators. Its inputs are counted up; the two transcript hashes are hashes of texts.
base::Bytes counted(std::size_t size) {
  base::Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}
base::Bytes th(crypto::Digest digest, std::string_view text) { return crypto::hash(digest, base::view_of(text)); }

struct Sha384Schedule : testing::Test {
  Algorithms algorithms;
  base::Bytes th1 = th(crypto::Digest::kSha384, "example TH1");
  base::Bytes th2 = th(crypto::Digest::kSha384, "example TH2");
  HandshakeSecrets handshake = handshake_secrets(algorithms, counted(48), th1);
  DataSecrets data = data_secrets(algorithms, handshake.handshake, th2);
};

TEST_F(Sha384Schedule, DerivesTheHandshakeSecrets) {
  EXPECT_EQ(hex(th1),
            "cc54c07c872b9ecbd0830209148ee20980554ea12868b8f78c0f8af4da23c033d7efa51fbb65c15903298d7da3893c90");
  EXPECT_EQ(hex(handshake.handshake),
            "360732e7447a7e51164ebc696c02061ead7f37c94691c4c830c8bb5ccc75ad69aa72ba3bc5d8112486c6d0c5c6b9e0be");
  EXPECT_EQ(hex(handshake.request),
            "a8bdd1f3b3a663b27b75fdf62ba0d1e3a29062dd12b647098cf33f8ae432d22b64bc196d1f549a03215f230adbca8a6d");
  EXPECT_EQ(hex(handshake.response),
            "579b36fc880f2cb4a9524b5d8d859f507f88c1a718b86846fc532c0efa7a837a6ca83829f5d4684caf3958d2967a6004");
}

TEST_F(Sha384Schedule, DerivesTheFinishedKeysAndWhatTheyVerify) {
  const base::Bytes request = finished_key(algorithms, handshake.request);
  const base::Bytes response = finished_key(algorithms, handshake.response);
  EXPECT_EQ(hex(request),
            "ace946cd229911069112ee236d48a7a1e1fb908adc7c7854cc5cf56505484ab5d912eceab368f17481ca76ba7fdcd0d8");
  EXPECT_EQ(hex(response),
            "1dd88a827c9dcc234444c565eb8a6873a663f335ed939261d1d88d4c0188cbf5f18011fa80a14275c716480278355b69");
  EXPECT_EQ(hex(verify_data(algorithms, response, th1)),
            "11020838077d6af561f3061050294f7fd297a48d100b26986fc6158e9032e4ac22a535512f64a14016d48f79fcd6ae0d");
}

TEST_F(Sha384Schedule, DerivesTheHandshakeKeys) {
  const TrafficKeys request = traffic_keys(algorithms, handshake.request);
  const TrafficKeys response = traffic_keys(algorithms, handshake.response);
  EXPECT_EQ(hex(request.key), "71b7a018603b3370a4f3587b4ac92575db9d6790d4f25ba53c09cda4f46299a5");
  EXPECT_EQ(hex(request.iv), "41955e91c4ea2dd309b5f24f");
  EXPECT_EQ(hex(response.key), "0e9d7021411cf85a03bd838c69e93a25dda509296a977e86f3fb24b9ffe44239");
  EXPECT_EQ(hex(response.iv), "64b95f33266831730990a331");
}

TEST_F(Sha384Schedule, DerivesTheDataSecretsAndKeys) {
  EXPECT_EQ(hex(data.master),
            "8640594d596156cff44e02500ff07a7fd5dd57435e8b6cf02472e2a95acc9160fa45a22a48c6b593e29084de1aba4982");
  EXPECT_EQ(hex(data.request),
            "72ed70bcc060a32725e206b2561f10ad9489ddd6af3c2fe07d1827571179658d3aeb785be95f81af913c55e191923ae4");
  EXPECT_EQ(hex(data.response),
            "b0be5f19c981184e2b1990a70b07033e32b544124f8a38f7f4ddc806d3deed6e32027d82621487649501a1ad6d7099e6");
  EXPECT_EQ(hex(data.export_master),
            "660e2fd97234b1c7728e293995d946f18be491a93c8ec65bfc65ba36ee767ab3389308def236c8ea1c4e430a46d399d4");
  const TrafficKeys request = traffic_keys(algorithms, data.request);
  const TrafficKeys response = traffic_keys(algorithms, data.response);
  EXPECT_EQ(hex(request.key), "5ddacfa9cd83fc4e72b50c17874dfdd6183a715ee76e5afea8547e8d112bfb1c");
  EXPECT_EQ(hex(request.iv), "f67773d9bc7f1ba32f75525b");
  EXPECT_EQ(hex(response.key), "26390b2e0bdb34e7b414e8b534a851cf53c6dce6e2b30d2356f3fe7a04773f42");
  EXPECT_EQ(hex(response.iv), "18c9bd22c466009b976ff20f");
}

TEST_F(Sha384Schedule, UpdatesASecret) {
  const base::Bytes next = updated_secret(algorithms, data.request);
  EXPECT_EQ(hex(next),
            "b3e1145c9c6ed1acf2514c774a72dda880081a13226587ecf0d09d94d9d260aa27391f0ef5b8fc903f5da9a8add916a7");
  EXPECT_EQ(hex(traffic_keys(algorithms, next).key),
            "4e32cf27cdb52cd8866fed3c6d2d189bed3cde1debfefc70848cc1cf0c5a61fd");
  EXPECT_EQ(hex(traffic_keys(algorithms, next).iv), "80adcc4cb2005ba1139bb32c");
}

TEST_F(Sha384Schedule, ConcatenatesLengthVersionLabelContext) {
  EXPECT_EQ(hex(bin_concat(Version::k12, 32, kLabelKey)), "20007370646d312e32206b6579");
  EXPECT_EQ(hex(bin_concat(Version::k12, 12, kLabelIv)), "0c007370646d312e32206976");
  EXPECT_EQ(hex(bin_concat(Version::k12, 48, kLabelRequestHandshake, th1)),
            "30007370646d312e3220" + hex(base::view_of("req hs data")) + hex(th1));
  EXPECT_EQ(base::text_of(base::View(bin_concat(Version::k11, 1, "x")).subspan(2)), "spdm1.1 x");
  EXPECT_EQ(base::text_of(base::View(bin_concat(Version::k13, 1, "x")).subspan(2)), "spdm1.3 x");
}

TEST(Sha256Schedule, DerivesAsTheOtherSuite) {
  const Algorithms algorithms{.base_hash = kHashSha256};
  const auto handshake =
      handshake_secrets(algorithms, counted(32), th(crypto::Digest::kSha256, "example TH1"));
  const auto data = data_secrets(algorithms, handshake.handshake, th(crypto::Digest::kSha256, "example TH2"));
  EXPECT_EQ(hex(handshake.handshake).substr(0, 16), "46bd320605c5a6b6");
  EXPECT_EQ(hex(traffic_keys(algorithms, data.request).key).substr(0, 16), "da50d50c8117f728");
  EXPECT_EQ(hex(traffic_keys(algorithms, data.request).iv), "56ad1e4241299021c2b27e44");
}

TEST(KeySchedule, KeysAreAsLongAsTheCipherWants) {
  const Algorithms algorithms{.base_hash = kHashSha512, .aead = kAeadAes128Gcm};
  EXPECT_EQ(traffic_keys(algorithms, counted(64)).key.size(), 16u);
  EXPECT_EQ(finished_key(algorithms, counted(64)).size(), 64u);
}

// The salt of a pre-shared key became all ones with 1.3; that of an exchange did not change.
TEST(KeySchedule, SaltsAPreSharedKeyByVersion) {
  const base::Bytes psk = counted(32), th1 = counted(48);
  Algorithms old{.version = Version::k12}, recent{.version = Version::k13};
  EXPECT_EQ(handshake_secrets_psk(old, psk, th1), handshake_secrets(old, psk, th1));
  EXPECT_EQ(handshake_secrets_psk(recent, psk, th1).handshake,
            crypto::hmac(crypto::Digest::kSha384, base::Bytes(48, 0xff), psk));
  EXPECT_EQ(handshake_secrets(recent, psk, th1).handshake,
            crypto::hmac(crypto::Digest::kSha384, base::Bytes(48, 0), psk));
}

}  // namespace
}  // namespace spdm
