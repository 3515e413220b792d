#pragma once
// The host's calls into the TDX module (SEAMCALL): leaf numbers in RAX, operands in the other registers, and the address words they
// carry (TDX module 1.5 ABI, "Host-side interface functions").
#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/protocol/tdx/registers.h"

namespace tdxproto {

enum class Seamcall : std::uint64_t {
  kVpEnter = 0, kMngAddcx = 1, kMemPageAdd = 2, kMemSeptAdd = 3, kVpAddcx = 4, kMemPageRelocate = 5, kMemPageAug = 6,
  kMemRangeBlock = 7, kMngKeyConfig = 8, kMngCreate = 9, kVpCreate = 10, kMngRd = 11, kMemRd = 12, kMngWr = 13, kMemWr = 14,
  kMemPageDemote = 15, kMrExtend = 16, kMrFinalize = 17, kVpFlush = 18, kMngVpflushdone = 19, kMngKeyFreeid = 20, kMngInit = 21,
  kVpInit = 22, kMemPagePromote = 23, kPhymemPageRdmd = 24, kMemSeptRd = 25, kVpRd = 26, kMngKeyReclaimid = 27,
  kPhymemPageReclaim = 28, kMemPageRemove = 29, kMemSeptRemove = 30, kSysKeyConfig = 31, kSysInfo = 32, kSysInit = 33,
  kSysRd = 34, kSysLpInit = 35, kSysTdmrInit = 36, kSysRdall = 37, kMemTrack = 38, kMemRangeUnblock = 39, kPhymemCacheWb = 40,
  kPhymemPageWbinvd = 41, kVpWr = 43, kSysLpShutdown = 44, kSysConfig = 45, kServtdBind = 48, kServtdPrebind = 49,
  kSysShutdown = 52, kSysUpdate = 53,
  // Migration.
  kExportAbort = 64, kExportBlockw = 65, kExportRestore = 66, kExportMem = 68, kExportPause = 70, kExportTrack = 71,
  kExportStateImmutable = 72, kExportStateTd = 73, kExportStateVp = 74, kExportUnblockw = 75, kImportAbort = 80, kImportEnd = 81,
  kImportCommit = 82, kImportMem = 83, kImportTrack = 84, kImportStateImmutable = 85, kImportStateTd = 86, kImportStateVp = 87,
  kMigStreamCreate = 96,
  // TDX Connect (connect.h).
  kIommuSetup = 128, kIommuClear = 129, kSpdmCreate = 130, kSpdmDelete = 131, kIdeStreamCreate = 132, kIdeStreamBlock = 133,
  kIdeStreamDelete = 134, kIdeStreamKm = 135, kTdiCreate = 137, kTdiRemove = 138, kTdiBind = 139, kTdiStart = 140, kTdiUnbind = 141,
  kSpdmConnect = 142, kSpdmDisconnect = 143, kSpdmMng = 144, kDmarAdd = 150, kDmarBlock = 151, kDmarRead = 152, kDmarRemove = 153,
  kMmiomtAdd = 154, kMmiomtSet = 155, kMmiomtRd = 156, kMmiomtRemove = 157, kMmioMap = 158, kMmioBlock = 159, kMmioUnmap = 160,
  kIqInvReq = 161, kIqInvProc = 162,
};

// "TDH.MEM.PAGE.AUG"; empty where the number names nothing.
std::string_view name_of(Seamcall leaf);
std::optional<Seamcall> seamcall_named(std::string_view name);

// A guest physical address and the level of the table entry that is meant: level in bits 2:0, address in bits 51:12. Level 0 maps 4 KiB.
constexpr std::uint64_t gpa_and_level(std::uint64_t gpa, unsigned level) { return gpa | level; }
constexpr std::uint64_t gpa_of(std::uint64_t word) { return word & 0x000F'FFFF'FFFF'F000; }
constexpr unsigned level_of(std::uint64_t word) { return word & 7; }
constexpr std::uint64_t bytes_of_level(unsigned level) { return std::uint64_t{0x1000} << (9 * level); }

// Page types of the physical address metadata table (PAMT).
enum class PageType : std::uint8_t {
  kNda = 0, kRsvd = 1, kReg = 3, kTdr = 4, kTdcx = 5, kTdvpr = 6, kEpt = 8, kDevifcs = 9, kIommuMt = 11, kMmioMt = 12,
};

// States of a Secure-EPT entry as TDH.MEM.SEPT.RD tells them; those of device memory it does not tell.
enum class SeptState : std::uint8_t {
  kFree = 0, kBlocked = 1, kPending = 2, kPendingBlocked = 3, kMapped = 4, kMmioMapped = 32, kMmioBlocked = 33, kMmioPending = 34,
  kNlBlocked = 129, kNlMapped = 132,
};

}  // namespace tdxproto
