// Whatever a host says of tables, memory, files and ROMs, a guest's kernel comes to an end with them, and writes nowhere but in the room
// that it has for them. An input is a row of words, each behind its length in two bytes: the list of tables, the tables, and the rest.
#include <algorithm>

#include "guest/host_words/test_machine.h"
#include "platform/base/check.h"
#include "platform/protocol/acpi/table.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::uint64_t kRoom = 0x2000, kVault = 0x4000;
constexpr const char* kWords[] = {"acpi/XSDT", "acpi/DSDT", "acpi/APIC", "acpi/SSDT", "boot-params", "cmdline", "initrd", "fw_cfg/directory", "fw_cfg/etc/e820", "rom/gpu0"};

void boot(base::View in) {
  host_words::test::TestMachine m;
  for (const char* name : kWords) {
    if (in.size() < 2) break;
    const std::size_t size = std::min<std::size_t>(base::load_le<std::uint16_t>(in), in.size() - 2);
    m.words[name] = base::bytes_of(in.subspan(2, size));
    in = in.subspan(2 + size);
  }
  (void)m.install(kRoom);
  (void)m.map_memory(kVault);
  (void)m.init_of();
  (void)m.take_config("etc/e820", kRoom);
  (void)m.runs_rom("gpu0");
  for (std::uint64_t at = 0; at < m.memory.size(); ++at)
    base::check(m.memory[at] == 0 || (at >= kRoom && at < kRoom + 0x1000), "what the host says is kept in its room");
}

base::Bytes seed() {
  base::Bytes out, list;
  for (const char* table : {"DSDT", "APIC"}) base::append(list, base::view_of(table)), base::append(list, base::Bytes(4));
  const auto say = [&](const base::Bytes& word) {
    base::append_le(out, static_cast<std::uint16_t>(word.size()));
    base::append(out, word);
  };
  say(acpi::make_table("XSDT", 1, list));
  say(acpi::make_table("DSDT", 2, base::Bytes{0x10, 0x06, '_', 'S', 'B', '_', 0xA3}));
  acpi::Madt madt{.header = {}, .local_apic_address = 0xFEE0'0000, .flags = 1, .entries = wire::encode(acpi::LocalApic{.processor_uid = 1, .apic_id = 1})};
  say(acpi::make_table("APIC", 5, base::View(wire::encode(madt)).subspan(acpi::kHeaderBytes)));
  return out;
}

}  // namespace

FUZZ_TARGET(boot, seed())
