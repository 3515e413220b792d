#pragma once
// What VMRUN refuses of a save area where no page has an owner.
#include "platform/trust/defence.h"

namespace sev {

struct SaveAreaCase {
  bool checked;  // this machine keeps checksums
  bool known;    // the processor or firmware has seen the area
  bool equal;
};
inline constexpr trust::Rule<SaveAreaCase> kSaveAreaRules[] = {
    {{"es.vmsa.checksum", "APM vol. 2 r3.43, 15.35.10", "A guest goes on with the registers with which it stopped."},
     [](const SaveAreaCase& c) { return !c.checked || (c.known && c.equal); }},
};

}  // namespace sev
