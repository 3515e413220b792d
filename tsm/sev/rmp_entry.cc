#include "tsm/sev/rmp_entry.h"

namespace sev {
namespace {

constexpr std::uint64_t kAssigned = 1, kLarge = 1u << 1, kImmutable = 1u << 2;
constexpr std::uint64_t kVmsa = std::uint64_t{1} << 61, kValidated = std::uint64_t{1} << 62;
constexpr std::uint64_t kGpaMask = (kRmpGpaEnd - 1) & ~std::uint64_t{0xFFF};
constexpr unsigned kAsidShift = 51;

}  // namespace

base::Block<kRmpEntryBytes> encode_rmp_entry(const RmpEntry& entry) {
  const auto bit = [](bool set, std::uint64_t value) { return set ? value : 0; };
  const std::uint64_t low = bit(entry.assigned, kAssigned) | bit(entry.size == memory::PageSize::k2M, kLarge) |
                            bit(entry.immutable, kImmutable) | (entry.gpa & kGpaMask) |
                            std::uint64_t{entry.asid & kRmpAsidMax} << kAsidShift | bit(entry.vmsa, kVmsa) |
                            bit(entry.validated, kValidated);
  std::uint64_t high = 0;
  for (unsigned vmpl = 0; vmpl < 4; ++vmpl) high |= std::uint64_t{entry.perms[vmpl]} << 8 * vmpl;
  base::Block<kRmpEntryBytes> out{};
  base::store_le(out, 0, low);
  base::store_le(out, 8, high);
  return out;
}

RmpEntry decode_rmp_entry(base::View bytes) {
  if (!rmp_entry_assigned(bytes)) return {};
  const auto low = base::load_le<std::uint64_t>(bytes, 0), high = base::load_le<std::uint64_t>(bytes, 8);
  RmpEntry out{.assigned = true,
               .validated = (low & kValidated) != 0,
               .immutable = (low & kImmutable) != 0,
               .vmsa = (low & kVmsa) != 0,
               .asid = static_cast<std::uint32_t>(low >> kAsidShift) & kRmpAsidMax,
               .gpa = low & kGpaMask,
               .size = (low & kLarge) ? memory::PageSize::k2M : memory::PageSize::k4K};
  for (unsigned vmpl = 0; vmpl < 4; ++vmpl) out.perms[vmpl] = static_cast<std::uint8_t>(high >> 8 * vmpl) & kPermAll;
  return out;
}

}  // namespace sev
