#include "platform/protocol/sev/tcb.h"

#include <array>

namespace sev {
namespace {

using Component = std::uint8_t Tcb::*;

// Which component each of the 8 bytes holds, lowest first; null where a byte is reserved.
using Layout = std::array<Component, 8>;
constexpr Layout kBeforeTurin{&Tcb::bootloader, &Tcb::tee, nullptr,   nullptr,
                              nullptr,          nullptr,   &Tcb::snp, &Tcb::microcode};
constexpr Layout kFromTurin{&Tcb::fmc, &Tcb::bootloader, &Tcb::tee, &Tcb::snp,
                            nullptr,   nullptr,          nullptr,   &Tcb::microcode};

const Layout& layout_of(Product product) { return product == Product::kTurin ? kFromTurin : kBeforeTurin; }

}  // namespace

std::string_view name_of(Product product) {
  switch (product) {
    case Product::kMilan:
      return "Milan";
    case Product::kGenoa:
      return "Genoa";
    case Product::kTurin:
      return "Turin";
  }
  return "";
}

bool at_least(const Tcb& tcb, const Tcb& floor) {
  return tcb.bootloader >= floor.bootloader && tcb.tee >= floor.tee && tcb.snp >= floor.snp &&
         tcb.microcode >= floor.microcode && tcb.fmc >= floor.fmc;
}

std::uint64_t pack(const Tcb& tcb, Product product) {
  std::uint64_t packed = 0;
  const Layout& layout = layout_of(product);
  for (unsigned i = 0; i < layout.size(); ++i) {
    if (layout[i] != nullptr) packed |= static_cast<std::uint64_t>(tcb.*layout[i]) << (8 * i);
  }
  return packed;
}

std::optional<Tcb> unpack(std::uint64_t packed, Product product) {
  Tcb tcb;
  const Layout& layout = layout_of(product);
  for (unsigned i = 0; i < layout.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(packed >> (8 * i));
    if (layout[i] != nullptr) {
      tcb.*layout[i] = byte;
    } else if (byte != 0) {
      return std::nullopt;
    }
  }
  return tcb;
}

}  // namespace sev
