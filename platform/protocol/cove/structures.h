#pragma once
// What the calls of CoVE point to in memory, as a C compiler for RV64 lays it out: little-endian, fields on their natural alignment
// (RISC-V CoVE 0.7, at the call that uses each).
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace coveproto {

inline constexpr std::uint64_t kPageSize = 4096;

enum class PageType : std::uint64_t { k4K = 0, k2M = 1, k1G = 2, k512G = 3 };
enum class TsmState : std::uint32_t { kNotLoaded = 0, kLoaded = 1, kReady = 2 };
enum class TvmState : std::uint32_t { kInitializing = 0, kRunnable = 1 };

// Bit numbers of tsm_capabilities.
inline constexpr unsigned kCapPromoteTvm = 0, kCapAttestationLocal = 1, kCapAttestationRemote = 2, kCapAia = 3, kCapMrif = 4,
                          kCapMemoryAllocation = 5;
// Reserved TSM implementation ids: Salus 1, ACE 2.
// convention: an emulated one calls itself by a number that is reserved for later.
inline constexpr std::uint32_t kTsmImplEmulated = 0x474C'4143;  // "GLAC"

struct TsmInfo {
  TsmState tsm_state = TsmState::kNotLoaded;
  std::uint32_t tsm_impl_id = 0;
  std::uint32_t tsm_version = 0;
  std::uint64_t tsm_capabilities = 0;
  std::uint64_t tvm_state_pages = 0;
  std::uint64_t tvm_max_vcpus = 0;
  std::uint64_t tvm_vcpu_state_pages = 0;
  friend bool operator==(const TsmInfo&, const TsmInfo&) = default;
  using Wire = wire::Layout<&TsmInfo::tsm_state, &TsmInfo::tsm_impl_id, &TsmInfo::tsm_version, wire::Reserved<4>{},
                            &TsmInfo::tsm_capabilities, &TsmInfo::tvm_state_pages, &TsmInfo::tvm_max_vcpus,
                            &TsmInfo::tvm_vcpu_state_pages>;
};
inline constexpr std::size_t kTsmInfoSize = 48;
static_assert(wire::min_size<TsmInfo>() == kTsmInfoSize);

inline constexpr std::uint64_t kPageDirectorySize = 16 << 10;  // 16 KiB, so aligned
struct TvmCreateParams {
  std::uint64_t tvm_page_directory_addr = 0;
  std::uint64_t tvm_state_addr = 0;
  friend bool operator==(const TvmCreateParams&, const TvmCreateParams&) = default;
  using Wire = wire::Layout<&TvmCreateParams::tvm_page_directory_addr, &TvmCreateParams::tvm_state_addr>;
};
inline constexpr std::size_t kTvmCreateParamsSize = 16;
static_assert(wire::min_size<TvmCreateParams>() == kTvmCreateParamsSize);

inline constexpr std::size_t kIdentitySize = 64, kChallengeSize = 64;
using Identity = base::Block<kIdentitySize>;
using Challenge = base::Block<kChallengeSize>;

// ---- attestation ----------------------------------------------------------------------------------------------------

using Digest = base::Block<48>;  // SHA-384, the algorithm of every register here

enum class HashAlgorithm : std::uint32_t { kSha384 = 0, kSha512 = 1, kSha3_384 = 2, kSha3_512 = 3 };
inline constexpr std::uint32_t kCertificateCbor = 1 << 0, kCertificateX509 = 1 << 1;
enum class MeasurementType : std::uint32_t { kInitial = 0, kRuntime = 1 };
inline constexpr std::size_t kInitialRegistersMax = 8, kRuntimeRegistersMax = 18,
                             kRegistersMax = kInitialRegistersMax + kRuntimeRegistersMax;
inline constexpr std::uint8_t kUnmappedTcgPcr = 0xFF;

struct MeasurementRegisterDescriptor {
  HashAlgorithm hash_algorithm = HashAlgorithm::kSha384;
  MeasurementType measurement_type = MeasurementType::kInitial;
  std::uint8_t tcg_pcr_index = kUnmappedTcgPcr;
  friend bool operator==(const MeasurementRegisterDescriptor&, const MeasurementRegisterDescriptor&) = default;
  using Wire = wire::Layout<&MeasurementRegisterDescriptor::hash_algorithm, &MeasurementRegisterDescriptor::measurement_type,
                            &MeasurementRegisterDescriptor::tcg_pcr_index, wire::Reserved<3>{}>;
};
struct AttestationCapabilities {
  std::uint64_t tcb_svn = 0;
  HashAlgorithm hash_algorithm = HashAlgorithm::kSha384;
  std::uint32_t certificate_formats = 0;
  std::uint8_t initial_measurements = 0, runtime_measurements = 0;
  std::array<MeasurementRegisterDescriptor, kRegistersMax> msmt_regs{};
  friend bool operator==(const AttestationCapabilities&, const AttestationCapabilities&) = default;
  using Wire = wire::Layout<&AttestationCapabilities::tcb_svn, &AttestationCapabilities::hash_algorithm,
                            &AttestationCapabilities::certificate_formats, &AttestationCapabilities::initial_measurements,
                            &AttestationCapabilities::runtime_measurements, wire::Reserved<2>{}, &AttestationCapabilities::msmt_regs,
                            wire::Reserved<4>{}>;
};
inline constexpr std::size_t kAttestationCapabilitiesSize = 336;
static_assert(wire::min_size<AttestationCapabilities>() == kAttestationCapabilitiesSize);

}  // namespace coveproto
