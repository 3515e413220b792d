#pragma once
// Tables by which a platform describes itself (ACPI 6.5, 5.2): a header of 36 bytes with a length and a sum, then what the signature says.
// The sum of all bytes of a table is zero modulo 256. Integers are little-endian. Nothing here believes a length beyond the bytes there are.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace acpi {

struct TableHeader {
  base::Block<4> signature{};
  std::uint32_t length = 0;  // of the whole table
  std::uint8_t revision = 0, checksum = 0;
  base::Block<6> oem_id{};
  base::Block<8> oem_table_id{};
  std::uint32_t oem_revision = 0;
  base::Block<4> creator_id{};
  std::uint32_t creator_revision = 0;
  bool operator==(const TableHeader&) const = default;
  using Wire = wire::Layout<&TableHeader::signature, &TableHeader::length, &TableHeader::revision, &TableHeader::checksum, &TableHeader::oem_id,
                            &TableHeader::oem_table_id, &TableHeader::oem_revision, &TableHeader::creator_id, &TableHeader::creator_revision>;
};
inline constexpr std::size_t kHeaderBytes = 36, kChecksumOffset = 9, kLengthOffset = 4;

struct Table {
  TableHeader header;
  base::Bytes body;
  bool operator==(const Table&) const = default;
  using Wire = wire::Layout<&Table::header, wire::Rest<&Table::body>{}>;
};

// 5.2.5.3: what firmware leaves in memory for the kernel to find the rest by. Two sums: of the first 20 bytes, and of all.
struct Rsdp {
  base::Block<8> signature{'R', 'S', 'D', ' ', 'P', 'T', 'R', ' '};
  std::uint8_t checksum = 0;
  base::Block<6> oem_id{};
  std::uint8_t revision = 2;
  std::uint32_t rsdt_address = 0, length = 36;
  std::uint64_t xsdt_address = 0;
  std::uint8_t extended_checksum = 0;
  using Wire = wire::Layout<&Rsdp::signature, &Rsdp::checksum, &Rsdp::oem_id, &Rsdp::revision, &Rsdp::rsdt_address, &Rsdp::length,
                            &Rsdp::xsdt_address, &Rsdp::extended_checksum, wire::Reserved<3>{}>;
};
inline constexpr std::size_t kRsdpOldBytes = 20;

// 5.2.12: the processors and interrupt controllers. Entries are type, length and what the type says.
struct Madt {
  TableHeader header;
  std::uint32_t local_apic_address = 0, flags = 0;
  base::Bytes entries;
  using Wire = wire::Layout<&Madt::header, &Madt::local_apic_address, &Madt::flags, wire::Rest<&Madt::entries>{}>;
};
struct LocalApic {  // 5.2.12.2
  std::uint8_t type = 0, length = 8, processor_uid = 0, apic_id = 0;
  std::uint32_t flags = 1;  // bit 0: can be used
  using Wire = wire::Layout<&LocalApic::type, &LocalApic::length, &LocalApic::processor_uid, &LocalApic::apic_id, &LocalApic::flags>;
};
struct IoApic {  // 5.2.12.3
  std::uint8_t type = 1, length = 12, id = 0;
  std::uint32_t address = 0, interrupt_base = 0;
  using Wire = wire::Layout<&IoApic::type, &IoApic::length, &IoApic::id, wire::Loose<1>{}, &IoApic::address, &IoApic::interrupt_base>;
};
struct WakeupMailbox {  // 5.2.12.19
  std::uint8_t type = 0x10, length = 16;
  std::uint16_t version = 0;
  std::uint64_t address = 0;
  using Wire = wire::Layout<&WakeupMailbox::type, &WakeupMailbox::length, &WakeupMailbox::version, wire::Loose<4>{}, &WakeupMailbox::address>;
};

// Zero of a table that is right.
std::uint8_t sum_of(base::View bytes);
// Length and sum made right, whatever they were. Of fewer bytes than a header: nothing happens.
void settle(base::Bytes& table);
base::Bytes make_table(std::string_view signature, std::uint8_t revision, base::View body);
base::Bytes make_rsdp(std::uint64_t xsdt_address);

// What a strict reader has against a table; empty: nothing.
std::string fault_of(base::View table);

// Addresses of an XSDT's entries (5.2.8); nothing: its body is not whole entries.
std::optional<std::vector<std::uint64_t>> xsdt_entries(base::View body);
base::Bytes make_xsdt(const std::vector<std::uint64_t>& entries);

// The entries of a MADT as far as each says its own length truthfully; nothing: one does not.
std::optional<std::vector<base::Bytes>> madt_entries(base::View entries);

const std::vector<wire::Schema>& table_schemas();
// A table as scenarios alter one: `body` may be set to content of any length, and length and sum follow.
const wire::Schema& table_schema();
const wire::Schema& madt_schema();

}  // namespace acpi
