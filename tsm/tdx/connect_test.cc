// TDX Connect against a device that answers: what each call does, and what it refuses with real registers.
#include <gtest/gtest.h>

#include "tsm/tdx/test_device.h"

namespace tdx {
namespace {

using S = Seamcall;
using M = ConnectedModule;
using T = tdxproto::Tdcall;
using tdxproto::InvRequest;
using Field = tdxproto::TdiField;

std::uint64_t status_of(const CallResult& result) { return result.out.rax; }

TEST(Connect, AModuleWithoutItKnowsNoneOfItsCalls) {
  auto settings = TestMachine::settings(IntegrityMode::kNone);
  settings.connect = false;
  TestMachine t;
  Module module(settings, t.memory, *t.defences, 1, "tdx1");
  for (const S leaf : {S::kSysInit, S::kSysLpInit, S::kSysConfig, S::kSysKeyConfig, S::kSysTdmrInit})
    ASSERT_EQ(module.seamcall(1, {.rax = static_cast<std::uint64_t>(leaf)}).out.rax, 0u);
  for (std::uint64_t leaf = 128; leaf < 163; ++leaf) EXPECT_EQ(module.seamcall(1, {.rax = leaf}).out.rax, 0xC000'0100'0000'0000u) << leaf;
}

TEST(Connect, EveryCallOfItsHasAnAnswerOfItsOwn) {
  M m(Step::kNothing);
  for (std::uint64_t leaf = 128; leaf < 163; ++leaf) {
    const auto call = static_cast<S>(leaf);
    const bool known = !tdxproto::name_of(call).empty();
    EXPECT_EQ(Connect::is_call(call), known) << leaf;
    const auto rax = m.call(call, {.rcx = ~0ull, .rdx = ~0ull, .r8 = ~0ull}).out.rax;
    EXPECT_EQ(rax != 0xC000'0100'0000'0000u, known) << leaf;
    EXPECT_TRUE(tdxproto::is_error(rax)) << leaf;
  }
}

// The whole way, and back to where it began.
TEST(Connect, ADeviceComesToATdAndGoes) {
  M m(Step::kRunning);
  const auto* tdi = m.module.connect()->tdi(M::kFunction);
  ASSERT_TRUE(tdi);
  EXPECT_EQ(tdi->state, tdisp::State::kRun);
  EXPECT_EQ(m.device.keys, 6u);
  EXPECT_EQ(m.device.starts, 1u);
  EXPECT_EQ(m.dma(M::kMapped + 8), M::kMappedPage + 8);
  EXPECT_FALSE(m.dma(M::kPending)) << "a page that the TD has not accepted";
  EXPECT_FALSE(m.dma(M::kMemory));
  EXPECT_TRUE(m.mmio.check(1, M::kMemory, M::kMemory));

  M::must(m.of_tdi(S::kTdiUnbind));
  EXPECT_EQ(m.device.stops, 1u);
  EXPECT_FALSE(m.dma(M::kMapped));
  for (std::uint64_t i = 0; i < M::kPages; ++i) M::must(m.on_memory(S::kMmioBlock, M::kMemory + i * M::kPage));
  EXPECT_FALSE(m.mmio.check(1, M::kMemory, M::kMemory));
  EXPECT_EQ(status_of(m.on_memory(S::kMmioUnmap, M::kMemory)), 0xC000'0B08'0000'0001u) << "the vCPU is still inside";
  m.track();
  for (std::uint64_t i = 0; i < M::kPages; ++i) M::must(m.on_memory(S::kMmioUnmap, M::kMemory + i * M::kPage));
  EXPECT_EQ(status_of(m.of_tdi(S::kTdiRemove)), 0xC000'0F3F'0000'0001u);
  M::must(m.dmar(S::kDmarBlock, tdxproto::kDmarPasidEntry));
  M::must(m.forget(InvRequest::kPasidEntry));
  EXPECT_EQ(status_of(m.dmar(S::kDmarRemove, tdxproto::kDmarPasidEntry)), 0xC000'0F08'0000'0001u) << "asked for, not done";
  M::must(m.call(S::kIqInvProc, {.rcx = 0}));
  M::must(m.dmar(S::kDmarRemove, tdxproto::kDmarPasidEntry));
  M::must(m.of_tdi(S::kTdiRemove));
  EXPECT_FALSE(m.module.connect()->tdi(M::kFunction));
  EXPECT_EQ(status_of(m.on_stream(S::kIdeStreamDelete)), 0xC000'0F1A'0000'0002u);
  M::must(m.on_stream(S::kIdeStreamBlock));
  M::must(m.on_stream(S::kIdeStreamDelete));
  M::must(m.call(S::kSpdmDisconnect, {.rcx = 0}));
  M::must(m.call(S::kSpdmDelete, {.rcx = 0}));
}

TEST(Connect, PagesOfItsOwnAreTheHostsAgain) {
  M m(Step::kStream);
  const auto free = [&](std::uint64_t page) { return m.module.pamt().entry(page).type == PageType::kNda; };
  M::must(m.on_stream(S::kIdeStreamBlock));
  const auto stream = m.on_stream(S::kIdeStreamDelete), disconnected = m.call(S::kSpdmDisconnect, {.rcx = 0});
  const auto session = m.call(S::kSpdmDelete, {.rcx = 0}), unit = m.call(S::kIommuClear, {.rcx = 0});
  for (const auto* result : {&stream, &session, &unit}) {
    M::must(*result);
    EXPECT_NE(result->out.rcx, 0u);
    EXPECT_TRUE(free(result->out.rcx));
  }
  M::must(disconnected);
  M::must(m.set_up());
}

TEST(Connect, APageInUseIsTakenForNothingElse) {
  M m(Step::kTdi);
  const std::uint64_t used = M::kMappedPage;
  EXPECT_EQ(status_of(m.call(S::kSpdmCreate, {.rcx = 0x200, .rdx = used})), 0xC000'0100'0000'0001u) << "no such device";
  EXPECT_EQ(status_of(m.call(S::kMmiomtAdd, {.rcx = M::kMemory | 4, .rdx = used})), 0xC000'0300'0000'0002u);
  EXPECT_EQ(status_of(m.dmar(S::kDmarAdd, tdxproto::kDmarRoot, 0, used)), 0xC000'0300'0000'0008u);
  EXPECT_EQ(status_of(m.call(S::kTdiCreate, {.rcx = tdxproto::interface_id(0, M::kStream, M::kNeighbour), .rdx = M::kTdr, .r8 = used})),
            0xC000'0300'0000'0008u);
}

TEST(Connect, ADeviceThatDoesNotAnswerHasNoSession) {
  M m(Step::kSession);
  m.device.silent = true;
  const auto result = m.connect();
  EXPECT_EQ(result.status(), Status::kSpdmAuthFailed);
  ASSERT_TRUE(result.refusal);
  EXPECT_EQ(status_of(m.call(S::kIdeStreamCreate, m.stream_operands())), 0xC000'0F06'0000'0002u);
  m.device.silent = false;
  M::must(m.connect());
}

TEST(Connect, AHostsWishesForASessionAreWellFormed) {
  M m(Step::kSession);
  EXPECT_EQ(status_of(m.connect(M::kSource + 8)), 0xC000'0100'0000'0002u);
  (void)static_cast<bool>(m.memory.write(M::kNone, M::kParams, wire::encode(tdxproto::SpdmConfig{.certificate_slot_mask = 0})));
  EXPECT_EQ(status_of(m.connect(M::kParams)), 0xC000'0100'0000'0002u);
  M::must(m.connect());
  EXPECT_EQ(status_of(m.connect()), 0xC000'0F06'0000'0001u);
  for (const std::uint64_t operation : {0u, 1u, 3u}) EXPECT_EQ(status_of(m.call(S::kSpdmMng, {.rcx = 0, .rdx = operation})), 0xC000'0100'0000'0002u);
  M::must(m.call(S::kSpdmMng, {.rcx = 0, .rdx = 2}));
}

TEST(Connect, AnInterfaceIsOneTds) {
  M m(Step::kBound);
  EXPECT_EQ(status_of(m.create_tdi()), 0xC000'0F42'0000'0001u);
  EXPECT_EQ(status_of(m.bind()), 0xC000'0F10'0000'0001u);
  M::must(m.create_tdi(M::kNeighbour));
  EXPECT_EQ(status_of(m.create_tdi(0x102)), 0xC000'0100'0000'0001u) << "the device has no such function";
}

TEST(Connect, ATdThatWasNotBuiltForDevicesHasNone) {
  M m(Step::kKeyed);
  const_cast<Td&>(m.mine()).config_flags = 0;
  EXPECT_EQ(status_of(m.create_tdi()), 0xC000'0F46'0000'0002u);
}

TEST(Connect, AHostStartsNothingThatTheTdHasNotTaken) {
  M m(Step::kAccepted);
  EXPECT_EQ(status_of(m.of_tdi(S::kTdiStart)), 0xC000'0F0E'0000'0001u);
  EXPECT_EQ(m.device.starts, 0u);
  EXPECT_EQ(m.guest(T::kTdiStart, {.rcx = M::kFunction, .rdx = 2}), 0xC000'0100'0000'0002u) << "a binding that was not";
  EXPECT_EQ(m.guest(T::kTdiStart, {.rcx = M::kFunction, .rdx = 1}), 0u);
  M::must(m.of_tdi(S::kTdiStart));
  EXPECT_EQ(m.guest(T::kTdiStart, {.rcx = M::kFunction, .rdx = 1}), 0xC000'0F10'0000'0001u) << "it runs";
}

TEST(Connect, ALaterBindingIsAnotherOne) {
  M m(Step::kAsked);
  M::must(m.of_tdi(S::kTdiUnbind));
  M::must(m.bind());
  EXPECT_EQ(status_of(m.of_tdi(S::kTdiStart)), 0xC000'0F0E'0000'0001u) << "what was asked for was the binding before";
  EXPECT_EQ(m.guest(T::kTdiStart, {.rcx = M::kFunction, .rdx = 1}), 0xC000'0100'0000'0002u);
  EXPECT_EQ(m.tdcall(T::kTdiRd, {.rcx = M::kFunction, .rdx = static_cast<std::uint64_t>(Field::kBindSession)}).rcx, 2u);
}

TEST(Connect, ATdReadsWhatItsInterfaceIs) {
  M m(Step::kBound);
  const auto read = [&](std::uint64_t field) { return m.tdcall(T::kTdiRd, {.rcx = M::kFunction, .rdx = field}); };
  EXPECT_EQ(read(1).rcx, 0x10u);
  EXPECT_EQ(read(2).rcx, 1u);  // CONFIG_LOCKED
  EXPECT_EQ(read(4).rcx, 1u);
  EXPECT_EQ(read(5).rcx, 1u);  // measured, not since the binding
  M::must(m.call(S::kSpdmMng, {.rcx = 0, .rdx = 2}));
  EXPECT_EQ(read(5).rcx, 3u);
  const auto digest = crypto::sha384(m.firmware.evidence({.bits = M::kFunction}, tio::EvidencePart::kReport));
  for (unsigned i = 0; i < 6; ++i) EXPECT_EQ(read(32 + i).rcx, base::load_le<std::uint64_t>(digest, 8 * i));
  for (const std::uint64_t none : {0u, 6u, 15u, 22u, 30u, 38u}) EXPECT_EQ(read(none).rax, 0xC000'0100'0000'0002u) << none;
  EXPECT_EQ(m.guest(T::kTdiRd, {.rcx = M::kNeighbour, .rdx = 2}), 0xC000'0F40'0000'0001u);
  M::must(m.of_tdi(S::kTdiUnbind));
  EXPECT_EQ(read(2).rcx, 0u);
  EXPECT_EQ(read(32).rax, 0xC000'0100'0000'0002u) << "nothing is known of an interface that is not locked";
}

TEST(Connect, TheReportGoesToTheHostsPageAndNoOther) {
  M m(Step::kTdi);
  EXPECT_EQ(status_of(m.call(S::kTdiBind, {.rcx = M::kFunction, .rdx = 1, .r8 = M::kMappedPage})), 0xC000'0100'0000'0008u);
  const auto bound = m.bind();
  M::must(bound);
  EXPECT_EQ(m.read(M::kNone, M::kSource, bound.out.rdx), m.firmware.evidence({.bits = M::kFunction}, tio::EvidencePart::kReport));
}

TEST(Connect, DeviceMemoryIsTheTdsOnceItAcceptedThePageOfTheReport) {
  M m(Step::kMapped);
  EXPECT_FALSE(m.mmio.check(1, M::kMemory, M::kMemory));
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory, M::kPages, 0, 1)), 0xC000'0100'0000'0002u);
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory, M::kPages, 1)), 0xC000'0100'0000'0009u);
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory, 0)), 0xC000'0100'0000'0009u);
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory | 1, 1)), 0xC000'0100'0000'0001u);
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory, 1, 1)), 0xC000'0F4D'0000'0001u) << "another page of the range";
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory, M::kPages)), 0u);
  EXPECT_TRUE(m.mmio.check(1, M::kMemory, M::kMemory));
  EXPECT_EQ(m.guest(T::kMmioAccept, m.accept_memory(M::kMemory, 1)), 0x0000'0F28'0000'0000u);
  EXPECT_EQ(m.state(M::kMemory), SeptState::kMmioMapped);
  const auto out = m.module.tdcall(1, {.rax = 71, .rcx = 0x7000'0000, .rdx = 0, .r8 = M::kFunction, .r9 = 1});
  ASSERT_TRUE(out.exit) << "nothing is there: the host hears of it";
  EXPECT_EQ(out.exit->reason, tdxproto::kExitEptViolation);
}

TEST(Connect, DeviceMemoryIsMappedOnceForItsInterfacesTd) {
  M m(Step::kMapped);
  const std::uint64_t other = M::kMemory + M::kPages * M::kPage;
  EXPECT_EQ(status_of(m.map(other, M::kMemory)), 0xC000'0F25'0000'0001u);
  EXPECT_EQ(status_of(m.map(other, other)), 0xC000'0F25'0000'0001u) << "nobody's";
  EXPECT_EQ(status_of(m.map(M::kMemory, other)), 0xC000'0B0D'0000'0001u) << "the address has one";
  EXPECT_EQ(status_of(m.map(other, M::kFreePage)), 0xC000'0100'0000'0008u) << "memory is no device's";
  EXPECT_EQ(status_of(m.map(other, M::kMemory + (1ull << 30))), 0xC000'0F47'0000'0001u);
  EXPECT_EQ(status_of(m.metadata(M::kMemory)), 0xC000'0F25'0000'0101u);
  EXPECT_EQ(status_of(m.metadata(other, M::kNeighbour)), 0xC000'0F40'0000'0002u);
  EXPECT_EQ(status_of(m.call(S::kMmiomtRemove, {.rcx = M::kMemory | 1})), 0xC000'0F25'0000'0001u);
  EXPECT_EQ(m.call(S::kMmiomtRd, {.rcx = M::kMemory}).out.rcx, tdxproto::mmiomt_set(1, M::kFunction) | 4);
  EXPECT_EQ(status_of(m.call(S::kMemPageRemove, {.rcx = M::kMemory, .rdx = M::kTdr})), 0xC000'0B0D'0000'0001u) << "no page of memory";
  EXPECT_EQ(status_of(m.call(S::kMemRangeBlock, {.rcx = M::kMemory, .rdx = M::kTdr})), 0xC000'0B0D'0000'0001u);
}

TEST(Connect, DeviceMemoryStaysWhileItsInterfaceIsLocked) {
  M m(Step::kRunning);
  M::must(m.on_memory(S::kMmioBlock, M::kMemory));
  m.track();
  EXPECT_EQ(status_of(m.on_memory(S::kMmioUnmap, M::kMemory)), 0xC000'0F10'0000'0001u);
  M::must(m.on_stream(S::kIdeStreamBlock));
  M::must(m.on_memory(S::kMmioUnmap, M::kMemory));
  EXPECT_EQ(status_of(m.map(M::kMemory, M::kMemory)), 0xC000'0F19'0000'0008u);
}

TEST(Connect, DmaWaitsForTheTd) {
  M m(Step::kLed);
  EXPECT_FALSE(m.dma(M::kMapped));
  EXPECT_EQ(m.dmar(S::kDmarRead, tdxproto::kDmarPasidEntry).out.rdx, 1u << 3);
  EXPECT_EQ(m.guest(T::kDmarAccept, {.rcx = M::kFunction, .rdx = 1}), 0xC000'0100'0000'0002u) << "it has no VM inside";
  EXPECT_EQ(m.guest(T::kDmarAccept, {.rcx = M::kFunction, .r9 = 1}), 0xC000'0100'0000'0008u);
  EXPECT_EQ(m.guest(T::kDmarAccept, {.rcx = M::kFunction}), 0u);
  EXPECT_EQ(m.dma(M::kMapped), M::kMappedPage);
  EXPECT_EQ(m.guest(T::kDmarAccept, {.rcx = M::kFunction}), 0u) << "once more changes nothing";
  EXPECT_EQ(m.accept(M::kPending), 0u);
  EXPECT_EQ(m.dma(M::kPending), M::kPendingPage);
}

TEST(Connect, TablesOfDmaAreBuiltFromTheTopAndTakenFromTheBottom) {
  M m(Step::kBound);
  EXPECT_EQ(status_of(m.dmar(S::kDmarAdd, tdxproto::kDmarPasidEntry, M::kTdr)), 0xC000'0F39'0000'0001u);
  EXPECT_EQ(status_of(m.dmar(S::kDmarAdd, tdxproto::kDmarRoot, M::kTdr, m.page())), 0xC000'0100'0000'0002u) << "a root entry is no TD's";
  for (unsigned level = tdxproto::kDmarRoot; level >= tdxproto::kDmarDirectory; --level) M::must(m.dmar(S::kDmarAdd, level, 0, m.page()));
  EXPECT_EQ(status_of(m.dmar(S::kDmarAdd, tdxproto::kDmarRoot, 0, m.page())), 0xC000'0F07'0000'0001u);
  EXPECT_EQ(status_of(m.dmar(S::kDmarAdd, tdxproto::kDmarPasidEntry, M::kSource)), 0xC000'0300'0000'0002u) << "no TD";
  EXPECT_EQ(status_of(m.dmar(S::kDmarBlock, tdxproto::kDmarRoot)), 0xC000'0F07'0000'0001u);
  M::must(m.dmar(S::kDmarBlock, tdxproto::kDmarDirectory));
  M::must(m.forget(InvRequest::kDirectory));
  M::must(m.call(S::kIqInvProc, {.rcx = 0}));
  const auto removed = m.dmar(S::kDmarRemove, tdxproto::kDmarDirectory);
  M::must(removed);
  EXPECT_EQ(m.module.pamt().entry(removed.out.rcx).type, PageType::kNda);
  EXPECT_EQ(status_of(m.call(S::kDmarRead, {.rcx = tdxproto::dmar_index(0, 0x100, 1)})), 0xC000'0F00'0000'0001u) << "another unit";
  EXPECT_EQ(status_of(m.call(S::kDmarRead, {.rcx = 1 << 12})), 0xC000'0100'0000'0001u) << "a PASID";
}

// A unit keeps what it has found until it is told to forget.
TEST(Connect, APageMovesOnceNoUnitRemembersIt) {
  M m(Step::kRunning);
  ASSERT_EQ(m.dma(M::kMapped), M::kMappedPage);
  M::must(m.on_page(S::kMemRangeBlock, M::kMapped));
  EXPECT_EQ(m.dma(M::kMapped), M::kMappedPage) << "kept";
  m.track();
  const auto move = [&] { return m.call(S::kMemPageRelocate, {.rcx = M::kMapped, .rdx = M::kTdr, .r8 = M::kFreePage}); };
  EXPECT_EQ(status_of(move()), 0xC000'0F03'0000'0001u);
  M::must(m.forget(InvRequest::kIotlb));
  EXPECT_EQ(m.forget(InvRequest::kIotlb).out.rax, 0xC000'0F03'0000'0000u) << "one at a time";
  EXPECT_EQ(status_of(move()), 0xC000'0F03'0000'0001u) << "asked for, not done";
  M::must(m.call(S::kIqInvProc, {.rcx = 0}));
  EXPECT_EQ(m.forget(InvRequest::kIotlb).out.rax, 0xC000'0F3B'0000'0000u) << "once an epoch";
  EXPECT_FALSE(m.dma(M::kMapped));
  M::must(move());
  EXPECT_EQ(m.dma(M::kMapped), M::kFreePage);
}

TEST(Connect, ABlockedEntryLeadsOnUntilItIsForgotten) {
  M m(Step::kRunning);
  ASSERT_TRUE(m.dma(M::kMapped));
  M::must(m.dmar(S::kDmarBlock, tdxproto::kDmarPasidEntry));
  EXPECT_TRUE(m.dma(M::kMapped));
  EXPECT_EQ(status_of(m.forget(InvRequest::kContext)), 0xC000'0F07'0000'0008u) << "which is not blocked";
  EXPECT_EQ(m.call(S::kIqInvReq, {.rcx = 0, .rdx = 4, .r8 = 0x100, .r9 = 5}).out.rax, 0xC000'0100'0000'0009u) << "without fence";
  M::must(m.forget(InvRequest::kPasidEntry));
  M::must(m.call(S::kIqInvProc, {.rcx = 0}));
  EXPECT_FALSE(m.dma(M::kMapped));
  EXPECT_EQ(m.guest(T::kDmarAccept, {.rcx = M::kFunction}), 0xC000'0F07'0000'0140u);
}

TEST(Connect, ATdWithDevicesKeepsItsKey) {
  M m(Step::kTdi);
  m.module.exit_to_host(m.vm.asid);
  M::must(m.call(S::kVpFlush, {.rcx = M::kTdvpr}));
  EXPECT_EQ(m.of_td(S::kMngVpflushdone).status(), Status::kTdHasAttachedDevices);
  M::must(m.of_tdi(S::kTdiRemove));
  M::must(m.of_td(S::kMngVpflushdone));
}

TEST(Connect, AStreamStaysAsLongAsItsInterfaces) {
  M m(Step::kBound);
  EXPECT_EQ(status_of(m.call(S::kSpdmDisconnect, {.rcx = 0})), 0xC000'0F05'0000'0001u);
  EXPECT_EQ(status_of(m.call(S::kIdeStreamCreate, m.stream_operands())), 0xC000'0F16'0000'0009u);
  auto overlapping = m.stream_operands();
  overlapping.r9 = tdxproto::stream_control(2);
  EXPECT_EQ(status_of(m.call(S::kIdeStreamCreate, overlapping)), 0xC000'0F1C'0000'000Au);
  M::must(m.on_stream(S::kIdeStreamKm, M::number(tdxproto::KmOp::kRefresh)));
  EXPECT_EQ(m.device.keys, 12u);
  M::must(m.on_stream(S::kIdeStreamBlock));
  EXPECT_EQ(status_of(m.on_stream(S::kIdeStreamKm)), 0xC000'0F19'0000'0002u);
  EXPECT_EQ(status_of(m.on_stream(S::kIdeStreamDelete)), 0xC000'0F1F'0000'0002u);
  M::must(m.of_tdi(S::kTdiRemove));
  EXPECT_EQ(m.device.stops, 1u) << "an interface that nothing reaches any more is stopped as it goes";
  M::must(m.on_stream(S::kIdeStreamDelete));
}

}  // namespace
}  // namespace tdx
