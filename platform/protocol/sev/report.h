#pragma once
// The attestation report of SEV-SNP (SNP ABI 1.58, ATTESTATION_REPORT), versions 2 to 5. One layout holds them all:
// what a version does not know yet is zero in it. Little-endian throughout.
#include <array>
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr std::size_t kReportSize = 0x4a0;
inline constexpr std::size_t kReportSignedSize = 0x2a0;  // the signature covers the bytes in front of it
inline constexpr std::uint32_t kReportVmplHost = 0xffffffff;  // the host asked, no guest did
inline constexpr std::uint32_t kAlgoEcdsaP384Sha384 = 1;

// R and S, 72 bytes little-endian each, the rest zero. Also used by the ID authentication page.
struct EcdsaSignature {
  std::array<std::uint8_t, 72> r{};
  std::array<std::uint8_t, 72> s{};
  bool operator==(const EcdsaSignature&) const = default;
  using Wire = wire::Layout<&EcdsaSignature::r, &EcdsaSignature::s, wire::Reserved<368>{}>;
};
static_assert(wire::min_size<EcdsaSignature>() == 512);

// Firmware numbers are stored build first.
struct FirmwareVersion {
  std::uint8_t build = 0;
  std::uint8_t minor = 0;
  std::uint8_t major = 0;
  bool operator==(const FirmwareVersion&) const = default;
  using Wire = wire::Layout<&FirmwareVersion::build, &FirmwareVersion::minor, &FirmwareVersion::major>;
};

struct Report {
  std::uint32_t version = 2;
  std::uint32_t guest_svn = 0;
  std::uint64_t policy = 0;
  std::array<std::uint8_t, 16> family_id{};
  std::array<std::uint8_t, 16> image_id{};
  std::uint32_t vmpl = 0;
  std::uint32_t signature_algo = kAlgoEcdsaP384Sha384;
  std::uint64_t current_tcb = 0;
  std::uint64_t platform_info = 0;
  std::uint32_t key_info = 0;
  std::array<std::uint8_t, 64> report_data{};
  std::array<std::uint8_t, 48> measurement{};
  std::array<std::uint8_t, 32> host_data{};
  std::array<std::uint8_t, 48> id_key_digest{};
  std::array<std::uint8_t, 48> author_key_digest{};
  std::array<std::uint8_t, 32> report_id{};
  std::array<std::uint8_t, 32> report_id_ma{};
  std::uint64_t reported_tcb = 0;
  std::uint8_t cpuid_fam_id = 0;  // from version 3 on
  std::uint8_t cpuid_mod_id = 0;
  std::uint8_t cpuid_step = 0;
  std::array<std::uint8_t, 64> chip_id{};
  std::uint64_t committed_tcb = 0;
  FirmwareVersion current;
  FirmwareVersion committed;
  std::uint64_t launch_tcb = 0;
  std::uint64_t launch_mit_vector = 0;  // from version 5 on
  std::uint64_t current_mit_vector = 0;
  EcdsaSignature signature;
  bool operator==(const Report&) const = default;

  using Wire = wire::Layout<
      &Report::version, &Report::guest_svn, &Report::policy, &Report::family_id, &Report::image_id, &Report::vmpl,
      &Report::signature_algo, &Report::current_tcb, &Report::platform_info, &Report::key_info, wire::At<0x50>{},
      &Report::report_data, &Report::measurement, &Report::host_data, &Report::id_key_digest,
      &Report::author_key_digest, &Report::report_id, &Report::report_id_ma, &Report::reported_tcb,
      &Report::cpuid_fam_id, &Report::cpuid_mod_id, &Report::cpuid_step, wire::At<0x1a0>{}, &Report::chip_id,
      &Report::committed_tcb, &Report::current, wire::Reserved<1>{}, &Report::committed, wire::Reserved<1>{},
      &Report::launch_tcb, &Report::launch_mit_vector, &Report::current_mit_vector, wire::At<kReportSignedSize>{},
      &Report::signature>;
};
static_assert(wire::min_size<Report>() == kReportSize);

// key_info
inline constexpr std::uint32_t kKeyInfoAuthorKeyEn = 1u << 0;
inline constexpr std::uint32_t kKeyInfoMaskChipKey = 1u << 1;  // signature and chip id are zero
enum class SigningKey : std::uint8_t { kVcek = 0, kVlek = 1, kNone = 7 };
constexpr SigningKey signing_key(std::uint32_t key_info) { return static_cast<SigningKey>(key_info >> 2 & 7); }
constexpr std::uint32_t with_signing_key(std::uint32_t key_info, SigningKey key) {
  return (key_info & ~(7u << 2)) | static_cast<std::uint32_t>(key) << 2;
}

// Fields that the report's version does not have are zero.
bool fields_fit_version(const Report& report);

// The bytes under the signature: of a report as it would be written, and of one as it arrived (at least 0x2a0 bytes).
base::Bytes signed_part(const Report& report);
base::View signed_part(base::View raw);

// A number of 48 bytes big-endian, as ECDSA has it, to 72 little-endian, as AMD stores it, and back. The way back is
// empty when the number does not fit.
std::array<std::uint8_t, 72> le72_of(const base::Block<48>& big_endian);
std::optional<base::Block<48>> be48_of(const std::array<std::uint8_t, 72>& little_endian);

}  // namespace sevproto
