#include "platform/protocol/sev/vmsa.h"

namespace sevproto {

Vmsa reset_vmsa(const ResetParams& params) {
  constexpr Segment kData{.attrib = 0x93, .limit = 0xffff};
  Vmsa vmsa;
  vmsa.es = vmsa.ss = vmsa.ds = vmsa.fs = vmsa.gs = kData;
  vmsa.cs = {.selector = 0xf000, .attrib = 0x9b, .limit = 0xffff, .base = params.eip & 0xffff0000};
  vmsa.gdtr = vmsa.idtr = {.limit = 0xffff};
  vmsa.ldtr = {.attrib = 0x82, .limit = 0xffff};
  vmsa.tr = {.attrib = 0x8b, .limit = 0xffff};
  vmsa.efer = 0x1000;  // SVME, which the processor demands of every guest
  vmsa.cr4 = 0x40;     // MCE
  vmsa.cr0 = 0x10;
  vmsa.dr7 = 0x400;
  vmsa.dr6 = 0xffff0ff0;
  vmsa.rflags = 2;
  vmsa.rip = params.eip & 0xffff;
  vmsa.rdx = params.cpuid_signature;
  vmsa.g_pat = 0x0007040600070406;
  vmsa.sev_features = params.sev_features;
  vmsa.xcr0 = 1;
  vmsa.mxcsr = 0x1f80;
  vmsa.x87_fcw = 0x37f;
  return vmsa;
}

}  // namespace sevproto
