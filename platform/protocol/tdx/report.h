#pragma once
// TDREPORT_STRUCT: what the TDX module says of a TD, under a MAC that only this CPU can make and check (Intel TDX
// module ABI 1.5, TDREPORT_STRUCT; TDG.MR.REPORT). Little-endian throughout.
#include <array>
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace tdxproto {

using Measurement = std::array<std::uint8_t, 48>;  // SHA-384
inline constexpr std::size_t kRtmrCount = 4;

inline constexpr std::size_t kReportSize = 1024;
inline constexpr std::size_t kReportMacPartSize = 224;  // the MAC covers the bytes in front of it
inline constexpr std::uint8_t kReportTypeTdx = 0x81;

struct ReportType {
  std::uint8_t type = kReportTypeTdx;
  std::uint8_t subtype = 0;
  std::uint8_t version = 0;  // 1 when service TDs are bound
  bool operator==(const ReportType&) const = default;
  using Wire = wire::Layout<&ReportType::type, &ReportType::subtype, &ReportType::version, wire::Reserved<1>{}>;
};

struct ReportMac {
  ReportType report_type;
  std::array<std::uint8_t, 16> cpu_svn{};
  Measurement tee_tcb_info_hash{};
  Measurement tee_info_hash{};
  std::array<std::uint8_t, 64> report_data{};
  std::array<std::uint8_t, 32> mac{};  // HMAC-SHA-256
  bool operator==(const ReportMac&) const = default;
  using Wire =
      wire::Layout<&ReportMac::report_type, wire::Reserved<12>{}, &ReportMac::cpu_svn, &ReportMac::tee_tcb_info_hash,
                   &ReportMac::tee_info_hash, &ReportMac::report_data, wire::Reserved<32>{}, &ReportMac::mac>;
};
static_assert(wire::min_size<ReportMac>() == 256);

// What the CPU knows of the TDX module that runs.
inline constexpr std::uint64_t kTeeTcbInfoValid = 0x301ff;  // with TEE_TCB_SVN2
struct TeeTcbInfo {
  std::uint64_t valid = kTeeTcbInfoValid;
  std::array<std::uint8_t, 16> tee_tcb_svn{};  // of the module that built the TD: [0] its SVN, [1] its major version
  Measurement mr_seam{};
  Measurement mr_signer_seam{};  // zero for a module of the CPU's vendor
  std::uint64_t attributes = 0;
  std::array<std::uint8_t, 16> tee_tcb_svn2{};  // of the module that runs now
  bool operator==(const TeeTcbInfo&) const = default;
  using Wire =
      wire::Layout<&TeeTcbInfo::valid, &TeeTcbInfo::tee_tcb_svn, &TeeTcbInfo::mr_seam, &TeeTcbInfo::mr_signer_seam,
                   &TeeTcbInfo::attributes, &TeeTcbInfo::tee_tcb_svn2, wire::Reserved<95>{}>;
};
static_assert(wire::min_size<TeeTcbInfo>() == 239);

// TDINFO_STRUCT: the TD as it was built and as it has measured itself since.
struct TdInfo {
  std::uint64_t attributes = 0;
  std::uint64_t xfam = 0;
  Measurement mr_td{};
  Measurement mr_config_id{};
  Measurement mr_owner{};
  Measurement mr_owner_config{};
  std::array<Measurement, kRtmrCount> rtmr{};
  Measurement servtd_hash{};
  bool operator==(const TdInfo&) const = default;
  using Wire =
      wire::Layout<&TdInfo::attributes, &TdInfo::xfam, &TdInfo::mr_td, &TdInfo::mr_config_id, &TdInfo::mr_owner,
                   &TdInfo::mr_owner_config, &TdInfo::rtmr, &TdInfo::servtd_hash, wire::Reserved<64>{}>;
};
static_assert(wire::min_size<TdInfo>() == 512);

struct Report {
  ReportMac mac_struct;
  TeeTcbInfo tee_tcb_info;
  TdInfo td_info;
  bool operator==(const Report&) const = default;
  using Wire = wire::Layout<&Report::mac_struct, &Report::tee_tcb_info, wire::Reserved<17>{}, &Report::td_info>;
};
static_assert(wire::min_size<Report>() == kReportSize);

// TDINFO_STRUCT.ATTRIBUTES
inline constexpr std::uint64_t kAttributesDebugGroup = 0xff;  // any of it set: the TD is not to be trusted
inline constexpr std::uint64_t kAttributesDebug = 1ull << 0;
inline constexpr std::uint64_t kAttributesSeptVeDisable = 1ull << 28;
inline constexpr std::uint64_t kAttributesMigratable = 1ull << 29;
inline constexpr std::uint64_t kAttributesPks = 1ull << 30;
inline constexpr std::uint64_t kAttributesKeyLocker = 1ull << 31;
inline constexpr std::uint64_t kAttributesPerfmon = 1ull << 63;
inline constexpr std::uint64_t kAttributesDefined = kAttributesDebugGroup | kAttributesSeptVeDisable |
                                                    kAttributesMigratable | kAttributesPks | kAttributesKeyLocker |
                                                    kAttributesPerfmon;

// SHA-384 over the 239 bytes of the structure, without what pads it to 256; and over the 512 of the other.
Measurement tee_tcb_info_hash(const TeeTcbInfo& info);
Measurement tee_info_hash(const TdInfo& info);

// The bytes under the MAC.
base::Bytes mac_part(const ReportMac& report);

}  // namespace tdxproto
