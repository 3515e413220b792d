#pragma once
// What the TDX module answers, to the host in RAX of a SEAMCALL and to a TD in RAX of a TDCALL. The upper half is the status: bit 63
// error, bit 62 non-recoverable, bit 61 fatal to the TD, then class and number. The lower half is detail: which operand, or which level.
#include <cstdint>
#include <string_view>

namespace tdxproto {

enum class Status : std::uint64_t {
  kSuccess = 0,
  kOperandInvalid = 0xC000'0100'0000'0000,
  kOperandAddrRangeError = 0xC000'0101'0000'0000,
  kOperandBusy = 0x8000'0200'0000'0000,
  kPreviousTlbEpochBusy = 0x8000'0201'0000'0000,
  kPageMetadataIncorrect = 0xC000'0300'0000'0000,
  kPageNotFree = 0xC000'0303'0000'0000,
  kTdAssociatedPagesExist = 0xC000'0400'0000'0000,
  kSysInitNotPending = 0xC000'0500'0000'0000,
  kSysLpInitNotDone = 0xC000'0502'0000'0000,
  kSysLpInitDone = 0xC000'0503'0000'0000,
  kSysNotReady = 0xC000'0505'0000'0000,
  kSysKeyConfigNotPending = 0xC000'0507'0000'0000,
  kSysConfigNotPending = 0xC000'050C'0000'0000,
  kTdFatal = 0xE000'0604'0000'0000,
  kTdNonDebug = 0xC000'0605'0000'0000,
  kTdcsNotAllocated = 0xC000'0606'0000'0000,
  kLifecycleStateIncorrect = 0xC000'0607'0000'0000,
  kOpStateIncorrect = 0xC000'0608'0000'0000,
  kNoVcpus = 0xC000'0609'0000'0000,
  kTdcxNumIncorrect = 0xC000'0610'0000'0000,
  kVcpuStateIncorrect = 0xC000'0700'0000'0000,
  kVcpuAssociated = 0x8000'0701'0000'0000,
  kVcpuNotAssociated = 0x8000'0702'0000'0000,
  kNoValidVeInfo = 0xC000'0704'0000'0000,
  kMaxVcpusExceeded = 0xC000'0705'0000'0000,
  kTdKeysNotConfigured = 0x8000'0810'0000'0000,
  kKeyStateIncorrect = 0xC000'0811'0000'0000,
  kKeyConfigured = 0x0000'0815'0000'0000,
  kWbcacheNotComplete = 0x8000'0817'0000'0000,
  kHkidNotFree = 0xC000'0820'0000'0000,
  kNoHkidReadyToWbcache = 0x0000'0821'0000'0000,
  kWbcacheResumeError = 0xC000'0823'0000'0000,
  kFlushvpNotDone = 0x8000'0824'0000'0000,
  kSeamreportNotAvailable = 0xC000'0930'0000'0000,
  kEptWalkFailed = 0xC000'0B00'0000'0000,
  kEptEntryNotFree = 0xC000'0B02'0000'0000,
  kGpaRangeNotBlocked = 0xC000'0B06'0000'0000,
  kGpaRangeAlreadyBlocked = 0x0000'0B07'0000'0000,
  kTlbTrackingNotDone = 0xC000'0B08'0000'0000,
  kPageAlreadyAccepted = 0x0000'0B0A'0000'0000,
  kPageSizeMismatch = 0xC000'0B0B'0000'0000,
  kEptEntryStateIncorrect = 0xC000'0B0D'0000'0000,
  kMetadataFieldIdIncorrect = 0xC000'0C00'0000'0000,
  // TDX Connect.
  kIommuInvalidState = 0xC000'0F00'0000'0000,
  kIommuIotlbTrackingNotDone = 0xC000'0F03'0000'0000,
  kSpdmHasActiveIdeStreams = 0xC000'0F05'0000'0000,
  kSpdmInvalidState = 0xC000'0F06'0000'0000,
  kDmarInvalidMappingState = 0xC000'0F07'0000'0000,
  kDmarInvalidInvState = 0xC000'0F08'0000'0000,
  kDevifTdispInvalidReqSts = 0xC000'0F0E'0000'0000,
  kDevifTdispInvalidMessage = 0xC000'0F0F'0000'0000,
  kDevifTdispInvalidState = 0xC000'0F10'0000'0000,
  kDevifInvalidState = 0xC000'0F11'0000'0000,
  kDevifHasMappedMmio = 0xC000'0F13'0000'0000,
  kIdeStreamNotFree = 0xC000'0F16'0000'0000,
  kIdeStreamNotConfigured = 0xC000'0F18'0000'0000,
  kIdeStreamBlocked = 0xC000'0F19'0000'0000,
  kIdeStreamNotBlocked = 0xC000'0F1A'0000'0000,
  kIdeStreamRidOverlap = 0xC000'0F1C'0000'0000,
  kIdeStreamHasDeviceInterfaces = 0xC000'0F1F'0000'0000,
  kIdeStreamIdekmInvalidResponse = 0xC000'0F23'0000'0000,
  kIdeStreamInvalidState = 0xC000'0F24'0000'0000,
  kMmioInvalidPageMetadata = 0xC000'0F25'0000'0000,
  kMmioDevifOwnerMismatch = 0xC000'0F27'0000'0000,
  kMmioPageAlreadyAccepted = 0x0000'0F28'0000'0000,
  kDmarEntryNotPresent = 0xC000'0F39'0000'0000,
  kTdHasAttachedDevices = 0xC000'0F3A'0000'0000,
  kIommuIotlbTrackingNotRequired = 0xC000'0F3B'0000'0000,
  kSpdmAuthFailed = 0xC000'0F3C'0000'0000,
  kDevifHasMappedDma = 0xC000'0F3F'0000'0000,
  kDevifmtNotPresent = 0xC000'0F40'0000'0000,
  kDevifInvalidMetadata = 0xC000'0F41'0000'0000,
  kDevifmtAlreadyPresent = 0xC000'0F42'0000'0000,
  kSpdmEntryAlreadyPresent = 0xC000'0F43'0000'0000,
  kSpdmEntryNotPresent = 0xC000'0F44'0000'0000,
  kConnectInvalidState = 0xC000'0F46'0000'0000,
  kMmiomtNotPresent = 0xC000'0F47'0000'0000,
  kMmioInvalidHpaOffset = 0xC000'0F4D'0000'0000,
  kInvalidReportMacStruct = 0xC000'1001'0000'0000,
};

// The lower half of an operand error.
enum class Operand : std::uint32_t {
  kRax = 0, kRcx = 1, kRdx = 2, kR8 = 8, kR9 = 9, kR10 = 10, kR11 = 11, kR12 = 12,
  kAttributes = 64, kXfam = 65, kExecControls = 66, kEptpControls = 67, kMaxVcpus = 68, kTscFrequency = 70,
  kTdr = 128, kMmiomt = 257, kDmar = 320,
};

constexpr std::uint64_t with(Status status, Operand operand) {
  return static_cast<std::uint64_t>(status) | static_cast<std::uint32_t>(operand);
}
constexpr std::uint64_t with_level(Status status, unsigned level) { return static_cast<std::uint64_t>(status) | level; }
// Without the detail.
constexpr Status status_of(std::uint64_t rax) { return static_cast<Status>(rax & 0xFFFF'FFFF'0000'0000); }
constexpr bool is_error(std::uint64_t rax) { return rax >> 63; }

// "TDX_OP_STATE_INCORRECT"; "TDX_?" for what has no name here.
std::string_view name_of(Status status);

}  // namespace tdxproto
