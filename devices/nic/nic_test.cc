#include <gtest/gtest.h>

#include "devices/endpoint/test_card.h"
#include "devices/nic/network_card.h"

namespace nic {
namespace {

constexpr std::uint64_t kOut = 0x1000, kIn = 0x2000, kFrames = 0x3000, kRooms = 0x8000;
constexpr std::uint64_t kEntries = 4, kRoom = 0x800;

struct Driver : endpoint::TestCard {
  Driver()
      : TestCard([&](pcie::Link& link, trust::Defences& defences, Nonces nonces) {
          return std::make_unique<NetworkCard>("nic0", link, defences, endpoint::Firmware{0x00020001, {}}, Settings{},
                                               nonces);
        }) {
    station().on_frame([this](base::View frame) {
      sent.push_back(base::bytes_of(frame));
      if (then) then(frame);
    });
  }
  Station& station() { return static_cast<NetworkCard&>(*card).station(); }
  void set(std::uint64_t at, std::uint64_t value) { write(at, value, trusted); }
  std::uint64_t get(std::uint64_t at) { return read(at, trusted); }

  void bring_up() {
    set(kControl, 0);
    for (const auto& [ring, at] : {std::pair{kTransmitRing, kOut}, std::pair{kReceiveRing, kIn}}) {
      set(ring + kRingBase, at);
      set(ring + kRingSize, kEntries);
    }
    set(kControl, kControlTransmit | kControlReceive);
    for (std::uint64_t i = 0; i < kEntries; ++i)
      put(kIn, i, {.address = kRooms + i * kRoom, .length = static_cast<std::uint16_t>(kRoom)});
    set(kReceiveRing + kRingTail, kEntries - 1);
  }
  void put(std::uint64_t ring, std::uint64_t place, const Descriptor& descriptor) {
    const auto raw = wire::encode(descriptor);
    std::copy(raw.begin(), raw.end(), memory.bytes.begin() + static_cast<std::ptrdiff_t>(ring + 16 * place));
  }
  Descriptor at(std::uint64_t ring, std::uint64_t place) {
    return *wire::decode<Descriptor>(host(ring + 16 * place, 16));
  }
  void send(std::uint64_t place, std::uint64_t from, std::uint16_t size) {
    put(kOut, place, {.address = from, .length = size});
    set(kTransmitRing + kRingTail, (place + 1) % kEntries);
  }

  bool trusted = false;
  std::vector<base::Bytes> sent;
  std::function<void(base::View)> then;
};

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
