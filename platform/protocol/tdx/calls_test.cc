#include <gtest/gtest.h>

#include "platform/protocol/tdx/connect.h"
#include "platform/protocol/tdx/seamcall.h"
#include "platform/protocol/tdx/status.h"
#include "platform/protocol/tdx/td_params.h"
#include "platform/protocol/tdx/tdcall.h"
#include "platform/protocol/tdx/tdvmcall.h"

namespace tdxproto {
namespace {

TEST(Status, SplitsIntoStatusAndDetail) {
  const std::uint64_t rax = with(Status::kOperandInvalid, Operand::kR8);
  EXPECT_EQ(rax, 0xC000'0100'0000'0008u);
  EXPECT_EQ(status_of(rax), Status::kOperandInvalid);
  EXPECT_TRUE(is_error(rax));
  EXPECT_FALSE(is_error(with_level(Status::kPageAlreadyAccepted, 1)));
  EXPECT_EQ(name_of(Status::kTdFatal), "TDX_TD_FATAL");
  EXPECT_EQ(name_of(static_cast<Status>(0x123'0000'0000)), "TDX_?");
}

TEST(Seamcall, NamesLeadBackToTheirNumbers) {
  unsigned named = 0;
  for (std::uint64_t number = 0; number < 200; ++number) {
    const auto name = name_of(Seamcall{number});
    if (name.empty()) continue;
    ++named;
    EXPECT_EQ(seamcall_named(name), Seamcall{number});
  }
  EXPECT_EQ(named, 97u);
  EXPECT_EQ(seamcall_named("TDH.MEM.PAGE.AUG"), Seamcall::kMemPageAug);
  EXPECT_FALSE(seamcall_named("RMPUPDATE"));
}

TEST(Seamcall, AnAddressWordHasLevelAndAddress) {
  const std::uint64_t word = gpa_and_level(0x20'0000, 1);
  EXPECT_EQ(gpa_of(word), 0x20'0000u);
  EXPECT_EQ(level_of(word), 1u);
  EXPECT_EQ(bytes_of_level(0), 0x1000u);
  EXPECT_EQ(bytes_of_level(1), 0x20'0000u);
  EXPECT_EQ(bytes_of_level(2), 0x4000'0000u);
}

// Offsets of the module's own structure definition.
TEST(TdParams, LiesAsTheInterfaceSays) {
  TdParams params;
  params.attributes = 0x1122, params.xfam = 0x3344, params.max_vcpus = 5, params.eptp_controls = 0x66, params.config_flags = 0x77;
  params.tsc_frequency = 0x88;
  params.mrconfigid.fill(0xA1), params.mrowner.fill(0xA2), params.mrownerconfig.fill(0xA3);
  params.cpuid_config[0] = 0xA4;
  const auto bytes = wire::encode(params);
  ASSERT_EQ(bytes.size(), 1024u);
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 0), 0x1122u);
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 8), 0x3344u);
  EXPECT_EQ(base::load_le<std::uint16_t>(bytes, 16), 5u);
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 24), 0x66u);
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 32), 0x77u);
  EXPECT_EQ(base::load_le<std::uint16_t>(bytes, 40), 0x88u);
  EXPECT_EQ(bytes[80], 0xA1);
  EXPECT_EQ(bytes[128], 0xA2);
  EXPECT_EQ(bytes[176], 0xA3);
  EXPECT_EQ(bytes[256], 0xA4);
  const auto back = wire::decode<TdParams>(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, params);
}

TEST(TdParams, TruncationsTailsAndReservedBytesAreRefused) {
  auto bytes = wire::encode(TdParams{});
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<TdParams>(base::View(bytes).first(size))) << size;
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<TdParams>(bytes));
  bytes.pop_back();
  for (const std::size_t at : {20u, 42u, 79u, 232u, 255u}) {
    bytes[at] = 1;
    EXPECT_FALSE(wire::decode<TdParams>(bytes)) << at;
    bytes[at] = 0;
  }
}

TEST(Registers, RoundTripAndRefuseTails) {
  const Registers in{.rax = 1, .rcx = 2, .rdx = 3, .rbx = 4, .r8 = 5, .r9 = 6, .r10 = 7, .r11 = 8, .r12 = 9, .r13 = 10, .r14 = 11, .r15 = 12};
  auto bytes = wire::encode(in);
  EXPECT_EQ(*wire::decode<Registers>(bytes), in);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<Registers>(base::View(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<Registers>(bytes));
}

TEST(GetQuote, TheHeadIsTwentyFourBytes) {
  const GetQuoteHeader head{.version = 1, .status = kQuoteInFlight, .in_length = 1024, .out_length = 5000};
  auto bytes = wire::encode(head);
  ASSERT_EQ(bytes.size(), kGetQuoteHeaderSize);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 16), 1024u);
  EXPECT_EQ(base::load_le<std::uint32_t>(bytes, 20), 5000u);
  EXPECT_EQ(*wire::decode<GetQuoteHeader>(bytes), head);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<GetQuoteHeader>(base::View(bytes).first(size)));
}

// The words of an index and of an interface's name, bit by bit.
TEST(Connect, IndicesHaveTheirFieldsInPlace) {
  EXPECT_EQ(dmar_index(kDmarContext, 0x0108, 3), 0x0003'0108'0000'0002u);
  EXPECT_EQ(dmar_state(0, DmarState::kBlocked, DmarInvalidation::kDone), 2u << 3 | 3u << 11);
  EXPECT_EQ(interface_id(1, 5, 0x0100'0108), 0x0100'0108'0005'0001u);
  EXPECT_EQ(mmiomt_set(kMmiomtData, 0x0100'0108), 0x10'0010'8001u);
  EXPECT_EQ(rid_of_association(rid_base(0x0108)), 0x0108);
  EXPECT_EQ(stream_of_control(stream_control(7)), 7);
  EXPECT_EQ(mmiomt_shift(1), 19u);  // 128 pages of 4 KiB
  EXPECT_TRUE(well_formed_function(0x0101'0108));
  EXPECT_FALSE(well_formed_function(0x0001'0108));  // a segment that is not valid
  EXPECT_FALSE(well_formed_function(0x0200'0108));
}

TEST(Connect, ABufferForTheHostHasAHeadOfEightBytes) {
  const TdcmHeader head{.operation = TdcmOp::kGetTdiReport, .status = TdcmStatus::kCompleted, .error = 0x1234, .data_length = 72};
  const auto bytes = wire::encode(head);
  EXPECT_EQ(bytes, (base::Bytes{3, 1, 0x34, 0x12, 72, 0, 0, 0}));
  EXPECT_EQ(*wire::decode<TdcmHeader>(bytes), head);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<TdcmHeader>(base::View(bytes).first(size)));
  const SpdmConfig config{.vmm_spdm_cap = 1 << 13, .certificate_slot_mask = 0xff};
  const auto page = wire::encode(config);
  ASSERT_EQ(page.size(), kSpdmConfigSize);
  EXPECT_EQ(page[5], 0xff);
  EXPECT_EQ(*wire::decode<SpdmConfig>(page), config);
}

TEST(Tdvmcall, IsNamedForItsCarrier) {
  EXPECT_EQ(name_of(Tdvmcall::kMapGpa), "MAP_GPA");
  EXPECT_EQ(name_of(Tdvmcall{0x77777}), "TDVMCALL");
  EXPECT_EQ(name_of(Tdcall::kMemPageAccept), "TDG.MEM.PAGE.ACCEPT");
}

}  // namespace
}  // namespace tdxproto
