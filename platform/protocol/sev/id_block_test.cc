#include "platform/protocol/sev/id_block.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"

namespace sevproto {
namespace {

TEST(IdBlock, FieldsLieWhereTheAbiPutsThem) {
  EXPECT_EQ(wire::field_span<IdBlock>("family_id")->offset, 0x30u);
  EXPECT_EQ(wire::field_span<IdBlock>("version")->offset, 0x50u);
  EXPECT_EQ(wire::field_span<IdBlock>("policy")->offset, 0x58u);
  EXPECT_EQ(wire::field_span<IdAuth>("id_block_sig.r")->offset, 0x40u);
  EXPECT_EQ(wire::field_span<IdAuth>("id_block_sig.s")->offset, 0x88u);
  EXPECT_EQ(wire::field_span<IdAuth>("id_key.curve")->offset, 0x240u);
  EXPECT_EQ(wire::field_span<IdAuth>("id_key.qy")->offset, 0x240u + 0x4c);
  EXPECT_EQ(wire::field_span<IdAuth>("id_key_sig.r")->offset, 0x680u);
  EXPECT_EQ(wire::field_span<IdAuth>("author_key.curve")->offset, 0x880u);
}

TEST(IdBlock, RefusesBytesBesideTheKeys) {
  base::Bytes raw = wire::encode(IdAuth{});
  for (std::size_t at : {0x08, 0x3f, 0xd0, 0x2d4, 0x644, 0x67f, 0xc84, 0xfff}) {
    raw[at] = 1;
    EXPECT_FALSE(wire::decode<IdAuth>(raw)) << at;
    raw[at] = 0;
  }
  EXPECT_TRUE(wire::decode<IdAuth>(raw));
}

TEST(IdBlock, KeyDigestCoversTheWholeStructure) {
  base::Block<48> x{}, y{};
  x[47] = 5;
  y[0] = 6;
  EcdsaPublicKey key = public_key_of(x, y);
  base::Bytes expected(0x404);  // laid out by hand
  expected[0] = 2;
  expected[4] = 5;
  expected[0x4c + 47] = 6;
  EXPECT_EQ(base::to_hex(wire::encode(key)), base::to_hex(expected));
  EXPECT_EQ(key_digest(key), crypto::sha384(expected));
}

}  // namespace
}  // namespace sevproto
