#include <gtest/gtest.h>

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/pkvm/pvmfw_config.h"
#include "platform/protocol/pkvm/vbmeta.h"

namespace pkvmproto {
namespace {

// ---- configuration --------------------------------------------------------------------------------------------------

TEST(PvmfwConfig, HasTheHeaderOfVersionOneZero) {
  const base::Bytes bytes = encode_config({.handover = base::Bytes(13, 7), .debug_policy = base::Bytes(4, 9)});
  const std::uint8_t head[] = {'p', 'v', 'm', 'f', 0, 0, 1, 0};
  ASSERT_GE(bytes.size(), 32u);
  EXPECT_TRUE(std::equal(std::begin(head), std::end(head), bytes.begin()));
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 8), bytes.size());
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 16), 32u) << "the handover lies behind the header";
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 20), 13u);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 24), 48u) << "blobs are aligned to 8 bytes";
}

TEST(PvmfwConfig, ReadsWhatItWrote) {
  for (const PvmfwConfig& config :
       {PvmfwConfig{}, PvmfwConfig{base::Bytes(5, 1), {}}, PvmfwConfig{{}, base::Bytes(9, 2)},
        PvmfwConfig{base::Bytes(5, 1), base::Bytes(9, 2)}}) {
    base::Bytes bytes = encode_config(config);
    EXPECT_EQ(decode_config(bytes), config);
    bytes.resize(bytes.size() + 100);
    EXPECT_EQ(decode_config(bytes), config) << "what stands behind is not looked at";
  }
}

TEST(PvmfwConfig, RefusesEveryTruncationAndEveryLie) {
  const base::Bytes bytes = encode_config({base::Bytes(5, 1), base::Bytes(9, 2)});
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode_config(base::View(bytes).first(n))) << n;
  const auto with = [&](std::size_t at, std::uint32_t value) {
    base::Bytes out = bytes;
    base::store_le(out, at, value);
    return decode_config(out);
  };
  EXPECT_FALSE(with(0, 0x666d7671)) << "magic";
  EXPECT_FALSE(with(4, 2 << 16)) << "version";
  EXPECT_FALSE(with(8, 31)) << "a size below the header's";
  EXPECT_FALSE(with(8, static_cast<std::uint32_t>(bytes.size() + 1))) << "a size beyond the end";
  EXPECT_FALSE(with(12, 1)) << "flags";
  EXPECT_FALSE(with(16, 24)) << "an entry inside the header";
  EXPECT_FALSE(with(16, 36)) << "an entry that is not aligned";
  EXPECT_FALSE(with(20, 0xFFFF'FFFF)) << "an entry beyond the end";
  EXPECT_FALSE(with(20, 0)) << "an entry with a place and no size";
  EXPECT_FALSE(with(20, 12)) << "an entry over the next";
}

// ---- vbmeta ---------------------------------------------------------------------------------------------------------

struct Image {
  crypto::Library library{1};
  crypto::EcKey key = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{1}, "image");
  Vbmeta content{
      .rollback_index = 5,
      .images = {digest_of_image("boot", base::Bytes(10, 1)), digest_of_image("initrd_normal", base::Bytes(20, 2))},
      .public_key = key.public_point()};
  base::Bytes bytes = sign_vbmeta(library, {.actor = "owner", .purpose = "image"}, key, content);
};

// AVB 2.0, vbmeta image format.
TEST(Vbmeta, HasItsHeaderAndItsBlocks) {
  const Image image;
  EXPECT_EQ(base::text_of(base::View(image.bytes).first(4)), "AVB0");
  const auto be64 = [&](std::size_t at) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out = out << 8 | image.bytes[at + i];
    return out;
  };
  EXPECT_EQ(be64(12) % 64, 0u);
  EXPECT_EQ(be64(20) % 64, 0u);
  EXPECT_EQ(256 + be64(12) + be64(20), image.bytes.size());
  EXPECT_EQ(be64(112), 5u) << "rollback index";
  const std::size_t descriptors = 256 + be64(12) + be64(96);
  EXPECT_EQ(be64(descriptors), 2u) << "a hash descriptor";
  EXPECT_EQ((be64(descriptors + 8) + 16) % 8, 0u);
  EXPECT_EQ(be64(descriptors + 16), 10u) << "size of the image";
}

TEST(Vbmeta, ReadsWhatItWroteAndIsSigned) {
  const Image image;
  const auto read = decode_vbmeta(image.bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->content, image.content);
  EXPECT_TRUE(read->is_signed_by(image.key.public_point()));
  const auto other = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{2}, "image");
  EXPECT_FALSE(read->is_signed_by(other.public_point()));
  base::Bytes padded = image.bytes;
  padded.resize(4096);
  EXPECT_TRUE(decode_vbmeta(padded));
  padded.back() = 1;
  EXPECT_FALSE(decode_vbmeta(padded));
}

TEST(Vbmeta, RefusesEveryTruncation) {
  const Image image;
  for (std::size_t n = 0; n < image.bytes.size(); ++n)
    EXPECT_FALSE(decode_vbmeta(base::View(image.bytes).first(n))) << n;
}

// A byte anywhere: it is no vbmeta any more, or not signed; only unused padding of the authentication block is
// nobody's.
TEST(Vbmeta, NoByteOfItCanBeAltered) {
  const Image image;
  const std::size_t end_of_signature = 256 + 48 + 96, auxiliary = image.bytes.size() - 256 - (144 + 63) / 64 * 64;
  for (std::size_t at = 0; at < image.bytes.size(); at += 3) {
    if (at >= end_of_signature && at < image.bytes.size() - auxiliary) continue;
    base::Bytes altered = image.bytes;
    altered[at] ^= 0x10;
    const auto read = decode_vbmeta(altered);
    EXPECT_FALSE(read && read->is_signed_by(image.key.public_point())) << at;
  }
}

}  // namespace
}  // namespace pkvmproto
