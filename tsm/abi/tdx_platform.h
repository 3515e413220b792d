#pragma once
// What a guest under TDX can do to its machine: touch memory of either kind, execute TDCALL and CPUID, exit to the host through them.
// Every call is a step at which the host may act.
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/protocol/tdx/tdcall.h"
#include "platform/protocol/tdx/tdvmcall.h"

namespace tsm_abi {

struct NativeCpuid {
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

class TdxPlatform {
 public:
  virtual ~TdxPlatform() = default;

  // Addresses without the SHARED bit; which half is meant, the call says. What cannot be read does not return: the vCPU faults.
  virtual base::Bytes read_private(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write_private(std::uint64_t gpa, base::View bytes) = 0;
  virtual base::Bytes read_shared(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write_shared(std::uint64_t gpa, base::View bytes) = 0;

  // Exits to the host and comes back as often as the instruction needs.
  virtual tdxproto::Registers tdcall(const tdxproto::Registers& in) = 0;
  // Nothing: the instruction raised #VE.
  virtual std::optional<NativeCpuid> cpuid_instruction(std::uint32_t leaf, std::uint32_t subleaf) = 0;
  // RDSEED: not the host's to choose.
  virtual base::Bytes trusted_random(std::size_t count) = 0;
};

}  // namespace tsm_abi
