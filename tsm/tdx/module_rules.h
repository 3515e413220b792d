#pragma once
// What the TDX module and the processor beneath it refuse, and with which status. Clauses: "ABI" is the Intel TDX Module 1.5 ABI
// specification, "Base" its base architecture specification, each by function or subject.
#include <span>

#include "tsm/tdx/module.h"

namespace tdx {

template <class Case>
struct StatusRule {
  trust::Defence defence;
  bool (*holds)(const Case&);
  Status status;
};

inline constexpr auto kRefuse = trust::Act::kRefuse;
inline constexpr auto kConforms = trust::Kind::kConformance;

// ---- states of a TD -------------------------------------------------------------------------------------------------

// In which operation states of a TD a call is for it (Base, "TD operation state machine"); the states of migration are left out.
struct OpStates {
  Seamcall leaf;
  bool uninitialized, initialized, runnable;
};
inline constexpr OpStates kOpStates[] = {
    {Seamcall::kMngAddcx, true, false, false},       {Seamcall::kMngInit, true, false, false},
    {Seamcall::kVpCreate, false, true, false},       {Seamcall::kVpAddcx, false, true, false},
    {Seamcall::kVpInit, false, true, false},         {Seamcall::kVpEnter, false, false, true},
    {Seamcall::kVpFlush, true, true, true},          {Seamcall::kVpRd, false, true, true},
    {Seamcall::kVpWr, false, true, true},            {Seamcall::kMemSeptAdd, false, true, true},
    {Seamcall::kMemSeptRemove, false, true, true},   {Seamcall::kMemSeptRd, false, true, true},
    {Seamcall::kMemPageAdd, false, true, false},     {Seamcall::kMemPageAug, false, true, true},
    {Seamcall::kMemPageRemove, false, true, true},   {Seamcall::kMemPageRelocate, false, true, true},
    {Seamcall::kMemRangeBlock, false, true, true},   {Seamcall::kMemRangeUnblock, false, true, true},
    {Seamcall::kMemTrack, false, true, true},        {Seamcall::kMemRd, false, true, true},
    {Seamcall::kMemWr, false, true, true},           {Seamcall::kMrExtend, false, true, false},
    {Seamcall::kMrFinalize, false, true, false},
    // TDX Connect.
    {Seamcall::kTdiCreate, false, true, true},       {Seamcall::kMmioMap, false, true, true},
    {Seamcall::kMmioBlock, false, true, true},       {Seamcall::kMmioUnmap, false, true, true},
    {Seamcall::kDmarAdd, false, true, true},         {Seamcall::kIqInvReq, false, true, true},
};
constexpr bool allowed_in(OpState state, Seamcall leaf) {
  for (const auto& row : kOpStates)
    if (row.leaf == leaf)
      return state == OpState::kUninitialized ? row.uninitialized : state == OpState::kInitialized ? row.initialized : row.runnable;
  return false;
}

struct TdCase {
  const Td& td;
  Seamcall leaf;
  bool late_add() const { return leaf == Seamcall::kMemPageAdd && td.op_state == OpState::kRunnable; }
};
inline constexpr StatusRule<TdCase> kTdRules[] = {
    {{"tdx.td.alive", "TDX 1.5 base, fatal errors of a TD", "A TD in which an integrity check failed never runs again.", kRefuse, kConforms},
     [](const TdCase& c) { return !c.td.fatal; }, Status::kTdFatal},
    {{"tdx.td.keys", "TDX 1.5 ABI, common checks of TD calls", "A TD is built and run only while its key is configured.", kRefuse, kConforms},
     [](const TdCase& c) { return c.td.lifecycle == Lifecycle::kKeysConfigured; }, Status::kTdKeysNotConfigured},
    {{"tdx.td.control-pages", "TDX 1.5 ABI, common checks of TD calls", "A TD has all of its control pages before it is used.", kRefuse,
      kConforms},
     [](const TdCase& c) { return c.leaf == Seamcall::kMngAddcx || c.td.tdcx_pages == kTdcxPages; }, Status::kTdcsNotAllocated},
    {{"tdx.add.unfinished", "TDX 1.5 ABI, TDH.MEM.PAGE.ADD", "No page with content of the host's enters a TD once its measurement is final.", kRefuse,
      kConforms},
     [](const TdCase& c) { return !c.late_add(); }, Status::kOpStateIncorrect},
    {{"tdx.td.op-state", "TDX 1.5 base, TD operation state machine", "A call finds the TD in a state that it is for.", kRefuse, kConforms},
     [](const TdCase& c) { return c.late_add() || allowed_in(c.td.op_state, c.leaf); }, Status::kOpStateIncorrect},
};

struct DebugCase {
  const Td& td;
};
inline constexpr StatusRule<DebugCase> kDebugRules[] = {
    {{"tdx.debug.attribute", "TDX 1.5 ABI, TDH.MEM.RD", "The host looks into a TD only where ATTRIBUTES say that it is under test."},
     [](const DebugCase& c) { return c.td.debug(); }, Status::kTdNonDebug},
};

// ---- keys -----------------------------------------------------------------------------------------------------------

struct HkidCase {
  bool is_private, free;
};
inline constexpr StatusRule<HkidCase> kHkidRules[] = {
    {{"tdx.create.hkid-private", "TDX 1.5 ABI, TDH.MNG.CREATE", "A TD gets a private key id.", kRefuse, kConforms},
     [](const HkidCase& c) { return c.is_private; }, static_cast<Status>(tdxproto::with(Status::kOperandInvalid, Operand::kRdx))},
    {{"tdx.create.hkid-free", "TDX 1.5 ABI, TDH.MNG.CREATE", "No two TDs have one key id.", kRefuse, kConforms},
     [](const HkidCase& c) { return c.free; }, Status::kHkidNotFree},
};

struct LifecycleCase {
  const Td& td;
  Seamcall leaf;
  bool write_back_pending = false;
  bool has_devices = false;
};
inline constexpr StatusRule<LifecycleCase> kLifecycleRules[] = {
    {{"tdx.td.lifecycle", "TDX 1.5 base, TD life cycle state machine", "A call on a TD's key finds the TD in the life cycle state that it is for.",
      kRefuse, kConforms},
     [](const LifecycleCase& c) {
       switch (c.leaf) {
         case Seamcall::kMngKeyConfig: return c.td.lifecycle == Lifecycle::kHkidAssigned;
         case Seamcall::kMngVpflushdone:
           return c.td.lifecycle == Lifecycle::kHkidAssigned || c.td.lifecycle == Lifecycle::kKeysConfigured;
         case Seamcall::kMngKeyFreeid: return c.td.lifecycle == Lifecycle::kBlocked;
         default: return false;
       }
     },
     Status::kLifecycleStateIncorrect},
    {{"tdx.td.flushed", "TDX 1.5 ABI, TDH.MNG.VPFLUSHDONE", "A TD gives its key up only after every processor forgot its vCPUs.", kRefuse, kConforms},
     [](const LifecycleCase& c) { return c.leaf != Seamcall::kMngVpflushdone || c.td.associated == 0; }, Status::kFlushvpNotDone},
    {{"tdx.td.devices", "Connect, TDX_TD_HAS_ATTACHED_DEVICES", "A TD gives its key up only after its interfaces are gone.", kRefuse, kConforms},
     [](const LifecycleCase& c) { return !c.has_devices; }, Status::kTdHasAttachedDevices},
    {{"tdx.key.written-back", "TDX 1.5 ABI, TDH.MNG.KEY.FREEID", "A key id is free again only after the caches hold no line of it.", kRefuse,
      kConforms},
     [](const LifecycleCase& c) { return c.leaf != Seamcall::kMngKeyFreeid || !c.write_back_pending; }, Status::kWbcacheNotComplete},
};

// ---- TD_PARAMS ------------------------------------------------------------------------------------------------------

struct ParamsRule {
  trust::Defence defence;
  bool (*holds)(const tdxproto::TdParams&);
  Operand operand;
};
inline constexpr ParamsRule kParamsRules[] = {
    {{"tdx.params.attributes", "TDX 1.5 ABI, TD_PARAMS.ATTRIBUTES", "A TD has no attribute that the module does not know.", kRefuse, kConforms},
     [](const tdxproto::TdParams& p) { return (p.attributes & ~tdxproto::kAttributesKnown) == 0; }, Operand::kAttributes},
    {{"tdx.params.xfam", "TDX 1.5 ABI, TD_PARAMS.XFAM", "A TD has x87 and SSE, and no state that the processor lacks.", kRefuse, kConforms},
     [](const tdxproto::TdParams& p) {
       return (p.xfam & tdxproto::kXfamFixed1) == tdxproto::kXfamFixed1 && (p.xfam & ~tdxproto::kXfamKnown) == 0;
     },
     Operand::kXfam},
    {{"tdx.params.vcpus", "TDX 1.5 ABI, TD_PARAMS.MAX_VCPUS", "A TD has room for a vCPU.", kRefuse, kConforms},
     [](const tdxproto::TdParams& p) { return p.max_vcpus != 0; }, Operand::kMaxVcpus},
    {{"tdx.params.flags", "TDX 1.5 ABI, TD_PARAMS.CONFIG_FLAGS", "A TD's configuration has no flag that the module does not know.", kRefuse,
      kConforms},
     [](const tdxproto::TdParams& p) { return (p.config_flags & ~(7 | tdxproto::kConfigTdxConnect)) == 0 && p.num_l2_vms == 0; }, Operand::kExecControls},
    {{"tdx.params.eptp", "TDX 1.5 ABI, TD_PARAMS.EPTP_CONTROLS", "A TD's Secure EPT is write-back memory of four levels.", kRefuse, kConforms},
     [](const tdxproto::TdParams& p) {
       return p.eptp_controls == tdxproto::kEptpWriteBack4Level && !(p.config_flags & tdxproto::kConfigGpaw);
     },
     Operand::kEptpControls},
    {{"tdx.params.tsc", "TDX 1.5 ABI, TD_PARAMS.TSC_FREQUENCY", "A TD's clock runs between 100 MHz and 10 GHz.", kRefuse, kConforms},
     [](const tdxproto::TdParams& p) {
       return p.tsc_frequency >= tdxproto::kTscFrequencyMin && p.tsc_frequency <= tdxproto::kTscFrequencyMax;
     },
     Operand::kTscFrequency},
};

// ---- pages ----------------------------------------------------------------------------------------------------------

struct PageCase {
  PageType type;
};
inline constexpr StatusRule<PageCase> kPageRules[] = {
    {{"tdx.pamt.page-free", "TDX 1.5 base, physical page management", "A page that the module uses for one purpose is taken for no other."},
     [](const PageCase& c) { return c.type == PageType::kNda; }, Status::kPageMetadataIncorrect},
};

struct EntryCase {
  SeptState state;
  Seamcall leaf;
};
inline constexpr StatusRule<EntryCase> kEntryRules[] = {
    {{"tdx.sept.entry-free", "TDX 1.5 ABI, TDH.MEM.PAGE.AUG", "A private address that has a page gets no second one."},
     [](const EntryCase& c) {
       const bool adds = c.leaf == Seamcall::kMemPageAug || c.leaf == Seamcall::kMemPageAdd || c.leaf == Seamcall::kMemSeptAdd;
       return !adds || c.state == SeptState::kFree;
     },
     Status::kEptEntryStateIncorrect},
    {{"tdx.sept.entry-state", "TDX 1.5 base, Secure EPT entry states", "A call finds an entry of the Secure EPT in a state that it is for.",
      kRefuse, kConforms},
     [](const EntryCase& c) {
       using S = SeptState;
       switch (c.leaf) {
         case Seamcall::kMemRangeBlock: return c.state == S::kMapped || c.state == S::kPending || c.state == S::kNlMapped;
         case Seamcall::kMemRangeUnblock: return is_blocked(c.state);
         case Seamcall::kMemPageRemove:
         case Seamcall::kMemPageRelocate: return is_leaf(c.state) && c.state != S::kFree && !is_mmio(c.state);
         case Seamcall::kMemSeptRd: return !is_mmio(c.state);
         case Seamcall::kMemSeptRemove: return !is_leaf(c.state);
         case Seamcall::kMemRd:
         case Seamcall::kMemWr:
         case Seamcall::kMrExtend: return c.state == S::kMapped;
         default: return true;
       }
     },
     Status::kEptEntryStateIncorrect},
};

// A page or table that leaves the Secure EPT, or comes back, while the TD can run.
struct TrackCase {
  Seamcall leaf;
  SeptState state;
  std::uint64_t bepoch, epoch;
  std::uint16_t inside_since_previous;
  bool tracked() const { return bepoch + 1 < epoch || (bepoch + 1 == epoch && inside_since_previous == 0); }
};
inline constexpr StatusRule<TrackCase> kTrackRules[] = {
    {{"tdx.remove.blocked", "TDX 1.5 ABI, TDH.MEM.PAGE.REMOVE", "A page leaves a TD only after no new translation to it can be made.", kRefuse,
      kConforms},
     [](const TrackCase& c) { return c.leaf == Seamcall::kMemRangeUnblock || is_blocked(c.state); }, Status::kGpaRangeNotBlocked},
    {{"tdx.remove.tracked", "TDX 1.5 base, TLB tracking", "A page leaves a TD only after no processor keeps a translation to it.", kRefuse,
      kConforms},
     [](const TrackCase& c) { return c.leaf == Seamcall::kMemRangeUnblock || c.tracked(); }, Status::kTlbTrackingNotDone},
    {{"tdx.unblock.tracked", "TDX 1.5 ABI, TDH.MEM.RANGE.UNBLOCK", "A blocked page comes back only after no processor keeps a translation to it.",
      kRefuse, kConforms},
     [](const TrackCase& c) { return c.leaf != Seamcall::kMemRangeUnblock || c.tracked(); }, Status::kTlbTrackingNotDone},
};

struct ReclaimCase {
  PageType type;
  bool torn_down;
  std::uint64_t children;
};
inline constexpr StatusRule<ReclaimCase> kReclaimRules[] = {
    {{"tdx.reclaim.type", "TDX 1.5 ABI, TDH.PHYMEM.PAGE.RECLAIM", "What is reclaimed was in use.", kRefuse, kConforms},
     [](const ReclaimCase& c) { return c.type != PageType::kNda && c.type != PageType::kRsvd; },
     static_cast<Status>(tdxproto::with(Status::kPageMetadataIncorrect, Operand::kRcx))},
    {{"tdx.reclaim.torn-down", "TDX 1.5 ABI, TDH.PHYMEM.PAGE.RECLAIM", "A TD's pages are reclaimed only once it has no key any more.", kRefuse,
      kConforms},
     [](const ReclaimCase& c) { return c.torn_down; }, Status::kLifecycleStateIncorrect},
    {{"tdx.reclaim.children", "TDX 1.5 ABI, TDH.PHYMEM.PAGE.RECLAIM", "A TD's root page is reclaimed last.", kRefuse, kConforms},
     [](const ReclaimCase& c) { return c.type != PageType::kTdr || c.children == 0; }, Status::kTdAssociatedPagesExist},
};

// ---- vCPUs ----------------------------------------------------------------------------------------------------------

struct EnterCase {
  const Vcpu& vcpu;
  std::uint32_t lp;
};
inline constexpr StatusRule<EnterCase> kEnterRules[] = {
    {{"tdx.vp.state", "TDX 1.5 ABI, TDH.VP.ENTER", "A vCPU is entered once it is initialised, and not while it runs.", kRefuse, kConforms},
     [](const EnterCase& c) {
       return (c.vcpu.state == VcpuState::kReady || c.vcpu.state == VcpuState::kActive) && !c.vcpu.inside;
     },
     Status::kVcpuStateIncorrect},
    {{"tdx.vp.association", "TDX 1.5 ABI, TDH.VP.ENTER", "A vCPU's state is on one logical processor.", kRefuse, kConforms},
     [](const EnterCase& c) { return !c.vcpu.lp || *c.vcpu.lp == c.lp; }, Status::kVcpuAssociated},
};

// ---- the processor --------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kSeptOwner{"tdx.sept.owner", "TDX 1.5 base, Secure EPT",
                                           "A private address leads where the module's tables say, whatever the host's do."};

// One access in a TD's name to one of its private pages.
struct AccessCase {
  bool alive, pending;
};
inline constexpr trust::Rule<AccessCase> kAccessRules[] = {
    {{"tdx.access.alive", "TDX 1.5 base, fatal errors of a TD", "A TD in which an integrity check failed reaches nothing.", kRefuse, kConforms},
     [](const AccessCase& c) { return c.alive; }},
    {{"tdx.sept.pending", "TDX 1.5 base, dynamic page addition", "A page that a TD has not accepted is none of its memory."},
     [](const AccessCase& c) { return !c.pending; }},
};

struct ForeignCase {
  bool private_key;
};
inline constexpr trust::Rule<ForeignCase> kForeignRules[] = {
    {{"tdx.hkid.private", "TDX 1.5 base, memory encryption", "A private key id is used by nobody outside of SEAM: neither host nor device.", kRefuse,
      kConforms},
     [](const ForeignCase& c) { return !c.private_key; }},
};

// Rows of the memory controller: a machine is assembled with as much as is not lifted.
inline constexpr trust::Defence kOwnerBit{"tdx.memory.owner", "TDX 1.5 base, logical integrity",
                                          "A private line that software outside of SEAM wrote is never data of a TD: it is poison.",
                                          trust::Act::kDetect};
inline constexpr trust::Defence kMac{"tdx.memory.mac", "TDX 1.5 base, cryptographic integrity",
                                     "A private line that was altered in DRAM is never data of a TD: it is poison.", trust::Act::kDetect};

inline constexpr trust::Defence kCpuidNative{"tdx.cpuid.native", "TDX 1.5 base, CPUID virtualization",
                                             "What the processor knows of itself is told by the module and not by the host.", trust::Act::kRefuse,
                                             trust::Kind::kConformance};

}  // namespace tdx
