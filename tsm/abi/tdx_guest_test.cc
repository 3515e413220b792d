#include "tsm/abi/tdx_guest.h"

#include <gtest/gtest.h>

#include "platform/protocol/tdx/status.h"
#include "tsm/abi/tdx_guest_rules.h"
#include "tsm/tdx/test_machine.h"

namespace tsm_abi {
namespace {

using tdx::TdStops;
using tdx::TestMachine;
using tdxproto::Tdvmcall;
using Attribute = memory::AddressSpace::Attribute;

constexpr std::uint64_t kPage = 4096, kHeap = TestMachine::kHeap, kReport = 0x8000, kQuote = 0x10000;

struct World {
  explicit World(const std::vector<std::string>& lifted = {}, tdxproto::TdParams params = {})
      : m(tdx::IntegrityMode::kCryptographic, lifted, params),
        platform(m),
        guest(platform, {.report_gpa = kReport, .quote_gpa = kQuote, .quote_pages = 2}, *m.defences) {
    EXPECT_EQ(m.start(), "");
    guest.note_accepted(TestMachine::kFirmware, 2 * kPage);
  }
  // As a kernel does: its own tables first.
  Answer<Done> take(std::uint64_t gpa) {
    m.vm.space.set(gpa, kPage, Attribute::kPrivate);
    return guest.accept_page(gpa);
  }
  Answer<Done> share(std::uint64_t gpa) {
    auto done = guest.share_page(gpa);
    if (done) m.vm.space.set(gpa, kPage, Attribute::kShared);
    return done;
  }
  static bool is(const cpu::Exit& exit, Tdvmcall function) {
    return exit.code == tdxproto::kExitTdcall && exit.info1 == static_cast<std::uint64_t>(function);
  }

  TestMachine m;
  tdx::TestPlatform platform;
  TdxGuest guest;
};

TEST(Boot, LearnsItsAddressesFromTheModule) {
  World w;
  ASSERT_TRUE(w.guest.boot());
  EXPECT_EQ(w.guest.shared_bit(), 1ull << 47);
  EXPECT_EQ(w.guest.attributes(), tdxproto::kAttributeSeptVeDisable);
  EXPECT_TRUE(w.platform.exits.empty()) << "the host is not asked";
}

TEST(Boot, IsRefusedWhereTheHostCouldRaiseVe) {
  tdxproto::TdParams params;
  params.attributes = 0;
  World w({}, params);
  const auto no = w.guest.boot();
  ASSERT_FALSE(no);
  EXPECT_EQ(no.problem, Problem::kRefused);
  EXPECT_EQ(no.refusal->by->id, "tdx.boot.no-sept-ve");
}

// ---- pages ----------------------------------------------------------------------------------------------------------

TEST(AcceptPage, TakesANewPageThatBeginsAsZeroes) {
  World w;
  ASSERT_TRUE(w.take(kHeap));
  EXPECT_TRUE(w.guest.accepted(kHeap));
  EXPECT_EQ(w.platform.read_private(kHeap, 16), base::Bytes(16));
  EXPECT_EQ(w.platform.exits, std::vector<std::string>{"EPT_VIOLATION"}) << "the host adds the page when it is accepted";
  w.platform.write_private(kHeap, base::Bytes(16, 0x5E));
  EXPECT_EQ(w.m.read(TestMachine::kNone, w.m.hpa(kHeap), 16), base::Bytes(16));
}

TEST(AcceptPage, NeverTwice) {
  World w;
  ASSERT_TRUE(w.take(kHeap));
  w.platform.write_private(kHeap, base::Bytes(16, 0x5E));
  ASSERT_EQ(w.m.machine.remove(w.m.vm, kHeap), "");
  ASSERT_EQ(w.m.machine.augment(w.m.vm, kHeap), "");
  const auto no = w.take(kHeap);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal->by->id, "tdx.accept.tracking");
  EXPECT_THROW(w.platform.read_private(kHeap, 16), TdStops) << "what was there is gone, and nothing is in its place";
}

TEST(AcceptPage, APageThatWasAddedWithContentIsNotTakenForAFreshOne) {
  World w;
  w.m.vm.space.set(TestMachine::kFirmware, kPage, Attribute::kPrivate);
  TdxGuest forgetful(w.platform, {}, *w.m.defences);
  const auto no = forgetful.accept_page(TestMachine::kFirmware);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal->by->id, "tdx.accept.fresh");
}

TEST(AcceptPage, AHostThatGivesNoPageIsNotWaitedForForEver) {
  World w;
  w.platform.at_exit = [](cpu::Exit& exit) { exit.info2 = 0xFFFF'0000; };
  EXPECT_THROW((void)w.take(kHeap), TdStops);
}

TEST(SharePage, GivesThePageToTheHostAndTakesAnotherBack) {
  World w;
  ASSERT_TRUE(w.guest.boot());
  ASSERT_TRUE(w.take(kHeap));
  w.platform.write_private(kHeap, base::Bytes(16, 0x5E));
  const auto before = w.m.hpa(kHeap);
  ASSERT_TRUE(w.share(kHeap));
  EXPECT_FALSE(w.guest.accepted(kHeap));
  EXPECT_EQ(w.m.module.pamt().entry(before).type, tdx::PageType::kNda);
  w.platform.write_shared(kHeap, base::Bytes(16, 0x42));
  EXPECT_EQ(w.m.read(TestMachine::kNone, w.m.vm.nested.translate(kHeap)->spa, 16), base::Bytes(16, 0x42));
  ASSERT_TRUE(w.take(kHeap)) << "given up by the guest itself, it may be accepted once more";
  EXPECT_EQ(w.platform.read_private(kHeap, 16), base::Bytes(16));
}

TEST(SharePage, AHostThatLeavesThePageWhereItIsHasNothingOfIt) {
  World w;
  ASSERT_TRUE(w.take(kHeap));
  w.platform.write_private(kHeap, base::Bytes(16, 0x5E));
  w.platform.at_exit = [](cpu::Exit& exit) {
    if (World::is(exit, Tdvmcall::kMapGpa)) exit.rbx = 0;
  };
  w.platform.at_answer = [](cpu::Exit& exit) { exit.info2 = tdxproto::kVmcallSuccess; };
  ASSERT_TRUE(w.share(kHeap));
  EXPECT_THROW(w.platform.write_shared(kHeap, base::Bytes(16, 1)), TdStops);
}

TEST(MapGpa, GoesOnWhereTheHostSaysWithinTheRangeOnly) {
  for (const std::uint64_t next : {kHeap - kPage, kHeap + kPage, std::uint64_t{0}, ~std::uint64_t{0} & ~(kPage - 1)}) {
    World w;
    w.platform.at_answer = [next](cpu::Exit& exit) {
      if (World::is(exit, Tdvmcall::kMapGpa)) exit.info2 = tdxproto::kVmcallRetry, exit.info1 = next;
    };
    const auto no = w.share(kHeap);
    ASSERT_FALSE(no) << next;
    EXPECT_EQ(no.refusal->by->id, "tdx.map.retry-range");
  }
}

TEST(MapGpa, IsGivenUpAfterThreeRetriesWithoutProgress) {
  World w;
  w.platform.at_answer = [](cpu::Exit& exit) {
    if (World::is(exit, Tdvmcall::kMapGpa)) exit.info2 = tdxproto::kVmcallRetry, exit.info1 = kHeap;
  };
  EXPECT_EQ(w.share(kHeap).problem, Problem::kBusy);
  EXPECT_EQ(w.platform.exits.size(), 3u);
}

TEST(MapGpa, ARefusalOfTheHostIsToldAsOne) {
  World w;
  w.platform.at_answer = [](cpu::Exit& exit) { exit.info2 = tdxproto::kVmcallGpaInUse; };
  EXPECT_EQ(w.share(kHeap).problem, Problem::kHostError);
  EXPECT_FALSE(w.guest.accepted(kHeap));
}

TEST(PendingPage, TheVeHandlerTakesANewPage) {
  tdxproto::TdParams params;
  params.attributes = 0;
  World w({}, params);
  w.m.vm.space.set(kHeap, kPage, Attribute::kPrivate);
  ASSERT_EQ(w.m.machine.augment(w.m.vm, kHeap), "");
  unsigned raised = 0;
  w.platform.at_ve = [&](std::uint64_t) {
    const auto why = w.guest.ve_info();
    ASSERT_TRUE(why);
    EXPECT_EQ(why->exit_reason, tdxproto::kExitEptViolation);
    EXPECT_EQ(why->gpa, kHeap + 8);
    ASSERT_TRUE(w.guest.accept_page(why->gpa));
    ++raised;
  };
  EXPECT_EQ(w.platform.read_private(kHeap + 8, 8), base::Bytes(8));
  EXPECT_EQ(raised, 1u);
  EXPECT_EQ(w.guest.ve_info().problem, Problem::kFirmwareError);
}

// ---- CPUID ----------------------------------------------------------------------------------------------------------

TEST(Cpuid, TheProcessorsAreTheModulesAndTheHypervisorsTheHosts) {
  World w;
  w.platform.at_answer = [](cpu::Exit& exit) { exit.rax = 0x666; };
  EXPECT_EQ(w.guest.cpuid(1)->eax, 0x806F8u);
  EXPECT_TRUE(w.platform.exits.empty());
  EXPECT_EQ(w.guest.cpuid(0x4000'0000)->eax, 0x666u);
  EXPECT_EQ(w.guest.cpuid(0x8000'001F)->eax, 0u) << "nobody has it, and the host is not asked";
  EXPECT_EQ(w.guest.cpuid(0x4000'0100)->eax, 0u);
  EXPECT_EQ(w.platform.exits, std::vector<std::string>{"CPUID"});
}

// ---- measurement ----------------------------------------------------------------------------------------------------

TEST(Measurement, ExtendsAndReports) {
  World w;
  ASSERT_TRUE(w.take(kReport));
  base::Block<48> digest;
  digest.fill(0xD1);
  ASSERT_TRUE(w.guest.extend_rtmr(3, digest));
  base::Bytes stream(48);
  base::append(stream, digest);
  EXPECT_EQ(w.m.machine.td(w.m.vm)->info.rtmr[3], crypto::sha384(stream));
  const auto no = w.guest.extend_rtmr(4, digest);
  EXPECT_EQ(no.problem, Problem::kFirmwareError);
  EXPECT_EQ(no.code, 0xC000'0100u);
  base::Block<64> data;
  data.fill(0xDA);
  const auto report = w.guest.get_report(data);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->size(), 1024u);
  EXPECT_EQ((*report)[128], 0xDA);
  EXPECT_EQ(w.m.reports.made.back().td.rtmr[3], crypto::sha384(stream));
  const auto good = w.guest.verify_report(base::View(*report).first(256));
  ASSERT_TRUE(good);
  EXPECT_TRUE(*good);
  const auto bad = w.guest.verify_report(base::Bytes(256));
  ASSERT_TRUE(bad);
  EXPECT_FALSE(*bad);
  EXPECT_EQ(w.guest.verify_report(base::Bytes(255)).problem, Problem::kMalformed);
}

// ---- quotes ---------------------------------------------------------------------------------------------------------

struct Quoting : World {
  Quoting() {
    EXPECT_TRUE(guest.boot());
    EXPECT_TRUE(share(kQuote));
    EXPECT_TRUE(share(kQuote + kPage));
  }
  const base::Bytes report = base::Bytes(1024, 0x81);
  // What the host writes into the head of the buffer before it resumes the guest.
  void head(std::function<void(tdxproto::GetQuoteHeader&)> change) {
    platform.at_answer = [this, change](cpu::Exit& exit) {
      if (!is(exit, Tdvmcall::kGetQuote)) return;
      const auto spa = m.vm.nested.translate(kQuote)->spa;
      auto header = *wire::decode<tdxproto::GetQuoteHeader>(m.read(TestMachine::kNone, spa, 24));
      change(header);
      (void)static_cast<bool>(m.memory.write(TestMachine::kNone, spa, wire::encode(header)));
    };
  }
};

TEST(Quote, GoesToTheServiceAndComesBack) {
  Quoting w;
  base::Bytes asked;
  w.m.machine.set_quote_service([&](base::View report) {
    asked = base::bytes_of(report);
    return base::Bytes(5000, 0x0C);
  });
  const auto quote = w.guest.get_quote(w.report);
  ASSERT_TRUE(quote);
  EXPECT_EQ(*quote, base::Bytes(5000, 0x0C));
  EXPECT_EQ(asked, w.report);
}

TEST(Quote, IsMissedWhereNobodyMakesOne) {
  Quoting w;
  EXPECT_EQ(w.guest.get_quote(w.report).problem, Problem::kHostError);
  w.m.machine.set_quote_service([](base::View) { return std::nullopt; });
  EXPECT_EQ(w.guest.get_quote(w.report).problem, Problem::kHostError);
  w.m.machine.set_quote_service([](base::View) { return base::Bytes(2 * kPage); });
  EXPECT_EQ(w.guest.get_quote(w.report).problem, Problem::kHostError) << "more than there is room for";
}

TEST(Quote, ALengthBeyondTheBufferIsRefused) {
  Quoting w;
  w.m.machine.set_quote_service([](base::View) { return base::Bytes(100); });
  w.head([](auto& header) { header.out_length = 2 * kPage; });
  const auto no = w.guest.get_quote(w.report);
  ASSERT_FALSE(no);
  EXPECT_EQ(no.refusal->by->id, "tdx.quote.length");
}

TEST(Quote, ThatStaysInFlightIsNotWaitedForForEver) {
  Quoting w;
  w.m.machine.set_quote_service([](base::View) { return base::Bytes(100); });
  w.head([](auto& header) { header.status = tdxproto::kQuoteInFlight; });
  EXPECT_EQ(w.guest.get_quote(w.report).problem, Problem::kBusy);
}

TEST(Quote, NeedsRoomForItsReport) {
  World w;
  TdxGuest narrow(w.platform, {.quote_gpa = kQuote, .quote_pages = 0}, *w.m.defences);
  EXPECT_EQ(narrow.get_quote(base::Bytes(1024)).problem, Problem::kNotPresent);
}

TEST(Stop, IsToldToTheHost) {
  World w;
  w.guest.report_fatal_error(0x99);
  EXPECT_EQ(w.m.machine.fatal_error(w.m.vm), 0x99u);
}

TEST(Rows, OfTheGuestHaveNamesOfTheirOwn) {
  std::set<std::string_view> ids;
  for (const auto* row : tdx_guest_defences()) EXPECT_TRUE(ids.insert(row->id).second) << row->id;
  for (const auto* row : tdx::module_defences()) EXPECT_FALSE(ids.contains(row->id)) << row->id;
}

}  // namespace
}  // namespace tsm_abi
