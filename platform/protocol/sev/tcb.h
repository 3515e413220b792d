#pragma once
// TCB_VERSION of SEV-SNP: the security version of each firmware component, packed into 8 bytes in a way that depends
// on the product. Versions are compared component by component; as one integer they mean nothing.
#include <cstdint>
#include <optional>
#include <string_view>

namespace sev {

enum class Product { kMilan, kGenoa, kTurin };

std::string_view name_of(Product product);  // "Milan", as it stands in certificate names and KDS paths

struct Tcb {
  std::uint8_t bootloader = 0;
  std::uint8_t tee = 0;
  std::uint8_t snp = 0;
  std::uint8_t microcode = 0;
  std::uint8_t fmc = 0;  // from Turin on; zero before
  bool operator==(const Tcb&) const = default;
};

// No component is lower than that of `floor`.
bool at_least(const Tcb& tcb, const Tcb& floor);

// The little-endian u64 of reports, requests and configuration; byte 0 is the lowest. `fmc` is not packed before Turin.
std::uint64_t pack(const Tcb& tcb, Product product);
// Empty when a reserved byte is not zero.
std::optional<Tcb> unpack(std::uint64_t packed, Product product);

}  // namespace sev
