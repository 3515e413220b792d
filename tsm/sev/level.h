#pragma once
// Which mechanisms a machine of the SEV family has. Each level has those below it, except that ownership replaces the
// checksum.
namespace sev {

// kSev: memory encryption, registers in the clear. kSevEs: and encrypted save areas with a checksum. kSnp: and page
// ownership.
enum class Level { kSev, kSevEs, kSnp };

}  // namespace sev
