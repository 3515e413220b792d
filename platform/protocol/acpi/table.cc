#include "platform/protocol/acpi/table.h"

#include <algorithm>
#include <numeric>

namespace acpi {

std::uint8_t sum_of(base::View bytes) {
  return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0u));
}

void settle(base::Bytes& table) {
  if (table.size() < kHeaderBytes) return;
  base::store_le(std::span(table), kLengthOffset, static_cast<std::uint32_t>(table.size()));
  table[kChecksumOffset] = 0;
  table[kChecksumOffset] = static_cast<std::uint8_t>(-sum_of(table));
}

base::Bytes make_table(std::string_view signature, std::uint8_t revision, base::View body) {
  Table table{.header = {.revision = revision, .oem_revision = 1, .creator_revision = 1}, .body = base::bytes_of(body)};
  const auto put = [](auto& to, std::string_view text) { std::copy_n(text.begin(), std::min(to.size(), text.size()), to.begin()); };
  put(table.header.signature, signature);
  put(table.header.oem_id, "GLACIS");
  put(table.header.oem_table_id, "EMULATED");
  put(table.header.creator_id, "GLCS");
  auto out = wire::encode(table);
  settle(out);
  return out;
}

base::Bytes make_rsdp(std::uint64_t xsdt_address) {
  Rsdp rsdp{.xsdt_address = xsdt_address};
  std::copy_n("GLACIS", rsdp.oem_id.size(), rsdp.oem_id.begin());
  rsdp.checksum = static_cast<std::uint8_t>(-sum_of(base::View(wire::encode(rsdp)).first(kRsdpOldBytes)));
  rsdp.extended_checksum = static_cast<std::uint8_t>(-sum_of(wire::encode(rsdp)));
  return wire::encode(rsdp);
}

std::string fault_of(base::View table) {
  if (table.size() < kHeaderBytes) return "is shorter than a header";
  if (base::load_le<std::uint32_t>(table, kLengthOffset) != table.size()) return "says another length than it has";
  return sum_of(table) == 0 ? "" : "does not sum to zero";
}

std::optional<std::vector<std::uint64_t>> xsdt_entries(base::View body) {
  if (body.size() % 8 != 0) return std::nullopt;
  std::vector<std::uint64_t> out;
  for (std::size_t at = 0; at < body.size(); at += 8) out.push_back(base::load_le<std::uint64_t>(body, at));
  return out;
}

base::Bytes make_xsdt(const std::vector<std::uint64_t>& entries) {
  base::Bytes body;
  for (const auto entry : entries) base::append_le(body, entry);
  return make_table("XSDT", 1, body);
}

std::optional<std::vector<base::Bytes>> madt_entries(base::View entries) {
  std::vector<base::Bytes> out;
  while (!entries.empty()) {
    if (entries.size() < 2 || entries[1] < 2 || entries[1] > entries.size()) return std::nullopt;
    out.push_back(base::bytes_of(entries.first(entries[1])));
    entries = entries.subspan(entries[1]);
  }
  return out;
}

namespace {

// The field replaced, and length and sum as they have to be then.
template <class M, auto Member>
std::optional<wire::Bytes> with_bytes(wire::View raw, std::string_view field, std::string_view name, wire::View bytes) {
  if (field != name) return std::nullopt;
  auto table = wire::decode<M>(raw);
  if (!table) return std::nullopt;
  (*table).*Member = base::bytes_of(bytes);
  auto out = wire::encode(*table);
  settle(out);
  return out;
}

}  // namespace

const wire::Schema& table_schema() {
  static const wire::Schema kSchema = [] {
    auto schema = wire::schema_of<Table>("acpi.TABLE");
    schema.set_bytes = [](wire::View raw, std::string_view field, wire::View bytes) {
      return with_bytes<Table, &Table::body>(raw, field, "body", bytes);
    };
    return schema;
  }();
  return kSchema;
}

const wire::Schema& madt_schema() {
  static const wire::Schema kSchema = [] {
    auto schema = wire::schema_of<Madt>("acpi.MADT");
    schema.set_bytes = [](wire::View raw, std::string_view field, wire::View bytes) {
      return with_bytes<Madt, &Madt::entries>(raw, field, "entries", bytes);
    };
    return schema;
  }();
  return kSchema;
}

const std::vector<wire::Schema>& table_schemas() {
  static const std::vector<wire::Schema> kAll = {table_schema(), madt_schema(), wire::schema_of<Rsdp>("acpi.RSDP"),
                                                 wire::schema_of<LocalApic>("acpi.LOCAL_APIC"), wire::schema_of<IoApic>("acpi.IO_APIC"),
                                                 wire::schema_of<WakeupMailbox>("acpi.WAKEUP_MAILBOX")};
  return kAll;
}

}  // namespace acpi
