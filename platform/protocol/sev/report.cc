#include "platform/protocol/sev/report.h"

#include <algorithm>

#include "platform/base/check.h"

namespace sevproto {

bool fields_fit_version(const Report& report) {
  bool has_cpuid = report.cpuid_fam_id || report.cpuid_mod_id || report.cpuid_step;
  bool has_mitigations = report.launch_mit_vector || report.current_mit_vector;
  return (report.version >= 3 || !has_cpuid) && (report.version >= 5 || !has_mitigations);
}

base::Bytes signed_part(const Report& report) {
  base::Bytes raw = wire::encode(report);
  raw.resize(kReportSignedSize);
  return raw;
}

base::View signed_part(base::View raw) {
  base::check(raw.size() >= kReportSignedSize, "a report is longer than its signed part");
  return raw.first(kReportSignedSize);
}

std::array<std::uint8_t, 72> le72_of(const base::Block<48>& big_endian) {
  std::array<std::uint8_t, 72> out{};
  std::ranges::reverse_copy(big_endian, out.begin());
  return out;
}

std::optional<base::Block<48>> be48_of(const std::array<std::uint8_t, 72>& little_endian) {
  if (std::any_of(little_endian.begin() + 48, little_endian.end(), [](auto b) { return b != 0; })) return std::nullopt;
  base::Block<48> out{};
  std::reverse_copy(little_endian.begin(), little_endian.begin() + 48, out.begin());
  return out;
}

}  // namespace sevproto
