#pragma once
// Device assignment of the RMM: what host and RMM hand each other about a physical device (PDEV), its streams and its interfaces (VDEV),
// and what a realm reads of an interface. Numbers and layouts are those of the RMM 2.0 alphas ("RMI types" and "RSI types", device
// assignment); the released 1.0 has none of them. Little-endian; bytes between the fields are not read.
#include <array>
#include <cstdint>
#include <string_view>

#include "platform/protocol/cca/rmi.h"
#include "platform/protocol/cca/structures.h"

namespace ccaproto {

// ---- life cycles ----------------------------------------------------------------------------------------------------

enum class PdevState : std::uint8_t { kNew = 0, kNeedsKey = 1, kHasKey = 2, kReady = 3, kStopped = 4, kError = 5 };
enum class VdevState : std::uint8_t { kNew = 0, kUnlocked = 1, kLocked = 2, kStarted = 3, kError = 4, kKeyRefresh = 5, kKeyPurge = 6 };
// The same as a realm is told it.
enum class RsiVdevState : std::uint8_t { kUnlocked = 0, kLocked = 1, kStarted = 2, kError = 3 };
std::string_view name_of(PdevState state);
std::string_view name_of(VdevState state);

// Of a digest of what a device said. SHA-384 is no algorithm of a realm.
enum class DigestAlgorithm : std::uint8_t { kSha256 = 0, kSha512 = 1, kSha384 = 2 };

// ---- parameters of the host's ---------------------------------------------------------------------------------------

enum class PdevCategory : std::uint8_t { kRootPort = 0, kOffChip = 1, kOnChip = 2 };
inline constexpr std::uint64_t kPdevSpdm = 1, kPdevFlags = 7;
constexpr std::uint64_t pdev_flags(PdevCategory category, bool spdm) { return static_cast<std::uint64_t>(category) << 1 | (spdm ? kPdevSpdm : 0); }
constexpr PdevCategory category_of(std::uint64_t flags) { return static_cast<PdevCategory>(flags >> 1 & 3); }

// RmiPdevParams.
struct PdevParams {
  std::uint64_t flags = 0;
  std::uint64_t hb_base = 0;     // the host bridge's ECAM
  std::uint64_t pdev_id = 0;     // its number on the bus
  std::uint64_t routing_id = 0;  // segment
  std::uint64_t id_index = 0;    // certificate slot
  std::uint32_t rid_base = 0, rid_top = 0;  // numbers that interfaces of it can have; the top is not one
  DigestAlgorithm hash_algo = DigestAlgorithm::kSha384;
  bool operator==(const PdevParams&) const = default;
  using Wire = wire::Layout<&PdevParams::flags, &PdevParams::hb_base, &PdevParams::pdev_id, &PdevParams::routing_id, &PdevParams::id_index,
                            &PdevParams::rid_base, wire::LooseUpTo<0x30>{}, &PdevParams::rid_top, wire::LooseUpTo<0x38>{},
                            &PdevParams::hash_algo, wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<PdevParams>() == kGranule);

// RmiPublicKeyParams. An EC key is an uncompressed point, 4 first; an RSA key is its modulus, the exponent is the metadata.
enum class SignatureAlgorithm : std::uint8_t { kRsassa3072 = 0, kEcdsaP256 = 1, kEcdsaP384 = 2 };
inline constexpr std::size_t kKeyBytesMax = 1024;
constexpr std::size_t key_bytes(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kRsassa3072: return 384;
    case SignatureAlgorithm::kEcdsaP256: return 65;
    case SignatureAlgorithm::kEcdsaP384: return 97;
  }
  return 0;
}
struct PublicKeyParams {
  std::array<std::uint8_t, kKeyBytesMax> key{}, metadata{};
  std::uint64_t key_len = 0, metadata_len = 0;
  SignatureAlgorithm algo = SignatureAlgorithm::kEcdsaP384;
  bool operator==(const PublicKeyParams&) const = default;
  using Wire = wire::Layout<&PublicKeyParams::key, &PublicKeyParams::metadata, &PublicKeyParams::key_len, &PublicKeyParams::metadata_len,
                            &PublicKeyParams::algo, wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<PublicKeyParams>() == kGranule);

// RmiAddressRange; the top is outside.
struct AddressRange {
  std::uint64_t base = 0, top = 0;
  bool operator==(const AddressRange&) const = default;
  using Wire = wire::Layout<&AddressRange::base, &AddressRange::top>;
};

// RmiPdevStreamParams. Of the kinds of streams only the non-coherent one is there: TLPs over selective IDE.
inline constexpr std::uint8_t kStreamNonCoherent = 1, kStreamKinds = 5;
inline constexpr std::size_t kStreamRangesMax = 16;
struct PdevStreamParams {
  std::uint64_t flags = 0;
  std::uint8_t stream_type = kStreamNonCoherent;
  std::uint64_t pdev_1 = 0, pdev_2 = 0;  // the device's and the root port's
  std::uint64_t ide_sid = 0;
  std::uint64_t num_addr_range = 0;
  std::array<AddressRange, kStreamRangesMax> addr_range{};
  bool operator==(const PdevStreamParams&) const = default;
  using Wire = wire::Layout<&PdevStreamParams::flags, &PdevStreamParams::stream_type, wire::LooseUpTo<0x10>{}, &PdevStreamParams::pdev_1,
                            &PdevStreamParams::pdev_2, &PdevStreamParams::ide_sid, &PdevStreamParams::num_addr_range,
                            wire::LooseUpTo<0x100>{}, &PdevStreamParams::addr_range, wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<PdevStreamParams>() == kGranule);

// RmiVdevParams.
inline constexpr std::size_t kVdevRangesMax = 8;
struct VdevParams {
  std::uint64_t flags = 0;  // bit 0: behind a virtual SMMU
  std::uint64_t vdev_id = 0;  // by which its realm names it
  std::uint64_t tdi_id = 0;   // its number on the bus
  std::uint64_t vsmmu_addr = 0, vsid = 0;
  std::uint64_t num_addr_range = 0;
  std::array<AddressRange, kVdevRangesMax> addr_range{};  // its memory
  bool operator==(const VdevParams&) const = default;
  using Wire = wire::Layout<&VdevParams::flags, &VdevParams::vdev_id, &VdevParams::tdi_id, wire::LooseUpTo<0x20>{}, &VdevParams::vsmmu_addr,
                            &VdevParams::vsid, &VdevParams::num_addr_range, wire::LooseUpTo<0x200>{}, &VdevParams::addr_range,
                            wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<VdevParams>() == kGranule);

// RmiVdevMeasureParams.
struct VdevMeasureParams {
  std::uint64_t flags = 0;  // bit 0: raw
  std::array<std::uint8_t, 32> nonce{};
  bool operator==(const VdevMeasureParams&) const = default;
  using Wire = wire::Layout<&VdevMeasureParams::flags, wire::LooseUpTo<0x100>{}, &VdevMeasureParams::nonce, wire::LooseUpTo<kGranule>{}>;
};
static_assert(wire::min_size<VdevMeasureParams>() == kGranule);

// ---- the conversation with a device, which the host carries ---------------------------------------------------------

enum class CommStatus : std::uint8_t { kNone = 0, kResponse = 1, kError = 2 };
struct DevCommEnter {
  CommStatus status = CommStatus::kNone;
  std::uint64_t req_addr = 0, resp_addr = 0, resp_len = 0;
  bool operator==(const DevCommEnter&) const = default;
  using Wire = wire::Layout<&DevCommEnter::status, wire::LooseUpTo<8>{}, &DevCommEnter::req_addr, &DevCommEnter::resp_addr,
                            &DevCommEnter::resp_len, wire::LooseUpTo<0x800>{}>;
};
inline constexpr std::uint64_t kCommCacheRequest = 1, kCommCacheResponse = 2, kCommSend = 4, kCommWait = 8, kCommResponseReset = 16,
                               kCommMulti = 32, kCommStreamWait = 64;
enum class CommObject : std::uint8_t { kVca = 0, kCertificate = 1, kMeasurements = 2, kInterfaceReport = 3 };
enum class CommProtocol : std::uint8_t { kSpdm = 0, kSecuredSpdm = 1 };
struct DevCommExit {
  std::uint64_t flags = 0;
  std::uint64_t cache_req_offset = 0, cache_req_len = 0, cache_rsp_offset = 0, cache_rsp_len = 0;
  CommObject cache_obj_id = CommObject::kVca;
  CommProtocol protocol = CommProtocol::kSpdm;
  std::uint64_t req_delay = 0;  // microseconds
  std::uint64_t req_len = 0;
  std::uint64_t timeout = 0;  // milliseconds
  bool operator==(const DevCommExit&) const = default;
  using Wire = wire::Layout<&DevCommExit::flags, &DevCommExit::cache_req_offset, &DevCommExit::cache_req_len, &DevCommExit::cache_rsp_offset,
                            &DevCommExit::cache_rsp_len, &DevCommExit::cache_obj_id, wire::LooseUpTo<0x30>{}, &DevCommExit::protocol,
                            wire::LooseUpTo<0x38>{}, &DevCommExit::req_delay, &DevCommExit::req_len, &DevCommExit::timeout,
                            wire::LooseUpTo<0x800>{}>;
};
// RmiDevCommData.
inline constexpr std::size_t kCommExitAt = 0x800;
struct DevCommData {
  DevCommEnter enter;
  DevCommExit exit;
  bool operator==(const DevCommData&) const = default;
  using Wire = wire::Layout<&DevCommData::enter, &DevCommData::exit>;
};
static_assert(wire::min_size<DevCommData>() == kGranule);

// ---- addresses in RTT calls of devices ------------------------------------------------------------------------------

// Flags of RMI_RTT_DEV_MAP and RMI_RTT_DEV_UNMAP: where the output addresses are.
inline constexpr std::uint64_t kAddressNone = 0, kAddressSingle = 1, kAddressList = 2, kAddressKindMask = 3;
// RmiAddrRangeDesc, 4 KiB granules: size of a block as levels above a page (bits 1:0), how many (11:2), where (51:12), undelegated (63).
constexpr std::uint64_t address_range(std::uint64_t pa, std::uint64_t granules) { return granules << 2 | pa; }
constexpr std::uint64_t range_levels(std::uint64_t desc) { return desc & 3; }
constexpr std::uint64_t range_count(std::uint64_t desc) { return desc >> 2 & 0x3FF; }
constexpr std::uint64_t range_base(std::uint64_t desc) { return desc & 0x000F'FFFF'FFFF'F000; }
inline constexpr std::uint64_t kRangeUndelegated = std::uint64_t{1} << 63;

// ---- a realm's view -------------------------------------------------------------------------------------------------

// RsiVdevInfo, at a multiple of as many bytes. A nonce of zero: that was not done yet (convention). The public key is digested as the
// host gave it. An unused end of a digest is zero.
struct VdevInfo {
  std::uint64_t flags = 0;  // bit 0: behind a virtual SMMU
  std::uint64_t cert_id = 0;
  DigestAlgorithm hash_algo = DigestAlgorithm::kSha384;
  std::uint64_t lock_nonce = 0, meas_nonce = 0, report_nonce = 0;
  std::uint8_t format_type = 1;  // of the report: TDISP
  std::uint64_t format_version = 0;  // TDISP's, major in 31:16, minor below
  RsiVdevState state = RsiVdevState::kUnlocked;
  std::array<std::uint8_t, 64> vca_digest{}, cert_digest{}, pubkey_digest{}, meas_digest{}, report_digest{};
  std::uint64_t vsmmu_addr = 0, vsmmu_vsid = 0;
  bool operator==(const VdevInfo&) const = default;
  using Wire = wire::Layout<&VdevInfo::flags, &VdevInfo::cert_id, &VdevInfo::hash_algo, wire::LooseUpTo<0x18>{}, &VdevInfo::lock_nonce,
                            &VdevInfo::meas_nonce, &VdevInfo::report_nonce, &VdevInfo::format_type, wire::LooseUpTo<0x38>{},
                            &VdevInfo::format_version, &VdevInfo::state, wire::LooseUpTo<0x80>{}, &VdevInfo::vca_digest,
                            &VdevInfo::cert_digest, &VdevInfo::pubkey_digest, &VdevInfo::meas_digest, &VdevInfo::report_digest,
                            &VdevInfo::vsmmu_addr, &VdevInfo::vsmmu_vsid, wire::LooseUpTo<0x200>{}>;
};
inline constexpr std::size_t kVdevInfoBytes = 0x200;
static_assert(wire::min_size<VdevInfo>() == kVdevInfoBytes);
inline constexpr std::uint8_t kReportTdisp = 1;
inline constexpr std::uint64_t kReportTdisp10 = interface_version(1, 0);

// ---- the Realm Host Interface: what a realm asks its host by RSI_HOST_CALL (Arm DEN0148, device assignment) -----------------

enum class Rhi : std::uint64_t {
  kDaFeatures = 0xC500'004B,
  kVdevGetMeasurements = 0xC500'0052,
  kVdevGetInterfaceReport = 0xC500'0053,
  kVdevSetTdiState = 0xC500'0054,
};
enum class TdiState : std::uint64_t { kUnlocked = 0, kLocked = 1, kRun = 2 };
inline constexpr std::uint64_t kRhiSuccess = 0, kRhiNoSuchVdev = 3, kRhiErrorInput = 5, kRhiErrorDevice = 6;
inline constexpr std::uint64_t kRhiFeatureMeasurements = 8, kRhiFeatureReport = 16, kRhiFeatureSetTdiState = 32;

}  // namespace ccaproto
