#pragma once
// What firmware in a guest takes from the host before the kernel runs, once; the kernel then has firmware's copy. Which of it a technology
// measures is its kit's.
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace engine {

class GuestMachine;
struct MachineSettings;
class World;
struct VmState;

enum class BootWord {
  kMachine,  // how the machine is: tables, the map of memory
  kRom,      // code out of devices
  kKernel,   // what the kernel is started with: its command line and its ramdisk
};
const std::vector<std::string>& names_of(BootWord kind);

// One of them for each name: as the host hands it over; a host that has nothing, or says nothing, hands over nothing.
std::vector<base::Bytes> take_words(GuestMachine& machine, BootWord kind);
// The same as the owner of the VM expects it.
std::vector<base::Bytes> expected_words(const World& world, const VmState& vm, BootWord kind);
// Whether firmware also measures how the machine is, where a technology leaves that to whoever builds it.
bool measures_tables(const MachineSettings& settings, const VmState& vm);
std::string expected_word(const World& world, const VmState& vm, std::string_view name);

}  // namespace engine
