#include "platform/protocol/sev/ghcb.h"

#include <gtest/gtest.h>

#include <utility>

namespace sevproto {
namespace {

TEST(Ghcb, FieldsLieWhereTheSpecificationPutsThem) {
  const std::pair<const char*, std::size_t> kOffsets[] = {
      {"cpl", kGhcbCpl}, {"xss", kGhcbXss}, {"dr7", 0x160}, {"rip", 0x178}, {"rsp", 0x1d8}, {"rax", kGhcbRax},
      {"rcx", kGhcbRcx}, {"rdx", kGhcbRdx}, {"rbx", kGhcbRbx}, {"rbp", 0x328}, {"r8", 0x340}, {"r15", 0x378},
      {"sw_exit_code", kGhcbSwExitCode}, {"sw_exit_info1", kGhcbSwExitInfo1}, {"sw_exit_info2", kGhcbSwExitInfo2},
      {"sw_scratch", kGhcbSwScratch}, {"xcr0", kGhcbXcr0}, {"valid_bitmap", 0x3f0}, {"x87_state_gpa", 0x400},
      {"shared_buffer", kGhcbSharedBuffer}, {"protocol_version", 0xffa}, {"ghcb_usage", 0xffc}};
  for (auto [name, offset] : kOffsets) EXPECT_EQ(wire::field_span<Ghcb>(name).value().offset, offset) << name;
}

TEST(Ghcb, ValidBitsCountQuadwords) {
  Ghcb ghcb;
  set_ghcb_valid(ghcb, kGhcbRax);         // quadword 63
  set_ghcb_valid(ghcb, kGhcbSwExitCode);  // quadword 114
  EXPECT_EQ(base::to_hex(ghcb.valid_bitmap), "00000000000000800000000000000400");
  EXPECT_TRUE(ghcb_valid(ghcb, kGhcbRax));
  EXPECT_FALSE(ghcb_valid(ghcb, kGhcbRcx));
}

TEST(Ghcb, IsReadBackAndRefusedWhenCut) {
  Ghcb ghcb;
  ghcb.sw_exit_code = ExitCode::kGuestRequest;
  ghcb.shared_buffer[2031] = 9;
  base::Bytes raw = wire::encode(ghcb);
  EXPECT_EQ(*wire::decode<Ghcb>(raw), ghcb);
  for (std::size_t n = 0; n < raw.size(); n += 13) EXPECT_FALSE(wire::decode<Ghcb>(base::View(raw).first(n)));
}

TEST(PscList, HoldsOneEntryMoreThanItsEnd) {
  PscList list{.end_entry = 1,
               .entries = {psc_entry(0x12345, PageOp::kPrivate), psc_entry(0x200, PageOp::kShared, true, 3)}};
  base::Bytes raw = wire::encode(list);
  EXPECT_EQ(base::to_hex(raw), "0000010000000000" "0050341200001000" "0300200000002001");
  EXPECT_EQ(*wire::decode<PscList>(raw), list);
  EXPECT_EQ(list.entries[1].gfn(), 0x200u);
  EXPECT_EQ(list.entries[1].operation(), PageOp::kShared);
  EXPECT_EQ(list.entries[1].cur_page(), 3);
  EXPECT_TRUE(list.entries[1].is_2m());
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<PscList>(base::View(raw).first(n))) << n;
  raw[2] = 0xff;  // a lying count
  EXPECT_FALSE(wire::decode<PscList>(raw));
}

TEST(MsrProtocol, PacksAsTheSpecificationSays) {
  EXPECT_EQ(msr_sev_info(2, 1, 51), 0x0002000133000001u);
  EXPECT_EQ(msr_cpuid_req(0x8000001f, 1), 0x8000001f40000004u);
  EXPECT_EQ(msr_psc_req(0xabcde, PageOp::kShared), 0x00200000abcde014u);
  EXPECT_EQ(msr_gfn(0x00200000abcde014), 0xabcdeu);
  EXPECT_EQ(msr_page_op(0x00200000abcde014), PageOp::kShared);
  EXPECT_EQ(msr_value(MsrOp::kRegisterGpaReq, 0x77), 0x77012u);
  EXPECT_EQ(msr_terminate(1, 2), 0x21100u);
  EXPECT_EQ(msr_op(0x21100), MsrOp::kTerminateReq);
  EXPECT_EQ(guest_request_result(0x1d, kVmmErrBusy), 0x20000001du);
}

}  // namespace
}  // namespace sevproto
