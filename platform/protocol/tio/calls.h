#pragma once
// What a confidential VM asks of whoever holds the keys of a root port and the tables of trusted DMA, when it speaks to its device
// itself. convention: no specification has these calls; the words are those of PCIe and of the platforms' own interfaces.
// Little-endian.
#include <cstdint>

#include "platform/protocol/ide/ide.h"
#include "platform/wire/wire.h"

namespace tio {

enum class Call : std::uint32_t {
  kProgramKey = 1,  // ProgramKey
  kGo = 2,          // Go
  kBind = 3,        // Bind: the device's trusted requests act for the caller, and its MMIO is the caller's
  kMapDma = 4,      // MapDma: the device may reach these private pages
  kRelease = 5,     // Bind
};

struct ProgramKey {
  std::uint8_t stream = 0, key_set = 0, direction = 0, sub_stream = 0;  // as the root port sees it
  base::Block<32> key{};
  bool operator==(const ProgramKey&) const = default;
  using Wire = wire::Layout<&ProgramKey::stream, &ProgramKey::key_set, &ProgramKey::direction, &ProgramKey::sub_stream, &ProgramKey::key>;
};
struct Go {
  std::uint8_t stream = 0, key_set = 0, direction = 0;
  bool operator==(const Go&) const = default;
  using Wire = wire::Layout<&Go::stream, &Go::key_set, &Go::direction>;
};
struct Bind {
  std::uint8_t stream = 0;
  bool operator==(const Bind&) const = default;
  using Wire = wire::Layout<&Bind::stream>;
};
struct MapDma {
  std::uint64_t gpa = 0, bytes = 0;  // whole pages
  std::uint8_t writable = 1;         // or only to be read
  bool operator==(const MapDma&) const = default;
  using Wire = wire::Layout<&MapDma::gpa, &MapDma::bytes, &MapDma::writable>;
};

}  // namespace tio
