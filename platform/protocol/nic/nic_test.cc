#include "platform/protocol/nic/nic.h"

#include <gtest/gtest.h>

#include "platform/protocol/nic/schemas.h"

namespace nic {
namespace {

TEST(Nic, ADescriptorHasItsBytesAndNoOthersAreOne) {
  const Descriptor descriptor{.address = 0x0000000012345000, .length = 60, .flags = kDone};
  auto bytes = wire::encode(descriptor);
  EXPECT_EQ(base::to_hex(bytes), "0050341200000000" "3c00" "0100" "00000000");
  EXPECT_EQ(*wire::decode<Descriptor>(bytes), descriptor);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(wire::decode<Descriptor>(base::View(bytes).first(n))) << n;
  bytes[12] = 1;
  EXPECT_FALSE(wire::decode<Descriptor>(bytes));
  bytes[12] = 0;
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<Descriptor>(bytes));
  EXPECT_EQ(schemas().at(0).size_min, kDescriptorSize);
}

}  // namespace
}  // namespace nic
