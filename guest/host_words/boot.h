#pragma once
// What a guest's kernel makes of the rest that its host starts it with: the map of memory, the command line, the initial ramdisk, files of the
// firmware configuration, and a device's ROM.
#include <cstdint>
#include <optional>
#include <string>

#include "guest/abi/guest.h"

namespace host_words {

// What the map calls other than memory is the host's, and the kernel maps it so: also where it keeps `vault`, a page of its own, unless it
// looks. False: the kernel does not start on this map.
bool map_memory(abi::Guest& guest, std::uint64_t vault);

// Who runs first once the kernel is up, as the command line has it; nothing: the kernel does not start with that line.
std::optional<std::string> init_of(abi::Guest& guest);

// What the initial ramdisk has done, line by line; nothing: there is none.
std::optional<std::string> ramdisk(abi::Guest& guest);

// A file of the firmware configuration, put at `room`, which is one page. False: the kernel goes without.
bool take_config(abi::Guest& guest, const std::string& name, std::uint64_t room);

// Whether code out of the ROM of that device runs from now on.
bool runs_rom(abi::Guest& guest, const std::string& device);

}  // namespace host_words
