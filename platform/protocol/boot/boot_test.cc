#include <gtest/gtest.h>

#include "platform/protocol/boot/schemas.h"

namespace boot {
namespace {

// Linux x86 boot protocol 2.15: the offsets of the zero page.
TEST(BootParams, FieldsLieWhereTheProtocolSays) {
  BootParams params{.e820_count = 2, .command_line = 0x1122'3344};
  params.e820[1] = {0x10'0000, 0x2000, E820Type::kReserved};
  const auto page = wire::encode(params);
  ASSERT_EQ(page.size(), 0x1000u);
  EXPECT_EQ(page[0x1E8], 2);
  EXPECT_EQ(base::load_le<std::uint16_t>(page, 0x1FE), 0xAA55);
  EXPECT_EQ(base::text_of(base::View(page).subspan(0x202, 4)), "HdrS");
  EXPECT_EQ(base::load_le<std::uint32_t>(page, 0x228), 0x1122'3344u);
  EXPECT_EQ(base::load_le<std::uint64_t>(page, 0x2D0 + 20), 0x10'0000u);
  EXPECT_EQ(base::load_le<std::uint32_t>(page, 0x2D0 + 20 + 16), 2u);
  EXPECT_FALSE(wire::decode<BootParams>(base::View(page).first(0xFFF)));
}

// QEMU docs/specs/fw_cfg.rst: big-endian, 64 bytes a file.
TEST(FwCfg, ADirectoryIsBigEndian) {
  FwCfgDirectory directory{.count = 1, .files = {fw_cfg_file("etc/e820", 0x0102, 3)}};
  const auto bytes = wire::encode(directory);
  ASSERT_EQ(bytes.size(), 4u + 64);
  EXPECT_EQ(base::to_hex(base::View(bytes).first(12)), "000000010000010200230000");
  EXPECT_EQ(name_of(wire::decode<FwCfgDirectory>(bytes)->files.at(0)), "etc/e820");
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<FwCfgDirectory>(base::View(bytes).first(size))) << size;
}

TEST(FwCfg, ACountThatLiesIsRefused) {
  EXPECT_FALSE(wire::decode<FwCfgDirectory>(wire::encode(FwCfgDirectory{.count = 0xFFFF'FFFF, .files = {}})));
}

TEST(FwCfg, NamesEndAndCanBePrinted) {
  FwCfgFile file;
  EXPECT_FALSE(name_of(file)) << "an empty name";
  file.name.fill('a');
  EXPECT_FALSE(name_of(file)) << "a name without end";
  EXPECT_FALSE(name_of(fw_cfg_file("opt/a b", 0, 0)));
  EXPECT_EQ(name_of(fw_cfg_file(std::string(80, 'a'), 0, 0))->size(), 55u);
}

TEST(OptionRom, IsWhatItsDataStructureSays) {
  OptionRom rom{.header = {}, .pcir = {.vendor = 0x8086, .code_type = RomCode::kEfi}, .image = base::Bytes(456)};
  auto bytes = wire::encode(rom);
  EXPECT_EQ(bytes.size(), 512u);
  EXPECT_EQ(base::to_hex(base::View(bytes).first(2)), "55aa");
  EXPECT_EQ(base::text_of(base::View(bytes).subspan(0x1C, 4)), "PCIR");
  EXPECT_EQ(code_of(bytes), RomCode::kEfi);
  for (const std::size_t size : {0u, 1u, 0x19u, 0x1Cu, 0x37u}) EXPECT_FALSE(code_of(base::View(bytes).first(size))) << size;
  base::store_le<std::uint16_t>(std::span(bytes), 0x18, 0xFFFF);
  EXPECT_FALSE(code_of(bytes)) << "a pointer behind the ROM";
}

}  // namespace
}  // namespace boot
