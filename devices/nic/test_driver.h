#pragma once
// A network card with a driver's rings and frames in the memory behind it.
#include <utility>
#include <vector>

#include "devices/endpoint/test_card.h"
#include "devices/nic/network_card.h"

namespace nic {

inline constexpr std::uint64_t kOut = 0x1000, kIn = 0x2000, kFrames = 0x3000, kRooms = 0x8000;
inline constexpr std::uint64_t kEntries = 4, kRoom = 0x800;

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

}  // namespace nic
