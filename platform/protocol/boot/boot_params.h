#pragma once
// What an x86 boot loader leaves for a Linux kernel (Linux x86 boot protocol 2.15): a page with the setup header and the map of memory
// as firmware's E820 call tells it. Only the fields that a careful kernel looks at have names. Integers are little-endian.
#include <array>
#include <cstdint>

#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace boot {

enum class E820Type : std::uint32_t { kRam = 1, kReserved = 2, kAcpi = 3, kNvs = 4, kUnusable = 5 };  // ACPI 6.5, 15.1
struct E820Entry {
  std::uint64_t address = 0, size = 0;
  E820Type type = E820Type{};
  using Wire = wire::Layout<&E820Entry::address, &E820Entry::size, &E820Entry::type>;
};
inline constexpr std::size_t kE820Max = 128;

struct BootParams {
  std::uint8_t e820_count = 0;
  std::uint16_t boot_flag = 0xAA55;
  std::uint32_t header = 0x5372'6448;  // "HdrS"
  std::uint16_t version = 0x020F;
  std::uint32_t ramdisk_image = 0, ramdisk_size = 0, command_line = 0, command_line_size = 0;
  std::array<E820Entry, kE820Max> e820{};
  using Wire = wire::Layout<wire::LooseUpTo<0x1E8>{}, &BootParams::e820_count, wire::LooseUpTo<0x1FE>{}, &BootParams::boot_flag,
                            wire::LooseUpTo<0x202>{}, &BootParams::header, &BootParams::version, wire::LooseUpTo<0x218>{},
                            &BootParams::ramdisk_image, &BootParams::ramdisk_size, wire::LooseUpTo<0x228>{}, &BootParams::command_line,
                            wire::LooseUpTo<0x238>{}, &BootParams::command_line_size, wire::LooseUpTo<0x2D0>{}, &BootParams::e820,
                            wire::LooseUpTo<0x1000>{}>;
};
static_assert(wire::min_size<BootParams>() == 0x1000);

}  // namespace boot
