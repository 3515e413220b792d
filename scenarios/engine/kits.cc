// Every technology, one a line.
#include <algorithm>

#include "platform/base/check.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"

namespace engine {

const TechnologyKind &none_kind(), &sev_kind(), &sev_es_kind(), &sev_snp_kind(), &tdx_kind(), &cca_kind();

const std::vector<const TechnologyKind*>& technologies() {
  static const std::vector<const TechnologyKind*> kAll = {&none_kind(), &sev_kind(), &sev_es_kind(), &sev_snp_kind(), &tdx_kind(), &cca_kind()};
  return kAll;
}

std::optional<std::uint64_t> Kit::image_part(std::string_view name) const {
  if (name == "kernel") return kKernelGpa;
  if (name == "cpuid") return kCpuidGpa;
  if (name == "config") return kConfigGpa;
  if (name == "firmware") return kFirmwareGpa;
  return std::nullopt;
}

const TechnologyKind& technology_of(std::string_view name) {
  const auto found = std::ranges::find(technologies(), name, [](const auto* kind) { return std::string_view(kind->name); });
  base::check(found != technologies().end(), "a machine file names a technology that is on the list");
  return **found;
}

}  // namespace engine
