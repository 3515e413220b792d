// Each care of the kernel on the word that it is about: it speaks and nothing happens; lifted, the harm is there; and an honest word of
// the same kind is taken in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "guest/host_words/test_machine.h"
#include "platform/protocol/acpi/aml_write.h"
#include "platform/protocol/acpi/table.h"
#include "platform/protocol/boot/boot_params.h"
#include "platform/protocol/boot/fw_cfg.h"
#include "platform/protocol/boot/option_rom.h"

namespace host_words::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kRoom = 0x2000, kBehind = kRoom + 0x1000, kVault = 0x4000;

base::Bytes list_of(std::initializer_list<std::string_view> tables) {
  base::Bytes body;
  for (const auto table : tables) base::append(body, base::view_of(table)), base::append(body, base::Bytes(4));
  return acpi::make_table("XSDT", 1, body);
}

base::Bytes processors(std::initializer_list<std::uint8_t> ids) {
  acpi::Madt table{.header = {}, .local_apic_address = 0xFEE0'0000, .flags = 1, .entries = {}};
  for (const auto id : ids) base::append(table.entries, wire::encode(acpi::LocalApic{.processor_uid = id, .apic_id = id}));
  return acpi::make_table("APIC", 5, base::View(wire::encode(table)).subspan(acpi::kHeaderBytes));
}

// A device whose initialization writes AAh at an address.
base::Bytes block_that_writes(std::uint64_t address) {
  using namespace acpi::write;
  const auto memory = join({region("MEM0", acpi::Space::kSystemMemory, address, 4), fields("MEM0", {{"WORD", 8}})});
  const auto present = method("_STA", 0, give_back(number(0xF)));
  return acpi::make_table("DSDT", 2, scope("\\_SB_", device("DEV0", join({memory, present, method("_INI", 0, store(number(0xAA), name("WORD")))}))));
}

bool untouched(const TestMachine& m, std::uint64_t from, std::uint64_t bytes) {
  return std::all_of(m.memory.begin() + static_cast<std::ptrdiff_t>(from), m.memory.begin() + static_cast<std::ptrdiff_t>(from + bytes),
                     [](auto byte) { return byte == 0; });
}

TEST(Tables, OfAnHonestHostAreInstalledInSilence) {
  TestMachine m;
  m.words = {{"acpi/XSDT", list_of({"DSDT", "APIC"})}, {"acpi/DSDT", block_that_writes(0xFED0'0000)}, {"acpi/APIC", processors({0, 1})}};
  EXPECT_TRUE(m.install(kRoom));
  EXPECT_THAT(m.refused, IsEmpty());
  EXPECT_EQ(m.memory[kRoom + 1024], 1) << "the second processor's area";
}

TEST(Tables, WithoutAListTheKernelGivesUp) {
  TestMachine m;
  EXPECT_FALSE(m.install(kRoom));
}

TEST(Tables, OneThatIsNotListedIsPassedOver) {
  TestMachine m;
  m.words = {{"acpi/XSDT", list_of({"SSDT"})}, {"acpi/SSDT", acpi::make_table("SSDT", 2, base::View(block_that_writes(kVault)).subspan(acpi::kHeaderBytes))}};
  EXPECT_TRUE(m.install(kRoom));
  EXPECT_THAT(m.refused, ElementsAre("guest.acpi.tables"));
  m.lifted = {"guest.acpi.tables", "guest.acpi.sandbox"};
  EXPECT_TRUE(m.install(kRoom));
  EXPECT_EQ(m.memory[kVault], 0xAA);
}

TEST(Tables, CodeOfTheHostsReachesNoMemoryOfTheGuests) {
  TestMachine m;
  m.words = {{"acpi/XSDT", list_of({"DSDT"})}, {"acpi/DSDT", block_that_writes(kVault)}};
  (void)m.install(kRoom);
  EXPECT_THAT(m.refused, testing::Contains("guest.acpi.sandbox"));
  EXPECT_EQ(m.memory[kVault], 0);
  m.lifted = {"guest.acpi.sandbox"};
  (void)m.install(kRoom);
  EXPECT_EQ(m.memory[kVault], 0xAA);
}

TEST(Tables, ThatDoNotSumToZeroAreRefused) {
  TestMachine m;
  auto table = processors({0});
  table[acpi::kChecksumOffset] ^= 1;
  m.words = {{"acpi/XSDT", list_of({"APIC"})}, {"acpi/APIC", table}};
  EXPECT_FALSE(m.install(kRoom));
  EXPECT_THAT(m.refused, ElementsAre("guest.acpi.lengths"));
}

TEST(Tables, LongerThanTheirRoomAreRefused) {
  TestMachine m;
  m.words = {{"acpi/XSDT", list_of({"FACP"})}, {"acpi/FACP", acpi::make_table("FACP", 6, base::Bytes(0x1100, 0x55))}};
  EXPECT_FALSE(m.install(kRoom));
  EXPECT_THAT(m.refused, ElementsAre("guest.acpi.lengths"));
  EXPECT_TRUE(untouched(m, kBehind, 0x100));
  m.lifted = {"guest.acpi.lengths"};
  EXPECT_TRUE(m.install(kRoom));
  EXPECT_EQ(m.memory[kBehind], 0x55);
}

TEST(Tables, NameNoMoreProcessorsThanThereIsRoomAndNoneTwice) {
  for (const auto& ids : {std::vector<std::uint8_t>{1, 2, 3, 4, 5}, std::vector<std::uint8_t>{7, 7}}) {
    TestMachine m;
    base::Bytes table = ids.size() == 5 ? processors({1, 2, 3, 4, 5}) : processors({7, 7});
    m.words = {{"acpi/XSDT", list_of({"APIC"})}, {"acpi/APIC", table}};
    EXPECT_FALSE(m.install(kRoom));
    EXPECT_THAT(m.refused, ElementsAre("guest.acpi.processors"));
    EXPECT_TRUE(untouched(m, kBehind, 0x400));
    m.lifted = {"guest.acpi.processors"};
    EXPECT_TRUE(m.install(kRoom));
    EXPECT_EQ(m.memory[kBehind], ids.size() == 5 ? 5 : 0);
  }
}

base::Bytes map_of(std::initializer_list<boot::E820Entry> entries) {
  boot::BootParams params{.e820_count = static_cast<std::uint8_t>(entries.size())};
  std::ranges::copy(entries, params.e820.begin());
  return wire::encode(params);
}

TEST(MemoryMap, LeavesTheVaultPrivate) {
  TestMachine m;
  m.words["boot-params"] = map_of({{0, 0x1'0000, boot::E820Type::kRam}, {kVault, 0x1000, boot::E820Type::kReserved}});
  EXPECT_TRUE(m.map_memory(kVault));
  EXPECT_THAT(m.refused, ElementsAre("guest.boot.memory-map"));
  EXPECT_THAT(m.shared, IsEmpty());
  m.lifted = {"guest.boot.memory-map"};
  EXPECT_TRUE(m.map_memory(kVault));
  EXPECT_THAT(m.shared, ElementsAre(kVault));
}

TEST(MemoryMap, ThatOnlyTouchesTheVaultsEdgesIsTakenInSilence) {
  TestMachine m;
  m.words["boot-params"] = map_of({{kVault - 0x1000, 0x1000, boot::E820Type::kReserved}, {kVault + 0x1000, 0x1000, boot::E820Type::kAcpi}});
  EXPECT_TRUE(m.map_memory(kVault));
  EXPECT_THAT(m.refused, IsEmpty());
}

TEST(MemoryMap, WithMoreEntriesThanThereAreStartsNoKernel) {
  TestMachine m;
  auto page = map_of({});
  page[0x1E8] = 200;
  m.words["boot-params"] = page;
  EXPECT_FALSE(m.map_memory(kVault));
}

TEST(CommandLine, HasOnlyWhatTheImageKnows) {
  TestMachine m;
  m.words["cmdline"] = base::bytes_of("console=ttyS0 quiet  ro");
  EXPECT_EQ(m.init_of(), "/sbin/init");
  m.words["cmdline"] = base::bytes_of("console=ttyS0 init=/bin/sh");
  EXPECT_EQ(m.init_of(), std::nullopt);
  EXPECT_THAT(m.refused, ElementsAre("guest.boot.parameters"));
  m.lifted = {"guest.boot.parameters"};
  EXPECT_EQ(m.init_of(), "/bin/sh");
}

base::Bytes directory_of(const boot::FwCfgFile& file) { return wire::encode(boot::FwCfgDirectory{.count = 1, .files = {file}}); }

TEST(Config, IsAsLongAsItsDirectorySays) {
  TestMachine m;
  m.words = {{"fw_cfg/directory", directory_of(boot::fw_cfg_file("opt/a", 4, 0))}, {"fw_cfg/opt/a", base::bytes_of("abcd")}};
  EXPECT_TRUE(m.take_config("opt/a", kRoom));
  EXPECT_THAT(m.refused, IsEmpty());
  EXPECT_FALSE(m.take_config("opt/b", kRoom));
  m.words["fw_cfg/opt/a"] = base::Bytes(0x1800, 0x77);
  EXPECT_FALSE(m.take_config("opt/a", kRoom));
  EXPECT_THAT(m.refused, ElementsAre("guest.boot.config-sizes"));
  EXPECT_TRUE(untouched(m, kBehind, 0x100));
  m.lifted = {"guest.boot.config-sizes"};
  EXPECT_TRUE(m.take_config("opt/a", kRoom));
  EXPECT_EQ(m.memory[kBehind], 0x77);
}

TEST(Config, WithoutANameIsRefused) {
  TestMachine m;
  auto file = boot::fw_cfg_file("opt/a", 4, 0);
  file.name.fill('a');  // no zero ends it
  m.words = {{"fw_cfg/directory", directory_of(file)}};
  EXPECT_FALSE(m.take_config("opt/a", kRoom));
  EXPECT_THAT(m.refused, ElementsAre("guest.boot.config-sizes"));
}

TEST(OptionRom, RunsOnlyWhereThatIsLifted) {
  TestMachine m;
  EXPECT_FALSE(m.runs_rom("nic0"));
  m.words["rom/nic0"] = wire::encode(boot::OptionRom{.header = {.efi_signature = boot::kEfiSignature}, .pcir = {.code_type = boot::RomCode::kEfi}, .image = {}});
  EXPECT_FALSE(m.runs_rom("nic0"));
  EXPECT_THAT(m.refused, ElementsAre("guest.boot.option-rom"));
  m.lifted = {"guest.boot.option-rom"};
  EXPECT_TRUE(m.runs_rom("nic0"));
  m.words["rom/nic0"] = base::Bytes(512);
  EXPECT_FALSE(m.runs_rom("nic0")) << "what is no ROM runs never";
}

}  // namespace
}  // namespace host_words::test
