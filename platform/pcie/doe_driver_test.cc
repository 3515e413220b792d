#include "platform/pcie/doe_driver.h"

#include <gtest/gtest.h>

#include "platform/pcie/test_machine.h"

namespace pcie {
namespace {

struct DoeDriverTest : testing::Test {
  TestMachine machine;
  DoeMailbox mailbox{machine.function.space, machine.function.at.doe, 256};

  static base::Bytes object(std::size_t dwords) {
    base::Bytes out(4 * dwords, 0x3c);
    base::store_le<std::uint32_t>(out, 0, kPciSigVendor | kDoeCma << 16);
    base::store_le(out, 4, static_cast<std::uint32_t>(dwords));
    return out;
  }
  void serve(DoeMailbox::Handler handler) { mailbox.serve(kPciSigVendor, kDoeCma, std::move(handler)); }
  std::optional<base::Bytes> exchange(base::View what) {
    return exchange_object(machine.root, kEndpointId, machine.function.at.doe, what);
  }
};

TEST_F(DoeDriverTest, CarriesAnObjectThereAndItsAnswerBack) {
  base::Bytes seen;
  serve([&](base::View in) {
    seen = base::bytes_of(in);
    return object(7);
  });
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(exchange(object(5)), object(7));
    EXPECT_EQ(seen, object(5));
  }
}

TEST_F(DoeDriverTest, PadsToWholeDwords) {
  base::Bytes seen;
  serve([&](base::View in) {
    seen = base::bytes_of(in);
    return object(2);
  });
  base::Bytes cut = object(5);
  cut.resize(18);
  EXPECT_TRUE(exchange(cut));
  cut.resize(20);
  EXPECT_EQ(seen, cut);
}

TEST_F(DoeDriverTest, SaysNothingWhereNobodyAnswers) {
  serve([](base::View) { return std::nullopt; });
  EXPECT_FALSE(exchange(object(4)));
  EXPECT_FALSE(exchange(object(65))) << "larger than the mailbox";
  machine.endpoint.unplug();
  EXPECT_FALSE(exchange(object(4)));
}

TEST_F(DoeDriverTest, AnErrorIsClearedForTheNextObject) {
  serve([](base::View in) { return base::bytes_of(in); });
  EXPECT_FALSE(exchange(object(65)));
  EXPECT_EQ(exchange(object(4)), object(4));
}

TEST_F(DoeDriverTest, AnAnswerWithoutALengthIsNoAnswer) {
  serve([](base::View) { return base::Bytes(8); });  // a length of 0 stands for 2^18 dwords
  EXPECT_FALSE(exchange(object(4)));
}

}  // namespace
}  // namespace pcie
