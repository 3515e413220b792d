#pragma once
// What a guest under SEV, SEV-ES or SEV-SNP can do to its machine: touch memory of either kind, execute the guest's
// instructions, exit to the hypervisor. Every call is a step at which the hypervisor may act.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/protocol/sev/ghcb.h"

namespace tsm_abi {

// The registers that a GHCB exit shows and takes back.
struct GhcbRegisters {
  std::uint64_t rax = 0, rbx = 0, rcx = 0, rdx = 0;
  bool operator==(const GhcbRegisters&) const = default;
};

struct Vmgexit {
  sevproto::ExitCode exit_code{};
  std::uint64_t info1 = 0;
  std::uint64_t info2 = 0;
  GhcbRegisters registers{};
};

struct VmgexitReply {
  std::uint64_t info1 = 0;
  std::uint64_t info2 = 0;
  GhcbRegisters registers{};
};

// EAX of PVALIDATE and RMPADJUST; PVALIDATE's carry flag is kNoUpdate.
inline constexpr std::uint32_t kRmpSuccess = 0, kRmpFailInput = 1, kRmpFailPermission = 2, kRmpFailSizeMismatch = 6,
                               kRmpNoUpdate = 255;

class Platform {
 public:
  virtual ~Platform() = default;

  // Through a private (C=1) and a shared (C=0) mapping. What cannot be read does not return: the vCPU faults.
  virtual base::Bytes read_private(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write_private(std::uint64_t gpa, base::View bytes) = 0;
  virtual base::Bytes read_shared(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write_shared(std::uint64_t gpa, base::View bytes) = 0;

  virtual VmgexitReply vmgexit(const Vmgexit& exit) = 0;
  // Of one 4 KiB page.
  virtual std::uint32_t pvalidate(std::uint64_t gpa, bool validate) = 0;
  virtual std::uint32_t rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) = 0;
  // RDRAND: not the hypervisor's to choose.
  virtual base::Bytes trusted_random(std::size_t count) = 0;

  // Tells ground truth what was sealed for the hypervisor to carry. Does nothing to the machine.
  virtual void sealed(base::View key, base::View iv, base::View plaintext) {
    (void)key, (void)iv, (void)plaintext;
  }
};

}  // namespace tsm_abi
