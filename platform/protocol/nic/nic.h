#pragma once
// BAR 0 of the emulated network card and the descriptors of its rings. The format is ours: registers of 8 bytes,
// little-endian; two rings of descriptors of 16 bytes in the driver's memory, which the card takes from the head up to
// the tail that the driver writes.
#include <cstdint>

#include "platform/wire/wire.h"

namespace nic {

inline constexpr std::uint64_t kBar0Size = 0x1000;
inline constexpr std::uint64_t kVersion = 0x00, kControl = 0x08, kStatus = 0x10, kAddress = 0x18, kDropped = 0x20,
                               kTransmitRing = 0x28, kReceiveRing = 0x48, kRegistersEnd = 0x68;
// Of either ring, from its first register.
inline constexpr std::uint64_t kRingBase = 0x00, kRingSize = 0x08, kRingHead = 0x10, kRingTail = 0x18;
// The card writes kVersion, kStatus, kAddress (six bytes, the first one lowest), kDropped and the heads.

inline constexpr std::uint64_t kControlTransmit = 1, kControlReceive = 2;
inline constexpr std::uint64_t kStatusFault = 1;  // a ring is out of reach: nothing goes until kControl is written
inline constexpr std::uint64_t kEntriesMin = 2, kEntriesMax = 256;
inline constexpr std::size_t kFrameMin = 14, kFrameMax = 1518;  // bytes, without the check sequence
inline constexpr unsigned kVectors = 4, kTransmitVector = 0, kReceiveVector = 1;

inline constexpr std::uint16_t kDone = 1, kError = 2;  // the card's word on a descriptor

struct Descriptor {
  std::uint64_t address = 0;
  std::uint16_t length = 0;  // of the frame; of the room for one, until the card has put one there
  std::uint16_t flags = 0;
  bool operator==(const Descriptor&) const = default;
  using Wire = wire::Layout<&Descriptor::address, &Descriptor::length, &Descriptor::flags, wire::Reserved<4>{}>;
};
inline constexpr std::size_t kDescriptorSize = 16;

}  // namespace nic
