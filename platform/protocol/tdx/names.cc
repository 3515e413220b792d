// Names as the specifications write them.
#include <array>
#include <utility>

#include "platform/protocol/tdx/seamcall.h"
#include "platform/protocol/tdx/status.h"
#include "platform/protocol/tdx/tdcall.h"
#include "platform/protocol/tdx/tdvmcall.h"

namespace tdxproto {
namespace {

template <class T>
using Names = std::pair<T, std::string_view>;

constexpr Names<Status> kStatusNames[] = {
    {Status::kSuccess, "TDX_SUCCESS"},
    {Status::kOperandInvalid, "TDX_OPERAND_INVALID"},
    {Status::kOperandAddrRangeError, "TDX_OPERAND_ADDR_RANGE_ERROR"},
    {Status::kOperandBusy, "TDX_OPERAND_BUSY"},
    {Status::kPreviousTlbEpochBusy, "TDX_PREVIOUS_TLB_EPOCH_BUSY"},
    {Status::kPageMetadataIncorrect, "TDX_PAGE_METADATA_INCORRECT"},
    {Status::kPageNotFree, "TDX_PAGE_NOT_FREE"},
    {Status::kTdAssociatedPagesExist, "TDX_TD_ASSOCIATED_PAGES_EXIST"},
    {Status::kSysInitNotPending, "TDX_SYS_INIT_NOT_PENDING"},
    {Status::kSysLpInitNotDone, "TDX_SYS_LP_INIT_NOT_DONE"},
    {Status::kSysLpInitDone, "TDX_SYS_LP_INIT_DONE"},
    {Status::kSysNotReady, "TDX_SYS_NOT_READY"},
    {Status::kSysKeyConfigNotPending, "TDX_SYS_KEY_CONFIG_NOT_PENDING"},
    {Status::kSysConfigNotPending, "TDX_SYS_CONFIG_NOT_PENDING"},
    {Status::kTdFatal, "TDX_TD_FATAL"},
    {Status::kTdNonDebug, "TDX_TD_NON_DEBUG"},
    {Status::kTdcsNotAllocated, "TDX_TDCS_NOT_ALLOCATED"},
    {Status::kLifecycleStateIncorrect, "TDX_LIFECYCLE_STATE_INCORRECT"},
    {Status::kOpStateIncorrect, "TDX_OP_STATE_INCORRECT"},
    {Status::kNoVcpus, "TDX_NO_VCPUS"},
    {Status::kTdcxNumIncorrect, "TDX_TDCX_NUM_INCORRECT"},
    {Status::kVcpuStateIncorrect, "TDX_VCPU_STATE_INCORRECT"},
    {Status::kVcpuAssociated, "TDX_VCPU_ASSOCIATED"},
    {Status::kVcpuNotAssociated, "TDX_VCPU_NOT_ASSOCIATED"},
    {Status::kNoValidVeInfo, "TDX_NO_VALID_VE_INFO"},
    {Status::kMaxVcpusExceeded, "TDX_MAX_VCPUS_EXCEEDED"},
    {Status::kTdKeysNotConfigured, "TDX_TD_KEYS_NOT_CONFIGURED"},
    {Status::kKeyStateIncorrect, "TDX_KEY_STATE_INCORRECT"},
    {Status::kKeyConfigured, "TDX_KEY_CONFIGURED"},
    {Status::kWbcacheNotComplete, "TDX_WBCACHE_NOT_COMPLETE"},
    {Status::kHkidNotFree, "TDX_HKID_NOT_FREE"},
    {Status::kNoHkidReadyToWbcache, "TDX_NO_HKID_READY_TO_WBCACHE"},
    {Status::kFlushvpNotDone, "TDX_FLUSHVP_NOT_DONE"},
    {Status::kSeamreportNotAvailable, "TDX_SEAMREPORT_NOT_AVAILABLE"},
    {Status::kEptWalkFailed, "TDX_EPT_WALK_FAILED"},
    {Status::kEptEntryNotFree, "TDX_EPT_ENTRY_NOT_FREE"},
    {Status::kGpaRangeNotBlocked, "TDX_GPA_RANGE_NOT_BLOCKED"},
    {Status::kGpaRangeAlreadyBlocked, "TDX_GPA_RANGE_ALREADY_BLOCKED"},
    {Status::kTlbTrackingNotDone, "TDX_TLB_TRACKING_NOT_DONE"},
    {Status::kPageAlreadyAccepted, "TDX_PAGE_ALREADY_ACCEPTED"},
    {Status::kPageSizeMismatch, "TDX_PAGE_SIZE_MISMATCH"},
    {Status::kEptEntryStateIncorrect, "TDX_EPT_ENTRY_STATE_INCORRECT"},
    {Status::kMetadataFieldIdIncorrect, "TDX_METADATA_FIELD_ID_INCORRECT"},
    {Status::kIommuInvalidState, "TDX_IOMMU_INVALID_STATE"},
    {Status::kIommuIotlbTrackingNotDone, "TDX_IOMMU_IOTLB_TRACKING_NOT_DONE"},
    {Status::kSpdmHasActiveIdeStreams, "TDX_SPDM_HAS_ACTIVE_IDE_STREAMS"},
    {Status::kSpdmInvalidState, "TDX_SPDM_INVALID_STATE"},
    {Status::kDmarInvalidMappingState, "TDX_DMAR_INVALID_MAPPING_STATE"},
    {Status::kDmarInvalidInvState, "TDX_DMAR_INVALID_INV_STATE"},
    {Status::kDevifTdispInvalidReqSts, "TDX_DEVIF_TDISP_INVALID_REQ_STS"},
    {Status::kDevifTdispInvalidMessage, "TDX_DEVIF_TDISP_INVALID_MESSAGE"},
    {Status::kDevifTdispInvalidState, "TDX_DEVIF_TDISP_INVALID_STATE"},
    {Status::kDevifInvalidState, "TDX_DEVIF_INVALID_STATE"},
    {Status::kDevifHasMappedMmio, "TDX_DEVIF_HAS_MAPPED_MMIO"},
    {Status::kIdeStreamNotFree, "TDX_IDE_STREAM_NOT_FREE"},
    {Status::kIdeStreamNotConfigured, "TDX_IDE_STREAM_NOT_CONFIGURED"},
    {Status::kIdeStreamBlocked, "TDX_IDE_STREAM_BLOCKED"},
    {Status::kIdeStreamNotBlocked, "TDX_IDE_STREAM_NOT_BLOCKED"},
    {Status::kIdeStreamRidOverlap, "TDX_IDE_STREAM_RID_OVERLAP"},
    {Status::kIdeStreamHasDeviceInterfaces, "TDX_IDE_STREAM_HAS_DEVICE_INTERFACES"},
    {Status::kIdeStreamIdekmInvalidResponse, "TDX_IDE_STREAM_IDEKM_INVALID_RESPONSE"},
    {Status::kIdeStreamInvalidState, "TDX_IDE_STREAM_INVALID_STATE"},
    {Status::kMmioInvalidPageMetadata, "TDX_MMIO_INVALID_PAGE_METADATA"},
    {Status::kMmioDevifOwnerMismatch, "TDX_MMIO_DEVIF_OWNER_MISMATCH"},
    {Status::kMmioPageAlreadyAccepted, "TDX_MMIO_PAGE_ALREADY_ACCEPTED"},
    {Status::kDmarEntryNotPresent, "TDX_DMAR_ENTRY_NOT_PRESENT"},
    {Status::kTdHasAttachedDevices, "TDX_TD_HAS_ATTACHED_DEVICES"},
    {Status::kIommuIotlbTrackingNotRequired, "TDX_IOMMU_IOTLB_TRACKING_NOT_REQUIRED"},
    {Status::kSpdmAuthFailed, "TDX_SPDM_AUTH_FAILED"},
    {Status::kDevifHasMappedDma, "TDX_DEVIF_HAS_MAPPED_DMA"},
    {Status::kDevifmtNotPresent, "TDX_DEVIFMT_NOT_PRESENT"},
    {Status::kDevifInvalidMetadata, "TDX_DEVIF_INVALID_METADATA"},
    {Status::kDevifmtAlreadyPresent, "TDX_DEVIFMT_ALREADY_PRESENT"},
    {Status::kSpdmEntryAlreadyPresent, "TDX_SPDM_ENTRY_ALREADY_PRESENT"},
    {Status::kSpdmEntryNotPresent, "TDX_SPDM_ENTRY_NOT_PRESENT"},
    {Status::kConnectInvalidState, "TDX_CONNECT_INVALID_STATE"},
    {Status::kMmiomtNotPresent, "TDX_MMIOMT_NOT_PRESENT"},
    {Status::kMmioInvalidHpaOffset, "TDX_MMIO_INVALID_HPA_OFFSET"},
    {Status::kInvalidReportMacStruct, "TDX_INVALID_REPORTMACSTRUCT"},
};

constexpr Names<Seamcall> kSeamcallNames[] = {
    {Seamcall::kVpEnter, "TDH.VP.ENTER"},
    {Seamcall::kMngAddcx, "TDH.MNG.ADDCX"},
    {Seamcall::kMemPageAdd, "TDH.MEM.PAGE.ADD"},
    {Seamcall::kMemSeptAdd, "TDH.MEM.SEPT.ADD"},
    {Seamcall::kVpAddcx, "TDH.VP.ADDCX"},
    {Seamcall::kMemPageRelocate, "TDH.MEM.PAGE.RELOCATE"},
    {Seamcall::kMemPageAug, "TDH.MEM.PAGE.AUG"},
    {Seamcall::kMemRangeBlock, "TDH.MEM.RANGE.BLOCK"},
    {Seamcall::kMngKeyConfig, "TDH.MNG.KEY.CONFIG"},
    {Seamcall::kMngCreate, "TDH.MNG.CREATE"},
    {Seamcall::kVpCreate, "TDH.VP.CREATE"},
    {Seamcall::kMngRd, "TDH.MNG.RD"},
    {Seamcall::kMemRd, "TDH.MEM.RD"},
    {Seamcall::kMngWr, "TDH.MNG.WR"},
    {Seamcall::kMemWr, "TDH.MEM.WR"},
    {Seamcall::kMemPageDemote, "TDH.MEM.PAGE.DEMOTE"},
    {Seamcall::kMrExtend, "TDH.MR.EXTEND"},
    {Seamcall::kMrFinalize, "TDH.MR.FINALIZE"},
    {Seamcall::kVpFlush, "TDH.VP.FLUSH"},
    {Seamcall::kMngVpflushdone, "TDH.MNG.VPFLUSHDONE"},
    {Seamcall::kMngKeyFreeid, "TDH.MNG.KEY.FREEID"},
    {Seamcall::kMngInit, "TDH.MNG.INIT"},
    {Seamcall::kVpInit, "TDH.VP.INIT"},
    {Seamcall::kMemPagePromote, "TDH.MEM.PAGE.PROMOTE"},
    {Seamcall::kPhymemPageRdmd, "TDH.PHYMEM.PAGE.RDMD"},
    {Seamcall::kMemSeptRd, "TDH.MEM.SEPT.RD"},
    {Seamcall::kVpRd, "TDH.VP.RD"},
    {Seamcall::kMngKeyReclaimid, "TDH.MNG.KEY.RECLAIMID"},
    {Seamcall::kPhymemPageReclaim, "TDH.PHYMEM.PAGE.RECLAIM"},
    {Seamcall::kMemPageRemove, "TDH.MEM.PAGE.REMOVE"},
    {Seamcall::kMemSeptRemove, "TDH.MEM.SEPT.REMOVE"},
    {Seamcall::kSysKeyConfig, "TDH.SYS.KEY.CONFIG"},
    {Seamcall::kSysInfo, "TDH.SYS.INFO"},
    {Seamcall::kSysInit, "TDH.SYS.INIT"},
    {Seamcall::kSysRd, "TDH.SYS.RD"},
    {Seamcall::kSysLpInit, "TDH.SYS.LP.INIT"},
    {Seamcall::kSysTdmrInit, "TDH.SYS.TDMR.INIT"},
    {Seamcall::kSysRdall, "TDH.SYS.RDALL"},
    {Seamcall::kMemTrack, "TDH.MEM.TRACK"},
    {Seamcall::kMemRangeUnblock, "TDH.MEM.RANGE.UNBLOCK"},
    {Seamcall::kPhymemCacheWb, "TDH.PHYMEM.CACHE.WB"},
    {Seamcall::kPhymemPageWbinvd, "TDH.PHYMEM.PAGE.WBINVD"},
    {Seamcall::kVpWr, "TDH.VP.WR"},
    {Seamcall::kSysLpShutdown, "TDH.SYS.LP.SHUTDOWN"},
    {Seamcall::kSysConfig, "TDH.SYS.CONFIG"},
    {Seamcall::kServtdBind, "TDH.SERVTD.BIND"},
    {Seamcall::kServtdPrebind, "TDH.SERVTD.PREBIND"},
    {Seamcall::kIommuSetup, "TDH.IOMMU.SETUP"},
    {Seamcall::kIommuClear, "TDH.IOMMU.CLEAR"},
    {Seamcall::kSpdmCreate, "TDH.SPDM.CREATE"},
    {Seamcall::kSpdmDelete, "TDH.SPDM.DELETE"},
    {Seamcall::kIdeStreamCreate, "TDH.IDE.STREAM.CREATE"},
    {Seamcall::kIdeStreamBlock, "TDH.IDE.STREAM.BLOCK"},
    {Seamcall::kIdeStreamDelete, "TDH.IDE.STREAM.DELETE"},
    {Seamcall::kIdeStreamKm, "TDH.IDE.STREAM.KM"},
    {Seamcall::kTdiCreate, "TDH.TDI.CREATE"},
    {Seamcall::kTdiRemove, "TDH.TDI.REMOVE"},
    {Seamcall::kTdiBind, "TDH.TDI.BIND"},
    {Seamcall::kTdiStart, "TDH.TDI.START"},
    {Seamcall::kTdiUnbind, "TDH.TDI.UNBIND"},
    {Seamcall::kSpdmConnect, "TDH.SPDM.CONNECT"},
    {Seamcall::kSpdmDisconnect, "TDH.SPDM.DISCONNECT"},
    {Seamcall::kSpdmMng, "TDH.SPDM.MNG"},
    {Seamcall::kDmarAdd, "TDH.DMAR.ADD"},
    {Seamcall::kDmarBlock, "TDH.DMAR.BLOCK"},
    {Seamcall::kDmarRead, "TDH.DMAR.READ"},
    {Seamcall::kDmarRemove, "TDH.DMAR.REMOVE"},
    {Seamcall::kMmiomtAdd, "TDH.MMIOMT.ADD"},
    {Seamcall::kMmiomtSet, "TDH.MMIOMT.SET"},
    {Seamcall::kMmiomtRd, "TDH.MMIOMT.RD"},
    {Seamcall::kMmiomtRemove, "TDH.MMIOMT.REMOVE"},
    {Seamcall::kMmioMap, "TDH.MMIO.MAP"},
    {Seamcall::kMmioBlock, "TDH.MMIO.BLOCK"},
    {Seamcall::kMmioUnmap, "TDH.MMIO.UNMAP"},
    {Seamcall::kIqInvReq, "TDH.IQ.INV.REQ"},
    {Seamcall::kIqInvProc, "TDH.IQ.INV.PROC"},
};

constexpr Names<Tdcall> kTdcallNames[] = {
    {Tdcall::kVpVmcall, "TDG.VP.VMCALL"},           {Tdcall::kVpInfo, "TDG.VP.INFO"},
    {Tdcall::kMrRtmrExtend, "TDG.MR.RTMR.EXTEND"},  {Tdcall::kVpVeinfoGet, "TDG.VP.VEINFO.GET"},
    {Tdcall::kMrReport, "TDG.MR.REPORT"},           {Tdcall::kVpCpuidveSet, "TDG.VP.CPUIDVE.SET"},
    {Tdcall::kMemPageAccept, "TDG.MEM.PAGE.ACCEPT"}, {Tdcall::kVmRd, "TDG.VM.RD"},
    {Tdcall::kVmWr, "TDG.VM.WR"},                   {Tdcall::kMrVerifyreport, "TDG.MR.VERIFYREPORT"},
    {Tdcall::kTdiRd, "TDG.TDI.RD"},                 {Tdcall::kTdiStart, "TDG.TDI.START"},
    {Tdcall::kDmarAccept, "TDG.DMAR.ACCEPT"},       {Tdcall::kMmioAccept, "TDG.MMIO.ACCEPT"},
};

constexpr Names<Tdvmcall> kTdvmcallNames[] = {
    {Tdvmcall::kCpuid, "CPUID"},
    {Tdvmcall::kHlt, "HLT"},
    {Tdvmcall::kIo, "IO"},
    {Tdvmcall::kRdmsr, "RDMSR"},
    {Tdvmcall::kWrmsr, "WRMSR"},
    {Tdvmcall::kMmio, "MMIO"},
    {Tdvmcall::kGetTdVmCallInfo, "GET_TD_VM_CALL_INFO"},
    {Tdvmcall::kMapGpa, "MAP_GPA"},
    {Tdvmcall::kGetQuote, "GET_QUOTE"},
    {Tdvmcall::kReportFatalError, "REPORT_FATAL_ERROR"},
    {Tdvmcall::kSetupEventNotifyInterrupt, "SETUP_EVENT_NOTIFY_INTERRUPT"},
    {Tdvmcall::kService, "SERVICE"},
    {Tdvmcall::kTdcm, "TDCM"},
};

template <class T, std::size_t N>
std::string_view find(const Names<T> (&names)[N], T value, std::string_view otherwise) {
  for (const auto& [known, name] : names)
    if (known == value) return name;
  return otherwise;
}

}  // namespace

std::string_view name_of(Status status) { return find(kStatusNames, status, "TDX_?"); }
std::string_view name_of(Seamcall leaf) { return find(kSeamcallNames, leaf, ""); }
std::string_view name_of(Tdcall leaf) { return find(kTdcallNames, leaf, ""); }
std::string_view name_of(Tdvmcall function) { return find(kTdvmcallNames, function, "TDVMCALL"); }

std::optional<Seamcall> seamcall_named(std::string_view name) {
  for (const auto& [leaf, known] : kSeamcallNames)
    if (known == name) return leaf;
  return std::nullopt;
}

}  // namespace tdxproto
