#pragma once
// TDX Connect: the words in which a host sets up devices for TDs and a TD takes one in. Leaf numbers stand with the other calls.
//
// Three revisions of these calls are about. Numbers of SEAMCALLs and TDCALLs are those of the Linux series of 2025 and 2026 (TDH.*: 128 to
// 162, TDG.*: 67 to 71, TDVMCALL<TDCM> 0x10007); statuses, metadata states and the fields of an index are those of the module's published
// sources 2.0. convention: TDH.TDI.* at 137 to 141, where an older revision has DEVIF.CREATE, REMOVE, REQUEST and RESPONSE: the series names
// the calls and does not number them; fields of TDG.TDI.RD but the state; operations and layout of a TDCM buffer beyond its fields' names.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace tdxproto {

// The registers of the one remapping unit. convention: a real machine's firmware tells where they are (DMAR table), which is no secret.
inline constexpr std::uint64_t kUnitRegisters = 0xFED9'0000;

// ---- the host ---------------------------------------------------------------------------------------------------------

// TDISP's FUNCTION_ID: requester id in bits 15:0, segment in 23:16, bit 24 says that there is one.
constexpr bool well_formed_function(std::uint64_t id) { return id >> 25 == 0 && ((id >> 24 & 1) != 0 || (id >> 16 & 0xff) == 0); }
constexpr std::uint16_t rid_of(std::uint64_t function) { return static_cast<std::uint16_t>(function); }

// Where an interface is, for TDH.TDI.CREATE: remapping unit 15:0, IDE stream 23:16, kind 31:24 (0: a function), FUNCTION_ID 63:32.
constexpr std::uint64_t interface_id(std::uint16_t iommu, std::uint8_t stream, std::uint32_t function) {
  return iommu | std::uint64_t{stream} << 16 | std::uint64_t{function} << 32;
}

// TDH.SPDM.CONNECT: a page of the host's.
struct SpdmConfig {
  std::uint32_t vmm_spdm_cap = 0;           // capabilities that the host lets the session have
  std::uint8_t session_policy = 0;
  std::uint8_t certificate_slot_mask = 1;   // which the module may take
  std::uint8_t raw_bitstream_requested = 0;
  bool operator==(const SpdmConfig&) const = default;
  using Wire = wire::Layout<&SpdmConfig::vmm_spdm_cap, &SpdmConfig::session_policy, &SpdmConfig::certificate_slot_mask,
                            &SpdmConfig::raw_bitstream_requested>;
};
inline constexpr std::size_t kSpdmConfigSize = 7;

enum class SpdmOp : std::uint64_t { kHeartbeat = 0, kKeyUpdate = 1, kRecollect = 2 };  // TDH.SPDM.MNG
enum class KmOp : std::uint64_t { kSetup = 0, kRefresh = 1, kStop = 2 };               // TDH.IDE.STREAM.KM

// TDH.IDE.STREAM.CREATE: which root port (device and function), and whether the stream is selective; then as in the port's registers.
inline constexpr std::uint64_t kStreamSelective = 1 << 8;
constexpr std::uint8_t stream_of_control(std::uint64_t control) { return static_cast<std::uint8_t>(control >> 24); }
constexpr std::uint64_t stream_control(std::uint8_t stream) { return std::uint64_t{stream} << 24; }
constexpr std::uint64_t rid_limit(std::uint16_t rid) { return std::uint64_t{rid} << 8; }         // RID association register 1
constexpr std::uint64_t rid_base(std::uint16_t rid) { return std::uint64_t{rid} << 8 | 1; }      // register 2, valid
constexpr std::uint16_t rid_of_association(std::uint64_t word) { return static_cast<std::uint16_t>(word >> 8); }

// Tables of trusted DMA: root, context, PASID directory and PASID entries. An index is level 2:0, PASID 31:12, requester id 47:32,
// remapping unit 63:48.
inline constexpr unsigned kDmarPasidEntry = 0, kDmarDirectory = 1, kDmarContext = 2, kDmarRoot = 3;
constexpr std::uint64_t dmar_index(unsigned level, std::uint16_t rid, std::uint16_t iommu = 0) {
  return level | std::uint64_t{rid} << 32 | std::uint64_t{iommu} << 48;
}
enum class DmarState : std::uint8_t { kFree = 0, kPending = 1, kBlocked = 2, kPresent = 3 };
enum class DmarInvalidation : std::uint8_t { kPending = 0, kQueued = 1, kDone = 3 };
// TDH.DMAR.READ: level 2:0, state 10:3, invalidation 13:11.
constexpr std::uint64_t dmar_state(unsigned level, DmarState state, DmarInvalidation invalidation) {
  return level | static_cast<std::uint64_t>(state) << 3 | static_cast<std::uint64_t>(invalidation) << 11;
}
// TDH.IQ.INV.REQ: what is invalidated; for all but the first, the subject is requester id 15:0 and PASID 51:32.
enum class InvRequest : std::uint64_t { kIotlb = 0, kRoot = 1, kContext = 2, kDirectory = 3, kPasidEntry = 4 };
// The wait descriptor that ends a request: type 3:0, status write 5, fence 6.
inline constexpr std::uint64_t kInvWait = 5 | 1 << 6, kInvWaitKnown = 0xffff'ffff'0000'0000 | 0xf | 7 << 4;

// Metadata of device memory: an index is level 2:0 and address 51:12. What an entry is used for: type 1:0, FUNCTION_ID 43:12.
inline constexpr unsigned kMmiomtTopLevel = 4;  // of entries; the root above it is the module's own
inline constexpr std::uint64_t kMmiomtNode = 0, kMmiomtData = 1;
constexpr std::uint64_t mmiomt_set(std::uint64_t type, std::uint32_t function) { return type | std::uint64_t{function} << 12; }
// Each entry but a leaf has four nodes, so a table of 128 entries below a node of level n covers these bytes.
constexpr unsigned mmiomt_shift(unsigned level) { return 10 + 9 * level; }  // of the table that TDH.MMIOMT.ADD puts at that level

// ---- the TD -----------------------------------------------------------------------------------------------------------

// TDG.TDI.RD. A digest is six fields of eight bytes each, little-endian.
enum class TdiField : std::uint64_t {
  kTdispVersion = 1, kTdispState = 2, kBindSession = 3, kLockFlags = 4, kMeasured = 5,
  kCertificates = 16, kMeasurements = 24, kReport = 32,
};
inline constexpr unsigned kDigestFields = 6;
inline constexpr std::uint64_t kMeasuredAtAll = 1 << 0, kMeasuredSinceBound = 1 << 1;  // TdiField::kMeasured

// TDVMCALL<TDCM>: R12 the device's number on the bus, R13 a shared buffer, R14 its bytes (whole pages), R15 a vector or 0.
enum class TdcmOp : std::uint8_t { kCheckTeeioSupp = 0, kBind = 1, kUnbind = 2, kGetTdiReport = 3, kStart = 4 };
enum class TdcmStatus : std::uint8_t { kWait = 0, kCompleted = 1, kFailed = 2 };
// The head of the buffer; data follow.
struct TdcmHeader {
  TdcmOp operation = TdcmOp::kCheckTeeioSupp;
  TdcmStatus status = TdcmStatus::kWait;
  std::uint16_t error = 0;
  std::uint32_t data_length = 0;
  bool operator==(const TdcmHeader&) const = default;
  using Wire = wire::Layout<&TdcmHeader::operation, &TdcmHeader::status, &TdcmHeader::error, &TdcmHeader::data_length>;
};
inline constexpr std::size_t kTdcmHeaderSize = 8;

}  // namespace tdxproto
