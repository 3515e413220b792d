#include "guest/relying_party/channel.h"

#include <gtest/gtest.h>

#include <numeric>

#include "guest/relying_party/test_evidence.h"

namespace relying_party {
namespace {

struct Channel {
  crypto::EcKey guest = make_channel_key(test::random_from("guest"));
  crypto::EcKey ephemeral = make_channel_key(test::random_from("owner"));
  Nonce nonce{7};
  base::Bytes secret = base::bytes_of("the disk key");
  SealedSecret sealed = *seal_secret(ephemeral, public_half(guest), nonce, secret);
};

TEST(Channel, BindsNonceAndKeyAsSha512OfTheParts) {
  Nonce nonce;
  ChannelKey key;
  std::iota(nonce.begin(), nonce.end(), 0);
  std::iota(key.begin(), key.end(), 0);
  // Computed with Python's hashlib.
  EXPECT_EQ(base::to_hex(report_data_for(nonce, key)),
            "9cff4c6b91f973f8b093a5b5a39ce26cf7e4c67caeaa675c3e9460006dd52ac2"
            "accb7836aa9195db0c90e0d05d8e190a935ec34f9d0dde420172ca914ad7503e");
}

TEST(Channel, OpensForTheHolderOfTheKey) {
  Channel c;
  EXPECT_EQ(open_secret(c.guest, c.nonce, c.sealed), c.secret);
}

TEST(Channel, StaysShutForAnotherKeyOrNonce) {
  Channel c;
  auto other = make_channel_key(test::random_from("impostor"));
  EXPECT_FALSE(open_secret(other, c.nonce, c.sealed));
  EXPECT_FALSE(open_secret(c.guest, Nonce{8}, c.sealed));
}

TEST(Channel, StaysShutWhenAnyByteIsAlteredOrMissing) {
  Channel c;
  for (std::size_t i = 0; i < c.sealed.sealed.size(); ++i) {
    SealedSecret bad = c.sealed;
    bad.sealed[i] ^= 1;
    EXPECT_FALSE(open_secret(c.guest, c.nonce, bad)) << i;
    bad.sealed.resize(i);
    EXPECT_FALSE(open_secret(c.guest, c.nonce, bad)) << i;
  }
  for (std::size_t i = 0; i < c.sealed.ephemeral.size(); ++i) {
    SealedSecret bad = c.sealed;
    bad.ephemeral[i] ^= 1;
    EXPECT_FALSE(open_secret(c.guest, c.nonce, bad)) << i;
  }
}

TEST(Channel, SealsToNothingThatIsNoPoint) {
  Channel c;
  ChannelKey off_curve = public_half(c.guest);
  off_curve[95] ^= 1;
  EXPECT_FALSE(seal_secret(c.ephemeral, off_curve, c.nonce, c.secret));
  EXPECT_FALSE(seal_secret(c.ephemeral, ChannelKey{}, c.nonce, c.secret));
}

TEST(Channel, TheSameRandomBytesMakeTheSameKey) {
  auto key = [](std::string seed) { return public_half(make_channel_key(test::random_from(seed))); };
  EXPECT_EQ(key("a"), key("a"));
  EXPECT_NE(key("a"), key("b"));
}

}  // namespace
}  // namespace relying_party
