#include "guest/host_words/acpi.h"

#include <algorithm>
#include <set>

#include "platform/protocol/acpi/table.h"

namespace host_words {

namespace {

const std::vector<std::string>& listed() {
  static const std::vector<std::string> kListed = {"FACP", "DSDT", "FACS", "APIC", "SVKL"};
  return kListed;
}

}  // namespace

std::optional<base::Bytes> Tables::take(const std::string& signature) {
  const auto table = guest_.host_data(("acpi/" + signature).c_str());
  if (!table || table->size() < acpi::kHeaderBytes) return std::nullopt;
  const bool fits = acpi::fault_of(*table).empty() && table->size() <= kRoomBytes;
  if (!fits && !guest_.defend("guest.acpi.lengths", false)) return std::nullopt;
  // The kernel moves it to where its own tables are.
  guest_.write(room_, *table);
  return table;
}

bool Tables::install() {
  const auto list = take("XSDT");
  if (!list) return false;
  for (std::size_t at = acpi::kHeaderBytes; at + 8 <= list->size(); at += 8) {
    const std::string signature = base::text_of(base::View(*list).subspan(at, 4));
    const bool known = std::ranges::find(listed(), signature) != listed().end();
    if (!known && !guest_.defend("guest.acpi.tables", false)) continue;
    const auto table = take(signature);
    if (!table) return false;
    const base::View body = base::View(*table).subspan(acpi::kHeaderBytes);
    if (signature == "APIC" && !start_processors(*table)) return false;
    if ((signature == "DSDT" || signature == "SSDT") && !aml_.load(body)) guest_.log("the interpreter stops " + aml_.why());
  }
  if (!aml_.initialize()) guest_.log("the interpreter stops " + aml_.why());
  return true;
}

// Each processor gets an area of its own, one behind the other.
bool Tables::start_processors(base::View bytes) {
  const auto madt = wire::decode<acpi::Madt>(bytes);
  const auto entries = madt ? acpi::madt_entries(madt->entries) : std::nullopt;
  if (!entries) return guest_.defend("guest.acpi.lengths", false);
  std::vector<std::uint8_t> processors;
  for (const auto& entry : *entries)
    if (const auto apic = wire::decode<acpi::LocalApic>(entry); apic && apic->type == 0 && (apic->flags & 1) != 0) processors.push_back(apic->apic_id);
  const bool distinct = std::set(processors.begin(), processors.end()).size() == processors.size();
  const bool room = processors.size() <= kProcessorsMax;
  if ((!distinct || !room) && !guest_.defend("guest.acpi.processors", false)) return false;
  for (std::size_t i = 0; i < processors.size(); ++i) {
    base::Bytes area(kPerProcessorBytes);
    area[0] = processors[i];
    guest_.write(room_ + i * kPerProcessorBytes, area);
  }
  return true;
}

void Tables::poll() {
  if (!aml_.poll()) guest_.log("the interpreter stops " + aml_.why());
}

// Registers of devices are the host's anyway. Memory that is the guest's is not for code of the host's.
bool Tables::sandboxed(acpi::Space space, std::uint64_t address, std::size_t count) {
  const bool own = space == acpi::Space::kSystemMemory && address < kMemoryEnd && count <= kMemoryEnd - address;
  return !own || guest_.defend("guest.acpi.sandbox", false);
}

bool Tables::read(acpi::Space space, std::uint64_t address, std::span<std::uint8_t> out) {
  std::ranges::fill(out, std::uint8_t{0});
  if (!sandboxed(space, address, out.size())) return false;
  if (space != acpi::Space::kSystemMemory || address >= kMemoryEnd) return true;  // nobody is there
  const auto there = guest_.read(address, out.size());
  if (there.size() != out.size()) return false;
  std::ranges::copy(there, out.begin());
  return true;
}

bool Tables::write(acpi::Space space, std::uint64_t address, base::View in) {
  if (!sandboxed(space, address, in.size())) return false;
  if (space != acpi::Space::kSystemMemory || address >= kMemoryEnd) return true;
  return guest_.write(address, in) == GLACIS_OK;
}

}  // namespace host_words
