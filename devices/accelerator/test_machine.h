#pragma once
// An accelerator card, and a driver that gives its functions commands.
#include <algorithm>
#include <memory>

#include "devices/accelerator/accelerator.h"
#include "devices/endpoint/test_card.h"

namespace accelerator {

struct Machine : endpoint::TestCard {
  explicit Machine(const Settings& settings = {})
      : TestCard(
            [&](pcie::Link& link, trust::Defences& defences, Nonces nonces) {
              return std::make_unique<Accelerator>("gpu0", link, defences, Firmware{0x00020001, {}}, settings, nonces);
            },
            settings.functions) {}
  Engine& engine(unsigned index) { return static_cast<Accelerator&>(*card).engine(index); }

  Status command(Command command, std::uint64_t from, std::uint64_t to, std::uint64_t size, bool trusted,
                 unsigned function = 0) {
    write(kSource, from, trusted, function);
    write(kDestination, to, trusted, function);
    write(kLength, size, trusted, function);
    write(kCommand, static_cast<std::uint64_t>(command), trusted, function);
    write(kDoorbell, 1, trusted, function);
    return static_cast<Status>(read(kStatus, trusted, function));
  }
  bool wiped(unsigned function = 0) {
    auto bytes = engine(function).memory();
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
  }
};

}  // namespace accelerator
