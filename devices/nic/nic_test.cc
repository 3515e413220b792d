#include <gtest/gtest.h>

#include "devices/nic/test_driver.h"

namespace nic {
namespace {

void work(Driver& d) {
  d.bring_up();
  d.memory.seen.clear();
  for (std::uint64_t round = 0; round < 2 * kEntries; ++round) {
    const auto size = static_cast<std::uint16_t>(60 + 100 * round);
    const auto frame = d.host(kFrames + round, size);
    d.sent.clear();
    d.send(round % kEntries, kFrames + round, size);
    ASSERT_EQ(d.sent, (std::vector<base::Bytes>{frame}));
    EXPECT_EQ(d.at(kOut, round % kEntries).flags, kDone);
    d.station().arrive(frame);
    const auto there = d.at(kIn, round % kEntries);
    EXPECT_EQ(there.flags, kDone);
    EXPECT_EQ(there.length, size);
    EXPECT_EQ(d.host(there.address, size), frame);
    d.put(kIn, round % kEntries, {.address = there.address, .length = kRoom});
    d.set(kReceiveRing + kRingTail, (round + kEntries) % kEntries);
  }
  EXPECT_EQ(d.get(kDropped), 0u);
  ASSERT_FALSE(d.memory.seen.empty());
  for (const auto& access : d.memory.seen) EXPECT_EQ(access.trusted, d.trusted);
}

TEST(NetworkCard, WorksForADriverThatTrustsItWithNothing) {
  Driver d;
  EXPECT_EQ(d.root.config_read(endpoint::id_of(0), 0x08, 4) >> 8, 0x020000u);
  EXPECT_EQ(d.get(kVersion), 0x00020001u);
  EXPECT_EQ(d.get(kAddress), 0x0100'004c'4702u);
  work(d);
}

TEST(NetworkCard, WorksForAConfidentialVm) {
  Driver d;
  d.run();
  d.trusted = true;
  work(d);
}

TEST(NetworkCard, SendsNoFrameThatIsNone) {
  Driver d;
  d.bring_up();
  d.send(0, kFrames, 13);
  d.send(1, kFrames, 1519);
  d.send(2, 0x20000, 60);
  EXPECT_TRUE(d.sent.empty());
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(d.at(kOut, i).flags, kDone | kError) << i;
  EXPECT_EQ(d.get(kStatus), 0u);
  d.put(kOut, 3, {});
  d.memory.bytes[kOut + 16 * 3 + 12] = 1;  // what is reserved
  d.set(kTransmitRing + kRingTail, 0);
  EXPECT_TRUE(d.sent.empty());
  EXPECT_EQ(d.at(kOut, 3).flags, kDone | kError);
}

TEST(NetworkCard, DropsWhatHasNoRoom) {
  Driver d;
  d.station().arrive(base::Bytes(60));  // off
  EXPECT_EQ(d.get(kDropped), 1u);
  d.bring_up();
  d.put(kIn, 0, {.address = kRooms, .length = 59});
  d.station().arrive(base::Bytes(60, 1));
  EXPECT_EQ(d.at(kIn, 0).flags, kDone | kError);
  EXPECT_EQ(d.get(kDropped), 2u);
  d.station().arrive(base::Bytes(13));
  d.station().arrive(base::Bytes(1519));
  EXPECT_EQ(d.get(kDropped), 4u);
  // A frame waits for a place, up to a number of frames.
  for (unsigned i = 0; i < 2 + 16 + 1; ++i) d.station().arrive(base::Bytes(60, static_cast<std::uint8_t>(i)));
  EXPECT_EQ(d.get(kDropped), 5u);
  d.set(kReceiveRing + kRingTail, 0);
  EXPECT_EQ(d.at(kIn, 3).flags, kDone);
}

TEST(NetworkCard, StopsAtARingOutOfReach) {
  Driver d;
  d.set(kTransmitRing + kRingBase, 0x20000);
  d.set(kTransmitRing + kRingSize, kEntries);
  d.set(kControl, kControlTransmit);
  d.set(kTransmitRing + kRingTail, 1);
  EXPECT_EQ(d.get(kStatus), kStatusFault);
  EXPECT_EQ(d.get(kTransmitRing + kRingHead), 0u);
  d.bring_up();
  EXPECT_EQ(d.get(kStatus), 0u);
}

TEST(NetworkCard, TakesNoRingThatIsNone) {
  Driver d;
  d.set(kTransmitRing + kRingBase, 8);
  EXPECT_EQ(d.get(kTransmitRing + kRingBase), 0u);
  for (const std::uint64_t size : {0ull, 1ull, 257ull, ~0ull}) d.set(kTransmitRing + kRingSize, size);
  EXPECT_EQ(d.get(kTransmitRing + kRingSize), 0u);
  d.set(kControl, kControlTransmit);
  d.set(kTransmitRing + kRingTail, 0);
  d.set(kTransmitRing + kRingSize, 4);  // on: too late
  EXPECT_EQ(d.get(kTransmitRing + kRingSize), 0u);
  EXPECT_EQ(d.root.mmio_write(endpoint::kBar0At + kControl, base::Bytes(4), false), pcie::Outcome::kOk);
  EXPECT_EQ(d.get(kControl), kControlTransmit);  // half a register is none
}

TEST(NetworkCard, AnswersToItsOwnFramesKeepTheirOrder) {
  Driver d;
  d.bring_up();
  d.then = [&](base::View frame) {
    d.station().arrive(frame);
    if (d.sent.size() == 1) d.send(1, kFrames + 1, 70);  // a doorbell in the middle
  };
  d.send(0, kFrames, 60);
  ASSERT_EQ(d.sent.size(), 2u);
  EXPECT_EQ(d.at(kIn, 0).length, 60);
  EXPECT_EQ(d.at(kIn, 1).length, 70);
}

TEST(NetworkCard, ReceivesNothingIntoRingsOfBeforeItsLock) {
  Driver d;
  d.bring_up();
  d.run();
  const auto seen = d.memory.seen.size();
  d.station().arrive(base::Bytes(60));
  EXPECT_EQ(d.memory.seen.size(), seen);
  d.trusted = true;
  EXPECT_EQ(d.get(kControl), 0u);
  d.bring_up();
  d.station().arrive(base::Bytes(60));
  EXPECT_EQ(d.at(kIn, 0).flags, kDone);
}

TEST(NetworkCard, IsStillAfterItsStop) {
  Driver d;
  d.run();
  d.trusted = true;
  d.bring_up();
  d.then = [&](base::View) { d.stop(0); };
  d.put(kOut, 0, {.address = kFrames, .length = 60});
  d.put(kOut, 1, {.address = kFrames, .length = 60});
  d.set(kTransmitRing + kRingTail, 2);
  EXPECT_EQ(d.sent.size(), 1u);
  EXPECT_EQ(d.at(kOut, 0).flags, 0);
  d.trusted = false;
  EXPECT_EQ(d.get(kControl), 0u);
  const auto seen = d.memory.seen.size();
  d.station().arrive(base::Bytes(60));
  EXPECT_EQ(d.memory.seen.size(), seen);
}

}  // namespace
}  // namespace nic
