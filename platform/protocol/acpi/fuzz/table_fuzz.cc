// Tables that the host made.
#include "platform/base/check.h"
#include "platform/protocol/acpi/table.h"
#include "platform/wire/fuzz.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      wire::fuzz_one<acpi::Table>(in.data(), in.size());
      wire::fuzz_one<acpi::Madt>(in.data(), in.size());
      wire::fuzz_one<acpi::Rsdp>(in.data(), in.size());
      (void)acpi::xsdt_entries(in);
      base::Bytes table = base::bytes_of(in);
      acpi::settle(table);
      base::check(table.size() < acpi::kHeaderBytes || acpi::fault_of(table).empty(), "a settled table is whole");
      const auto entries = acpi::madt_entries(in);
      if (!entries) return;
      base::Bytes again;
      for (const auto& entry : *entries) base::append(again, entry);
      base::check(again == base::bytes_of(in), "entries are all of the list");
    },
    acpi::make_table("APIC", 5, wire::encode(acpi::LocalApic{})))
