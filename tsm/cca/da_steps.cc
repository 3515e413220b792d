// Physical devices and their streams: what each command is refused for, in order.
#include <algorithm>

#include "tsm/cca/da_rules.h"
#include "tsm/cca/step_parts.h"

namespace cca {
namespace {

using C = RmiCase;
using enum RmiStatus;
using ccaproto::PdevCategory;
using steps::host_page;
using steps::is;
using steps::is_address;
using steps::is_host_page;
using steps::kPage;

// An alignment alone: whether there is such an object, a later row asks.
template <std::uint64_t Registers::*kArg>
bool aligned(const C& c) { return c.in.*kArg % kPage == 0; }
#define CCA_ALIGNED(arg) {&kAddress, aligned<&Registers::arg>, kErrorInput}
#define CCA_HOST_PAGE(arg) CCA_ADDRESS(arg), {&kHostGranule, host_page<&Registers::arg>, kErrorInput}

const Pdev& pdev(const C& c, std::uint64_t at) { return *c.m.pdev(at); }
const Pdev& first(const C& c) { return pdev(c, c.in.x1); }
const Pdev& second(const C& c) { return pdev(c, c.in.x2); }

// ---- devices --------------------------------------------------------------------------------------------------------

constexpr unsigned kVdevsMax = 256;
bool is_root_port(const C& c) { return ccaproto::category_of(c.da.pdev.flags) == PdevCategory::kRootPort; }
bool device_params_are_valid(const C& c) {
  const auto& p = c.da.pdev;
  return is_root_port(c) || (p.rid_base < p.rid_top && p.rid_top - p.rid_base <= kVdevsMax && static_cast<unsigned>(p.hash_algo) <= 2);
}
bool category_is_supported(const C& c) {
  const auto& p = c.da.pdev;
  return is_root_port(c) || (ccaproto::category_of(p.flags) == PdevCategory::kOffChip && (p.flags & ccaproto::kPdevSpdm));
}
bool is_there(const C& c) {
  return std::ranges::any_of(c.m.cards(), [&](const Card& card) { return (is_root_port(c) ? card.root_port : card.device->id()) == c.da.pdev.pdev_id; });
}
bool is_no_other(const C& c) {
  return std::ranges::none_of(c.m.pdevs(), [&](const auto& known) { return known.second.params.pdev_id == c.da.pdev.pdev_id; });
}
constexpr Step kPdevCreate[] = {
    CCA_ALIGNED(x1),
    CCA_HOST_PAGE(x2),
    {&kPdevParams, device_params_are_valid, kErrorInput},
    {&kPdevParams, [](const C& c) { return (c.da.pdev.flags & ~ccaproto::kPdevFlags) == 0; }, kErrorInput},
    {&kPdevParams, category_is_supported, kErrorNotSupported},
    {&kPdevParams, [](const C& c) { return c.da.pdev.routing_id <= 0xFFFF && is_there(c); }, kErrorInput},
    {&kPdevParams, is_no_other, kErrorInput},
    CCA_ADDRESS(x1),
    CCA_STATE(kDelegated, x1, kDelegated),
};

#define CCA_PDEV(arg) CCA_STATE(kKind, arg, kPdev)
constexpr Step kOfPdev[] = {CCA_ADDRESS(x1), CCA_PDEV(x1)};

bool comm_is_valid(const C& c) {
  const auto& e = c.da.comm;
  const bool buffers = e.req_addr % kPage == 0 && e.resp_addr % kPage == 0 && e.resp_len <= kPage;
  const bool answered = e.status != ccaproto::CommStatus::kResponse || e.resp_len != 0;
  return buffers && answered && static_cast<unsigned>(e.status) <= 2;
}
bool comm_is_hosts(const C& c) {
  const auto& e = c.da.comm;
  return is_address(c, e.req_addr) && is_host_page(c, e.req_addr) && is_address(c, e.resp_addr) && is_host_page(c, e.resp_addr);
}
bool nothing_is_answered(const C& c) { return c.da.comm.status == ccaproto::CommStatus::kNone; }
bool is_due(Talk talk) { return talk == Talk::kPending || talk == Talk::kActive; }
#define CCA_COMM {&kComm, comm_is_valid, kErrorInput}, {&kComm, comm_is_hosts, kErrorInput}, {&kComm, nothing_is_answered, kErrorDevice}
constexpr Step kPdevCommunicate[] = {
    CCA_ALIGNED(x2),
    CCA_ADDRESS(x1),
    CCA_PDEV(x1),
    CCA_HOST_PAGE(x2),
    {&kCommDue, [](const C& c) { return is_due(first(c).talk); }, kErrorDevice},
    CCA_COMM,
};

constexpr Step kPdevSetPubkey[] = {
    CCA_ALIGNED(x1),
    CCA_HOST_PAGE(x2),
    {&kPdevKey, [](const C& c) { return c.da.key.key_len <= ccaproto::kKeyBytesMax && c.da.key.metadata_len <= ccaproto::kKeyBytesMax; }, kErrorInput},
    {&kPdevKey, [](const C& c) { return c.da.key.key_len != 0 && c.da.key.key_len == ccaproto::key_bytes(c.da.key.algo); }, kErrorInput},
    CCA_ADDRESS(x1),
    CCA_PDEV(x1),
    {&kPdevState, [](const C& c) { return first(c).state == PdevState::kNeedsKey; }, kErrorDevice},
};
constexpr Step kPdevStop[] = {
    CCA_ADDRESS(x1),
    CCA_PDEV(x1),
    {&kPdevState, [](const C& c) { return first(c).talk == Talk::kIdle && first(c).streams == 0 && first(c).vdevs == 0; }, kErrorDevice},
};
constexpr Step kPdevAbort[] = {CCA_ADDRESS(x1), CCA_PDEV(x1), {&kCommDue, [](const C& c) { return first(c).talk != Talk::kIdle; }, kErrorDevice}};
constexpr Step kPdevDestroy[] = {
    CCA_ADDRESS(x1), CCA_PDEV(x1), {&kPdevState, [](const C& c) { return first(c).state == PdevState::kStopped; }, kErrorDevice}};

// ---- streams --------------------------------------------------------------------------------------------------------

const Pdev& stream_device(const C& c) { return pdev(c, c.da.stream.pdev_1); }
const Pdev& stream_port(const C& c) { return pdev(c, c.da.stream.pdev_2); }
bool ends_are_devices(const C& c) {
  const auto& s = c.da.stream;
  return is_address(c, s.pdev_1) && is(c, s.pdev_1, GranuleState::kPdev) && is_address(c, s.pdev_2) && is(c, s.pdev_2, GranuleState::kPdev);
}
bool ends_are_ready(const C& c) { return stream_device(c).device && stream_device(c).idle() && !stream_port(c).device && stream_port(c).idle(); }
bool there_is_a_way(const C& c) {
  return std::ranges::any_of(c.m.cards(), [&](const Card& card) {
    return card.device == stream_device(c).device && card.root_port == stream_port(c).params.pdev_id;
  });
}
constexpr Step kStreamConnect[] = {
    CCA_HOST_PAGE(x1),
    {&kStreamParams, [](const C& c) { return c.da.stream.num_addr_range <= ccaproto::kStreamRangesMax; }, kErrorInput},
    {&kStreamParams, [](const C& c) { return c.da.stream.stream_type == ccaproto::kStreamNonCoherent; }, kErrorNotSupported},
    {&kKind, ends_are_devices, kErrorInput},
    {&kPdevState, ends_are_ready, kErrorInput},
    {&kStreamParams, [](const C& c) { return c.da.stream.ide_sid <= 0xFF && there_is_a_way(c); }, kErrorInput},
    {&kStreamHandle, [](const C& c) { return !stream_device(c).stream.taken(); }, kErrorInput},
};

bool handle_is_of_first(const C& c) { return c.in.x3 == (c.in.x1 | ccaproto::kStreamNonCoherent); }
bool is_taken(const C& c) { return first(c).stream.taken(); }
bool is_of_second(const C& c) { return first(c).stream.root_port == c.in.x2; }
bool is_connected(const C& c) { return first(c).stream.state == StreamState::kConnected; }
bool both_are_idle(const C& c) { return first(c).idle() && second(c).idle(); }
bool both_have_ended(const C& c) {
  const auto ended = [](const Pdev& p) { return (p.state == PdevState::kReady || p.state == PdevState::kError) && p.talk == Talk::kIdle; };
  return ended(first(c)) && ended(second(c));
}
#define CCA_ENDS CCA_ADDRESS(x1), CCA_ADDRESS(x2), CCA_PDEV(x1), CCA_PDEV(x2)
#define CCA_HANDLE {&kStreamHandle, handle_is_of_first, kErrorInput}
constexpr Step kStreamDisconnect[] = {
    CCA_ALIGNED(x1), CCA_ALIGNED(x2), CCA_HANDLE, CCA_ENDS,
    {&kStreamHandle, is_taken, kErrorInput},
    {&kPdevState, is_connected, kErrorDevice},
    {&kStreamHandle, is_of_second, kErrorInput},
    {&kPdevState, both_have_ended, kErrorInput},
    {&kPdevState, [](const C& c) { return first(c).vdevs == 0; }, kErrorDevice},
};
constexpr Step kStreamKeyRefresh[] = {
    CCA_ENDS, CCA_HANDLE,
    {&kStreamHandle, is_taken, kErrorInput},
    {&kStreamHandle, is_of_second, kErrorInput},
    {&kPdevState, both_are_idle, kErrorInput},
    {&kPdevState, is_connected, kErrorDevice},
};
constexpr Step kStreamComplete[] = {
    CCA_ALIGNED(x1), CCA_ALIGNED(x2), CCA_HANDLE, CCA_ENDS,
    {&kStreamHandle, is_taken, kErrorInput},
    {&kStreamHandle, is_of_second, kErrorInput},
    {&kPdevState, both_have_ended, kErrorInput},
    {&kPdevState, [](const C& c) { return first(c).task == PdevTask::kCompleteStream && second(c).task == PdevTask::kCompleteStream; }, kErrorDevice},
};

constexpr Command kCommands[] = {
    {Rmi::kPdevCreate, kPdevCreate},
    {Rmi::kPdevCommunicate, kPdevCommunicate},
    {Rmi::kPdevGetState, kOfPdev},
    {Rmi::kPdevSetPubkey, kPdevSetPubkey},
    {Rmi::kPdevStop, kPdevStop},
    {Rmi::kPdevAbort, kPdevAbort},
    {Rmi::kPdevDestroy, kPdevDestroy},
    {Rmi::kPdevStreamConnect, kStreamConnect},
    {Rmi::kPdevStreamDisconnect, kStreamDisconnect},
    {Rmi::kPdevStreamKeyRefresh, kStreamKeyRefresh},
    {Rmi::kPdevStreamComplete, kStreamComplete},
    {Rmi::kPdevStreamKeyPurge, {}},
};

// ---- interfaces -----------------------------------------------------------------------------------------------------

const Vdev& vdev(const C& c) { return *c.m.vdev(c.in.x3); }

#define CCA_ALIGNED3 CCA_ALIGNED(x1), CCA_ALIGNED(x2), CCA_ALIGNED(x3)
#define CCA_OBJECT(arg, state) CCA_ADDRESS(arg), CCA_STATE(kKind, arg, state)
#define CCA_VDEV CCA_ALIGNED3, CCA_OBJECT(x1, kRd), CCA_OBJECT(x2, kPdev), CCA_OBJECT(x3, kVdev)

bool ranges_are_valid(const C& c) {
  const auto& p = c.da.vdev;
  if (p.flags != 0 || p.num_addr_range > ccaproto::kVdevRangesMax) return false;
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < p.num_addr_range; ++i) {
    const auto& range = p.addr_range[i];
    if (range.base >= range.top || range.base < last || range.base % kPage != 0 || range.top % kPage != 0) return false;
    last = range.top;
  }
  return true;
}
bool is_of_device(const C& c) {
  const auto& tdi = c.da.vdev.tdi_id;
  return second(c).params.rid_base <= tdi && tdi < second(c).params.rid_top;
}
bool has_interface(const C& c) {
  const auto& functions = second(c).device->functions();
  return std::ranges::find(functions, c.da.vdev.tdi_id, &tio::DeviceManager::Function::id) != functions.end();
}
constexpr Step kVdevCreate[] = {
    CCA_ALIGNED3,
    CCA_ALIGNED(x4),
    CCA_OBJECT(x1, kRd),
    CCA_OBJECT(x2, kPdev),
    {&kRealmDa, [](const C& c) { return c.realm().devices; }, kErrorRealm},
    CCA_HOST_PAGE(x4),
    {&kVdevParams, ranges_are_valid, kErrorInput},
    {&kVdevParams, is_of_device, kErrorInput},
    {&kVdevParams, [](const C& c) { return second(c).device != nullptr; }, kErrorDevice},
    {&kPdevState, [](const C& c) { return second(c).state == PdevState::kReady; }, kErrorDevice},
    {&kVdevParams, has_interface, kErrorInput},
    {&kVdevRanges, [](const C& c) { return !c.m.is_taken(c.da.vdev); }, kErrorInput},
    {&kPdevState, [](const C& c) { return is_connected({c.m, Registers{.x1 = c.in.x2}}); }, kErrorDevice},
    CCA_ADDRESS(x3),
    CCA_STATE(kDelegated, x3, kDelegated),
};

bool of_realm(const C& c) { return vdev(c).rd == c.in.x1; }
bool of_device(const C& c) { return vdev(c).pdev == c.in.x2; }
bool of_both(const C& c) { return of_realm(c) && of_device(c); }
bool is_idle(const C& c) { return vdev(c).talk == Talk::kIdle; }
template <VdevState... kStates>
bool in_one_of(const C& c) { return ((vdev(c).state == kStates) || ...); }
#define CCA_OF_BOTH {&kVdevOwner, of_both, kErrorDevice}
#define CCA_IDLE {&kCommDue, is_idle, kErrorDevice}

constexpr Step kVdevCommunicate[] = {
    CCA_ALIGNED(x4),
    CCA_VDEV,
    {&kVdevOwner, of_realm, kErrorInput},
    CCA_HOST_PAGE(x4),
    {&kVdevOwner, of_device, kErrorDevice},
    {&kCommDue, [](const C& c) { return is_due(vdev(c).talk); }, kErrorDevice},
    CCA_COMM,
};
constexpr Step kOfVdev[] = {CCA_OBJECT(x1, kVdev)};
constexpr Step kVdevLock[] = {
    CCA_VDEV,
    {&kVdevOwner, of_realm, kErrorInput},
    {&kVdevOwner, of_device, kErrorDevice},
    {&kVdevState, in_one_of<VdevState::kUnlocked>, kErrorDevice},
    CCA_IDLE,
};
constexpr Step kVdevStart[] = {
    CCA_VDEV,
    {&kVdevOwner, of_realm, kErrorInput},
    {&kVdevOwner, of_device, kErrorDevice},
    {&kVdevState, in_one_of<VdevState::kLocked>, kErrorDevice},
    CCA_IDLE,
};
constexpr Step kVdevMeasure[] = {
    CCA_VDEV,
    CCA_OF_BOTH,
    {&kVdevState, in_one_of<VdevState::kLocked, VdevState::kStarted>, kErrorDevice},
    CCA_IDLE,
    {&kCommDue, [](const C& c) { return second(c).talk == Talk::kIdle; }, kErrorDevice},
    CCA_HOST_PAGE(x4),
};
constexpr Step kVdevReport[] = {
    CCA_VDEV,
    CCA_OF_BOTH,
    {&kVdevState, in_one_of<VdevState::kLocked, VdevState::kStarted>, kErrorDevice},
    CCA_IDLE,
};
constexpr Step kVdevUnlock[] = {
    CCA_VDEV,
    CCA_OF_BOTH,
    {&kVdevState, in_one_of<VdevState::kLocked, VdevState::kStarted, VdevState::kError>, kErrorDevice},
    CCA_IDLE,
    {&kVdevUnmapped, [](const C& c) { return !c.m.mapped_of(vdev(c)); }, kErrorGranule},
};
constexpr Step kVdevAbort[] = {CCA_VDEV, {&kCommDue, [](const C& c) { return !is_idle(c); }, kErrorDevice}, CCA_OF_BOTH};
constexpr Step kVdevDestroy[] = {CCA_VDEV, CCA_OF_BOTH, {&kVdevState, in_one_of<VdevState::kNew, VdevState::kUnlocked>, kErrorDevice}};

const Rec& rec(const C& c) { return *c.m.rec(c.in.x1); }
const Vdev& answered(const C& c) { return *c.m.vdev(c.in.x2); }
constexpr Step kVdevComplete[] = {
    CCA_ALIGNED(x1),
    CCA_ALIGNED(x2),
    CCA_OBJECT(x1, kRec),
    CCA_OBJECT(x2, kVdev),
    {&kVdevAsked, [](const C& c) { return rec(c).vdev_request && rec(c).vdev_request->vdev == 0; }, kErrorInput},
    {&kVdevIdentity, [](const C& c) { return rec(c).rd == answered(c).rd && rec(c).vdev_request->call.x1 == answered(c).id; }, kErrorInput},
    {&kCommDue, [](const C& c) { return answered(c).talk == Talk::kIdle; }, kErrorDevice},
};

// ---- device memory --------------------------------------------------------------------------------------------------

bool is_protected(const C& c, std::uint64_t base, std::uint64_t top) {
  return base % kPage == 0 && top % kPage == 0 && top > base && top <= c.realm().rtt.unprotected_bit();
}
template <std::uint64_t Registers::*kArg>
Rtt::Walk page(const C& c) { return walk_of(c.realm(), c.in.*kArg, steps::kPageLevel); }
template <std::uint64_t Registers::*kArg>
unsigned page_level(const C& c) { return page<kArg>(c).level; }
template <std::uint64_t Registers::*kArg>
bool page_reached(const C& c) { return page<kArg>(c).level == steps::kPageLevel; }

// One range of pages, as the description says it; lists and blocks are not modelled.
bool describes_pages(const C& c) {
  const std::uint64_t desc = c.in.x6, count = ccaproto::range_count(desc);
  return c.in.x5 == ccaproto::kAddressSingle && !(desc & ccaproto::kRangeUndelegated) && ccaproto::range_levels(desc) == 0 && count != 0;
}
constexpr Step kDevMap[] = {
    CCA_RD,
    {&kIpa, [](const C& c) { return is_protected(c, c.in.x3, c.in.x4); }, kErrorInput},
    {&kOperand, describes_pages, kErrorInput},
    CCA_OBJECT(x2, kVdev),
    {&kVdevOwner, [](const C& c) { return answered(c).rd == c.in.x1; }, kErrorInput},
    {&kWalk, page_reached<&Registers::x3>, kErrorRtt, page_level<&Registers::x3>},
    {&kDevRange, [](const C& c) { return answered(c).has(ccaproto::range_base(c.in.x6)); }, kErrorInput},
    {&kEntryFree, [](const C& c) { return page<&Registers::x3>(c).entry.hipas == Hipas::kUnassigned; }, kErrorRtt, page_level<&Registers::x3>},
    {&kDevGranule, [](const C& c) { return is(c, ccaproto::range_base(c.in.x6), GranuleState::kDelegated) && c.m.granules().is_device(ccaproto::range_base(c.in.x6)); },
     kErrorInput},
};
constexpr Step kDevUnmap[] = {
    CCA_RD,
    {&kIpa, [](const C& c) { return is_protected(c, c.in.x2, c.in.x3); }, kErrorInput},
    {&kOperand, [](const C& c) { return c.in.x4 <= ccaproto::kAddressSingle && c.in.x5 == 0; }, kErrorInput},
    {&kWalk, page_reached<&Registers::x2>, kErrorRtt, page_level<&Registers::x2>},
    {&kEntryState, [](const C& c) { return page<&Registers::x2>(c).entry.hipas == Hipas::kAssignedDev; }, kErrorRtt, page_level<&Registers::x2>},
};

const DevMem& wanted(const C& c) { return c.m.rec(c.in.x2)->dev_mem; }
constexpr Step kDevValidate[] = {
    {&kOperand, [](const C& c) { return c.in.x4 > c.in.x3 && c.in.x4 % kPage == 0; }, kErrorInput},
    CCA_RD,
    CCA_OBJECT(x2, kRec),
    {&kRecIdle, [](const C& c) { return !c.m.rec(c.in.x2)->running; }, kErrorRec},
    {&kRipasRec, [](const C& c) { return c.m.rec(c.in.x2)->rd == c.in.x1; }, kErrorRec},
    {&kDevRequested, [](const C& c) { return wanted(c).pending() && c.in.x3 == wanted(c).next && c.in.x4 <= wanted(c).top; }, kErrorInput},
    {&kWalk, page_reached<&Registers::x3>, kErrorRtt, page_level<&Registers::x3>},
    {&kEntryState,
     [](const C& c) {
       const auto entry = page<&Registers::x3>(c).entry;
       return entry.hipas == Hipas::kAssignedDev && entry.ripas == Ripas::kEmpty;
     },
     kErrorRtt, page_level<&Registers::x3>},
    {&kDevPlace, [](const C& c) { return page<&Registers::x3>(c).entry.pa == wanted(c).pa; }, kErrorRtt, page_level<&Registers::x3>},
};

constexpr Command kVdevCommands[] = {
    {Rmi::kVdevCreate, kVdevCreate},
    {Rmi::kVdevCommunicate, kVdevCommunicate},
    {Rmi::kVdevGetState, kOfVdev},
    {Rmi::kVdevLock, kVdevLock},
    {Rmi::kVdevStart, kVdevStart},
    {Rmi::kVdevGetMeasurements, kVdevMeasure},
    {Rmi::kVdevGetInterfaceReport, kVdevReport},
    {Rmi::kVdevUnlock, kVdevUnlock},
    {Rmi::kVdevComplete, kVdevComplete},
    {Rmi::kVdevAbort, kVdevAbort},
    {Rmi::kVdevDestroy, kVdevDestroy},
    {Rmi::kRttDevMap, kDevMap},
    {Rmi::kRttDevUnmap, kDevUnmap},
    {Rmi::kRttDevValidate, kDevValidate},
};

}  // namespace

std::span<const Command> pdev_commands() { return kCommands; }
std::span<const Command> vdev_commands() { return kVdevCommands; }

const Command* da_command_of(std::uint64_t function) {
  for (const auto commands : {pdev_commands(), vdev_commands()})
    for (const auto& command : commands)
      if (static_cast<std::uint64_t>(command.call) == function) return &command;
  return nullptr;
}

}  // namespace cca
