#include "platform/protocol/sev/vmsa.h"

#include <gtest/gtest.h>

#include <utility>

namespace sevproto {
namespace {

TEST(Vmsa, FieldsLieWhereTheManualPutsThem) {
  const std::pair<const char*, std::size_t> kOffsets[] = {
      {"cs.base", 0x18}, {"tr.selector", 0x90}, {"u_cet", 0xc0}, {"vmpl", 0xca}, {"cpl", 0xcb}, {"efer", 0xd0},
      {"xss", 0x140}, {"cr4", 0x148}, {"dr6", 0x168}, {"rflags", 0x170}, {"rip", 0x178}, {"rsp", 0x1d8}, {"rax", 0x1f8},
      {"cr2", 0x240}, {"g_pat", 0x268}, {"pkru", 0x2e8}, {"rcx", 0x308}, {"rdx", 0x310}, {"rbx", 0x318}, {"r15", 0x378},
      {"guest_exit_info_1", 0x390}, {"sev_features", 0x3b0}, {"vintr_ctrl", 0x3b8}, {"guest_exit_code", 0x3c0},
      {"virtual_tom", 0x3c8}, {"tlb_id", 0x3d0}, {"pcpu_id", 0x3d8}, {"event_inj", 0x3e0}, {"xcr0", 0x3e8},
      {"mxcsr", 0x408}, {"x87_fcw", 0x410}, {"fpreg_ymm", 0x570}};
  for (auto [name, offset] : kOffsets) EXPECT_EQ(wire::field_span<Vmsa>(name).value().offset, offset) << name;
}

TEST(Vmsa, StartsAnApplicationProcessorAtItsOwnAddress) {
  Vmsa vmsa = reset_vmsa({.eip = 0x0080b004});
  EXPECT_EQ(vmsa.cs.base, 0x00800000u);
  EXPECT_EQ(vmsa.rip, 0xb004u);
}

TEST(Vmsa, IsReadBackAndRefusedWhenCut) {
  base::Bytes raw = wire::encode(reset_vmsa({.sev_features = kFeatureSnpActive | kFeatureSecureTsc}));
  EXPECT_EQ(wire::decode<Vmsa>(raw)->sev_features, 0x201u);
  for (std::size_t n = 0; n < raw.size(); n += 7) EXPECT_FALSE(wire::decode<Vmsa>(base::View(raw).first(n)));
  raw[0x300] = 1;  // reserved, and overlooked
  EXPECT_TRUE(wire::decode<Vmsa>(raw));
}

}  // namespace
}  // namespace sevproto
