#include "scenarios/engine/host_contents.h"

#include <algorithm>

#include "platform/protocol/acpi/aml_write.h"
#include "platform/protocol/acpi/table.h"
#include "platform/protocol/boot/schemas.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

using Content = std::optional<base::Bytes>;

constexpr std::uint8_t kPresent = 0x0F;
constexpr std::string_view kTuning = "governor=powersave\n";
constexpr const char* kTuningFile = "opt/glacis/tuning";

// A power button with a register in ports, and a timer with one above all memory.
base::Bytes dsdt() {
  using namespace acpi::write;
  const auto ports = join({region("PRT0", acpi::Space::kSystemIo, 0x600, 4), fields("PRT0", {{"ENAB", 8}})});
  const auto registers = join({region("REG0", acpi::Space::kSystemMemory, 0xFED0'0000, 0x400), fields("REG0", {{"CONF", 32}})});
  const auto present = method("_STA", 0, give_back(number(kPresent)));
  return acpi::make_table("DSDT", 2, scope("\\_SB_", join({device("PWRB", join({ports, present, method("_INI", 0, store(number(1), name("ENAB")))})),
                                                          device("TIMR", join({registers, present, method("_INI", 0, store(number(1), name("CONF")))}))})));
}

// What the host has for other guests: states of a processor that it may rest in.
base::Bytes ssdt() {
  using namespace acpi::write;
  return acpi::make_table("SSDT", 2, scope("\\_SB_", device("CPU0", method("_STA", 0, give_back(number(kPresent))))));
}

base::Bytes madt() {
  constexpr std::uint8_t kProcessors = 2;
  acpi::Madt table{.header = {}, .local_apic_address = 0xFEE0'0000, .flags = 1, .entries = {}};
  for (std::uint8_t i = 0; i < kProcessors; ++i) base::append(table.entries, wire::encode(acpi::LocalApic{.processor_uid = i, .apic_id = i}));
  base::append(table.entries, wire::encode(acpi::IoApic{.id = kProcessors, .address = 0xFEC0'0000}));
  return acpi::make_table("APIC", 5, base::View(wire::encode(table)).subspan(acpi::kHeaderBytes));
}

base::Bytes xsdt() {
  base::Bytes body;
  for (const std::string_view signature : {"APIC", "DSDT"}) {
    base::append(body, base::view_of(signature));
    base::append_le<std::uint32_t>(body, 0);
  }
  return acpi::make_table("XSDT", 1, body);
}

base::Bytes boot_params() {
  boot::BootParams params{.e820_count = 4};
  params.e820[0] = {0, 0x9'FC00, boot::E820Type::kRam};
  params.e820[1] = {0xF'0000, 0x1'0000, boot::E820Type::kReserved};
  params.e820[2] = {0x10'0000, kVmBytes - 0x10'0000, boot::E820Type::kRam};
  params.e820[3] = {0xFED0'0000, 0x10'0000, boot::E820Type::kReserved};
  return wire::encode(params);
}

base::Bytes directory() {
  boot::FwCfgDirectory out{.count = 1, .files = {}};
  out.files.push_back(boot::fw_cfg_file(kTuningFile, static_cast<std::uint32_t>(kTuning.size()), 0));
  return wire::encode(out);
}

// For machines whose firmware is not UEFI; no UEFI runs it.
base::Bytes rom() {
  constexpr std::size_t kBytes = 512;
  auto out = wire::encode(boot::OptionRom{.header = {}, .pcir = {.vendor = 0x1AF4, .device = 0x1041}, .image = {}});
  out.resize(kBytes);
  return out;
}

// The same in every world, so made once.
template <base::Bytes (*Make)()>
Content made(const World&, const VmState&, std::string_view) {
  static const base::Bytes kMade = Make();
  return kMade;
}
template <std::size_t I>
const wire::Schema* boot_schema(std::string_view) { return &boot::schemas().at(I); }
const wire::Schema* table_schema(std::string_view name) { return name == "acpi/APIC" ? &acpi::madt_schema() : &acpi::table_schema(); }

}  // namespace

const std::vector<HostData>& boot_contents() {
  static const std::vector<HostData> kAll = {
      {"acpi/XSDT", "which tables there are", made<xsdt>, table_schema},
      {"acpi/DSDT", "devices, and what is to be run to work them", made<dsdt>, table_schema},
      {"acpi/SSDT", "more of the same, which an honest host does not list", made<ssdt>, table_schema},
      {"acpi/APIC", "processors and interrupt controllers", made<madt>, table_schema},
      {"boot-params", "what a boot loader leaves for a kernel, with the map of memory", made<boot_params>, boot_schema<0>},
      {"initrd", "the kernel's first file system",
       [](const World&, const VmState&, std::string_view) -> Content { return base::bytes_of(std::string_view("mount root\nkeep\n")); }},
      {"fw_cfg/directory", "which files the firmware configuration has", made<directory>, boot_schema<1>},
      {"fw_cfg/opt/glacis/tuning", "how the host would have the guest run",
       [](const World&, const VmState&, std::string_view) -> Content { return base::bytes_of(kTuning); }},
      {"rom/nic0", "the expansion ROM of a network card", made<rom>, boot_schema<2>},
  };
  return kAll;
}

}  // namespace engine
