// MRTD and RTMRs, against hashes that the test computes by itself and against worked values.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "tsm/tdx/bare_module.h"

namespace tdx {
namespace {

using S = Seamcall;

std::string sha384(const std::string& bytes) {
  unsigned char digest[48];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha384(), nullptr);
  return base::to_hex({digest, size});
}
std::string record(std::string name, std::uint64_t gpa) {
  name.resize(16);
  for (int i = 0; i < 8; ++i) name += static_cast<char>(gpa >> (8 * i));
  name.resize(128);
  return name;
}

// A TD of two pages at the addresses of the worked values.
struct Measured : BareModule {
  static constexpr std::uint64_t kHigh = 0xFFFF'F000, kLow = 0x0080'0000;
  Measured() : BareModule(Stage::kUninitialized) {
    must(init());
    make_vcpu();
    for (const std::uint64_t gpa : {kHigh, kLow})
      for (unsigned level = kSeptTopLevel; level >= 1; --level) {
        const std::uint64_t first = gpa & ~(tdxproto::bytes_of_level(level) - 1);
        (void)call(S::kMemSeptAdd, {.rcx = tdxproto::gpa_and_level(first, level), .rdx = kTdr, .r8 = fresh()});
      }
  }
  void page(std::uint64_t gpa, const base::Bytes& content) {
    (void)static_cast<bool>(memory.write(kNone, kSource, content));
    must(add(gpa, fresh()));
  }
  void extend(std::uint64_t gpa) {
    for (std::uint64_t at = gpa; at < gpa + kPage; at += 256) must(call(S::kMrExtend, {.rcx = at, .rdx = kTdr}));
  }
  std::string mrtd() {
    must(of_td(S::kMrFinalize));
    return base::to_hex(mine().info.mr_td);
  }
  static base::Bytes first_page() { return base::Bytes(kPage, 0xAA); }
  static base::Bytes second_page() {
    base::Bytes page(kPage);
    for (std::size_t i = 0; i < kPage; ++i) page[i] = static_cast<std::uint8_t>(i);
    return page;
  }
};

TEST(Mrtd, OfATdWithoutPagesIsTheHashOfNothing) { EXPECT_EQ(Measured().mrtd(), sha384("")); }

TEST(Mrtd, CoversTheAddressOfAPageThatIsOnlyAdded) {
  Measured m;
  m.page(Measured::kHigh, Measured::first_page());
  const auto got = m.mrtd();
  EXPECT_EQ(got, sha384(record("MEM.PAGE.ADD", Measured::kHigh)));
  EXPECT_EQ(got, "8d411e4377a0da03b249acbe9a7939b44b4483b5a6c81341f00d60c1f417257f9a5c1c03f2f223c59f010f4933f238b8");
}

TEST(Mrtd, CoversContentWhereItIsExtended) {
  Measured m;
  m.page(Measured::kHigh, Measured::first_page());
  m.extend(Measured::kHigh);
  std::string stream = record("MEM.PAGE.ADD", Measured::kHigh);
  for (std::uint64_t at = Measured::kHigh; at < Measured::kHigh + 4096; at += 256) stream += record("MR.EXTEND", at) + std::string(256, '\xAA');
  const auto got = m.mrtd();
  EXPECT_EQ(got, sha384(stream));
  EXPECT_EQ(got, "18f15ec09bbcabf29640d74cbc5f2938acb26516d3fba18852915974961089240418e5cc0391c850a9a2cf4553e9dbec");
}

TEST(Mrtd, OfTwoPagesDependsOnTheOrderOfTheCalls) {
  Measured in_turn, adds_first, unmeasured;
  for (Measured* m : {&in_turn, &unmeasured}) {
    m->page(Measured::kHigh, Measured::first_page());
    m->extend(Measured::kHigh);
    m->page(Measured::kLow, Measured::second_page());
  }
  in_turn.extend(Measured::kLow);
  adds_first.page(Measured::kHigh, Measured::first_page());
  adds_first.page(Measured::kLow, Measured::second_page());
  adds_first.extend(Measured::kHigh);
  adds_first.extend(Measured::kLow);
  EXPECT_EQ(unmeasured.mrtd(), "45c255eb27ae97a38de21c4d71d050dbad1be7f6f567b08ac2c1c2017db6aeecbecbb8b65baa43fa31fed4c1a5e48550");
  EXPECT_EQ(in_turn.mrtd(), "0c1c365dd14f3fa4e841052df4a2937d60d5a308a1e50ecabc227f0a7d1bfa4e9495bc5379948686f0a0250945ccd78e");
  EXPECT_EQ(adds_first.mrtd(), "fad37e3a88c9f95e408e97200ebce5cea37f662e6c0031d8e0cf5146fb755c3e71aced5cd16d700426ae064356fcff1a");
}

TEST(Mrtd, ExtendsWholeChunksOfPagesThatAreThere) {
  Measured m;
  m.page(Measured::kHigh, Measured::first_page());
  const auto extend = [&](std::uint64_t gpa) { return m.call(S::kMrExtend, {.rcx = gpa, .rdx = Measured::kTdr}); };
  EXPECT_EQ(extend(Measured::kHigh + 128).out.rax, tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  EXPECT_EQ(extend(1ull << 47).status(), Status::kOperandInvalid);
  EXPECT_EQ(extend(Measured::kLow).status(), Status::kEptEntryStateIncorrect);
  EXPECT_EQ(extend(0x40'0000'0000).status(), Status::kEptWalkFailed);
}

TEST(Mrtd, AnAddedPageHoldsTheHostsContentUnderTheTdsKey) {
  Measured m;
  m.page(Measured::kLow, Measured::second_page());
  const auto hpa = m.mine().sept.leaf(Measured::kLow).hpa;
  EXPECT_EQ(m.read(key_of(Measured::kHkid), hpa), Measured::second_page());
  EXPECT_EQ(m.read(Measured::kNone, hpa), base::Bytes(4096)) << "zeroes, not even ciphertext";
}

struct Running : BareModule {
  Running() : BareModule(Stage::kRunnable) {
    must(enter());
    EXPECT_EQ(accept(kPending), 0u);
  }
  void put(std::uint64_t gpa, const base::Bytes& bytes) {
    ASSERT_TRUE(memory.write(key_of(kHkid), mine().sept.leaf(gpa & ~0xFFFull).hpa + gpa % kPage, bytes));
  }
  std::uint64_t extend(std::uint64_t gpa, std::uint64_t index) {
    return tdcall(tdxproto::Tdcall::kMrRtmrExtend, {.rcx = gpa, .rdx = index}).rax;
  }
  std::string rtmr(unsigned index) { return base::to_hex(mine().info.rtmr[index]); }
};

TEST(Rtmr, GrowsByTheHashOfItselfAndTheData) {
  Running m;
  const auto event = [](std::string_view text) { return crypto::sha384(base::view_of(text)); };
  EXPECT_EQ(m.rtmr(2), std::string(96, '0'));
  EXPECT_EQ(base::to_hex(event("event-1")).substr(0, 8), "c62422f4");
  const auto first = event("event-1"), second = event("event-2");
  m.put(Running::kMapped + 64, {first.begin(), first.end()});
  EXPECT_EQ(m.extend(Running::kMapped + 64, 2), 0u);
  EXPECT_EQ(m.rtmr(2), "8dc27a77f4ca91a85f6a5d597dfa920693a6b4f7ba415385dc201400289bcb27b39b72746034dca3b29cdde484b0a2c3");
  m.put(Running::kMapped + 64, {second.begin(), second.end()});
  EXPECT_EQ(m.extend(Running::kMapped + 64, 2), 0u);
  EXPECT_EQ(m.rtmr(2), "a9406ff79d1f6258909b62511a7e499546d71d4a9e233dfa2c3a60249667de9a4689a2799a42de7792355b1c33dc5300");
  EXPECT_EQ(m.rtmr(3), std::string(96, '0')) << "one register is not another";
}

TEST(Rtmr, TheSeparatorAloneGivesItsKnownValue) {
  Running m;
  const auto separator = crypto::sha384(base::Bytes(4));
  m.put(Running::kMapped, {separator.begin(), separator.end()});
  EXPECT_EQ(m.extend(Running::kMapped, 0), 0u);
  EXPECT_EQ(m.rtmr(0), "518923b0f955d08da077c96aaba522b9decede61c599cea6c41889cfbea4ae4d50529d96fe4d1afdafb65e7f95bf23c4");
}

TEST(Rtmr, OperandsThatAreNotAsTheyShouldBeChangeNothing) {
  Running m;
  EXPECT_EQ(m.extend(Running::kMapped, 4), tdxproto::with(Status::kOperandInvalid, Operand::kRdx));
  EXPECT_EQ(m.extend(Running::kMapped + 32, 0), tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  EXPECT_EQ(m.extend(1ull << 47 | Running::kMapped, 0), tdxproto::with(Status::kOperandInvalid, Operand::kRcx)) << "shared memory";
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(m.rtmr(i), std::string(96, '0'));
}

TEST(Report, CoversTheTdTheModuleAndTheData) {
  tdxproto::TdParams params;
  params.mrowner.fill(0x11), params.mrconfigid.fill(0x22), params.mrownerconfig.fill(0x33);
  BareModule m(Stage::kRunnable, {}, params);
  BareModule::must(m.enter());
  const base::Bytes data(64, 0xDA);
  ASSERT_TRUE(m.memory.write(key_of(BareModule::kHkid), BareModule::kMappedPage + 1024, data));
  const auto ask = [&](std::uint64_t where, std::uint64_t what, std::uint64_t subtype) {
    return m.tdcall(tdxproto::Tdcall::kMrReport, {.rcx = where, .rdx = what, .r8 = subtype}).rax;
  };
  EXPECT_EQ(ask(BareModule::kMapped, BareModule::kMapped + 1024, 0), 0u);
  ASSERT_EQ(m.reports.made.size(), 1u);
  const auto content = m.reports.made[0];
  EXPECT_EQ(content.td, m.mine().info);
  EXPECT_EQ(content.td.attributes, tdxproto::kAttributeSeptVeDisable);
  EXPECT_EQ(content.td.mr_owner[0], 0x11);
  EXPECT_EQ(content.td.mr_config_id[0], 0x22);
  EXPECT_EQ(content.td.mr_owner_config[0], 0x33);
  EXPECT_EQ(content.seam.mrseam[0], 0x5E);
  EXPECT_EQ(base::bytes_of(content.report_data), data);
  EXPECT_EQ(m.read(key_of(BareModule::kHkid), BareModule::kMappedPage, 1024), m.reports.make(content));
  EXPECT_EQ(ask(BareModule::kMapped + 512, BareModule::kMapped + 1024, 0), tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
  EXPECT_EQ(ask(BareModule::kMapped, BareModule::kMapped + 1056, 0), tdxproto::with(Status::kOperandInvalid, Operand::kRdx));
  EXPECT_EQ(ask(BareModule::kMapped, BareModule::kMapped + 1024, 1), tdxproto::with(Status::kOperandInvalid, Operand::kR8));
}

TEST(Report, IsVerifiedOnTheMachineThatMadeIt) {
  Running m;
  m.put(Running::kMapped, base::Bytes(256, 0x81));
  const auto verify = [&](std::uint64_t at) { return m.tdcall(tdxproto::Tdcall::kMrVerifyreport, {.rcx = at}).rax; };
  EXPECT_EQ(verify(Running::kMapped), 0u);
  m.put(Running::kMapped, base::Bytes(256, 0x82));
  EXPECT_EQ(tdxproto::status_of(verify(Running::kMapped)), Status::kInvalidReportMacStruct);
  EXPECT_EQ(verify(Running::kMapped + 128), tdxproto::with(Status::kOperandInvalid, Operand::kRcx));
}

}  // namespace
}  // namespace tdx
