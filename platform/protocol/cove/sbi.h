#pragma once
// The calls of RISC-V CoVE (AP-TEE): extension and function numbers, error codes, and the registers of an ECALL. The host calls the
// TSM by COVH and COVI, a TVM by COVG, and the TSM the root domain's security manager (RDSM) by COVT; SUPD tells which supervisor
// domains there are. Named as the specification names them (RISC-V CoVE 0.7, "CoVE SBI extension proposal"; functions from 1024 on:
// RISC-V CoVE-IO 0.3.0, 9).
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "platform/wire/wire.h"

namespace coveproto {

// Extension ids: the ASCII of their names.
inline constexpr std::uint64_t kSupd = 0x5355'5044, kCovh = 0x434F'5648, kCovi = 0x434F'5649, kCovg = 0x434F'5647,
                               kCovt = 0x434F'5654;

enum class Supd : std::uint16_t { kGetActiveDomains = 0 };
enum class Covh : std::uint16_t {
  kGetTsmInfo = 0, kConvertPages = 1, kReclaimPages = 2, kGlobalFence = 3, kLocalFence = 4, kCreateTvm = 5, kFinalizeTvm = 6,
  kPromoteToTvm = 7, kDestroyTvm = 8, kAddTvmMemoryRegion = 9, kAddTvmPageTablePages = 10, kAddTvmMeasuredPages = 11,
  kAddTvmZeroPages = 12, kAddTvmSharedPages = 13, kCreateTvmVcpu = 14, kRunTvmVcpu = 15, kTvmFence = 16, kTvmInvalidatePages = 17,
  kTvmValidatePages = 18, kTvmRemovePages = 19,
  // CoVE-IO. 1029 is nobody's.
  kConnectDevice = 1024, kDisconnectDevice = 1025, kAddTvmInterfaceRegion = 1026, kReclaimTvmInterfaceRegion = 1027, kBindInterface = 1028,
  kUnbindInterface = 1030, kSpdmKeyUpdate = 1031, kIdeKeyRefresh = 1032, kSpdmHeartbeat = 1033, kGetDeviceConnectionTranscript = 1034,
};
enum class Covi : std::uint16_t {
  kInitTvmAia = 0, kSetTvmAiaCpuImsicAddr = 1, kConvertAiaImsic = 2, kReclaimTvmAiaImsic = 3, kBindAiaImsic = 4,
  kUnbindAiaImsicBegin = 5, kUnbindAiaImsicEnd = 6, kInjectTvmCpu = 7, kRebindAiaImsicBegin = 8, kRebindAiaImsicClone = 9,
  kRebindAiaImsicEnd = 10,
};
enum class Covg : std::uint16_t {
  kAddMmioRegion = 0, kRemoveMmioRegion = 1, kShareMemoryRegion = 2, kUnshareMemoryRegion = 3, kAllowExternalInterrupt = 4,
  kDenyExternalInterrupt = 5, kGetAttcaps = 6, kExtendMeasurement = 7, kGetEvidence = 8, kRetrieveSecret = 9, kReadMeasurement = 10,
  // CoVE-IO
  kGetDeviceLink = 1024, kGetDeviceConnectionTranscript = 1025, kGetDeviceMeasurements = 1026, kGetInterfaceReport = 1027,
  kGetInterfaceState = 1028, kMapInterfaceMmio = 1029, kStartInterface = 1030, kStopInterface = 1031,
};
enum class Covt : std::uint16_t {
  kProgramRpIdeKey = 1024, kClearRpIdeKey = 1025, kSetGoRpIdeKey = 1026, kSetStopRpIdeKey = 1027, kRpIdeKeyStatus = 1028,
  kProgramRpIdeStream = 1029,
};

// Function numbers from here on belong to CoVE-IO.
inline constexpr std::uint16_t kCoveIoFirst = 1024, kCoveIoLast = 1087;

// a6: function in bits 15:0, supervisor domain in bits 31:26, the rest reserved.
inline constexpr unsigned kSdidShift = 26;
constexpr std::uint64_t function_id(std::uint16_t fid, std::uint8_t sdid) { return fid | std::uint64_t{sdid} << kSdidShift; }
constexpr std::uint16_t fid_of(std::uint64_t a6) { return static_cast<std::uint16_t>(a6); }
constexpr std::uint8_t sdid_of(std::uint64_t a6) { return static_cast<std::uint8_t>(a6 >> kSdidShift & 0x3F); }

// RISC-V SBI 3.0, 3; kErrAuth and kErrOutOfPtpages are used by CoVE and have no number there.
// convention: those two are numbered from the top of the range that SBI leaves to nobody.
enum class SbiError : std::int64_t {
  kSuccess = 0, kFailed = -1, kNotSupported = -2, kInvalidParam = -3, kDenied = -4, kInvalidAddress = -5, kAlreadyAvailable = -6,
  kAlreadyStarted = -7, kAlreadyStopped = -8, kNoShmem = -9, kInvalidState = -10, kBadRange = -11, kTimeout = -12, kIo = -13,
  kDeniedLocked = -14, kAuth = -1001, kOutOfPtpages = -1002, kOutOfMemory = -1003, kBusy = -1004,
};

// a0 to a7 of an ECALL: arguments in a0 to a5, function in a6, extension in a7. Little-endian on a boundary.
struct Ecall {
  std::uint64_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0;
  friend bool operator==(const Ecall&, const Ecall&) = default;
  using Wire = wire::Layout<&Ecall::a0, &Ecall::a1, &Ecall::a2, &Ecall::a3, &Ecall::a4, &Ecall::a5, &Ecall::a6, &Ecall::a7>;
};

// What comes back in a0 and a1.
struct SbiRet {
  SbiError error = SbiError::kSuccess;
  std::uint64_t value = 0;
  friend bool operator==(const SbiRet&, const SbiRet&) = default;
};

// "sbi_covh_convert_pages"; empty where the number names nothing.
std::string_view name_of(Supd function);
std::string_view name_of(Covh function);
std::string_view name_of(Covi function);
std::string_view name_of(Covg function);
std::string_view name_of(Covt function);
// By extension and function of the registers; empty where they name nothing of CoVE.
std::string_view name_of(const Ecall& call);
std::string_view name_of(SbiError error);  // "SBI_ERR_INVALID_PARAM"

// Extension and function of a name.
struct Named {
  std::uint64_t eid = 0;
  std::uint16_t fid = 0;
};
std::optional<Named> call_named(std::string_view name);
// Every call of CoVE, in the order of the specification.
std::vector<std::string_view> all_call_names();

}  // namespace coveproto
