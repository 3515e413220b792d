#pragma once
// What the TSM and the harts beneath it refuse, and with which SBI error. For each call its steps stand in the order in which the
// specification lists the call's errors (RISC-V CoVE 0.7, "CoVE SBI extension proposal"); clauses name the function they come from.
#include <span>

#include "platform/protocol/cove/sbi.h"
#include "platform/trust/defence.h"

namespace cove {

using coveproto::SbiError;

inline constexpr auto kRefuse = trust::Act::kRefuse;
inline constexpr auto kDetect = trust::Act::kDetect;
inline constexpr auto kWithhold = trust::Act::kWithhold;
inline constexpr auto kConforms = trust::Kind::kConformance;

// What there is to know about a call before it has any effect. Each question stands for itself and is "yes" where the call does not
// raise it.
struct CallCase {
  bool address = true;         // the call's own address: aligned and in memory
  bool count = true;           // of pages or bytes
  bool tvm = true;             // names a TVM that there is
  bool initializing = true, runnable = true;
  bool page_type = true;
  bool non_confidential = true;
  bool source = true;          // where content comes from is the host's own memory
  bool fenced = true;          // the pages' conversion is complete
  bool unassigned = true;      // and nobody has them
  bool region = true;          // the guest addresses are of the kind that the call is for
  bool region_free = true;
  bool free = true;            // nothing is mapped at them
  bool late_content = false;   // measured pages for a TVM that is final
  bool table_pages = true;     // enough are donated
  bool identity = true;
  bool vcpu = true, vcpu_free = true, vcpu_stopped = true, vcpu_alive = true, boot_first = true;
  bool settled = true;         // no change of assignment that this vCPU asked for is open
  bool idle = true;            // no fence is under way
  bool present = true, invalidated = true, removable = true, tlb_fenced = true;
};

struct Step {
  const trust::Defence* defence;
  bool (*holds)(const CallCase&);
  SbiError error;
};

// ---- rows -----------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kCallAddress{"cove.call.address", "RISC-V CoVE 0.7, COVH, SBI_ERR_INVALID_ADDRESS",
                                             "An address of a call is aligned as the call asks and lies in memory.", kRefuse, kConforms};
inline constexpr trust::Defence kCallCount{"cove.call.count", "RISC-V CoVE 0.7, COVH, SBI_ERR_INVALID_PARAM",
                                           "A range of a call is neither empty nor beyond what there is.", kRefuse, kConforms};
inline constexpr trust::Defence kCallTvm{"cove.call.tvm", "RISC-V CoVE 0.7, sbi_covh_create_tvm, tvm_guest_id",
                                         "A call names a TVM that exists.", kRefuse, kConforms};
inline constexpr trust::Defence kCallPageType{"cove.call.page-type", "RISC-V CoVE 0.7, tsm_page_type",
                                              "A page type is one that there is and that the TSM maps.", kRefuse, kConforms};
inline constexpr trust::Defence kTvmState{"cove.tvm.state", "RISC-V CoVE 0.7, tvm_state",
                                          "A call finds the TVM in the state that it is for.", kRefuse, kConforms};
inline constexpr trust::Defence kConvertOwn{"cove.convert.non-confidential", "RISC-V CoVE 0.7, sbi_covh_convert_pages",
                                            "Only non-confidential memory is converted.", kRefuse, kConforms};
inline constexpr trust::Defence kPageFenced{"cove.page.fenced", "RISC-V CoVE 0.7, sbi_covh_convert_pages and sbi_covh_global_fence",
                                            "A page is given to a TVM only after no hart keeps a non-confidential translation to it."};
inline constexpr trust::Defence kPageUnassigned{"cove.page.unassigned", "RISC-V CoVE 0.7, sbi_covh_add_tvm_zero_pages, base_page_address",
                                                "A confidential page belongs to one TVM, for one use."};
inline constexpr trust::Defence kReclaimUnassigned{"cove.reclaim.unassigned", "RISC-V CoVE 0.7, sbi_covh_reclaim_pages",
                                                   "What belongs to a TVM is not the host's to have back."};
inline constexpr trust::Defence kReclaimScrubbed{"cove.reclaim.scrubbed", "RISC-V CoVE 0.7, TVM destruction and memory reclamation",
                                                 "A page that leaves confidential memory takes no content along.", kWithhold};
inline constexpr trust::Defence kRegionFree{"cove.region.free", "RISC-V CoVE 0.7, sbi_covh_add_tvm_memory_region",
                                            "Regions of a TVM do not overlap.", kRefuse, kConforms};
inline constexpr trust::Defence kMapRegion{"cove.map.region", "RISC-V CoVE 0.7, sbi_covh_add_tvm_zero_pages, tvm_base_page_address",
                                           "Confidential pages are mapped where the TVM has confidential memory.", kRefuse, kConforms};
inline constexpr trust::Defence kMapFree{"cove.map.free", "RISC-V CoVE 0.7, sbi_covh_add_tvm_zero_pages",
                                         "Nothing is mapped over what is there."};
inline constexpr trust::Defence kMapTables{"cove.map.tables", "RISC-V CoVE 0.7, sbi_covh_add_tvm_page_table_pages, SBI_ERR_OUT_OF_PTPAGES",
                                           "A TVM's tables are made of pages donated for them.", kRefuse, kConforms};
inline constexpr trust::Defence kOwnMemory{"cove.call.own-memory", "RISC-V CoVE 0.7, sbi_covh_get_tsm_info, tsm_info_address",
                                           "What the TSM reads and writes for the host is the host's own memory."};
inline constexpr trust::Defence kLateContent{"cove.measured.unfinished", "RISC-V CoVE 0.7, sbi_covh_add_tvm_measured_pages",
                                             "No content of the host's enters a TVM once its measurement is final."};
inline constexpr trust::Defence kSharedDeclared{"cove.shared.declared", "RISC-V CoVE 0.7, sbi_covh_add_tvm_shared_pages",
                                                "The host's memory is mapped only where the TVM has asked for shared memory."};
inline constexpr trust::Defence kIdentity{"cove.finalize.identity", "RISC-V CoVE 0.7, sbi_covh_finalize_tvm, tvm_identity_addr",
                                          "An identity is 64 aligned bytes of the host's memory, or none.", kRefuse, kConforms};
inline constexpr trust::Defence kVcpuId{"cove.vcpu.id", "RISC-V CoVE 0.7, sbi_covh_create_tvm_vcpu, tvm_vcpu_id",
                                        "A vCPU is created once and named by what was created.", kRefuse, kConforms};
inline constexpr trust::Defence kVcpuStopped{"cove.vcpu.stopped", "RISC-V CoVE 0.7, sbi_covh_run_tvm_vcpu and sbi_covh_destroy_tvm",
                                             "A vCPU is on one hart, and a TVM ends when all of its vCPUs stand.", kRefuse, kConforms};
inline constexpr trust::Defence kVcpuAlive{"cove.vcpu.alive", "RISC-V CoVE 0.7, sbi_covh_run_tvm_vcpu, sbiret.value",
                                           "A vCPU whose last exit was not resumable never runs again.", kRefuse, kConforms};
inline constexpr trust::Defence kBootFirst{"cove.run.boot-first", "RISC-V CoVE 0.7, TVM execution", "The boot vCPU runs first.", kRefuse,
                                           kConforms};
inline constexpr trust::Defence kRunSettled{"cove.run.settled", "RISC-V CoVE 0.7, sbi_covg_unshare_memory_region",
                                            "A vCPU that asked for memory of another kind runs again once the old is gone."};
inline constexpr trust::Defence kFenceIdle{"cove.fence.idle", "RISC-V CoVE 0.7, sbi_covh_global_fence", "One fence is under way at a time.",
                                           kRefuse, kConforms};
inline constexpr trust::Defence kPresent{"cove.invalidate.present", "RISC-V CoVE 0.7, sbi_covh_tvm_invalidate_pages",
                                         "What is invalidated is mapped and present.", kRefuse, kConforms};
inline constexpr trust::Defence kInvalidated{"cove.remove.invalidated", "RISC-V CoVE 0.7, sbi_covh_tvm_remove_pages",
                                             "A page leaves a TVM, or comes back, only after it was invalidated.", kRefuse, kConforms};
inline constexpr trust::Defence kRemovable{"cove.remove.region", "RISC-V CoVE 0.7, sbi_covh_tvm_remove_pages",
                                           "A page leaves a TVM only where the TVM has given it up."};
inline constexpr trust::Defence kTlbFenced{"cove.remove.fenced", "RISC-V CoVE 0.7, sbi_covh_tvm_remove_pages and sbi_covh_tvm_fence",
                                           "A page leaves a TVM only after no vCPU keeps a translation to it."};

// The harts.
inline constexpr trust::Defence kTracking{"cove.mtt.confidential", "RISC-V CoVE 0.7, Converting non-confidential memory",
                                          "Confidential memory is reached by no software and no device of another domain."};
inline constexpr trust::Defence kGStage{"cove.g-stage.owner", "RISC-V CoVE 0.7, TVM memory management",
                                        "An address of a TVM leads where the TSM's tables say, whatever the host's do."};
inline constexpr trust::Defence kDeviceOwner{"cove.iommu.owner", "RISC-V CoVE 0.7, TCB elements, IOMMU and translation agents",
                                             "What acts in a TVM's name reaches what the TSM's tables give the TVM there, and no more."};
inline constexpr trust::Defence kInterruptsOnly{"cove.interrupt.only", "RISC-V privileged ISA, hvip; RISC-V CoVE 0.7, sbi_covh_run_tvm_vcpu",
                                                "What the host makes pending in a vCPU are interrupts and never exceptions."};
inline constexpr trust::Defence kInterruptAllowed{"cove.interrupt.allowed", "RISC-V CoVE 0.7, sbi_covg_allow_external_interrupt",
                                                  "A vCPU takes an external interrupt of the host's only where the TVM allows it."};
// Where the platform's memory checks what it gives back.
inline constexpr trust::Defence kMac{"cove.memory.mac", "RISC-V CoVE 0.7, TCB elements, memory integrity",
                                     "A confidential line that was altered in DRAM is never data of a TVM.", kDetect};

// ---- which of them each call asks, in order -------------------------------------------------------------------------

#define GLACIS_COVE_ASK(expression) [](const CallCase& c) { return bool(expression); }
inline constexpr auto kAddressError = SbiError::kInvalidAddress;
inline constexpr auto kParamError = SbiError::kInvalidParam;

inline constexpr Step kGetTsmInfoSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kOwnMemory, GLACIS_COVE_ASK(c.source), kAddressError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
};
inline constexpr Step kConvertPagesSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kConvertOwn, GLACIS_COVE_ASK(c.non_confidential), kAddressError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
};
inline constexpr Step kReclaimPagesSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kPageFenced, GLACIS_COVE_ASK(c.fenced), kAddressError},
    {&kReclaimUnassigned, GLACIS_COVE_ASK(c.unassigned), kAddressError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
};
inline constexpr Step kGlobalFenceSteps[] = {
    {&kFenceIdle, GLACIS_COVE_ASK(c.idle), SbiError::kAlreadyStarted},
};
inline constexpr Step kCreateTvmSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kOwnMemory, GLACIS_COVE_ASK(c.source), kAddressError},
    {&kPageFenced, GLACIS_COVE_ASK(c.fenced), kAddressError},
    {&kPageUnassigned, GLACIS_COVE_ASK(c.unassigned), kAddressError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
};
inline constexpr Step kFinalizeTvmSteps[] = {
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kIdentity, GLACIS_COVE_ASK(c.identity), kParamError},
    {&kTvmState, GLACIS_COVE_ASK(c.initializing), kParamError},
};
inline constexpr Step kDestroyTvmSteps[] = {
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kVcpuStopped, GLACIS_COVE_ASK(c.vcpu_stopped), SbiError::kFailed},
};
inline constexpr Step kAddMemoryRegionSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kRegionFree, GLACIS_COVE_ASK(c.region_free), kAddressError},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kTvmState, GLACIS_COVE_ASK(c.initializing), kParamError},
};
inline constexpr Step kAddPageTablePagesSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kPageFenced, GLACIS_COVE_ASK(c.fenced), kAddressError},
    {&kPageUnassigned, GLACIS_COVE_ASK(c.unassigned), kAddressError},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
};
inline constexpr Step kAddMeasuredPagesSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kOwnMemory, GLACIS_COVE_ASK(c.source), kAddressError},
    {&kPageFenced, GLACIS_COVE_ASK(c.fenced), kAddressError},
    {&kPageUnassigned, GLACIS_COVE_ASK(c.unassigned), kAddressError},
    {&kMapRegion, GLACIS_COVE_ASK(c.region), kAddressError},
    {&kMapFree, GLACIS_COVE_ASK(c.free), kAddressError},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallPageType, GLACIS_COVE_ASK(c.page_type), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kLateContent, GLACIS_COVE_ASK(!c.late_content), kParamError},
    {&kMapTables, GLACIS_COVE_ASK(c.table_pages), SbiError::kOutOfPtpages},
};
inline constexpr Step kAddZeroPagesSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kPageFenced, GLACIS_COVE_ASK(c.fenced), kAddressError},
    {&kPageUnassigned, GLACIS_COVE_ASK(c.unassigned), kAddressError},
    {&kMapRegion, GLACIS_COVE_ASK(c.region), kAddressError},
    {&kMapFree, GLACIS_COVE_ASK(c.free), kAddressError},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallPageType, GLACIS_COVE_ASK(c.page_type), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kTvmState, GLACIS_COVE_ASK(c.runnable), kParamError},
    {&kMapTables, GLACIS_COVE_ASK(c.table_pages), SbiError::kOutOfPtpages},
};
inline constexpr Step kAddSharedPagesSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kOwnMemory, GLACIS_COVE_ASK(c.source), kAddressError},
    {&kSharedDeclared, GLACIS_COVE_ASK(c.region), kAddressError},
    {&kMapFree, GLACIS_COVE_ASK(c.free), kAddressError},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallPageType, GLACIS_COVE_ASK(c.page_type), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kTvmState, GLACIS_COVE_ASK(c.runnable), kParamError},
    {&kMapTables, GLACIS_COVE_ASK(c.table_pages), SbiError::kOutOfPtpages},
};
inline constexpr Step kCreateVcpuSteps[] = {
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kPageFenced, GLACIS_COVE_ASK(c.fenced), kAddressError},
    {&kPageUnassigned, GLACIS_COVE_ASK(c.unassigned), kAddressError},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kVcpuId, GLACIS_COVE_ASK(c.vcpu_free), kParamError},
    {&kTvmState, GLACIS_COVE_ASK(c.initializing), kParamError},
};
inline constexpr Step kRunVcpuSteps[] = {
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kVcpuId, GLACIS_COVE_ASK(c.vcpu), kParamError},
    {&kTvmState, GLACIS_COVE_ASK(c.runnable), kParamError},
    {&kVcpuAlive, GLACIS_COVE_ASK(c.vcpu_alive), SbiError::kFailed},
    {&kVcpuStopped, GLACIS_COVE_ASK(c.vcpu_stopped), SbiError::kFailed},
    {&kBootFirst, GLACIS_COVE_ASK(c.boot_first), SbiError::kFailed},
    {&kRunSettled, GLACIS_COVE_ASK(c.settled), SbiError::kFailed},
};
inline constexpr Step kTvmFenceSteps[] = {
    {&kFenceIdle, GLACIS_COVE_ASK(c.idle), SbiError::kAlreadyStarted},
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), SbiError::kFailed},
};
inline constexpr Step kInvalidatePagesSteps[] = {
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kPresent, GLACIS_COVE_ASK(c.present), kAddressError},
};
inline constexpr Step kValidatePagesSteps[] = {
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kInvalidated, GLACIS_COVE_ASK(c.invalidated), kAddressError},
};
inline constexpr Step kRemovePagesSteps[] = {
    {&kCallTvm, GLACIS_COVE_ASK(c.tvm), kParamError},
    {&kCallCount, GLACIS_COVE_ASK(c.count), kParamError},
    {&kCallAddress, GLACIS_COVE_ASK(c.address), kAddressError},
    {&kRemovable, GLACIS_COVE_ASK(c.removable), kAddressError},
    {&kInvalidated, GLACIS_COVE_ASK(c.invalidated), kAddressError},
    {&kTlbFenced, GLACIS_COVE_ASK(c.tlb_fenced), kAddressError},
};
#undef GLACIS_COVE_ASK

}  // namespace cove
