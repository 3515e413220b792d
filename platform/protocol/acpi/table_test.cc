#include "platform/protocol/acpi/table.h"

#include <gtest/gtest.h>

namespace acpi {
namespace {

// The header of a DSDT of 299 bytes as the ACPICA compiler (20200925) writes it.
constexpr const char* kHeader = "445344542b01000002fa474c41434953454d554c4154454401000000494e544c25092020";

TEST(AcpiTable, ReadsAnotherProgramsHeader) {
  const auto header = wire::decode<TableHeader>(*base::from_hex(kHeader));
  ASSERT_TRUE(header);
  EXPECT_EQ(base::text_of(header->signature), "DSDT");
  EXPECT_EQ(header->length, 299u);
  EXPECT_EQ(header->revision, 2);
  EXPECT_EQ(header->checksum, 0xFA);
  EXPECT_EQ(base::text_of(header->oem_table_id), "EMULATED");
  EXPECT_EQ(header->creator_revision, 0x20200925u);
}

TEST(AcpiTable, AMadeOneIsWhole) {
  const auto table = make_table("SSDT", 2, base::bytes_of("content"));
  EXPECT_EQ(fault_of(table), "");
  EXPECT_EQ(table.size(), kHeaderBytes + 7);
  auto other = table;
  other.back() ^= 1;
  EXPECT_EQ(fault_of(other), "does not sum to zero");
  for (std::size_t size = 0; size < table.size(); ++size) EXPECT_NE(fault_of(base::View(table).first(size)), "") << size;
  auto longer = table;
  longer.push_back(0);
  EXPECT_EQ(fault_of(longer), "says another length than it has");
  settle(longer);
  EXPECT_EQ(fault_of(longer), "");
}

TEST(AcpiTable, ARootPointerHasTwoSums) {
  const auto rsdp = make_rsdp(0x7FE'0000);
  EXPECT_EQ(rsdp.size(), 36u);
  EXPECT_EQ(sum_of(base::View(rsdp).first(kRsdpOldBytes)), 0);
  EXPECT_EQ(sum_of(rsdp), 0);
  EXPECT_EQ(wire::decode<Rsdp>(rsdp)->xsdt_address, 0x7FE'0000u);
}

TEST(AcpiTable, AnXsdtHasWholeEntries) {
  const auto xsdt = make_xsdt({1, 0x1'0000'0000});
  const auto body = wire::decode<Table>(xsdt)->body;
  EXPECT_EQ(xsdt_entries(body), (std::vector<std::uint64_t>{1, 0x1'0000'0000}));
  EXPECT_FALSE(xsdt_entries(base::View(body).first(15)));
}

TEST(AcpiTable, EntriesOfAMadtSayTheirLengths) {
  base::Bytes entries = wire::encode(LocalApic{.processor_uid = 1, .apic_id = 2});
  base::append(entries, wire::encode(IoApic{.id = 3, .address = 0xFEC0'0000}));
  base::append(entries, wire::encode(WakeupMailbox{.address = 0x1000}));
  const auto read = madt_entries(entries);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ(wire::decode<IoApic>(read->at(1))->address, 0xFEC0'0000u);
  EXPECT_FALSE(madt_entries(base::View(entries).first(entries.size() - 1)));
  entries[1] = 0;
  EXPECT_FALSE(madt_entries(entries)) << "an entry without length would never end";
  entries[1] = 200;
  EXPECT_FALSE(madt_entries(entries));
}

TEST(AcpiTable, ASetBodyKeepsTheTableWhole) {
  const auto table = make_table("DSDT", 2, base::bytes_of("one"));
  const auto other = table_schema().set_bytes(table, "body", base::view_of("another content"));
  ASSERT_TRUE(other);
  EXPECT_EQ(fault_of(*other), "");
  EXPECT_EQ(base::text_of(wire::decode<Table>(*other)->body), "another content");
  EXPECT_FALSE(table_schema().set_bytes(table, "header.length", base::view_of("four")));
}

}  // namespace
}  // namespace acpi
