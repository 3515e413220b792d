#include "devices/dsm/tdisp_responder.h"

#include <gtest/gtest.h>

#include "devices/dsm/test_bench.h"
#include "devices/dsm/tdi_rules.h"

namespace dsm {
namespace {

using tdisp::Code;
using tdisp::ErrorCode;
using tdisp::State;

constexpr State kStates[] = {State::kConfigUnlocked, State::kConfigLocked, State::kRun, State::kError};
constexpr ErrorCode kFine = ErrorCode{0};
constexpr ErrorCode kState = ErrorCode::kInvalidInterfaceState;

base::Bytes hex(std::string_view text) { return *base::from_hex(text); }

// A request that nothing but the state can be held against.
base::Bytes request_of(const Bench& bench, Code code) {
  switch (code) {
    case Code::kGetCapabilities: return wire::encode(tdisp::GetCapabilities{bench.header(code)});
    case Code::kLockInterfaceRequest: return wire::encode(bench.lock_request());
    case Code::kGetDeviceInterfaceReport: return wire::encode(tdisp::GetDeviceInterfaceReport{bench.header(code)});
    case Code::kStartInterfaceRequest:
      return wire::encode(tdisp::StartInterfaceRequest{bench.header(code), bench.nonce});
    case Code::kBindP2pStreamRequest:
    case Code::kUnbindP2pStreamRequest: return wire::encode(tdisp::BindP2pStreamRequest{bench.header(code), 2});
    case Code::kSetMmioAttributeRequest: {
      tdisp::SetMmioAttributeRequest request{bench.header(code), {}};
      if (bench.tdi->report().mmio_ranges.size() > 1) request.mmio_range = bench.tdi->report().mmio_ranges[1];
      request.mmio_range.attributes |= tdisp::kRangeIsNonTeeMem;
      return wire::encode(request);
    }
    default: return wire::encode(tdisp::GetVersion{bench.header(code)});
  }
}

void second_stream(Bench& bench) {
  bench.stream(1, 2, pcie::kIdeEnable);
  bench.secure(kOurs, 2);
}

// What each request meets in each state: UNLOCKED, LOCKED, RUN, ERROR.
struct Row {
  Code code;
  ErrorCode in[4];
};
constexpr Row kTable[] = {
    {Code::kGetVersion, {kFine, kFine, kFine, kFine}},
    {Code::kGetCapabilities, {kFine, kFine, kFine, kFine}},
    {Code::kLockInterfaceRequest, {kFine, kState, kState, kState}},
    {Code::kGetDeviceInterfaceReport, {kState, kFine, kFine, kState}},
    {Code::kGetDeviceInterfaceState, {kFine, kFine, kFine, kFine}},
    {Code::kStartInterfaceRequest, {kState, kFine, kState, kState}},
    {Code::kStopInterfaceRequest, {kFine, kFine, kFine, kFine}},
    {Code::kBindP2pStreamRequest, {kState, kState, kFine, kState}},
    {Code::kUnbindP2pStreamRequest, {kState, kState, kFine, kState}},
    {Code::kSetMmioAttributeRequest, {kState, kState, kFine, kState}},
    {Code::kVdmRequest,
     {ErrorCode::kUnsupportedRequest, ErrorCode::kUnsupportedRequest, ErrorCode::kUnsupportedRequest,
      ErrorCode::kUnsupportedRequest}},
};
// A request that is accepted leads here; any other leaves the state.
State after(Code code, State state) {
  if (code == Code::kLockInterfaceRequest) return State::kConfigLocked;
  if (code == Code::kStartInterfaceRequest) return State::kRun;
  if (code == Code::kStopInterfaceRequest) return State::kConfigUnlocked;
  return state;
}

TEST(TdispResponder, AnswersEachRequestInEachState) {
  for (const auto& row : kTable)
    for (State state : kStates) {
      SCOPED_TRACE(std::string(tdisp::name_of(row.code)) + " in " + std::string(tdisp::name_of(state)));
      Bench bench;
      bench.bring_to(state, tdisp::kLockBindP2p);
      second_stream(bench);
      if (row.code == Code::kUnbindP2pStreamRequest && state == State::kRun) bench.tdi->bind(2);
      ASSERT_EQ(bench.tdi->state(), state);
      const auto request = request_of(bench, row.code);
      const ErrorCode expected = row.in[static_cast<unsigned>(state)];
      auto reply = bench.ask(kOurs, request);
      ASSERT_TRUE(reply);
      auto header = tdisp::header_of(*reply);
      ASSERT_TRUE(header);
      EXPECT_EQ(header->function_id.bits, kSelf);
      if (expected == kFine) {
        EXPECT_EQ(static_cast<unsigned>(header->code), static_cast<unsigned>(row.code) - 0x80);
        EXPECT_EQ(bench.tdi->state(), after(row.code, state));
      } else {
        auto error = wire::decode<tdisp::Error>(*reply);
        ASSERT_TRUE(error);
        EXPECT_EQ(error->error_code, expected);
        EXPECT_EQ(error->error_data, expected == ErrorCode::kUnsupportedRequest ? static_cast<unsigned>(row.code) : 0);
        EXPECT_EQ(bench.tdi->state(), state);
      }
    }
}

// Each thing that a lock can be refused for, and its code.
TEST(TdispResponder, RefusesALockForEachReason) {
  struct Reason {
    const char* id;
    ErrorCode code;
    void (*spoil)(Bench&, tdisp::LockInterfaceRequest&);
  };
  const Reason reasons[] = {
      {"tdisp.lock.flags", ErrorCode::kInvalidRequest, [](Bench&, auto& r) { r.flags |= 1 << 4; }},
      {"tdisp.lock.flags", ErrorCode::kInvalidRequest, [](Bench&, auto& r) { r.flags |= 1 << 15; }},
      {"tdisp.lock.mask", ErrorCode::kInvalidRequest, [](Bench&, auto& r) { r.bind_p2p_address_mask = 1; }},
      {"tdisp.lock.default-stream", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench&, auto& r) { r.default_stream_id = 9; }},
      {"tdisp.lock.default-stream", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench& b, auto&) { b.stream(0, 1, pcie::kIdeEnable); }},
      {"tdisp.lock.one-default", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench& b, auto&) { b.stream(1, 2, pcie::kIdeDefault); }},
      {"tdisp.lock.keys", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench& b, auto&) {
         b.ask<ide_km::GoStopAck>(kOurs, ide_km::SetStop{.stream_id = 1, .key_sub_stream = 0x20});
       }},
      {"tdisp.lock.keys", ErrorCode::kInvalidDeviceConfiguration, [](Bench& b, auto&) { b.tdi->parts().port.find(1)->fail(); }},
      {"tdisp.lock.traffic-class", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench& b, auto&) { b.stream(0, 1, pcie::kIdeDefault | pcie::kIdeEnable | 1 << 19); }},
      {"tdisp.lock.phantom", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench& b, auto&) { b.space.set_bits(b.at.pcie + pcie::kDeviceControl, 2, 1 << 9, true); }},
      {"tdisp.lock.bar-overlap", ErrorCode::kInvalidDeviceConfiguration,
       [](Bench& b, auto&) { b.space.write(pcie::kBar0 + 8, 4, (kBar0At + 0x1000) & 0xffffffff); }},
      {"tdisp.lock.entropy", ErrorCode::kInsufficientEntropy, [](Bench& b, auto&) { b.entropy = false; }},
  };
  for (const auto& reason : reasons) {
    SCOPED_TRACE(reason.id);
    Bench bench;
    bench.secure();
    auto request = bench.lock_request();
    reason.spoil(bench, request);
    EXPECT_EQ(bench.error_of(kOurs, wire::encode(request)), reason.code);
    EXPECT_TRUE(bench.spoke(reason.id));
    EXPECT_EQ(bench.tdi->state(), State::kConfigUnlocked);
  }
}

TEST(TdispResponder, LocksOnlyForTheSessionThatBroughtTheKeys) {
  Bench bench;
  bench.secure(kTheirs);
  EXPECT_EQ(bench.error_of(kOurs, wire::encode(bench.lock_request())), ErrorCode::kInvalidDeviceConfiguration);
  EXPECT_TRUE(bench.spoke("tdisp.lock.keys-session"));
  EXPECT_TRUE(bench.lock(kTheirs));
}

// What each row keeps from happening, seen by lifting it.
TEST(TdispResponder, LetsThroughWhatALiftedRowWouldHaveRefused) {
  Bench again;
  again.bring_to(State::kRun);
  again.defences.lift("tdisp.lock.state");
  EXPECT_TRUE(again.lock());
  EXPECT_EQ(again.tdi->state(), State::kConfigLocked);
  Bench early;
  early.secure();
  early.defences.lift("tdisp.start.state");
  EXPECT_FALSE(early.start({}));
  EXPECT_TRUE(early.spoke("tdisp.start.nonce"));
  early.defences.lift("tdisp.start.nonce");
  EXPECT_TRUE(early.start({}));
  EXPECT_EQ(early.tdi->state(), State::kRun);
  Bench stolen;
  stolen.bring_to(State::kRun);
  stolen.defences.lift("tdisp.request.owner");
  EXPECT_EQ(stolen.error_of(kTheirs, request_of(stolen, Code::kSetMmioAttributeRequest)), std::nullopt);
  EXPECT_TRUE(stolen.tdi->mmio_permitted(0, 0x8000, 4, false, {}));
  Bench foreign;
  foreign.secure(kTheirs);
  foreign.defences.lift("tdisp.lock.keys-session");
  EXPECT_TRUE(foreign.lock(kOurs));
}

TEST(TdispResponder, ObeysOnlyTheSessionThatLocked) {
  for (const auto& row : kTable) {
    SCOPED_TRACE(tdisp::name_of(row.code));
    Bench bench;
    bench.bring_to(State::kRun);
    const bool public_one = row.code == Code::kGetVersion || row.code == Code::kGetCapabilities ||
                            row.code == Code::kGetDeviceInterfaceState || row.code == Code::kVdmRequest;
    bench.ears.ids.clear();
    auto error = bench.error_of(kTheirs, request_of(bench, row.code));
    EXPECT_EQ(bench.spoke("tdisp.request.owner"), !public_one);
    if (!public_one) {
      EXPECT_EQ(error, ErrorCode::kInvalidInterface);
    }
    EXPECT_EQ(bench.tdi->state(), State::kRun);
  }
}

TEST(TdispResponder, ChecksInTheOrderOfTheSpecification) {
  Bench bench;
  bench.bring_to(State::kRun);
  auto request = request_of(bench, Code::kLockInterfaceRequest);  // wrong state
  EXPECT_EQ(bench.error_of(kOurs, request), ErrorCode::kInvalidInterfaceState);
  request[6] = 2;  // and another function
  EXPECT_EQ(bench.error_of(kOurs, request), ErrorCode::kInvalidInterface);
  request[1] = 0x20;  // and another version
  EXPECT_EQ(bench.error_of(kOurs, request), ErrorCode::kVersionMismatch);
  request.push_back(0);  // and too long
  EXPECT_EQ(bench.error_of(kOurs, request), ErrorCode::kInvalidRequest);
  EXPECT_FALSE(bench.ask(kNoSession, request));  // and by nobody
}

TEST(TdispResponder, RefusesEveryTruncationAndATail) {
  for (const auto& row : kTable) {
    if (row.code == Code::kVdmRequest) continue;
    Bench bench;
    bench.bring_to(State::kRun, tdisp::kLockBindP2p);
    const auto whole = request_of(bench, row.code);
    for (std::size_t size = 1; size < whole.size(); ++size)
      EXPECT_EQ(bench.error_of(kOurs, base::View(whole).first(size)), ErrorCode::kInvalidRequest);
    auto longer = whole;
    longer.push_back(0);
    EXPECT_EQ(bench.error_of(kOurs, longer), ErrorCode::kInvalidRequest);
    EXPECT_EQ(bench.tdi->state(), State::kRun);
  }
}

TEST(TdispResponder, DoesNotOfferWhatIsSwitchedOff) {
  auto settings = Bench::default_settings();
  settings.p2p = settings.mmio_attribute = false;
  Bench bench(settings);
  bench.bring_to(State::kRun, 0);
  for (auto code : {Code::kBindP2pStreamRequest, Code::kUnbindP2pStreamRequest, Code::kSetMmioAttributeRequest})
    EXPECT_EQ(bench.error_of(kOurs, request_of(bench, code)), ErrorCode::kUnsupportedRequest);
}

TEST(TdispResponder, SpeaksTheWorkedMessages) {
  auto settings = Bench::default_settings();
  settings.p2p = settings.mmio_attribute = false;
  settings.lock_flags_supported = tdisp::kLockNoFwUpdate | tdisp::kLockSystemCacheLineSize128 | tdisp::kLockMsix;
  Bench bench(settings);
  EXPECT_EQ(bench.ask(kOurs, hex("0110810000000100000000000000000000")),
            hex("0110010000000100000000000000000000" "0110"));
  EXPECT_EQ(bench.ask(kOurs, hex("0110820000000100000000000000000000" "00000000")),
            hex("0110020000000100000000000000000000" "00000000" "fe000000000000000000000000000000" "0700" "000000" "34"
                "01" "01"));
  bench.bring_to(State::kConfigLocked);
  EXPECT_EQ(bench.ask(kOurs, hex("0110850000000100000000000000000000")),
            hex("0110050000000100000000000000000000" "01"));
  EXPECT_EQ(bench.ask(kOurs, hex("0110860000000100000000000000000000" + std::string(64, 'f'))),
            hex("01107f0000000100000000000000000000" "02010000" "00000000"));
  EXPECT_EQ(bench.ask(kOurs, hex("0110880000000100000000000000000000" "02")),
            hex("01107f0000000100000000000000000000" "07000000" "88000000"));
}

TEST(TdispResponder, ReportsWhatTheRegistersSay) {
  TdiSettings settings;
  settings.interface_info = tdisp::kInfoDmaWithoutPasid;
  settings.device_specific_info = base::bytes_of("DEMO");
  Bench bench(settings);
  bench.bring_to(State::kConfigLocked);
  const auto all = hex(
      "030000000380000000000000" "02000000" "00003d0800000000" "10000000" "0000" "0000" "00013d0800000000" "01000000"
      "0300" "0200" "04000000" "44454d4f");
  auto whole = bench.ask<tdisp::DeviceInterfaceReport>(
      kOurs, tdisp::GetDeviceInterfaceReport{bench.header(Code::kGetDeviceInterfaceReport)});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->report_bytes, all);
  EXPECT_EQ(whole->remainder_length, 0);
  base::Bytes joined;
  for (std::uint16_t left = 1; left > 0;) {
    auto portion = bench.ask<tdisp::DeviceInterfaceReport>(
        kOurs, tdisp::GetDeviceInterfaceReport{bench.header(Code::kGetDeviceInterfaceReport),
                                               static_cast<std::uint16_t>(joined.size()), 10});
    ASSERT_TRUE(portion && portion->portion_length > 0);
    base::append(joined, portion->report_bytes);
    left = portion->remainder_length;
    ASSERT_EQ(joined.size() + left, all.size());
  }
  EXPECT_EQ(joined, all);
  EXPECT_EQ(bench.error_of(kOurs, wire::encode(tdisp::GetDeviceInterfaceReport{
                                      bench.header(Code::kGetDeviceInterfaceReport),
                                      static_cast<std::uint16_t>(all.size()), 1})),
            ErrorCode::kInvalidRequest);
}

TEST(TdispResponder, NeverTakesANonceTwice) {
  Bench bench;
  bench.secure();
  const auto first = bench.lock();
  ASSERT_TRUE(first);
  tdisp::Nonce wrong = *first;
  wrong[31] ^= 1;
  EXPECT_FALSE(bench.start(wrong));
  EXPECT_EQ(bench.tdi->state(), State::kConfigLocked);
  bench.ask(kOurs, request_of(bench, Code::kStopInterfaceRequest));
  const auto second = bench.lock();
  ASSERT_TRUE(second);
  EXPECT_NE(first, second);
  EXPECT_FALSE(bench.start(*first));
  EXPECT_TRUE(bench.spoke("tdisp.start.nonce"));
  EXPECT_TRUE(bench.start(*second));
  EXPECT_FALSE(bench.tdi->nonce());
}

TEST(TdispResponder, BindsOnlyWhatMayBeBound) {
  auto bind = [](Bench& bench, ide::StreamId stream) {
    const auto header = bench.header(Code::kBindP2pStreamRequest);
    return bench.error_of(kOurs, wire::encode(tdisp::BindP2pStreamRequest{header, stream}));
  };
  auto unbind = [](Bench& bench, ide::StreamId stream) {
    const auto header = bench.header(Code::kUnbindP2pStreamRequest);
    return bench.error_of(kOurs, wire::encode(tdisp::UnbindP2pStreamRequest{header, stream}));
  };
  Bench without;
  without.bring_to(State::kRun);
  second_stream(without);
  EXPECT_EQ(bind(without, 2), ErrorCode::kInvalidRequest);
  Bench bench;
  bench.bring_to(State::kRun, tdisp::kLockBindP2p);
  EXPECT_EQ(bind(bench, 1), ErrorCode::kInvalidRequest);  // the default one
  EXPECT_EQ(bind(bench, 2), ErrorCode::kInvalidRequest);  // not secure
  bench.stream(1, 2, pcie::kIdeEnable);
  bench.secure(kTheirs, 2);
  EXPECT_EQ(bind(bench, 2), ErrorCode::kInvalidRequest);  // of another session
  EXPECT_TRUE(bench.spoke("tdisp.bind.keys-session"));
  bench.dsm.session_ended(kTheirs);
  bench.secure(kOurs, 2);
  EXPECT_EQ(unbind(bench, 2), ErrorCode::kInvalidRequest);
  EXPECT_EQ(bind(bench, 2), std::nullopt);
  EXPECT_TRUE(bench.tdi->bound(2));
  EXPECT_EQ(bind(bench, 2), ErrorCode::kInvalidRequest);
  EXPECT_EQ(unbind(bench, 1), ErrorCode::kInvalidRequest);
  EXPECT_EQ(unbind(bench, 2), std::nullopt);
  EXPECT_FALSE(bench.tdi->bound(2));
}

TEST(TdispResponder, ChangesOnlyTheAttributeOfAnUpdatableRange) {
  Bench bench;
  bench.bring_to(State::kRun);
  auto ask = [&](tdisp::MmioRange range) {
    return bench.error_of(
        kOurs, wire::encode(tdisp::SetMmioAttributeRequest{bench.header(Code::kSetMmioAttributeRequest), range}));
  };
  const auto ranges = bench.tdi->report().mmio_ranges;
  ASSERT_EQ(ranges.size(), 3u);
  tdisp::MmioRange fixed = ranges[0], open = ranges[1];
  fixed.attributes |= tdisp::kRangeIsNonTeeMem;
  EXPECT_EQ(ask(fixed), ErrorCode::kInvalidRequest);
  open.attributes |= tdisp::kRangeIsNonTeeMem;
  for (auto spoil : {+[](tdisp::MmioRange& r) { ++r.first_page; }, +[](tdisp::MmioRange& r) { --r.page_count; },
                     +[](tdisp::MmioRange& r) { ++r.range_id; }, +[](tdisp::MmioRange& r) { r.attributes |= 1; }}) {
    auto other = open;
    spoil(other);
    EXPECT_EQ(ask(other), ErrorCode::kInvalidRequest);
  }
  EXPECT_EQ(bench.tdi->state(), State::kRun);
  EXPECT_FALSE(bench.tdi->mmio_permitted(0, 0x8000, 4, false, {}));
  EXPECT_EQ(ask(open), std::nullopt);
  EXPECT_TRUE(bench.tdi->mmio_permitted(0, 0x8000, 4, false, {}));
  EXPECT_FALSE(bench.tdi->mmio_permitted(0, 0x7ffc, 8, false, {}));
  EXPECT_EQ(ask(ranges[1]), std::nullopt);
  EXPECT_FALSE(bench.tdi->mmio_permitted(0, 0x8000, 4, false, {}));
}

}  // namespace
}  // namespace dsm
