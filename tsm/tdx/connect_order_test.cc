// In which order TDX Connect's calls look at what is wrong. A call that everything is wrong with is put right piece by piece, as its
// description lists its checks; each time the status is that of the first thing that is still wrong.
#include <gtest/gtest.h>

#include "tsm/tdx/connect_memory_rules.h"

namespace tdx {
namespace {

using S = Seamcall;
constexpr std::uint64_t kRcx = 1, kRdx = 2, kR8 = 8, kR9 = 9, kR10 = 10, kR11 = 11, kMmiomt = 257, kDmar = 320;

template <class Case>
struct Fix {
  std::uint64_t status;      // before
  void (*apply)(Case& c);    // what puts that right
};

template <class Case, class Rules>
void in_order(const char* call, const Rules& rules, Case c, const std::vector<Fix<Case>>& fixes) {
  const auto first = [&]() -> std::uint64_t {
    for (const StatusRule<Case>& rule : rules)
      if (!rule.holds(c)) return static_cast<std::uint64_t>(rule.status);
    return 0;
  };
  for (const auto& fix : fixes) {
    EXPECT_EQ(first(), fix.status) << call << ", step " << &fix - fixes.data();
    fix.apply(c);
  }
  EXPECT_EQ(first(), 0u) << call;
}

TEST(ConnectOrder, RemappingUnits) {
  in_order<UnitCase>("TDH.IOMMU.SETUP", kSetupRules, {false, false}, {{0xC0000100'00000000 | kRcx, [](UnitCase& c) { c.known = true; }},
                                                                      {0xC0000F00'00000000 | kRcx, [](UnitCase& c) { c.fresh = true; }}});
  in_order<UnitCase>("TDH.IOMMU.CLEAR", kUnitRules, {false, true, true}, {{0xC0000F00'00000000 | kRcx, [](UnitCase& c) { c.known = true, c.fresh = false; }},
                                                                          {0xC0000F00'00000000 | kRcx, [](UnitCase& c) { c.in_use = false; }}});
}

TEST(ConnectOrder, Sessions) {
  using C = SessionCase;
  in_order<NewSessionCase>("TDH.SPDM.CREATE", kSpdmCreateRules, {false, false, false},
                           {{0xC0000100'00000000 | kRcx, [](NewSessionCase& c) { c.function_good = true; }},
                            {0xC0000100'00000000 | kRcx, [](NewSessionCase& c) { c.device_there = true; }},
                            {0xC0000F43'00000000 | kRcx, [](NewSessionCase& c) { c.function_free = true; }}});
  in_order<C>("TDH.SPDM.CONNECT", kSpdmRules, {.leaf = S::kSpdmConnect, .there = false, .connected = true, .config_good = false},
              {{0xC0000F44'00000000 | kRcx, [](C& c) { c.there = true; }},
               {0xC0000100'00000000 | kRdx, [](C& c) { c.config_good = true; }},
               {0xC0000F06'00000000 | kRcx, [](C& c) { c.connected = false; }}});
  in_order<C>("TDH.SPDM.MNG", kSpdmRules, {.leaf = S::kSpdmMng, .there = false, .operation_known = false},
              {{0xC0000F44'00000000 | kRcx, [](C& c) { c.there = true; }},
               {0xC0000100'00000000 | kRdx, [](C& c) { c.operation_known = true; }},
               {0xC0000F06'00000000 | kRcx, [](C& c) { c.connected = true; }}});
  for (const S leaf : {S::kSpdmDisconnect, S::kSpdmDelete})
    in_order<C>("TDH.SPDM.DELETE", kSpdmRules, {.leaf = leaf, .there = false, .streams = 1},
                {{0xC0000F44'00000000 | kRcx, [](C& c) { c.there = true; }}, {0xC0000F05'00000000 | kRcx, [](C& c) { c.streams = 0; }}});
}

TEST(ConnectOrder, Streams) {
  using N = NewStreamCase;
  using C = StreamCase;
  in_order<N>("TDH.IDE.STREAM.CREATE", kStreamCreateRules, {false, false, false, false, false, false, true},
              {{0xC0000F44'00000000 | kRdx, [](N& c) { c.session_there = true; }},
               {0xC0000F06'00000000 | kRdx, [](N& c) { c.connected = true; }},
               {0xC0000100'00000000 | kRcx, [](N& c) { c.selective = true; }},
               {0xC0000100'00000000 | kR9, [](N& c) { c.control_good = true; }},
               {0xC0000F16'00000000 | kR9, [](N& c) { c.id_free = true; }},
               {0xC0000100'00000000 | kR10, [](N& c) { c.association_good = true; }},
               {0xC0000F1C'00000000 | kR10, [](N& c) { c.overlaps = false; }}});
  in_order<C>("TDH.IDE.STREAM.BLOCK", kStreamRules, {.leaf = S::kIdeStreamBlock, .session_there = false, .configured = false, .blocked = true},
              {{0xC0000F44'00000000 | kRcx, [](C& c) { c.session_there = true; }},
               {0xC0000F18'00000000 | kRdx, [](C& c) { c.configured = true; }},
               {0xC0000F19'00000000 | kRdx, [](C& c) { c.blocked = false; }}});
  in_order<C>("TDH.IDE.STREAM.DELETE", kStreamRules, {.leaf = S::kIdeStreamDelete, .session_there = false, .configured = false, .interfaces = 1},
              {{0xC0000F44'00000000 | kRcx, [](C& c) { c.session_there = true; }},
               {0xC0000F18'00000000 | kRdx, [](C& c) { c.configured = true; }},
               {0xC0000F1A'00000000 | kRdx, [](C& c) { c.blocked = true; }},
               {0xC0000F1F'00000000 | kRdx, [](C& c) { c.interfaces = 0; }}});
  in_order<C>("TDH.IDE.STREAM.KM", kStreamRules,
              {.leaf = S::kIdeStreamKm, .session_there = false, .configured = false, .operation_known = false, .blocked = true},
              {{0xC0000F44'00000000 | kRcx, [](C& c) { c.session_there = true; }},
               {0xC0000F18'00000000 | kRdx, [](C& c) { c.configured = true; }},
               {0xC0000100'00000000 | kR8, [](C& c) { c.operation_known = true; }},
               {0xC0000F19'00000000 | kRdx, [](C& c) { c.blocked = false; }}});
}

Connect::Tdi interface_in(tdisp::State state) {
  Connect::Tdi out;
  out.tdr = 7, out.state = state, out.session = 3;
  return out;
}
const Connect::Tdi kUnlocked = interface_in(tdisp::State::kConfigUnlocked), kLocked = interface_in(tdisp::State::kConfigLocked);

TEST(ConnectOrder, InterfacesAsTheHostHasThem) {
  using N = NewTdiCase;
  using C = TdiCase;
  in_order<N>("TDH.TDI.CREATE", kTdiCreateRules, {false, false, false, false, false, false, false},
              {{0xC0000F46'00000000 | kRdx, [](N& c) { c.connects = true; }},
               {0xC0000100'00000000 | kRcx, [](N& c) { c.id_good = true; }},
               {0xC0000F42'00000000 | kRcx, [](N& c) { c.absent = true; }},
               {0xC0000F00'00000000 | kRcx, [](N& c) { c.unit_set_up = true; }},
               {0xC0000F24'00000000 | kRcx, [](N& c) { c.stream_good = true; }},
               {0xC0000100'00000000 | kRcx, [](N& c) { c.in_association = true; }},
               {0xC0000F06'00000000 | kRcx, [](N& c) { c.session_connected = true; }}});
  in_order<C>("TDH.TDI.BIND", kTdiBindRules, {.tdi = nullptr, .stream_blocked = true, .page_good = false},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &kLocked; }},
               {0xC0000F10'00000000 | kRcx, [](C& c) { c.tdi = &kUnlocked; }},
               {0xC0000F19'00000000 | kRcx, [](C& c) { c.stream_blocked = false; }},
               {0xC0000100'00000000 | kR8, [](C& c) { c.page_good = true; }}});
  in_order<C>("TDH.TDI.START", kTdiStartRules, {.tdi = nullptr},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &kUnlocked; }},
               {0xC0000F10'00000000 | kRcx, [](C& c) { c.tdi = &kLocked; }},
               {0xC0000F0E'00000000 | kRcx, [](C& c) {
                  static Connect::Tdi asked = kLocked;
                  asked.start_asked = true, c.tdi = &asked;
                }}});
  in_order<C>("TDH.TDI.UNBIND", kTdiUnbindRules, {.tdi = nullptr},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &kUnlocked; }}, {0xC0000F10'00000000 | kRcx, [](C& c) { c.tdi = &kLocked; }}});
  static Connect::Tdi busy = kLocked;
  busy.dma = true, busy.mmio_pages = 2;
  in_order<C>("TDH.TDI.REMOVE", kTdiRemoveRules, {.tdi = nullptr},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &busy; }},
               {0xC0000F11'00000000 | kRcx, [](C&) { busy.state = tdisp::State::kConfigUnlocked; }},
               {0xC0000F3F'00000000 | kRcx, [](C&) { busy.dma = false; }},
               {0xC0000F13'00000000 | kRcx, [](C&) { busy.mmio_pages = 0; }}});
  EXPECT_TRUE(kTdiRemoveRules[1].holds({.tdi = &kLocked, .stream_blocked = true})) << "nothing reaches it";
}

TEST(ConnectOrder, InterfacesAsTheirTdHasThem) {
  using C = OwnTdiCase;
  in_order<C>("TDG.TDI.RD", kTdiRdRules, {.tdi = nullptr, .tdr = 8, .field_known = false},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &kLocked; }},
               {0xC0000F41'00000000 | kRcx, [](C& c) { c.tdr = 7; }},
               {0xC0000100'00000000 | kRdx, [](C& c) { c.field_known = true; }}});
  in_order<C>("TDG.TDI.START", kAskStartRules, {.tdi = nullptr, .tdr = 8, .session = 2},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &kUnlocked; }},
               {0xC0000F41'00000000 | kRcx, [](C& c) { c.tdr = 7; }},
               {0xC0000F10'00000000 | kRcx, [](C& c) { c.tdi = &kLocked; }},
               {0xC0000100'00000000 | kRdx, [](C& c) { c.session = 3; }}});
  in_order<C>("TDG.DMAR.ACCEPT, TDG.MMIO.ACCEPT", kOwnLockedRules, {.tdi = nullptr, .tdr = 8},
              {{0xC0000F40'00000000 | kRcx, [](C& c) { c.tdi = &kUnlocked; }},
               {0xC0000F41'00000000 | kRcx, [](C& c) { c.tdr = 7; }},
               {0xC0000F10'00000000 | kRcx, [](C& c) { c.tdi = &kLocked; }}});
}

TEST(ConnectOrder, MetadataOfDeviceMemory) {
  using C = MmiomtCase;
  in_order<C>("TDH.MMIOMT.ADD", kMmiomtRules, {.leaf = S::kMmiomtAdd, .index_good = false, .reached = false, .free = true, .present = true},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F47'00000000 | kRcx, [](C& c) { c.reached = true; }},
               {0xC0000F25'00000000 | kRcx, [](C& c) { c.present = false; }}});
  in_order<C>("TDH.MMIOMT.REMOVE", kMmiomtRules,
              {.leaf = S::kMmiomtRemove, .index_good = false, .reached = false, .free = true, .present = false, .empty = false},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F47'00000000 | kRcx, [](C& c) { c.reached = true; }},
               {0xC0000F25'00000000 | kRcx, [](C& c) { c.present = true; }},
               {0xC0000F25'00000000 | kRcx, [](C& c) { c.empty = true; }}});
  in_order<C>("TDH.MMIOMT.SET, data", kMmiomtRules,
              {.leaf = S::kMmiomtSet, .index_good = false, .reached = false, .free = false, .present = false, .wish_good = false, .tdi_there = false},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F47'00000000 | kRcx, [](C& c) { c.reached = true; }},
               {0xC0000100'00000000 | kRdx, [](C& c) { c.wish_good = true; }},
               {0xC0000F25'00000000 | kMmiomt, [](C& c) { c.free = true; }},
               {0xC0000F40'00000000 | kRdx, [](C& c) { c.tdi_there = true; }}});
  in_order<C>("TDH.MMIOMT.SET, node", kMmiomtRules,
              {.leaf = S::kMmiomtSet, .index_good = true, .reached = true, .free = false, .present = false, .is_data = false, .mapped = true,
               .wants_data = false},
              {{0xC0000F25'00000000 | kMmiomt, [](C& c) { c.is_data = true; }}, {0xC0000F25'00000000 | kMmiomt, [](C& c) { c.mapped = false; }}});
}

TEST(ConnectOrder, DeviceMemory) {
  using M = MmioMapCase;
  using U = MmioUnmapCase;
  using R = AcceptRangeCase;
  using P = AcceptPageCase;
  in_order<M>("TDH.MMIO.MAP", kMmioMapRules, {false, false, true, false, false, true},
              {{0xC0000F47'00000000 | kRcx, [](M& c) { c.walk_reached = true; }},
               {0xC0000F25'00000000 | kRcx, [](M& c) { c.data = true; }},
               {0xC0000F25'00000000 | kRcx, [](M& c) { c.mapped = false; }},
               {0xC0000F40'00000000 | kR8, [](M& c) { c.interface_there = true; }},
               {0xC0000F27'00000000 | kRdx, [](M& c) { c.same_td = true; }},
               {0xC0000F19'00000000 | kR8, [](M& c) { c.stream_blocked = false; }}});
  in_order<U>("TDH.MMIO.UNMAP", kMmioUnmapRules, {false, false, false},
              {{0xC0000B08'00000000 | kRcx, [](U& c) { c.tracked = true; }}, {0xC0000F10'00000000 | kRcx, [](U& c) { c.unlocked = true; }}});
  EXPECT_TRUE(kMmioUnmapRules[1].holds({true, false, true})) << "nothing reaches it over a stream that is blocked";
  in_order<R>("TDG.MMIO.ACCEPT, range", kAcceptRangeRules, {false, false, false},
              {{0xC0000100'00000000 | kRcx, [](R& c) { c.address_good = true; }},
               {0xC0000100'00000000 | kRdx, [](R& c) { c.range_known = true; }},
               {0xC0000100'00000000 | kR9, [](R& c) { c.in_range = true; }}});
  in_order<P>("TDG.MMIO.ACCEPT, page", kAcceptPageRules, {true, false},
              {{0x00000F28'00000000, [](P& c) { c.already = false; }}, {0xC0000F4D'00000000 | kRcx, [](P& c) { c.exact = true; }}});
}

// States of an entry in which each call takes it (TDX module 2.0, Secure EPT entry states).
TEST(ConnectOrder, EntriesOfDeviceMemory) {
  const auto takes = [](S leaf, SeptState state) { return kMmioStateRules[0].holds({leaf, state}); };
  using E = SeptState;
  for (const E state : {E::kFree, E::kBlocked, E::kPending, E::kPendingBlocked, E::kMapped, E::kMmioMapped, E::kMmioBlocked, E::kMmioPending,
                        E::kNlBlocked, E::kNlMapped}) {
    EXPECT_EQ(takes(S::kMmioMap, state), state == E::kFree);
    EXPECT_EQ(takes(S::kMmioBlock, state), state == E::kMmioMapped || state == E::kMmioPending);
    EXPECT_EQ(takes(S::kMmioUnmap, state), state == E::kMmioBlocked);
  }
}

TEST(ConnectOrder, TrustedDma) {
  using C = DmarCase;
  using A = DmarAcceptCase;
  in_order<C>("TDH.DMAR.ADD", kDmarRules,
              {.leaf = S::kDmarAdd, .index_good = false, .unit_set_up = false, .value_good = false, .reached = false, .state = DmarState::kBlocked},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F00'00000000 | kRcx, [](C& c) { c.unit_set_up = true; }},
               {0xC0000100'00000000 | kRdx, [](C& c) { c.value_good = true; }},
               {0xC0000F39'00000000 | kRcx, [](C& c) { c.reached = true; }},
               {0xC0000F07'00000000 | kRcx, [](C& c) { c.state = DmarState::kFree; }}});
  in_order<C>("TDH.DMAR.BLOCK", kDmarRules,
              {.leaf = S::kDmarBlock, .index_good = false, .unit_set_up = false, .reached = false, .state = DmarState::kFree, .children_free = false,
               .interface_there = false},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F00'00000000 | kRcx, [](C& c) { c.unit_set_up = true; }},
               {0xC0000F39'00000000 | kRcx, [](C& c) { c.reached = true; }},
               {0xC0000F07'00000000 | kRcx, [](C& c) { c.state = DmarState::kPending; }},
               {0xC0000F40'00000000 | kRcx, [](C& c) { c.interface_there = true; }},
               {0xC0000F07'00000000 | kRcx, [](C& c) { c.children_free = true; }}});
  in_order<C>("TDH.DMAR.REMOVE", kDmarRules,
              {.leaf = S::kDmarRemove, .index_good = false, .unit_set_up = false, .reached = false, .state = DmarState::kPresent,
               .children_free = false, .invalidation = DmarInvalidation::kQueued},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F00'00000000 | kRcx, [](C& c) { c.unit_set_up = true; }},
               {0xC0000F39'00000000 | kRcx, [](C& c) { c.reached = true; }},
               {0xC0000F07'00000000 | kRcx, [](C& c) { c.state = DmarState::kBlocked; }},
               {0xC0000F08'00000000 | kRcx, [](C& c) { c.invalidation = DmarInvalidation::kDone; }},
               {0xC0000F07'00000000 | kRcx, [](C& c) { c.children_free = true; }}});
  in_order<C>("TDH.DMAR.READ", kDmarRules, {.leaf = S::kDmarRead, .index_good = false, .unit_set_up = false, .reached = false},
              {{0xC0000100'00000000 | kRcx, [](C& c) { c.index_good = true; }},
               {0xC0000F00'00000000 | kRcx, [](C& c) { c.unit_set_up = true; }},
               {0xC0000F39'00000000 | kRcx, [](C& c) { c.reached = true; }}});
  in_order<A>("TDG.DMAR.ACCEPT, operands", kDmarTargetRules, {.target_good = false, .rest_zero = false},
              {{0xC0000100'00000000 | kRdx, [](A& c) { c.target_good = true; }}, {0xC0000100'00000000 | kR8, [](A& c) { c.rest_zero = true; }}});
  in_order<A>("TDG.DMAR.ACCEPT, entry", kDmarAcceptRules, {.target_good = true, .reached = false, .led = false},
              {{0xC0000F39'00000000 | kDmar, [](A& c) { c.reached = true; }}, {0xC0000F07'00000000 | kDmar, [](A& c) { c.led = true; }}});
}

TEST(ConnectOrder, WhatRemappingUnitsForget) {
  using C = InvCase;
  in_order<C>("TDH.IQ.INV.REQ", kInvRules,
              {.type_good = false, .subject_good = false, .required = false, .idle = false, .reached = false, .blocked = false, .pending = false,
               .wait_good = false, .status_good = false, .rest_zero = false},
              {{0xC0000100'00000000 | kRdx, [](C& c) { c.type_good = true; }},
               {0xC0000100'00000000 | kR8, [](C& c) { c.subject_good = true; }},
               {0xC0000F3B'00000000, [](C& c) { c.required = true; }},
               {0xC0000F03'00000000, [](C& c) { c.idle = true; }},
               {0xC0000F39'00000000 | kR8, [](C& c) { c.reached = true; }},
               {0xC0000F07'00000000 | kR8, [](C& c) { c.blocked = true; }},
               {0xC0000F08'00000000 | kR8, [](C& c) { c.pending = true; }},
               {0xC0000100'00000000 | kR9, [](C& c) { c.wait_good = true; }},
               {0xC0000100'00000000 | kR10, [](C& c) { c.status_good = true; }},
               {0xC0000100'00000000 | kR11, [](C& c) { c.rest_zero = true; }}});
}

}  // namespace
}  // namespace tdx
