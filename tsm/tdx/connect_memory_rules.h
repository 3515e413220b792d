#pragma once
// What TDX Connect refuses about device memory and trusted DMA, per call, in the order of the call.
#include "tsm/tdx/connect_rules.h"

namespace tdx {

// ---- metadata of device memory ----------------------------------------------------------------------------------------

struct MmiomtCase {
  Seamcall leaf;
  bool index_good, reached, free, present, empty = true;  // the entry has no table and no use; has a table; the table has no entries
  bool is_data = false, mapped = false, wish_good = true, tdi_there = true, wants_data = true;
};
inline constexpr StatusRule<MmiomtCase> kMmiomtRules[] = {
    {{"tdx.mmiomt.index", "Connect, TDH.MMIOMT.*", "Metadata of device memory have an address and a level.", kRefuse, kConforms},
     [](const MmiomtCase& c) { return c.index_good; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.mmiomt.walk", "Connect, TDH.MMIOMT.*", "Metadata of device memory are reached through the tables above them.", kRefuse, kConforms},
     [](const MmiomtCase& c) { return c.reached; }, at_operand(Status::kMmiomtNotPresent, Operand::kRcx)},
    {{"tdx.mmiomt.add", "Connect, TDH.MMIOMT.ADD", "A table of metadata is put where there is none.", kRefuse, kConforms},
     [](const MmiomtCase& c) { return c.leaf != Seamcall::kMmiomtAdd || (c.free && !c.present); },
     at_operand(Status::kMmioInvalidPageMetadata, Operand::kRcx)},
    {{"tdx.mmiomt.remove", "Connect, TDH.MMIOMT.REMOVE", "A table of metadata is taken away once it is empty.", kRefuse, kConforms},
     [](const MmiomtCase& c) { return c.leaf != Seamcall::kMmiomtRemove || (c.present && c.empty); },
     at_operand(Status::kMmioInvalidPageMetadata, Operand::kRcx)},
    {{"tdx.mmiomt.wish", "Connect, TDH.MMIOMT.SET", "A page of device memory is of a function, or of none.", kRefuse, kConforms},
     [](const MmiomtCase& c) { return c.wish_good; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.mmiomt.set", "Connect, TDH.MMIOMT.SET", "Whose a page of device memory is changes while it is nowhere mapped.", kRefuse, kConforms},
     [](const MmiomtCase& c) {
       return c.leaf != Seamcall::kMmiomtSet || (c.wants_data ? c.free : c.is_data && !c.mapped);
     },
     at_operand(Status::kMmioInvalidPageMetadata, Operand::kMmiomt)},
    {{"tdx.mmiomt.interface", "Connect, TDH.MMIOMT.SET", "A page of device memory is of a TD's interface.", kRefuse, kConforms},
     [](const MmiomtCase& c) { return c.tdi_there; }, at_operand(Status::kDevifmtNotPresent, Operand::kRdx)},
};

// ---- private device memory --------------------------------------------------------------------------------------------

struct MmioMapCase {
  bool walk_reached, data, mapped, interface_there, same_td, stream_blocked;
};
inline constexpr StatusRule<MmioMapCase> kMmioMapRules[] = {
    {{"tdx.mmio.metadata-walk", "Connect, TDH.MMIO.MAP", "Device memory has metadata before it is mapped.", kRefuse, kConforms},
     [](const MmioMapCase& c) { return c.walk_reached; }, at_operand(Status::kMmiomtNotPresent, Operand::kRcx)},
    {{"tdx.mmio.metadata", "Connect, TDH.MMIO.MAP", "Device memory is mapped for an interface, and once.", kRefuse, kConforms},
     [](const MmioMapCase& c) { return c.data && !c.mapped; }, at_operand(Status::kMmioInvalidPageMetadata, Operand::kRcx)},
    {{"tdx.mmio.interface", "Connect, TDH.MMIO.MAP", "Device memory is mapped while its interface is a TD's.", kRefuse, kConforms},
     [](const MmioMapCase& c) { return c.interface_there; }, at_operand(Status::kDevifmtNotPresent, Operand::kR8)},
    {{"tdx.mmio.owner", "Connect, TDH.MMIO.MAP", "Device memory is mapped into the TD that its interface is of.", kRefuse, kConforms},
     [](const MmioMapCase& c) { return c.same_td; }, at_operand(Status::kMmioDevifOwnerMismatch, Operand::kRdx)},
    {{"tdx.mmio.stream", "Connect, TDH.MMIO.MAP", "Device memory is mapped over a stream that is not blocked.", kRefuse, kConforms},
     [](const MmioMapCase& c) { return !c.stream_blocked; }, at_operand(Status::kIdeStreamBlocked, Operand::kR8)},
};

struct MmioStateCase {
  Seamcall leaf;
  SeptState state;
};
inline constexpr StatusRule<MmioStateCase> kMmioStateRules[] = {
    {{"tdx.mmio.entry-state", "TDX module 2.0, Secure EPT entry states", "A call on device memory finds an entry in a state that it is for.", kRefuse,
      kConforms},
     [](const MmioStateCase& c) {
       if (c.leaf == Seamcall::kMmioMap) return c.state == SeptState::kFree;
       if (c.leaf == Seamcall::kMmioUnmap) return c.state == SeptState::kMmioBlocked;
       return c.state == SeptState::kMmioMapped || c.state == SeptState::kMmioPending;
     },
     at_operand(Status::kEptEntryStateIncorrect, Operand::kRcx)},
};

struct MmioUnmapCase {
  bool tracked, unlocked, stream_blocked;
};
inline constexpr StatusRule<MmioUnmapCase> kMmioUnmapRules[] = {
    {{"tdx.mmio.tracked", "Connect, TDH.MMIO.UNMAP", "Device memory leaves a TD after no processor keeps a translation to it.", kRefuse, kConforms},
     [](const MmioUnmapCase& c) { return c.tracked; }, at_operand(Status::kTlbTrackingNotDone, Operand::kRcx)},
    {{"tdx.mmio.unlocked", "Connect, TDH.MMIO.UNMAP", "Device memory leaves a TD once its interface is unlocked, or nothing reaches it."},
     [](const MmioUnmapCase& c) { return c.unlocked || c.stream_blocked; }, at_operand(Status::kDevifTdispInvalidState, Operand::kRcx)},
};

struct AcceptRangeCase {
  bool address_good, range_known, in_range;
};
inline constexpr StatusRule<AcceptRangeCase> kAcceptRangeRules[] = {
    {{"tdx.mmio.accept-address", "Connect, TDG.MMIO.ACCEPT", "A TD accepts device memory at a private address.", kRefuse, kConforms},
     [](const AcceptRangeCase& c) { return c.address_good; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.mmio.accept-range", "Connect, TDG.MMIO.ACCEPT", "A TD accepts device memory of a range that the report has.", kRefuse, kConforms},
     [](const AcceptRangeCase& c) { return c.range_known; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.mmio.accept-part", "Connect, TDG.MMIO.ACCEPT", "A TD accepts a part of the range, and no more.", kRefuse, kConforms},
     [](const AcceptRangeCase& c) { return c.in_range; }, at_operand(Status::kOperandInvalid, Operand::kR9)},
};
struct AcceptPageCase {
  bool already, exact;
};
inline constexpr StatusRule<AcceptPageCase> kAcceptPageRules[] = {
    {{"tdx.mmio.accepted-once", "Connect, TDG.MMIO.ACCEPT", "Device memory is accepted once.", kRefuse, kConforms},
     [](const AcceptPageCase& c) { return !c.already; }, Status::kMmioPageAlreadyAccepted},
    {{"tdx.mmio.exact", "Connect, TDG.MMIO.ACCEPT", "Device memory that a TD accepts is the page that the interface's report has there."},
     [](const AcceptPageCase& c) { return c.exact; }, at_operand(Status::kMmioInvalidHpaOffset, Operand::kRcx)},
};

// ---- trusted DMA ------------------------------------------------------------------------------------------------------

struct DmarCase {
  Seamcall leaf;
  bool index_good, unit_set_up;
  bool value_good = true, reached = true;
  DmarState state = DmarState::kFree;
  bool children_free = true, interface_there = true;
  DmarInvalidation invalidation = DmarInvalidation::kPending;
};
inline constexpr StatusRule<DmarCase> kDmarRules[] = {
    {{"tdx.dmar.index", "Connect, TDH.DMAR.*", "An entry of trusted DMA has a level and a requester.", kRefuse, kConforms},
     [](const DmarCase& c) { return c.index_good; }, at_operand(Status::kOperandInvalid, Operand::kRcx)},
    {{"tdx.dmar.unit", "Connect, TDH.DMAR.*", "An entry of trusted DMA is of a remapping unit that is set up.", kRefuse, kConforms},
     [](const DmarCase& c) { return c.unit_set_up; }, at_operand(Status::kIommuInvalidState, Operand::kRcx)},
    {{"tdx.dmar.value", "Connect, TDH.DMAR.ADD", "An entry leads to a page, or into a TD.", kRefuse, kConforms},
     [](const DmarCase& c) { return c.value_good; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.dmar.walk", "Connect, TDH.DMAR.*", "An entry is reached through the tables above it.", kRefuse, kConforms},
     [](const DmarCase& c) { return c.reached; }, at_operand(Status::kDmarEntryNotPresent, Operand::kRcx)},
    {{"tdx.dmar.state", "Connect, TDH.DMAR.ADD, TDH.DMAR.BLOCK", "An entry is added where there is none, and blocked where there is one.", kRefuse,
      kConforms},
     [](const DmarCase& c) {
       if (c.leaf == Seamcall::kDmarAdd) return c.state == DmarState::kFree;
       return c.leaf != Seamcall::kDmarBlock || c.state == DmarState::kPresent || c.state == DmarState::kPending;
     },
     at_operand(Status::kDmarInvalidMappingState, Operand::kRcx)},
    {{"tdx.dmar.interface", "Connect, TDH.DMAR.BLOCK", "A requester's entry is blocked while its interface is a TD's.", kRefuse, kConforms},
     [](const DmarCase& c) { return c.interface_there; }, at_operand(Status::kDevifmtNotPresent, Operand::kRcx)},
    {{"tdx.dmar.blocked", "Connect, TDH.DMAR.REMOVE", "An entry of trusted DMA is blocked before it is removed."},
     [](const DmarCase& c) { return c.leaf != Seamcall::kDmarRemove || c.state == DmarState::kBlocked; },
     at_operand(Status::kDmarInvalidMappingState, Operand::kRcx)},
    {{"tdx.dmar.invalidated", "Connect, TDH.DMAR.REMOVE", "An entry of trusted DMA is removed after the remapping unit forgot it."},
     [](const DmarCase& c) { return c.leaf != Seamcall::kDmarRemove || c.invalidation == DmarInvalidation::kDone; },
     at_operand(Status::kDmarInvalidInvState, Operand::kRcx)},
    {{"tdx.dmar.children", "Connect, TDH.DMAR.BLOCK, TDH.DMAR.REMOVE", "A table of trusted DMA goes after its entries.", kRefuse, kConforms},
     [](const DmarCase& c) {
       return (c.leaf != Seamcall::kDmarBlock && c.leaf != Seamcall::kDmarRemove) || c.children_free;
     },
     at_operand(Status::kDmarInvalidMappingState, Operand::kRcx)},
};

struct InvCase {
  bool type_good, subject_good;
  bool required = true, idle = true;                    // pages of a TD
  bool reached = true, blocked = true, pending = true;  // an entry
  bool wait_good = true, status_good = true, rest_zero = true;
};
inline constexpr StatusRule<InvCase> kInvRules[] = {
    {{"tdx.iq.type", "Connect, TDH.IQ.INV.REQ", "What is to be forgotten is of a kind that there is.", kRefuse, kConforms},
     [](const InvCase& c) { return c.type_good; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.iq.subject", "Connect, TDH.IQ.INV.REQ", "What is to be forgotten has a name.", kRefuse, kConforms},
     [](const InvCase& c) { return c.subject_good; }, at_operand(Status::kOperandInvalid, Operand::kR8)},
    {{"tdx.iq.required", "Connect, TDH.IQ.INV.REQ", "Pages are forgotten of a TD that devices reach, once an epoch.", kRefuse, kConforms},
     [](const InvCase& c) { return c.required; }, Status::kIommuIotlbTrackingNotRequired},
    {{"tdx.iq.idle", "Connect, TDH.IQ.INV.REQ", "A TD's pages are asked to be forgotten one request at a time.", kRefuse, kConforms},
     [](const InvCase& c) { return c.idle; }, Status::kIommuIotlbTrackingNotDone},
    {{"tdx.iq.walk", "Connect, TDH.IQ.INV.REQ", "An entry that is to be forgotten is reached.", kRefuse, kConforms},
     [](const InvCase& c) { return c.reached; }, at_operand(Status::kDmarEntryNotPresent, Operand::kR8)},
    {{"tdx.iq.blocked", "Connect, TDH.IQ.INV.REQ", "An entry is forgotten once it is blocked.", kRefuse, kConforms},
     [](const InvCase& c) { return c.blocked; }, at_operand(Status::kDmarInvalidMappingState, Operand::kR8)},
    {{"tdx.iq.pending", "Connect, TDH.IQ.INV.REQ", "An entry is forgotten once.", kRefuse, kConforms},
     [](const InvCase& c) { return c.pending; }, at_operand(Status::kDmarInvalidInvState, Operand::kR8)},
    {{"tdx.iq.wait", "Connect, TDH.IQ.INV.REQ", "A request ends with a wait descriptor.", kRefuse, kConforms},
     [](const InvCase& c) { return c.wait_good; }, at_operand(Status::kOperandInvalid, Operand::kR9)},
    {{"tdx.iq.status", "Connect, TDH.IQ.INV.REQ", "A request's status goes to four aligned bytes.", kRefuse, kConforms},
     [](const InvCase& c) { return c.status_good; }, at_operand(Status::kOperandInvalid, Operand::kR10)},
    {{"tdx.iq.reserved", "Connect, TDH.IQ.INV.REQ", "A request says nothing that has no meaning.", kRefuse, kConforms},
     [](const InvCase& c) { return c.rest_zero; }, at_operand(Status::kOperandInvalid, Operand::kR11)},
};

struct DmarAcceptCase {
  bool target_good, rest_zero = true, reached = true, led = true;
};
inline constexpr StatusRule<DmarAcceptCase> kDmarTargetRules[] = {
    {{"tdx.dmar.target", "Connect, TDG.DMAR.ACCEPT", "Trusted DMA leads into a VM that the TD has.", kRefuse, kConforms},
     [](const DmarAcceptCase& c) { return c.target_good; }, at_operand(Status::kOperandInvalid, Operand::kRdx)},
    {{"tdx.dmar.target-reserved", "Connect, TDG.DMAR.ACCEPT", "An acceptance says nothing that has no meaning.", kRefuse, kConforms},
     [](const DmarAcceptCase& c) { return c.rest_zero; }, at_operand(Status::kOperandInvalid, Operand::kR8)},
};
inline constexpr StatusRule<DmarAcceptCase> kDmarAcceptRules[] = {
    {{"tdx.dmar.accept-walk", "Connect, TDG.DMAR.ACCEPT", "A TD accepts an entry that there is.", kRefuse, kConforms},
     [](const DmarAcceptCase& c) { return c.reached; }, at_operand(Status::kDmarEntryNotPresent, Operand::kDmar)},
    {{"tdx.dmar.accept-state", "Connect, TDG.DMAR.ACCEPT", "A TD accepts an entry that leads into it and is not blocked.", kRefuse, kConforms},
     [](const DmarAcceptCase& c) { return c.led; }, at_operand(Status::kDmarInvalidMappingState, Operand::kDmar)},
};

// A page that leaves a TD, or moves.
inline constexpr trust::Defence kDmaTracked{"tdx.remove.iotlb", "Connect, IOTLB tracking",
                                            "A page leaves a TD only after no remapping unit keeps a translation to it."};

}  // namespace tdx
