#include "scenarios/engine/kits/boot_words.h"

#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/host_data.h"

namespace engine {

const std::vector<std::string>& names_of(BootWord kind) {
  static const std::vector<std::string> kMachine = {"acpi/XSDT", "acpi/APIC", "acpi/DSDT", "boot-params"}, kRoms = {"rom/nic0"},
                                        kKernel = {"cmdline", "initrd"};
  return kind == BootWord::kMachine ? kMachine : kind == BootWord::kRom ? kRoms : kKernel;
}

std::vector<base::Bytes> take_words(GuestMachine& machine, BootWord kind) {
  std::vector<base::Bytes> out;
  for (const auto& name : names_of(kind)) out.push_back(machine.take_for_kernel(name));
  return out;
}

bool measures_tables(const MachineSettings& settings, const VmState& vm) { return settings.on(vm.name, "measured-tables"); }

std::string expected_word(const World& world, const VmState& vm, std::string_view name) {
  const HostData* kind = find_host_data(name);
  const auto content = kind ? kind->content(world, vm, name) : std::nullopt;
  return content ? base::text_of(*content) : "";
}

std::vector<base::Bytes> expected_words(const World& world, const VmState& vm, BootWord kind) {
  std::vector<base::Bytes> out;
  for (const auto& name : names_of(kind)) out.push_back(base::bytes_of(std::string_view(expected_word(world, vm, name))));
  return out;
}

}  // namespace engine
