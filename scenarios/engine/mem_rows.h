#pragma once
// Defences that are the memory controller's and the processor's own, whatever the technology. Lifting them is assembling the
// machine without them.
#include "platform/trust/defence.h"

namespace engine {

inline constexpr trust::Defence kEncryptionRow{"mem.encryption", "AMD APM volume 2, 15.34.1",
                                               "Whoever reads DRAM without the guest's key gets ciphertext.", trust::Act::kWithhold};
inline constexpr trust::Defence kHidingRow{"mem.ciphertext-hiding", "AMD SEV-SNP ABI 1.58, CIPHERTEXT_HIDING",
                                           "Software without the guest's key does not even see ciphertext.", trust::Act::kWithhold};
inline constexpr trust::Defence kAliasRow{"firmware.alias-check", "AMD-SB-3015",
                                          "No two system addresses select one cell of memory."};
inline constexpr trust::Defence kInvdRow{"cpu.invd.write-back", "AMD-SB-3005", "INVD drops no line that a guest has written."};

}  // namespace engine
