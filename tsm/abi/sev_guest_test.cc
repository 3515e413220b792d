#include "tsm/abi/sev_guest.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "platform/protocol/sev/cpuid_page.h"
#include "platform/protocol/sev/report.h"
#include "tsm/sev/test_machine.h"

namespace tsm_abi {
namespace {

using sevproto::ExitCode;
using C = sevproto::Command;
constexpr std::uint64_t kSecrets = 0x1'0000, kCpuid = 0x1'1000, kPsc = 0x2'0000, kRequest = 0x2'1000,
                        kResponse = 0x2'2000, kCerts = 0x2'3000, kFresh = 0x3'0000;
constexpr std::uint64_t kBase = 0x100'0000;  // guest address 0 in system memory, for private and shared pages alike

// A guest's machine with a host that carries everything faithfully, unless `tamper` does something first.
struct Machine final : Platform {
  explicit Machine(std::vector<std::string> lifted = {}, bool snp = true)
      : m(settings()), guest(*this, layout(snp), defences) {
    for (const auto& id : lifted) defences.lift(id);
    sevproto::CpuidPage page;
    page.count = 1;
    page.functions[0] = settings().cpuid[0];
    m.begin();
    (void)m.add(sevproto::PageType::kSecrets, kBase + kSecrets, kSecrets);
    (void)m.add(sevproto::PageType::kCpuid, kBase + kCpuid, kCpuid, wire::encode(page));
    (void)m.finish();
  }
  static sev::PspSettings settings() {
    sev::PspSettings s;
    s.cpuid = {{.eax_in = 0x8000'001F, .ebx = 51}};
    return s;
  }
  static SevLayout layout(bool snp) {
    return {.snp = snp,
            .vmpl = 0,
            .secrets_gpa = kSecrets,
            .cpuid_gpa = kCpuid,
            .psc_gpa = kPsc,
            .request_gpa = kRequest,
            .response_gpa = kResponse,
            .cert_gpa = kCerts,
            .cert_pages = 1};
  }
  memory::Access access(std::uint64_t gpa, bool write = false) const {
    return {.who = memory::Access::Who::kGuest,
            .asid = m.kAsid,
            .gpa = gpa,
            .spa = kBase + gpa,
            .write = write,
            .private_page = true};
  }
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override {
    EXPECT_TRUE(m.rmp.check(access(gpa))) << std::hex << gpa;
    return m.read(memory::KeyId{m.kAsid}, kBase + gpa, count);
  }
  void write_private(std::uint64_t gpa, base::View bytes) override {
    EXPECT_TRUE(m.rmp.check(access(gpa, true))) << std::hex << gpa;
    (void)static_cast<bool>(m.memory.write(memory::KeyId{m.kAsid}, kBase + gpa, bytes));
  }
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return m.read(m.kNone, kBase + gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { m.write_host(kBase + gpa, bytes); }
  std::uint32_t pvalidate(std::uint64_t gpa, bool validate) override {
    auto r = m.rmp.pvalidate(access(gpa), memory::PageSize::k4K, validate);
    return r ? static_cast<std::uint32_t>(*r) : 99;
  }
  std::uint32_t rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) override {
    auto r = m.rmp.rmpadjust(access(gpa), memory::PageSize::k4K, vmpl, perms, vmsa);
    return r ? static_cast<std::uint32_t>(*r) : 99;
  }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count, 4); }

  VmgexitReply vmgexit(const Vmgexit& exit) override {
    exits.push_back(exit);
    if (before) {
      if (auto instead = before(exit)) return *instead;
    }
    VmgexitReply reply;
    if (exit.exit_code == ExitCode::kSnpPsc) change_pages();
    if (exit.exit_code == ExitCode::kCpuid) reply.registers = {.rax = 0xBAD, .rbx = exit.registers.rax};
    if (exit.exit_code == ExitCode::kGuestRequest || exit.exit_code == ExitCode::kExtGuestRequest) {
      requests.push_back(read_shared(kRequest, 4096));
      sev::command::GuestRequest request{m.kContext, kBase + exit.info1, kBase + exit.info2};
      reply.info2 = static_cast<std::uint32_t>(m.call(C::kSnpGuestRequest, request).status);
      if (exit.exit_code == ExitCode::kExtGuestRequest) write_shared(kCerts, base::Bytes(4096, 0xCE));
    }
    if (after) after(exit);
    return reply;
  }
  void change_pages() {
    base::Bytes bytes = read_shared(kPsc, 16);
    auto list = wire::decode<sevproto::PscList>(bytes);
    ASSERT_TRUE(list);
    std::uint64_t gpa = list->entries[0].gfn() * 4096;
    bool give = list->entries[0].operation() == sevproto::PageOp::kPrivate;
    give_page(gpa, give);
    list->cur_entry = 1;
    write_shared(kPsc, wire::encode(*list));
  }
  void give_page(std::uint64_t gpa, bool give) {
    (void)m.rmp.rmpupdate(kBase + gpa,
                          give ? sev::RmpUpdate{.assigned = true, .asid = m.kAsid, .gpa = gpa} : sev::RmpUpdate{});
  }

  trust::Defences defences;
  sev::TestMachine m;
  SevGuest guest;
  std::vector<Vmgexit> exits;
  std::vector<base::Bytes> requests;
  std::function<std::optional<VmgexitReply>(const Vmgexit&)> before;
  std::function<void(const Vmgexit&)> after;
};
base::Block<64> data(std::uint8_t value) {
  base::Block<64> out{};
  out.fill(value);
  return out;
}

TEST(SevGuest, AReportComesBackAndTheCountMovesOnByTwo) {
  Machine w;
  ASSERT_TRUE(w.guest.boot_read_secrets());
  for (std::uint8_t n : {1, 2}) {
    auto raw = w.guest.get_report(data(n), 0);
    ASSERT_TRUE(raw);
    EXPECT_EQ(wire::decode<sevproto::Report>(*raw)->report_data[0], n);
    EXPECT_EQ(base::load_le<std::uint32_t>(w.read_private(kSecrets + 0xA0, 4)), 2u * n);
  }
  auto status = w.guest.get_report(data(3), 4);
  EXPECT_EQ(status.problem, Problem::kMessageStatus);
  EXPECT_EQ(status.code, sevproto::kMessageStatusInvalidParam);
  EXPECT_TRUE(w.guest.get_report(data(4), 3)) << "a refusal inside an authentic answer costs no key";
}

TEST(SevGuest, DerivesItsKey) {
  Machine w;
  auto a = w.guest.derive_key({}), b = w.guest.derive_key({}), c = w.guest.derive_key({.from_vmrk = true});
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(*a, *b);
  EXPECT_NE(*a, *c);
}

TEST(SevGuest, BusyIsRetriedWithTheSameBytesAndNotForever) {
  Machine w;
  std::vector<base::Bytes> seen;
  w.before = [&](const Vmgexit&) -> std::optional<VmgexitReply> {
    seen.push_back(w.read_shared(kRequest, 0xC0));
    if (seen.size() > 3) return std::nullopt;
    return VmgexitReply{.info2 = sevproto::guest_request_result(0, sevproto::kVmmErrBusy)};
  };
  ASSERT_TRUE(w.guest.get_report(data(1), 0));
  EXPECT_EQ(seen.size(), 4u);
  for (const auto& bytes : seen) EXPECT_EQ(bytes, seen[0]);
  Machine forever;
  forever.before = [](const Vmgexit&) {
    return VmgexitReply{.info2 = sevproto::guest_request_result(0, sevproto::kVmmErrBusy)};
  };
  EXPECT_EQ(forever.guest.get_report(data(1), 0).problem, Problem::kBusy);
  EXPECT_EQ(forever.exits.size(), SevGuest::kBusyRetriesMax);
}

TEST(SevGuest, CertificatesComeAlongOrAreDoneWithout) {
  Machine w;
  auto both = w.guest.get_extended_report(data(1), 0);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->certificates, base::Bytes(4096, 0xCE));
  w.before = [](const Vmgexit& e) -> std::optional<VmgexitReply> {
    if (e.exit_code != ExitCode::kExtGuestRequest) return std::nullopt;
    return VmgexitReply{.info2 = sevproto::guest_request_result(0, sevproto::kVmmErrInvalidLen)};
  };
  both = w.guest.get_extended_report(data(2), 0);
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->certificates.empty());
}

TEST(SevGuest, AnAlteredAnswerIsNoticedAndTheKeyIsGone) {
  Machine w;
  w.after = [&](const Vmgexit&) { w.write_shared(kResponse + 0x90, base::Bytes(1, 0xFF)); };
  auto no = w.guest.get_report(data(1), 0);
  EXPECT_EQ(no.problem, Problem::kRefused);
  EXPECT_EQ(no.refusal->by->id, "guest.request.tag");
  EXPECT_EQ(w.read_private(kSecrets + 0x20, 32), base::Bytes(32));
  w.after = nullptr;
  EXPECT_EQ(w.guest.get_report(data(1), 0).refusal->by->id, "guest.vmpck.wipe");
  Machine lifted({"guest.request.tag"});
  lifted.after = [&](const Vmgexit&) { lifted.write_shared(kResponse + 0x60 + 0x20 + 0x50, base::Bytes(1, 0xFF)); };
  EXPECT_TRUE(lifted.guest.get_report(data(1), 0));
}

TEST(SevGuest, AnEarlierAnswerIsNoticedUnlessThatIsLifted) {
  for (bool lifted : {false, true}) {
    Machine w(lifted ? std::vector<std::string>{"guest.request.sequence"} : std::vector<std::string>{});
    auto first = w.guest.get_report(data(1), 0);
    base::Bytes old = w.read_shared(kResponse, 4096);
    w.after = [&](const Vmgexit&) { w.write_shared(kResponse, old); };
    auto second = w.guest.get_report(data(2), 0);
    EXPECT_EQ(static_cast<bool>(second), lifted);
    if (lifted) {
      EXPECT_EQ(*second, *first);
    } else {
      EXPECT_EQ(second.refusal->by->id, "guest.request.sequence");
    }
  }
}

TEST(SevGuest, WithoutTheWipeTwoRequestsShareOneIv) {
  for (bool lifted : {false, true}) {
    Machine w(lifted ? std::vector<std::string>{"guest.vmpck.wipe"} : std::vector<std::string>{});
    std::set<base::Bytes> sent;
    w.before = [&](const Vmgexit&) {
      sent.insert(w.read_shared(kRequest + 0x20, 8 + 0x38 + 32));
      return VmgexitReply{.info2 = 0x16};
    };
    EXPECT_EQ(w.guest.get_report(data(1), 0).problem, Problem::kFirmwareError);
    (void)w.guest.get_report(data(2), 0);
    EXPECT_EQ(sent.size(), lifted ? 2u : 1u);
    for (const auto& bytes : sent) EXPECT_EQ(base::load_le<std::uint64_t>(bytes), 1u);
  }
}

TEST(SevGuest, PagesAreAcceptedSharedAndAcceptedAgain) {
  Machine w;
  ASSERT_TRUE(w.guest.accept_page(kFresh));
  w.write_private(kFresh, base::Bytes(16, 7));
  EXPECT_EQ(w.read_private(kFresh, 16), base::Bytes(16, 7));
  ASSERT_TRUE(w.guest.share_page(kFresh));
  EXPECT_EQ(w.m.rmp.state(kBase + kFresh), sev::PageState::kHypervisor);
  EXPECT_TRUE(w.guest.accept_page(kFresh));
  EXPECT_TRUE(w.guest.grant(kFresh, 2, sev::kPermRead));
  EXPECT_EQ(w.guest.grant(kFresh, 0, sev::kPermRead).code, kRmpFailPermission);
}

TEST(SevGuest, ARevokedAndReofferedPageIsNotAcceptedASecondTime) {
  for (bool lifted : {false, true}) {
    Machine w(lifted ? std::vector<std::string>{"guest.accept.tracking"} : std::vector<std::string>{});
    ASSERT_TRUE(w.guest.accept_page(kFresh));
    w.give_page(kFresh, false), w.give_page(kFresh, true);
    EXPECT_EQ(w.m.rmp.check(w.access(kFresh)).refusal().by->id, "rmp.access.validated");
    auto again = w.guest.accept_page(kFresh);
    EXPECT_EQ(static_cast<bool>(again), lifted);
    if (!lifted) {
      EXPECT_EQ(again.refusal->by->id, "guest.accept.tracking");
    }
  }
  Machine launched;
  launched.guest.note_accepted(kSecrets, 8192);
  EXPECT_FALSE(launched.guest.accept_page(kCpuid));
}

TEST(SevGuest, APageThatIsValidAlreadyIsNotTaken) {
  for (bool lifted : {false, true}) {
    Machine w(lifted ? std::vector<std::string>{"guest.accept.unchanged"} : std::vector<std::string>{});
    w.after = [&](const Vmgexit&) { EXPECT_EQ(w.pvalidate(kFresh, true), kRmpSuccess); };
    auto answer = w.guest.accept_page(kFresh);
    EXPECT_EQ(static_cast<bool>(answer), lifted);
    EXPECT_EQ(w.guest.accepted(kFresh), lifted);
    if (!lifted) {
      EXPECT_EQ(answer.refusal->by->id, "guest.accept.unchanged");
    }
  }
}

TEST(SevGuest, AHostThatDoesNotChangeThePageIsNotBelieved) {
  Machine w;
  w.before = [](const Vmgexit&) { return VmgexitReply{}; };
  EXPECT_EQ(w.guest.accept_page(kFresh).problem, Problem::kHostError);
  EXPECT_FALSE(w.guest.accepted(kFresh));
}

TEST(SevGuest, CpuidComesFromThePageOnSnpAndFromTheHostElsewhere) {
  Machine snp, es({}, false);
  EXPECT_EQ(snp.guest.cpuid(0x8000'001F)->ebx, 51u);
  EXPECT_EQ(*snp.guest.cpuid(0x4000'0000), CpuidResult{});
  EXPECT_TRUE(snp.exits.empty());
  EXPECT_EQ(*es.guest.cpuid(7), (CpuidResult{0xBAD, 7, 0, 0}));
  EXPECT_EQ(es.guest.get_report(data(1), 0).problem, Problem::kNotPresent);
}

}  // namespace
}  // namespace tsm_abi
